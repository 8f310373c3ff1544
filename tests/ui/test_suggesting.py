"""Suggested questions: made once and one at a time, when nobody waits, and those first that follow what was said."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from index import Article
from rag import Answer, Citation, Event, Finished, Settings, Step
from rag.suggest import KEPT, Suggestions, forget

SENTENCES = [
    f"The lighthouse number {n} was built of granite from the quarry in the hills." for n in range(6)
]
TEXT = "\n\n".join(
    f"{sentence} Its lamp number {n} is seen from all of the ships that pass by far away."
    for n, sentence in enumerate(SENTENCES)
)


Ask = Callable[[str, Callable[[], bool]], Generator[Event]]


class Model:
    """Stands in for a language model that names a question about each part."""

    def __init__(self, question: str = "What was lighthouse {} built of?", **settings: Any) -> None:
        self.settings = Settings(model="stand-in", base_url="http://127.0.0.1:9/v1", **settings)
        self.asked = 0
        self._question = question

    def read_ahead(self, *_: Any, free: Callable[[], bool], **__: Any) -> bool:
        return free()

    def stream(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        from rag.models import Piece

        yield Piece("Found\n")
        yield Piece(self._question.format(self.asked))


def article(name: str) -> Article:
    return Article.from_text(f"{TEXT}\n\nThis is the one of {name}.", title=name)


def answering(about: Article, status: Any = "answered") -> Ask:
    """Answer each question with another sentence of the article."""
    given = 0

    def ask(question: str, free: Callable[[], bool]) -> Generator[Event]:
        nonlocal given
        start = 40 * given
        given += 1
        cited = Citation(about.id, about.title, start, start + 9, about.text[start : start + 9], 1.0, 0)
        yield Step("reading", "Reading")
        yield Finished(Answer(question, "Granite.", status, ("Granite.",), (cited,)))

    return ask


def made(suggestions: Suggestions) -> list[str]:
    while not suggestions.complete:
        suggestions.make_one()
    return [one.question for one in suggestions.questions]


def test_there_are_more_than_are_offered_at_once_and_they_are_made_once() -> None:
    model: Any = Model()
    about = article("once")
    first = made(Suggestions(about, model, answering(about)))
    assert len(set(first)) == KEPT
    asked = model.asked
    assert made(Suggestions(about, model, answering(about))) == first
    assert model.asked == asked


def test_only_what_is_answered_is_suggested_and_it_is_tried_once() -> None:
    model: Any = Model()
    about = article("declined")
    for _ in range(2):
        assert made(Suggestions(about, model, answering(about, "not_in_article"))) == []
        assert made(Suggestions(about, model, answering(about, "partial"))) == []
    assert 0 < model.asked <= 12


def test_two_questions_to_the_same_words_are_one() -> None:
    about = article("alike")

    def ask(question: str, free: Callable[[], bool]) -> Generator[Event]:
        cited = Citation(about.id, about.title, 0, 9, about.text[:9], 1.0, 0)
        yield Finished(Answer(question, "Granite.", "answered", ("Granite.",), (cited,)))

    assert len(made(Suggestions(about, Model(), ask))) == 1  # type: ignore[arg-type]


def test_another_model_or_strictness_makes_its_own() -> None:
    about = article("others")
    poor: Any = Model("Not a question")
    assert made(Suggestions(about, poor, answering(about))) == []
    strict: Any = Model("How strict is lighthouse {}?", strictness="strict")
    assert len(made(Suggestions(about, strict, answering(about)))) == KEPT
    assert made(Suggestions(about, poor, answering(about))) == []


@pytest.mark.parametrize("looks", range(5))
def test_what_is_begun_is_given_up_as_soon_as_somebody_asks(looks: int) -> None:
    """Whatever it is at: naming a question, or trying it. Afterwards the same one is made."""
    about = article(f"interrupted {looks}")
    closed: list[str] = []

    def ask(question: str, free: Callable[[], bool]) -> Generator[Event]:
        try:
            yield from answering(about)(question, free)
        finally:
            closed.append(question)

    seen = 0

    def free() -> bool:
        nonlocal seen
        seen += 1
        return seen <= looks

    model: Any = Model("What is lighthouse of granite?")
    suggestions = Suggestions(about, model, ask)
    suggestions.make_one(free)
    assert suggestions.questions == []
    assert seen == looks + 1
    suggestions.make_one()
    assert [one.question for one in suggestions.questions] == ["What is lighthouse of granite?"]
    assert len(closed) == (2 if looks > 2 else 1)  # no answer is left half made


def test_it_goes_on_where_it_was_left() -> None:
    about = article("left")
    model: Any = Model()
    ask = answering(about)
    first = Suggestions(about, model, ask)
    first.make_one()
    second = Suggestions(about, model, ask)
    assert second.questions == first.questions
    second.make_one()
    assert model.asked == 2


def test_those_of_an_article_that_is_removed_meanwhile_are_not_kept() -> None:
    about = article("removed")
    suggestions = Suggestions(about, Model(), answering(about))  # type: ignore[arg-type]
    suggestions.make_one()
    forget(about.id)
    made(suggestions)
    again = Suggestions(about, Model(), answering(about))  # type: ignore[arg-type]
    assert again.questions == []
    assert len(made(again)) == KEPT  # it was brought again
