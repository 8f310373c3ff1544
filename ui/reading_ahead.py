"""The model reads the article that is open while nobody asks anything."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rag
from index import Article
from index.errors import ArticleChatError

__all__ = ["ReadingAhead"]

logger = logging.getLogger(__name__)

_GLANCE = 0.2  # seconds between two looks at whether somebody waits for an answer


class ReadingAhead:
    """Reads one article at a time: the one that was opened last.

    Args:
        busy: Whether somebody waits for an answer: the model's time belongs to who has asked.
    """

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._wanted: tuple[rag.ArticleChat, Article] | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def read(self, chat: rag.ArticleChat, article: Article) -> None:
        """Read this article from now on, in the background, in place of what was being read."""
        with self._lock:
            self._wanted = chat, article
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="article-chat-read", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Read nothing more."""
        self._wanted = None

    @contextmanager
    def paused(self, gone: str) -> Iterator[None]:
        """Read nothing while an article is removed.

        Afterwards the one that is open is read from its beginning: what was read of every article is deleted with
        the one that goes.

        Args:
            gone: The article that is removed; it is read no more.
        """
        wanted, self._wanted = self._wanted, None
        try:
            yield
        finally:
            if wanted and wanted[1].id != gone and self._wanted is None:  # else another was opened meanwhile
                self.read(*wanted)

    def _run(self) -> None:
        done = None
        while True:
            with self._lock:
                wanted = self._wanted
                if wanted is None or wanted is done:
                    self._thread = None
                    return
            chat, article = wanted

            def go_on(mine: object = wanted) -> bool:
                while self._busy() and self._wanted is mine:
                    time.sleep(_GLANCE)
                return self._wanted is mine

            try:
                chat.read_ahead(article, go_on)
            except ArticleChatError as error:  # who asks next is told
                logger.debug("not read ahead: %s", error)
            done = wanted
