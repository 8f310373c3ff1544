"""What the article says besides, or better than what was written."""

import pytest

from rag.events import Checked, Draft, Event, Finished, Retracted
from tests.rag.scripted import Scripted, ask, events

pytestmark = pytest.mark.usefixtures("nothing_pointed_at")

WRITTEN = "Google views Meta’s partnership with Scale AI as a potential conflict of interest."
CLOSEST = "The deal could enable Meta to streamline AI model development"
ASKED = "What could the deal enable Meta to do?"


class Judging(Scripted):
    """Writes one sentence, and finds so surely that it answers, and that the closest one does; no other one does."""

    def __init__(self, written: float, closest: float) -> None:
        super().__init__(0.9, WRITTEN)
        self.answers = {WRITTEN: written, CLOSEST: closest}

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        if "Claim: " in rest:
            return 0.99
        return next((share for said, share in self.answers.items() if f"Answer: {said}" in rest), 0.01)


def said(seen: list[Event]) -> list[str]:
    return [event.text for event in seen if isinstance(event, Checked)]


def test_what_surely_answers_too_is_said_after_it() -> None:
    seen = events(Judging(0.99, 0.99), ASKED)
    first, second = said(seen)
    assert first == WRITTEN
    assert second.startswith(CLOSEST)
    assert isinstance(last := seen[-1], Finished)
    assert last.answer.sentences == (first, second)
    assert {citation.sentence for citation in last.answer.citations} == {0, 1}
    assert [event.sentence for event in seen if isinstance(event, Checked)] == [0, 1]


def test_what_may_answer_is_not_added() -> None:
    assert said(events(Judging(0.99, 0.85), ASKED)) == [WRITTEN]


def test_what_was_written_gives_way_to_what_surely_answers() -> None:
    seen = events(Judging(0.7, 0.99), ASKED)
    (only,) = said(seen)
    assert only.startswith(CLOSEST)
    drafts = {event.sentence for event in seen if isinstance(event, Draft)}
    assert {event.sentence for event in seen if isinstance(event, Retracted)} == drafts == {0}
    assert isinstance(last := seen[-1], Finished)
    assert last.answer.text == only == last.answer.citations[0].quote
    assert last.answer.status == "answered", "nothing in it was unsupported"


def test_what_was_written_stays_where_nothing_else_surely_answers() -> None:
    assert ask(Judging(0.7, 0.85), ASKED).text == WRITTEN
