"""``answer`` and its kin without an object to hold: one ``ArticleChat`` for the process, made on first use."""

import threading
from collections.abc import AsyncGenerator, Generator

from rag.answers import Answer
from rag.chat import ArticleChat, ArticleLike
from rag.conversation import History
from rag.events import Event

__all__ = ["aanswer", "answer", "astream", "stream"]

_lock = threading.Lock()
_chat: ArticleChat | None = None


def _default() -> ArticleChat:
    global _chat
    with _lock:
        if _chat is None:
            _chat = ArticleChat()
        return _chat


def answer(question: str, *, article: ArticleLike = None, history: History = ()) -> Answer:
    """Answer a question about an article; see ``ArticleChat.answer``."""
    return _default().answer(question, article=article, history=history)


def stream(question: str, *, article: ArticleLike = None, history: History = ()) -> Generator[Event]:
    """Answer a question event by event; see ``ArticleChat.stream``."""
    return _default().stream(question, article=article, history=history)


async def aanswer(question: str, *, article: ArticleLike = None, history: History = ()) -> Answer:
    """Answer a question without blocking the event loop; see ``ArticleChat.aanswer``."""
    return await _default().aanswer(question, article=article, history=history)


def astream(question: str, *, article: ArticleLike = None, history: History = ()) -> AsyncGenerator[Event]:
    """Answer a question event by event without blocking the event loop; see ``ArticleChat.astream``."""
    return _default().astream(question, article=article, history=history)
