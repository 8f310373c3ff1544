"""The article that is open is read while nobody asks, and only then."""

import threading
import time
from collections.abc import Callable
from typing import Any

from index import Article
from index.errors import ArticleChatError
from ui.reading_ahead import ReadingAhead

ONE, TWO = Article.from_text("One is a mill."), Article.from_text("Two is a brook.")


def eventually(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


class Patient:
    """Reads for as long as it may."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.steps = 0

    def read_ahead(self, article: Article, go_on: Callable[[], bool]) -> None:
        self.read.append(article.id)
        for _ in range(50):
            if not go_on():
                return
            self.steps += 1
            time.sleep(0.02)
        raise ArticleChatError("The model is gone.")


def ahead(busy: Callable[[], bool]) -> tuple[Any, Any]:
    return Patient(), ReadingAhead(busy)


def test_the_article_that_was_opened_last_is_read() -> None:
    chat, reading = ahead(lambda: False)
    reading.read(chat, ONE)
    eventually(lambda: chat.steps > 0)
    reading.read(chat, TWO)
    eventually(lambda: chat.read == [ONE.id, TWO.id])
    reading.stop()


def test_it_waits_while_somebody_waits_for_an_answer() -> None:
    waiting = threading.Event()
    waiting.set()
    chat, reading = ahead(waiting.is_set)
    reading.read(chat, ONE)
    eventually(lambda: chat.read == [ONE.id])
    time.sleep(0.5)
    assert chat.steps == 0
    waiting.clear()
    eventually(lambda: chat.steps > 0)
    reading.stop()


def test_it_goes_on_after_an_error() -> None:
    chat, reading = ahead(lambda: False)
    reading.read(chat, ONE)
    eventually(lambda: chat.steps == 50)
    reading.read(chat, TWO)
    eventually(lambda: chat.read == [ONE.id, TWO.id])
    reading.stop()
