"""Suggested questions: made when nobody waits for an answer, and in the order in which they follow what was said."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

import rag
from rag.retrieval import Asked
from rag.suggest import suggest

__all__ = ["suggestions"]

_FROM = 3  # articles, when several are asked together
_GLANCE = 0.2  # seconds between two looks at whether somebody waits for an answer


def suggestions(
    chat: rag.ArticleChat, articles: Sequence[Asked], busy: Callable[[], bool], near: str = ""
) -> list[str]:
    """Find questions that these articles answer.

    Args:
        chat: Makes and answers them.
        articles: What they are about.
        busy: Whether somebody waits for an answer: the model's time belongs to who has asked.
        near: What was said last; the questions that come closest to it come first.

    Returns:
        The questions, each once.

    Raises:
        ArticleChatError: If the model fails.
    """

    def pause() -> None:
        while busy():
            time.sleep(_GLANCE)

    found: list[str] = []
    for article in articles[:_FROM]:
        opened = chat.open(article)
        found += suggest(opened, chat.model, partial(chat.answer, article=opened), pause)
    return _nearest(chat, list(dict.fromkeys(found)), near)


def _nearest(chat: rag.ArticleChat, questions: list[str], near: str) -> list[str]:
    if not near or len(questions) < 2:
        return questions
    vectors = np.array(chat.library.embeddings.embed_documents([near, *questions]))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    closeness = vectors[1:] @ vectors[0]
    return [questions[i] for i in np.argsort(-closeness, kind="stable")]
