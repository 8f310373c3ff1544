"""Suggested questions: made once and one at a time, when nobody waits, and those first that follow what was said."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from index import Article
from rag import Answer
from rag.suggest import forget, suggest
from ui.suggesting import suggestions

if TYPE_CHECKING:
    from tests.ui.conftest import Site

TEXT = "\n\n".join(
    f"The lighthouse number {n} was built of granite from the quarry in the hills, and its lamp is seen from afar."
    for n in range(4)
)


class Model:
    """Stands in for a language model that names a question about each part."""

    def __init__(self, name: str, question: str = "What was lighthouse {} built of?") -> None:
        self.name = name
        self.asked = 0
        self._question = question

    def stream(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        from rag.models import Piece

        yield Piece(self._question.format(self.asked))


def article(name: str) -> Article:
    return Article.from_text(f"{TEXT}\n\nThis is the one of {name}, and it has lighthouses.", title=name)


def good(question: str) -> Answer:
    return Answer(question, "Granite.", "answered")


def test_two_at_once_get_the_same_and_it_is_made_once() -> None:
    model: Any = Model("one")
    pauses: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        both = list(
            pool.map(lambda _: suggest([article("both")], model, good, lambda: pauses.append(1)), range(2))
        )
    assert both[0] == both[1]
    assert len(both[0]) == 4
    assert model.asked == 4
    assert len(pauses) == 8  # before each question is made, and before it is tried


def test_nothing_found_is_not_kept_for_other_models() -> None:
    poor: Any = Model("poor", "Not a question")
    for _ in range(2):
        assert suggest([article("poor")], poor, good) == []
    assert poor.asked == 4  # not tried again by the same model
    better: Any = Model("better")
    assert len(suggest([article("poor")], better, good)) == 4


def test_they_wait_while_somebody_waits_for_an_answer(site: "Site", monkeypatch: pytest.MonkeyPatch) -> None:
    busy = threading.Event()
    busy.set()
    asked: list[str] = []
    monkeypatch.setattr(site.chat.model, "stream", lambda *_, **__: asked.append("asked") or iter(()))
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(suggestions, site.chat, [article("patient")], busy.is_set)
        with pytest.raises(TimeoutError):
            made.result(timeout=0.5)
        assert not asked
        busy.clear()
        assert made.result(timeout=10) == []
    assert asked


def test_those_that_follow_what_was_said_come_first(site: "Site", monkeypatch: pytest.MonkeyPatch) -> None:
    made = ["What does the baker sell?", "How deep is the lake?", "Who painted the portrait?"]
    monkeypatch.setattr("ui.suggesting.suggest", lambda *_: made)
    asked = [article("order")]
    assert suggestions(site.chat, asked, lambda: False) == made
    near = suggestions(
        site.chat, asked, lambda: False, "The artist used oil paint for the picture of the queen."
    )
    assert near[0] == "Who painted the portrait?"
    assert sorted(near) == sorted(made)


def test_those_of_an_article_that_is_removed_meanwhile_are_not_kept() -> None:
    model: Any = Model("late")
    gone = article("removed")

    def removed(question: str) -> Answer:
        forget(gone.id)
        return good(question)

    assert suggest([gone], model, removed, lambda: None) == []
    asked = model.asked
    assert len(suggest([gone], model, good, lambda: None)) == 4  # it was brought again
    assert model.asked > asked
