"""The second look at what a short article does not seem to answer: at its likeliest sentence alone."""

from index import Article
from rag.events import Checked, Finished, Retracted
from rag.evidence import Evidence
from rag.sources import Excerpt
from tests.rag.scripted import SEED, Scripted, ask, events

ASKED = "What could the deal enable Meta to do?"
ANSWER = "The deal could enable Meta to streamline AI model development"


class Overlooking(Scripted):
    """Finds nothing in a whole article, and what it is told to in a few sentences; notes what it has read."""

    def __init__(self, alone: float, answers: float = 0.95) -> None:
        super().__init__(0.01, "Nothing.")
        self.alone, self.answers, self.few = alone, answers, ""

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        if len(article) > len(SEED.text) / 2:
            return 0.01
        self.few = article
        if "Answer: " in rest:
            return self.answers if f"Answer: {ANSWER}" in rest else 0.01
        return self.alone


def test_what_was_overlooked_is_said_in_the_articles_words() -> None:
    model = Overlooking(0.95)
    seen = events(model, ASKED)
    last = seen[-1]
    assert isinstance(last, Finished)
    answer = last.answer
    assert (answer.status, answer.confidence) == ("answered", 0.95)
    assert [event.sentence for event in seen if isinstance(event, Checked)] == [0]
    assert not any(isinstance(event, Retracted) for event in seen), "it stood there as a draft already"
    assert answer.text.startswith(ANSWER)
    assert answer.text == answer.citations[0].quote
    before, after = model.few.split(answer.text)
    assert len(before) > 100, "the sentence before it is read with it"
    assert len(after) > 100


def test_it_is_not_said_if_it_does_not_answer_either() -> None:
    for model in (Overlooking(0.4), Overlooking(0.95, 0.1)):
        answer = ask(model, ASKED)
        assert (answer.status, answer.confidence) == ("not_in_article", 0.01)


def test_a_question_about_something_else_is_declined_at_once() -> None:
    model = Overlooking(0.95)
    assert ask(model, "What is the capital of Norway?").status == "not_in_article"
    assert not model.few


def test_neighbours_stand_near() -> None:
    text = (
        "The mill burnt down. Nobody was hurt. "
        + "It rained. " * 100
        + "The miller left. He never came back."
    )
    article = Article.from_text(text, title="The mill")
    first, last = text.index("It rained"), text.index("The miller")
    far = Evidence([Excerpt(article, 0, first - 1), Excerpt(article, last, len(text))], whole=True)
    assert far.beside(far.sources[1]).texts == [text[: first - 1]]
    assert far.beside(far.sources[2]).texts == [text[last:]]
