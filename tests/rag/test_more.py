"""What the article says besides, or better than what was written."""

import pytest

from index import Article
from rag.answers import Answer
from rag.chain import Query, run
from rag.events import Checked, Draft, Event, Finished, Retracted
from rag.retrieval import whole
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


class Listing(Scripted):
    """Writes a sentence, and finds that those answer that begin as it is told; notes what it is asked about."""

    def __init__(self, answers: list[str], writes: str = "Ada Holloway holds a fifth of its shares.") -> None:
        super().__init__(0.95, writes)
        self.answers = answers
        self.asked: list[str] = []

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        if "Answer: " not in rest:
            return 0.99
        self.asked.append(rest)
        return 0.97 if any(f"Answer: {answer}" in rest for answer in self.answers) else 0.01


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


def test_what_may_not_answer_is_not_added() -> None:
    assert said(events(Judging(0.99, 0.6), ASKED)) == [WRITTEN]


def test_what_stands_beside_it_is_said_where_it_answers_too() -> None:
    text = (
        "The mill has three owners. Ada Holloway holds a fifth of its shares. Jon Reuter holds another fifth of them. "
        "Mira Tolland holds all the rest. The wheel turns at noon.\n\nIt rained."
    )
    mill = Article.from_text(text, title="The mill")
    model = Listing(["Ada Holloway holds", "Jon Reuter holds", "Mira Tolland holds"])
    asked = Query("Who owns the mill?", (mill,))
    *_, last = run(asked, model, lambda *_: whole(mill))  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    assert [sentence.split()[0] for sentence in last.answer.sentences] == ["Ada", "Jon", "Mira"]
    assert not any("wheel" in said for said in model.asked[-1:]), "what is not likely to answer is not tried"


MILL = Article.from_text(
    "The mill has three owners. Ada Holloway holds a fifth of its shares. Jon Reuter holds another fifth of them. "
    "Mira Tolland holds all the rest. The wheel turns at noon.\n\nIt rained.",
    title="The mill",
)
OWNERS = [f"{name} holds" for name in ("Ada Holloway", "Jon Reuter", "Mira Tolland")]
FIRST = ("Who owns the mill?", "Ada Holloway holds a fifth of its shares.")


def owners(model: Listing, question: str, *before: tuple[str, str]) -> Answer:
    asked = Query(question, (MILL,), before[-1], tuple(answer for _, answer in before))
    *_, last = run(asked, model, lambda *_: whole(MILL))  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    return last.answer


@pytest.mark.parametrize("question", ["Who else?", "What else does it say about that?", "Tell me more."])
def test_what_else_there_is_does_not_repeat_what_was_said(question: str) -> None:
    model = Listing(OWNERS, writes=FIRST[1])
    answer = owners(model, question, FIRST)
    assert [sentence.split()[0] for sentence in answer.sentences] == ["Jon", "Mira"]
    assert not any("Answer: Ada Holloway" in rest for rest in model.asked)


def test_what_was_said_before_the_last_answer_is_not_repeated_either() -> None:
    second = ("Who else?", "Jon Reuter holds another fifth of them.")
    answer = owners(Listing(OWNERS, writes=FIRST[1]), "Anyone else?", FIRST, second)
    assert answer.text == "Mira Tolland holds all the rest."


def test_nothing_is_said_if_there_is_nothing_else() -> None:
    before = [("Who?", text) for text in MILL.text.split("\n\n")]
    answer = owners(Listing(OWNERS, writes=FIRST[1]), "Who else owns it?", *before)
    assert answer.status == "not_in_article"


def test_what_was_said_is_an_answer_to_any_other_question() -> None:
    assert "Ada" in owners(Listing(OWNERS, writes=FIRST[1]), "Who holds a fifth of them?", FIRST).text


def test_facts_of_several_sentences_give_way_to_the_articles_words() -> None:
    text = (
        "Harlan Motors buys the mill. Eleven patients of the clinic fell gravely ill in the spring of last year. "
        "Two of them died. Nobody knows why."
    )
    clinic = Article.from_text(text, title="The clinic")
    model = Listing(["Two of the eleven", "Eleven patients"], "Two of the eleven patients fell gravely ill.")
    asked = Query("How many patients fell gravely ill?", (clinic,))
    seen = list(run(asked, model, lambda *_: whole(clinic)))  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last := seen[-1], Finished)
    assert last.answer.text == "Eleven patients of the clinic fell gravely ill in the spring of last year."
    assert last.answer.status == "answered"
    assert "own words" in next(event.reason for event in seen if isinstance(event, Retracted))


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
    assert ask(Judging(0.7, 0.85), ASKED).sentences[0] == WRITTEN
