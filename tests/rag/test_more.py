"""What the article says besides, or better than what was written."""

import pytest

from index import Article
from rag.chain import Query, run
from rag.conversation import said_before
from rag.events import Checked, Draft, Event, Finished, Retracted
from rag.prompts import MORE
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
        self.sure = 0.97
        self.alone = self.found
        self.asked: list[str] = []

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        self.asked.append(rest)
        if "Answer: " not in rest:
            return self.found if "three owners" in article else self.alone
        return self.sure if any(f"Answer: {answer}" in rest for answer in self.answers) else 0.01


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
    "The mill has three owners. Ada Holloway holds a fifth of its shares. Jon Holloway holds a fifth of its shares. "
    "Mira Tolland holds all the rest. The wheel turns at noon.\n\nIt rained.",
    title="The mill",
)
OWNERS = [f"{name} holds" for name in ("Ada Holloway", "Jon Holloway", "Mira Tolland")]
FIRST = ("Who owns the mill?", "Ada Holloway holds a fifth of its shares.")
SECOND = ("Who else?", "Jon Holloway holds a fifth of its shares.")


def continued(
    model: Scripted, question: str, *before: tuple[str, str], article: Article = MILL
) -> list[Event]:
    asked = Query(question, (article,), before[-1], said_before([*before]))
    return [*run(asked, model, lambda *_: whole(article))]  # type: ignore[arg-type]  # only what the chain calls


@pytest.mark.parametrize("question", ["Who else?", "What else does it say about that?", "Tell me more."])
def test_what_else_there_is_does_not_repeat_what_was_said(question: str) -> None:
    model = Listing(OWNERS, writes=FIRST[1])
    seen = continued(model, question, FIRST)
    assert [sentence.split()[0] for sentence in said(seen)] == ["Jon", "Mira"]
    assert not any("Answer: Ada Holloway" in rest for rest in model.asked)


@pytest.mark.parametrize(
    ("answer", "again"),
    [("Ada Holloway has a fifth of the shares.", False), ("Ada Holloway is an owner of the mill.", True)],
)
def test_what_says_more_than_the_answer_did_was_not_said(answer: str, again: bool) -> None:
    seen = continued(Listing(OWNERS), "Who else?", (FIRST[0], answer))
    assert (FIRST[1] in said(seen)) is again


def test_what_else_there_is_need_not_be_as_sure_as_a_first_answer() -> None:
    beside = "The mill has three owners."
    model = Listing([beside, *OWNERS])
    model.sure = 0.8
    seen = continued(model, "Who else?", FIRST)
    assert next(event.text for event in seen if isinstance(event, Draft)) == beside
    assert said(seen) == [beside, SECOND[1], "Mira Tolland holds all the rest."]
    assert not any(isinstance(event, Retracted) for event in seen)


def test_only_a_question_for_no_more_than_more_is_asked_in_other_words() -> None:
    model = Listing(OWNERS)
    for question in ("Who else?", "Tell me more."):
        continued(model, question, FIRST)
    asked = [rest.rpartition("\n")[2] for rest in model.asked if "Answer: " not in rest]
    assert asked == ["Question: Who else?", f"Question: {MORE}"]


def test_what_was_said_before_the_last_answer_is_not_repeated_either() -> None:
    assert said(continued(Listing(OWNERS), "Anyone else?", FIRST, SECOND)) == [
        "Mira Tolland holds all the rest."
    ]


def test_what_was_said_of_something_else_may_be_said_again() -> None:
    between = ("When does the wheel turn?", "The wheel turns at noon.")
    assert FIRST[1] in said(continued(Listing(OWNERS), "Who else owns the mill?", FIRST, between))


def test_what_was_said_before_a_part_about_something_else_may_be_said_again() -> None:
    model = Listing([*OWNERS, "The wheel turns"], writes="The wheel turns at noon.")
    assert FIRST[1] in said(continued(model, "When does the wheel turn, and who else owns the mill?", FIRST))


def test_what_was_said_in_an_earlier_part_of_the_question_is_not_repeated() -> None:
    model = Listing(OWNERS, writes=FIRST[1])
    asked = Query("Who holds a fifth of its shares, and who else does it say owns the mill?", (MILL,))
    *_, last = run(asked, model, lambda *_: whole(MILL))  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    assert sum("Answer: Ada Holloway" in rest for rest in model.asked) == 1


def test_nothing_is_written_for_no_more_than_more() -> None:
    *seen, last = continued(Listing([], writes="It rained."), "Anything else?", FIRST)
    assert isinstance(last, Finished)
    assert last.answer.status == "not_in_article"
    assert not any(isinstance(event, Draft) and "rained" in event.text for event in seen)


def test_what_was_said_is_an_answer_to_any_other_question() -> None:
    assert FIRST[1] in said(continued(Listing(OWNERS, writes=FIRST[1]), "Who holds a fifth of them?", FIRST))


def test_another_model_is_not_blamed_for_what_it_says_again() -> None:
    model = Listing(OWNERS, writes=f"{FIRST[1]} {SECOND[1]}")
    model.builtin = False
    *_, last = continued(model, "Who else?", FIRST)
    assert isinstance(last, Finished)
    assert (last.answer.text, last.answer.status) == (SECOND[1], "answered")


def test_what_else_there_is_may_stand_elsewhere() -> None:
    text = "The mill stands at the river. Ada Holloway holds a fifth of its shares. It turns at noon.\n\n"
    long = (
        "Rosa Lind bought the rest of the shares of the mill, "
        + "of which there were a great many, " * 9
        + "in May."
    )
    article = Article.from_text(text + long, title="The mill")
    model = Listing(["Rosa Lind bought"], writes=long)
    assert said(continued(model, "Who else has shares of the mill?", FIRST, article=article)) == [long]


def test_the_opposite_was_not_said() -> None:
    text = "The mill was not sold. The mill was sold. It rained."
    article = Article.from_text(text, title="The mill")
    before = ("What happened to it?", "The mill was not sold.")
    seen = continued(Listing(["The mill was sold"]), "What else happened to it?", before, article=article)
    assert said(seen) == ["The mill was sold."]


def test_what_is_looked_at_again_is_cited_with_its_own_words() -> None:
    bought = "Rosa Lind bought the remaining stock of the firm in May."
    model = Listing(["Rosa Lind bought"])
    model.found, model.alone = 0.05, 0.9
    firm = Article.from_text(f"{MILL.text}\n\n{bought}", title="The mill")
    *_, last = continued(model, "Who else bought stock of it?", FIRST, article=firm)
    assert isinstance(last, Finished)
    assert last.answer.sentences == tuple(citation.quote for citation in last.answer.citations) == (bought,)


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
