"""What is done for the open article while nobody asks anything: questions are suggested, and it is read ahead."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import rag
from index import Article
from index.errors import ArticleChatError

__all__ = ["Preparing"]

logger = logging.getLogger(__name__)

_GLANCE = 0.2  # seconds between two looks at whether somebody waits for an answer

Wanted = tuple[rag.ArticleChat, tuple[Article, ...]]


class Preparing:
    """Prepares for questions about the articles that were opened last.

    Args:
        busy: Whether somebody waits for an answer: the model's time belongs to who has asked.
    """

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._wanted: Wanted | None = None
        self._suggesting: Wanted | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def open(self, chat: rag.ArticleChat, articles: Sequence[Article]) -> None:
        """Prepare for these articles from now on, in the background, in place of those before.

        Only the built-in model prepares: another one is sent nothing, and costs nothing, before somebody asks.

        Args:
            chat: Answers the questions.
            articles: The articles that are open.
        """
        if not chat.model.builtin:
            self.stop()
            return
        with self._lock:
            self._wanted = self._suggesting = chat, tuple(articles)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="article-chat-prepare", daemon=True)
                self._thread.start()

    def suggesting(self, articles: Sequence[Article]) -> bool:
        """Whether questions about these articles are being made."""
        now = self._suggesting
        return now is not None and now is self._wanted and now[1] == tuple(articles)

    def stop(self) -> None:
        """Prepare nothing more."""
        self._wanted = None

    @contextmanager
    def paused(self, gone: str) -> Iterator[None]:
        """Do nothing while an article is removed.

        Afterwards what is open is prepared from its beginning: what was read of every article is deleted with
        the one that goes.

        Args:
            gone: The article that is removed; it is prepared no more.
        """
        wanted, self._wanted = self._wanted, None
        try:
            yield
        finally:
            if wanted and self._wanted is None:  # else another was opened meanwhile
                chat, articles = wanted
                if left := [article for article in articles if article.id != gone]:
                    self.open(chat, left)

    def _run(self) -> None:
        done = None
        while True:
            with self._lock:
                wanted = self._wanted
                if wanted is None or wanted is done:
                    self._thread = None
                    return
            try:
                self._prepare(wanted)
            except ArticleChatError as error:  # who asks next is told
                logger.debug("not prepared: %s", error)
            except Exception:
                logger.exception("Preparing for questions failed")
            done = wanted

    def _prepare(self, wanted: Wanted) -> None:
        chat, articles = wanted

        def go_on() -> bool:
            while self._busy() and self._wanted is wanted:
                time.sleep(_GLANCE)
            return self._wanted is wanted

        try:
            for article in articles:
                suggestions = chat.suggestions(article)
                while go_on() and not suggestions.complete:
                    suggestions.make_one(lambda: self._wanted is wanted and not self._busy())
        finally:
            if self._suggesting is wanted:
                self._suggesting = None
        if len(articles) == 1:
            chat.read_ahead(articles[0], go_on)
