"""What is done while nobody waits for an answer: what a question that is being typed needs is read, questions about the
open article are suggested, and it is read ahead."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import rag
from index import Article
from index.errors import ArticleChatError
from rag.retrieval import Asked

__all__ = ["Preparing", "Typed"]

logger = logging.getLogger(__name__)

_GLANCE = 0.2  # seconds between two looks at whether somebody waits for an answer

Wanted = tuple[rag.ArticleChat, tuple[Article, ...]]


@dataclass(frozen=True)
class Typed:
    """A question that is being typed.

    Attributes:
        chat: Will answer it.
        question: As much of it as is there.
        articles: What it is about.
        history: What was said before.
    """

    chat: rag.ArticleChat
    question: str
    articles: Sequence[Asked]
    history: Sequence[tuple[str, str]] = ()


class Preparing:
    """Prepares for questions about the articles that were opened last.

    Args:
        busy: Whether somebody waits for an answer: the model's time belongs to who has asked.
    """

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._typed: Typed | None = None
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
            self._begin()

    def typing(self, typed: Typed | None) -> None:
        """Read what this question needs before anything else, in place of what was typed before.

        Args:
            typed: The question; None if it was asked, or is typed no more.
        """
        with self._lock:
            self._typed = typed if typed and typed.chat.model.builtin else None
            if self._typed:
                self._begin()

    def suggesting(self, articles: Sequence[Article]) -> bool:
        """Whether questions about these articles are being made."""
        now = self._suggesting
        return now is not None and now is self._wanted and now[1] == tuple(articles)

    def stop(self) -> None:
        """Prepare nothing more."""
        self._typed = self._wanted = None

    @contextmanager
    def paused(self, gone: str) -> Iterator[None]:
        """Do nothing while an article is removed.

        Afterwards what is open is prepared from its beginning: what was read of every article is deleted with
        the one that goes.

        Args:
            gone: The article that is removed; it is prepared no more.
        """
        wanted, self._wanted, self._typed = self._wanted, None, None
        try:
            yield
        finally:
            if wanted and self._wanted is None:  # else another was opened meanwhile
                chat, articles = wanted
                if left := [article for article in articles if article.id != gone]:
                    self.open(chat, left)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="article-chat-prepare", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        done = None
        while True:
            with self._lock:
                typed, wanted = self._typed, self._wanted
                if typed is None and (wanted is None or wanted is done):
                    self._thread = None
                    return
            if self._busy():
                time.sleep(_GLANCE)
            elif typed:
                _quietly(partial(self._read_for, typed))
                with self._lock:
                    if self._typed is typed:
                        self._typed = None
            elif wanted and _quietly(partial(self._prepare, wanted)):
                done = wanted

    def _read_for(self, typed: Typed) -> bool:
        return typed.chat.read_for(
            typed.question,
            article=typed.articles,
            history=typed.history,
            free=lambda: self._typed is typed and not self._busy(),
        )

    def _prepare(self, wanted: Wanted) -> bool:
        """Go on with what is prepared for articles; gives whether all is done."""
        chat, articles = wanted

        def free() -> bool:
            return self._wanted is wanted and self._typed is None and not self._busy()

        interrupted = False
        try:
            for article in articles:
                suggestions = chat.suggestions(article)
                while not suggestions.complete:
                    if interrupted := not free():
                        return False
                    suggestions.make_one(free)
        finally:
            if self._suggesting is wanted and not interrupted:
                self._suggesting = None
        return len(articles) != 1 or chat.read_ahead(articles[0], free)


def _quietly(work: Callable[[], bool]) -> bool:
    """Return whether some work is done; what went wrong will go wrong again."""
    try:
        return work()
    except ArticleChatError as error:  # who asks next is told
        logger.debug("not prepared: %s", error)
    except Exception:
        logger.exception("Preparing for questions failed")
    return True
