"""A sentence of the article that surely answers is said before the model writes, if the model finds that it does."""

from collections.abc import Iterator

import pytest

from index import Article
from rag.chain import Query, run
from rag.events import Checked, Draft, Event, Finished, Retracted, Step
from rag.evidence import Evidence
from rag.models import Piece
from rag.prompts import FOUND
from rag.sources import Excerpt
from tests.rag.scripted import Scripted, events

ASKED = "What could the deal enable Meta to do?"
POINTED = "The deal could enable Meta to streamline AI model development"
WRITTEN = "Google views Meta’s partnership with Scale AI as a potential conflict of interest."


class Judging(Scripted):
    """Finds that the article answers so surely, and that the sentence pointed at does; notes whether it wrote."""

    def __init__(self, found: float, pointed: float) -> None:
        super().__init__(found, WRITTEN)
        self.pointed, self.wrote = pointed, False

    def stream(self, article: str, rest: str, *, remember: bool) -> Iterator[Piece]:
        self.wrote = True
        yield Piece(f"{FOUND}\n", self.found)
        yield Piece(self.reply)

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        if "Answer: " not in rest and "Claim: " not in rest:
            return self.found
        if POINTED in rest:
            return self.pointed
        return 0.99 if WRITTEN in rest else 0.01


def answered(model: Judging) -> tuple[list[Event], Finished]:
    seen = events(model, ASKED)
    first = next(event for event in seen if not isinstance(event, Step))
    assert isinstance(first, Draft)
    assert first.text.startswith(POINTED)
    last = seen[-1]
    assert isinstance(last, Finished)
    return seen, last


def test_it_is_said_without_writing() -> None:
    model = Judging(0.95, 0.95)
    seen, last = answered(model)
    assert not model.wrote
    assert [event.sentence for event in seen if isinstance(event, Checked)] == [0]
    assert last.answer.text == last.answer.citations[0].quote
    assert last.answer.text.startswith(POINTED)
    assert (last.answer.status, last.answer.confidence) == ("answered", 0.95)


def test_the_model_writes_if_it_does_not_find_so() -> None:
    seen, last = answered(Judging(0.95, 0.3))
    assert [event.sentence for event in seen if isinstance(event, Retracted)] == [0]
    assert [event.sentence for event in seen if isinstance(event, Checked)] == [1]
    assert (last.answer.text, last.answer.status) == (WRITTEN, "answered")
    assert last.answer.retracted == (), "nothing in it was unsupported"


def test_it_disappears_if_the_article_does_not_answer() -> None:
    model = Judging(0.04, 0.99)
    seen, last = answered(model)
    assert not model.wrote
    assert [event.sentence for event in seen if isinstance(event, Retracted)] == [0]
    assert last.answer.status == "not_in_article"


class Reading(Judging):
    """Finds an answer only in both passages; notes how many characters it was given to read."""

    def __init__(self) -> None:
        super().__init__(0.1, 0.95)
        self.read: list[int] = []

    def stream(self, article: str, rest: str, *, remember: bool) -> Iterator[Piece]:
        self.read.append(len(article))
        yield from super().stream(article, rest, remember=remember)

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        if "Answer: " not in rest and "Claim: " not in rest:
            self.read.append(len(article))
        return super().agrees(article, rest, remember=remember)


@pytest.mark.parametrize(
    ("question", "passages"), [("What is the capital of Norway?", 1), ("How much does a ticket cost?", 2)]
)
def test_no_more_passages_are_read_without_hope(question: str, passages: int) -> None:
    text = (
        "The ferry was built in 1951. At first a ticket for it cost three crowns.\n\n"
        "Today a ticket for the ferry costs four crowns."
    )
    article, second = Article.from_text(text, title="The ferry"), text.index("Today")
    found = Evidence([Excerpt(article, 0, second - 2, 0.1), Excerpt(article, second, len(text))])
    model = Reading()
    asked = Query(question, (article,))
    *_, last = run(asked, model, lambda *_: found)  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    assert last.answer.status == "not_in_article"
    assert len(model.read) == passages
    assert model.read == sorted(model.read)
