"""What is given as an article becomes one that can be asked: from a text, a path, an address, or the library."""

import re
import threading
from collections import OrderedDict
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from index import Article, ArticleError, ArticleInfo, Library, load, seed_article
from index.indexing import Progress
from rag.events import Step
from rag.retrieval import Asked, short

__all__ = ["ArticleLike", "Opener", "Progress"]

ArticleLike = Asked | str | Path | Sequence[Asked | str | Path] | None

_REMEMBERED = 64
_NAME = 60
"""A line of words that is longer is no file's name, unless it has an ending or begins as a path."""


class Opener:
    """Opens articles, and remembers the pages that it fetched. It is thread-safe."""

    def __init__(self, library: Library) -> None:
        """Fetch nothing yet.

        Args:
            library: Where long articles are indexed, and its entries are found.
        """
        self._library = library
        self._pages: OrderedDict[str, Article] = OrderedDict()
        self._lock = threading.Lock()

    def steps(self, article: ArticleLike) -> Generator[Step, None, tuple[Asked, ...]]:
        """Open articles, telling how far it is: a long one that is new, or new to the embedding model, takes time.

        Closing the iterator ends the indexing, and nothing is kept of the article that is being indexed.

        Args:
            article: As for ``open``.

        Yields:
            What is going on.

        Returns:
            As ``open``.

        Raises:
            ArticleError: If one cannot be read, or none is given.
            StoreError: If the library cannot be used.
        """
        told: SimpleQueue[Step | None] = SimpleQueue()
        wanted = True

        def progress(what: str, share: float) -> None:
            if not wanted and share < 1:
                raise ArticleError("Nobody waits for the article any more.")
            told.put(Step("indexing", what, share))

        with ThreadPoolExecutor(1, "article-chat-open") as pool:
            opening = pool.submit(self.open, article, progress)
            opening.add_done_callback(lambda _: told.put(None))
            try:
                while (step := told.get()) is not None:
                    yield step
            finally:
                wanted = False
        return opening.result()

    def open(self, article: ArticleLike, progress: Progress | None = None) -> tuple[Asked, ...]:
        """Load articles, and index those that are too long to be read whole.

        Args:
            article: What to open; the seed article if None.
            progress: Called with what is going on and how much of it is done, from 0 to 1.

        Returns:
            The articles. Of several, the entries of the library are as they were given: their texts are not loaded.

        Raises:
            ArticleError: If one cannot be read, or none is given.
            StoreError: If the library cannot be used.
        """
        if article is None or isinstance(article, (Article, ArticleInfo, str, Path)):
            articles: tuple[Asked, ...] = (self.load(article),)
        elif len(article) == 1:
            articles = (self.load(article[0]),)
        else:
            articles = tuple(item if isinstance(item, ArticleInfo) else self.load(item) for item in article)
        if not articles:
            raise ArticleError("No article was given. Name at least one.")
        if not short(articles):
            for item in articles:
                if isinstance(item, Article):
                    self._library.add(item, rename=False, progress=progress)
        return articles

    def load(self, article: Asked | str | Path | None) -> Article:
        """Load one article, without indexing it.

        Args:
            article: What to load; the seed article if None.

        Returns:
            The article.

        Raises:
            ArticleError: If it cannot be read.
            StoreError: If the library cannot be used.
        """
        if isinstance(article, Article):
            return article
        if isinstance(article, ArticleInfo):
            return self._library.get(article.id)
        if article is None:
            return seed_article()
        if isinstance(article, str) and _is_text(article):
            return Article.from_text(article)
        key = str(article)
        if not key.startswith(("http://", "https://")):
            return load(article)
        page = self._pages.get(key)
        if page is None:  # it is fetched once, not for every question
            page = load(key, allow_url=True)  # outside the lock: a slow site keeps nobody else waiting
            with self._lock:
                self._pages[key] = page
                while len(self._pages) > _REMEMBERED:
                    self._pages.popitem(last=False)
        return page


def _is_text(article: str) -> bool:
    """Whether this is an article itself: of several lines, or a sentence that is neither a file nor like one."""
    article = article.strip()
    if "\n" in article or article.startswith(("http://", "https://")):
        return "\n" in article
    with suppress(OSError, ValueError):  # too long for a name, or with characters that no name has
        if Path(article).exists():
            return False
    if re.search("[。！？]", article):  # Chinese and Japanese have no spaces
        return True
    if len(article.split()) < 2:
        return False
    ends = re.search(r"[.!?…][\"'”’»)\]]*$", article) is not None
    named = re.match(r"(?:/|~|\.{1,2}[/\\]|[A-Za-z]:[/\\])", article) or re.search(r"\.\w{2,5}$", article)
    return ends or (len(article) > _NAME and not named)
