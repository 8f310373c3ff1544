"""A library: the articles that are kept on disk, and the search among them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from index.articles import Article
from index.catalog import ArticleInfo, is_place
from index.errors import ArticleError
from index.indexing import Progress, indexed, passages_for
from index.naming import check_size, model_name
from index.opened import Opened
from index.paths import data_dir
from index.search import Hit, hybrid_search

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from index.retriever import HybridRetriever
    from index.splitting import Passage

_log = logging.getLogger(__name__)

_One = TypeVar("_One")

_FORMAT = 2
"""Of passages: another number makes them anew."""


class Library:
    """The articles kept in a directory, and hybrid search among them.

    It opens when it is first used. Any number of threads and several processes may use it at once. ::

        with Library() as library:
            library.add(article)
            hits = library.search("Why might Google leave?", article_ids=[article.id])
    """

    def __init__(
        self, path: Path | None = None, *, embeddings: Embeddings | None = None, chroma_url: str | None = None
    ) -> None:
        """
        Args:
            path: The directory; ``library`` in the data directory if not given.
            embeddings: The embedding model; the built-in one if not given. Those of each model are apart.
            chroma_url: A Chroma server for the vectors, ``http://[token@]host[:port][/tenant[/database]]``.
        """
        self._path = path
        self._embeddings = embeddings
        self._chroma_url = chroma_url
        self._guard = threading.RLock()
        self._adding = threading.RLock()
        self._opened: Opened | None = None

    @property
    def path(self) -> Path:
        """The directory of the library."""
        if self._path is None:
            self._path = data_dir() / "library"
        return self._path

    @property
    def embeddings(self) -> Embeddings:
        """The embedding model."""
        with self._guard:  # made once
            if self._embeddings is None:
                from index.embedding import SentenceEmbeddings

                self._embeddings = SentenceEmbeddings()
            return self._embeddings

    def add(self, article: Article, *, rename: bool = True, progress: Progress | None = None) -> bool:
        """Keep an article, in the place of what came from the same file or address before.

        An article is added whole or not at all; adding many can be interrupted and started again. What a file
        held before stays if another file has the same text.

        Args:
            article: What to keep.
            rename: Whether a text that is there already takes the article's title, if that is not just what the
                text begins with.
            progress: Called with a description and the share that is done, from 0 to 1. What it raises before it is 1
                ends the adding, and nothing is kept.

        Returns:
            False if the text was there already; then nothing was embedded, unless its title or structure changed.

        Raises:
            StoreError: if the library cannot be written.
        """
        library = self._open()
        # Found out without waiting for a long one that is being added.
        if self._to_index(library, article, rename) is None:
            return False
        with self._adding:  # two threads that add the same article embed it once
            wanted = self._to_index(library, article, rename)
            if wanted is None:
                return False
            known = library.space.count([article.id]) > 0
            self._index(library, wanted, progress)
            return not known

    def _to_index(self, library: Opened, article: Article, rename: bool) -> Article | None:
        """An article as it is to be kept; None if it is there just so. Then its file or address is noted."""
        kept = library.catalog.get(article.id)
        if kept is None:
            return article
        updated = _updated(article, kept, rename)
        same = (updated.title, updated.blocks) == (kept.title, kept.blocks)
        if not same or not library.space.count([article.id]):
            return updated
        library.catalog.claim(article)
        return None

    def remove(self, article_id: str) -> None:
        """Remove an article and everything of it.

        Raises:
            ArticleError: if there is no such article.
        """
        library = self._open()
        library.catalog.delete(article_id)
        library.vectors.refresh()

    def articles(self) -> list[ArticleInfo]:
        """The articles of the library, the latest last."""
        return self._open().catalog.all()

    def info(self, article_id: str) -> ArticleInfo:
        """What is known of the article of that id, without its text.

        Raises:
            ArticleError: if there is no such article.
        """
        return _found(self._open().catalog.info(article_id), article_id)

    def get(self, article_id: str) -> Article:
        """The article of that id.

        Raises:
            ArticleError: if there is no such article.
        """
        return _found(self._open().catalog.get(article_id), article_id)

    def passages(self, article: Article) -> list[Passage]:
        """The passages in which an article is searched here, in its order, whether it is kept or not.

        Raises:
            StoreError: if the embedding model cannot be loaded.
        """
        return passages_for(article, self.embeddings)

    def search(self, query: str, *, k: int = 5, article_ids: Sequence[str] | None = None) -> list[Hit]:
        """The passages that fit a question best, by meaning and by words.

        Args:
            query: The question.
            k: How many passages at most.
            article_ids: The articles to search; all if not given.

        Returns:
            The best first. With the same scores, the order of the article.

        Raises:
            StoreError: if the library cannot be read.
        """
        library = self._open()
        if k < 1 or not query.strip():
            return []
        if article_ids is not None and library.catalog.covered(article_ids):
            article_ids = None
        self._complete(library, article_ids)
        vector = self.embeddings.embed_query(query)
        check_size(library.space, vector, model_name(self.embeddings))
        return hybrid_search(library, query, vector, k, article_ids)

    def retriever(self, *, k: int = 5, article_ids: Sequence[str] | None = None) -> HybridRetriever:
        """The search as a retriever for LangChain.

        Args:
            k: How many documents at most.
            article_ids: The articles to search; all if not given.
        """
        from index.retriever import HybridRetriever

        return HybridRetriever(
            library=self, k=k, article_ids=None if article_ids is None else list(article_ids)
        )

    def close(self) -> None:
        """Close the files. The library opens again when it is used again."""
        with self._guard:
            if self._opened is not None:
                self._opened.vectors.close()
                self._opened.database.close()
                self._opened = None

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> Opened:
        with self._guard:
            if self._opened is None:
                self._opened = Opened(self.path, self._model(), self._chroma_url)
            return self._opened

    def _model(self) -> str:
        """What tells the passages of this model from those of others."""
        return f"{model_name(self.embeddings)} format {_FORMAT}"

    def _complete(self, library: Opened, article_ids: Sequence[str] | None) -> None:
        """Index the articles that were added with another embedding model."""
        latest = library.database.latest()
        if library.complete_at == latest:
            return
        if not library.space.missing():  # without waiting for one that is being added
            library.complete_at = latest
            return
        with self._adding:
            missing = library.space.missing()
            among = None if article_ids is None else set(article_ids)
            wanted = [i for i in missing if among is None or i in among]
            if wanted:
                count = "1 article" if len(wanted) == 1 else f"{len(wanted)} articles"
                _log.warning(
                    "Reading %s again, once, with the embedding model %s", count, model_name(self.embeddings)
                )
            for article_id in wanted:
                article = library.catalog.get(article_id)
                if article is not None:
                    self._index(library, article, None)
            if len(wanted) == len(missing):
                library.complete_at = latest

    def _index(self, library: Opened, article: Article, progress: Progress | None) -> None:
        report = progress or (lambda description, share: None)
        rows = indexed(article, library.space, self.embeddings, report)
        report("Keeping the article", 0.99)
        library.catalog.put(article, library.space, rows)
        library.vectors.refresh()
        report("Ready", 1.0)


def _updated(article: Article, kept: Article, rename: bool) -> Article:
    """A known text with what is new of it: a title of its own, and another structure where its own file has one.

    Another file with the same text changes nothing of that: two of them would take turns.
    """
    title = article.title if rename and article.has_own_title else kept.title
    own = article.source == kept.source or (is_place(article.source) and not is_place(kept.source))
    return replace(article, title=title, blocks=article.blocks if own else kept.blocks)


def _found(one: _One | None, article_id: str) -> _One:
    if one is None:
        raise ArticleError(f"There is no article {article_id!r} in the library.")
    return one
