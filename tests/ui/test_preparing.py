"""For the article that is open questions are suggested, and it is read, while nobody asks, and only then."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from index import Article
from index.errors import ArticleChatError
from rag import ArticleChat, Settings
from rag.suggest import Suggestions
from tests.servers import model_server
from ui.desk import Desk, Reader
from ui.preparing import Preparing, Typed

ONE, TWO, THREE = (
    Article.from_text(f"This is {name}.") for name in ("the first, a mill", "a brook", "a third one")
)


def eventually(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


class Questions:
    """Makes two questions."""

    def __init__(self, gate: Callable[[], bool]) -> None:
        self.made = 0
        self.begun = 0
        self.given_up = 0
        self._gate = gate

    @property
    def complete(self) -> bool:
        return self.made >= 2

    def make_one(self, free: Callable[[], bool]) -> None:
        self.begun += 1
        while not self._gate():
            if not free():
                self.given_up += 1
                return
            time.sleep(0.01)
        self.made += 1


class Patient:
    """Reads for as long as it may."""

    model = SimpleNamespace(builtin=True)

    def __init__(self, gate: Callable[[], bool] = lambda: True) -> None:
        self.questions = Questions(gate)
        self.gate = gate
        self.typed: list[str] = []
        self.given_up: list[str] = []
        self.read: list[str] = []
        self.steps = 0

    def suggestions(self, article: Article) -> Questions:
        return self.questions

    def read_ahead(self, article: Article, free: Callable[[], bool]) -> bool:
        self.read.append(article.id)
        while self.steps % 50 < 49:
            if not free():
                return False
            self.steps += 1
            time.sleep(0.02)
        self.steps += 1
        raise ArticleChatError("The model is gone.")

    def read_for(self, question: str, *, free: Callable[[], bool], **about: Any) -> bool:
        self.typed.append(question)
        while not self.gate():
            if not free():
                self.given_up.append(question)
                return False
            time.sleep(0.01)
        return True


def ahead(busy: Callable[[], bool]) -> tuple[Any, Any]:
    return Patient(), Preparing(busy)


def test_questions_come_before_reading_and_yield_at_once_to_who_asks() -> None:
    asking, gate = threading.Event(), threading.Event()
    chat: Any = Patient(gate.is_set)
    preparing = Preparing(asking.is_set)
    preparing.open(chat, [ONE])
    assert preparing.suggesting([ONE])
    assert not preparing.suggesting([TWO])
    eventually(lambda: chat.questions.begun == 1)
    asking.set()
    eventually(lambda: chat.questions.given_up == 1)
    gate.set()
    time.sleep(0.5)
    assert chat.questions.made == 0  # and nothing is begun until it is answered
    asking.clear()
    eventually(lambda: chat.questions.made == 2 and bool(chat.read))
    assert not preparing.suggesting([ONE])
    preparing.stop()


def test_what_is_typed_is_read_for_before_anything_else() -> None:
    gate = threading.Event()
    chat: Any = Patient(gate.is_set)
    preparing = Preparing(lambda: False)
    preparing.open(chat, [ONE])
    eventually(lambda: chat.questions.begun == 1)
    preparing.typing(Typed(chat, "Who built the", [ONE]))
    eventually(lambda: chat.typed == ["Who built the"])
    preparing.typing(Typed(chat, "Who built the mill", [ONE]))
    eventually(lambda: chat.typed == ["Who built the", "Who built the mill"])
    assert (chat.questions.given_up, chat.given_up) == (1, ["Who built the"])
    gate.set()
    eventually(lambda: chat.questions.made == 2 and chat.read == [ONE.id])  # and then it goes on
    preparing.stop()


def test_what_is_typed_is_read_for_until_it_is_asked() -> None:
    asking = threading.Event()
    chat: Any = Patient(lambda: False)
    preparing = Preparing(asking.is_set)
    preparing.typing(Typed(chat, "Who built the", [ONE]))
    eventually(lambda: chat.typed == ["Who built the"])
    asking.set()
    preparing.typing(None)
    eventually(lambda: chat.given_up == ["Who built the"])
    asking.clear()
    eventually(lambda: not any(thread.name == "article-chat-prepare" for thread in threading.enumerate()))
    assert chat.typed == ["Who built the"]


def test_what_is_typed_at_another_computer_is_not_looked_at(
    chat: ArticleChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: Any = Patient()
    monkeypatch.setattr(chat, "read_for", there.read_for)
    desk = Desk(chat)
    chat.library.add(ONE)
    desk.typing(Reader("somebody", local=False), {"question": "Is it secret?", "articles": [ONE.id]})
    desk.typing(Reader("local", local=True), {"question": "Who built the mill", "articles": [ONE.id]})
    eventually(lambda: bool(there.typed))
    assert there.typed == ["Who built the mill"]
    chat.remove(ONE.id)


def test_the_article_that_was_opened_last_is_read() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps > 0)
    reading.open(chat, [TWO])
    eventually(lambda: chat.read == [ONE.id, TWO.id])
    reading.stop()


def test_it_waits_while_somebody_waits_for_an_answer() -> None:
    waiting = threading.Event()
    waiting.set()
    chat, reading = ahead(waiting.is_set)
    reading.open(chat, [ONE])
    time.sleep(0.5)
    assert chat.steps == 0
    waiting.clear()
    eventually(lambda: chat.steps > 0)
    reading.stop()


def test_it_goes_on_after_an_error() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps == 50)
    reading.open(chat, [TWO])
    eventually(lambda: chat.read == [ONE.id, TWO.id])
    reading.stop()


def test_when_another_article_is_removed_the_open_one_is_read_again() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps > 0)
    with reading.paused(TWO.id):
        steps = chat.steps
        time.sleep(0.3)
        assert chat.steps <= steps + 1
    eventually(lambda: chat.read == [ONE.id, ONE.id])
    reading.stop()


def test_what_was_read_to_its_end_is_read_again_too() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps == 50)
    with reading.paused(TWO.id):
        pass
    eventually(lambda: chat.read == [ONE.id, ONE.id])
    reading.stop()


def test_an_article_that_is_removed_is_read_no_more() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps > 0)
    with reading.paused(ONE.id):
        pass
    steps = chat.steps
    time.sleep(0.3)
    assert chat.read == [ONE.id]
    assert chat.steps <= steps + 1


def test_an_article_that_cannot_be_removed_changes_nothing() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps > 0)
    with pytest.raises(ArticleChatError), reading.paused(TWO.id):
        raise ArticleChatError("There is no such article.")
    eventually(lambda: chat.read == [ONE.id, ONE.id])
    reading.stop()


def test_an_article_that_is_opened_meanwhile_is_the_one_that_is_read() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    with reading.paused(THREE.id):
        reading.open(chat, [TWO])
    eventually(lambda: TWO.id in chat.read)
    time.sleep(0.2)
    assert chat.read[-1] == TWO.id
    reading.stop()


def test_another_model_is_sent_nothing_before_somebody_asks() -> None:
    with model_server() as server:
        chat = ArticleChat(Settings(model=server.model, base_url=server.url))
        desk = Desk(chat)
        shown = desk.suggestions(Reader("local", local=True), {})
        eventually(lambda: not any(t.name == "article-chat-prepare" for t in threading.enumerate()))
        assert server.requests == []
        assert shown == {"suggestions": [], "more": False}
        chat.close()


def test_what_was_prepared_before_is_not_when_another_model_answers() -> None:
    chat, reading = ahead(lambda: False)
    reading.open(chat, [ONE])
    eventually(lambda: chat.steps > 0)
    other: Any = Patient()
    other.model = SimpleNamespace(builtin=False)
    reading.open(other, [TWO])
    steps = chat.steps
    time.sleep(0.3)
    assert chat.steps <= steps + 1
    assert (other.questions.begun, other.read) == (0, [])


def test_the_page_goes_on_reading_the_open_article_when_another_is_removed(
    chat: ArticleChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Patient()
    monkeypatch.setattr(chat, "read_ahead", reads.read_ahead)
    monkeypatch.setattr(Suggestions, "complete", True)
    desk, reader = Desk(chat), Reader("local", local=True)
    for article in (ONE, TWO):
        chat.library.add(article)
    desk.suggestions(reader, {"articles": [ONE.id]})
    eventually(lambda: reads.steps > 0)
    desk.remove(reader, {"id": TWO.id})
    eventually(lambda: reads.read == [ONE.id, ONE.id])
    desk.remove(reader, {"id": ONE.id})
    steps = reads.steps
    time.sleep(0.3)
    assert reads.steps <= steps + 1
