"""Several questions at once."""

import time
from collections.abc import Iterator

import pytest

from index import Article
from rag import Answer, ArticleChat
from rag.answers import NOT_IN_ARTICLE
from rag.compound import questions
from rag.conversation import last_turn
from rag.events import Checked, Draft, Finished
from rag.models import Piece
from rag.prompts import FOUND
from tests.rag.scripted import Scripted, ask, events

pytestmark = pytest.mark.usefixtures("nothing_pointed_at")

WANG = "Alexandr Wang is the CEO of Scale AI."
VIEW = "Google views Meta’s partnership with Scale AI as a potential conflict of interest."


class Knowing(Scripted):
    """Answers what has one of some words in it, and nothing else."""

    def __init__(self, said: dict[str, str]) -> None:
        super().__init__(0.9, "")
        self.said = said
        self.prompts: list[str] = []
        self.pause = 0.0

    def stream(self, article: str, rest: str, *, remember: bool) -> Iterator[Piece]:
        self.prompts.append(rest)
        time.sleep(self.pause)
        asked = rest.rsplit("Question: ", 1)[-1]
        reply = next((reply for word, reply in self.said.items() if word in asked), None)
        yield Piece(f"{FOUND}\n", 0.99 if reply else 0.01)
        yield Piece(reply or "Nothing of this kind.")

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        said = rest.rsplit("\n", 1)[-1]
        return 0.99 if any(reply in said for reply in self.said.values()) else 0.01


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who leads it, and how old is he?", ["Who leads it?", "how old is he?"]),
        ("Who leads it? How old is he?", ["Who leads it?", "How old is he?"]),
        ("Who's the owner and what's his age?", ["Who's the owner?", "what's his age?"]),
        (
            "Who is the man who bought the mill and how old is he?",
            ["Who is the man who bought the mill?", "how old is he?"],
        ),
        (
            "What did he pay and in which year did he do so",
            ["What did he pay?", "in which year did he do so?"],
        ),
        (
            "How did it begin and who was there and what happened next?",
            ["How did it begin?", "who was there?", "what happened next?"],
        ),
    ],
)
def test_questions_are_told_apart(text: str, parts: list[str]) -> None:
    assert questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "When and where was it signed?",
        "Who paid and in which year did he do so",
        "Who leads it?",
        "The firm was the largest. Why did it fail?",
        "What did he do when it was sold and when it closed?",
        "How do they differ in what the one is and what is the other?",
        "Who are the people who founded the firm and who now lead it?",
        "Can you tell me who founded the company and when it was founded?",
        "Does the article explain what happened and who was responsible?",
        "Why does it matter who owns the data and who can see it?",
        "What does the chapter “Who is he? What does he want?” say?",
        "Which countries signed it and which did not?",
        "Who leads Scale AI? And what about Meta?",
        "What are the differences and what are the similarities?",
        "Who signed, and why is it, and where was it, and when did it end?",
    ],
)
def test_what_belongs_together_stays_together(text: str) -> None:
    assert questions(text) == [text]


def test_each_of_two_questions_is_answered() -> None:
    model = Knowing({"CEO": WANG, "Google": VIEW})
    answer = ask(model, "Who is the CEO of Scale AI, and how does Google view the partnership?")
    assert (answer.status, answer.sentences) == ("answered", (WANG, VIEW))
    assert answer.text == f"{WANG} {VIEW}"
    assert {citation.sentence for citation in answer.citations} == {0, 1}
    assert answer.unanswered == ()


def test_what_the_article_does_not_say_is_named() -> None:
    answer = ask(Knowing({"CEO": WANG}), "Who is the CEO of Scale AI, and how old is he?")
    assert (answer.status, answer.sentences) == ("partial", (WANG,))
    assert answer.unanswered == ("how old is he?",)
    assert answer.text == f"{WANG} The article does not say: “how old is he?”"
    assert Answer.from_dict(answer.to_dict()) == answer
    assert last_turn([(answer.question, answer.text)]) == (answer.question, WANG)


def test_the_time_is_that_of_the_whole_answer() -> None:
    model = Knowing({"CEO": WANG})
    model.pause = 0.05
    answer = ask(model, "Who is the CEO of Scale AI, and how old is he?")
    assert answer.timings["total"] >= 0.1 > answer.timings["first_word"]


def test_nothing_of_either_is_nothing() -> None:
    question = "Who is the king of Norway, and how old is he?"
    answer = ask(Knowing({}), question)
    assert (answer.status, answer.text, answer.question) == ("not_in_article", NOT_IN_ARTICLE, question)
    assert answer.passages


def test_the_second_question_is_seen_in_the_light_of_the_first() -> None:
    model = Knowing({"CEO": WANG})
    ask(model, "Who is the CEO of Scale AI, and how old is he?")
    assert f"Earlier answer: {WANG}" in model.prompts[-1]
    ask(model, "Who is the CEO of Scale AI, and what is the weight of the moon?")
    assert "Earlier" not in model.prompts[-1]


def test_what_is_not_answered_about_somebody_leaves_him_spoken_of() -> None:
    model = Knowing({"born": WANG})
    ask(model, "How old is he, and where was he born?", ("Who is the CEO of Scale AI?", WANG))
    assert "Earlier question: Who is the CEO of Scale AI?" in model.prompts[-1]


def test_a_sentence_that_answers_both_is_said_once() -> None:
    answer = ask(Knowing({"Google": VIEW}), "How does Google view it, and why does Google view it so?")
    assert answer.sentences == (VIEW,)
    assert {citation.sentence for citation in answer.citations} == {0}


def test_what_was_said_is_not_said_again_in_fewer_words() -> None:
    fewer = "Google views the partnership as a potential conflict of interest."
    answer = ask(
        Knowing({"Why": VIEW, "what": fewer}), "Why may Google leave, and what does Google see in it?"
    )
    assert answer.sentences == (VIEW,)
    other = ask(
        Knowing({"Why": fewer, "what": VIEW}), "Why may Google leave, and what does Google see in it?"
    )
    assert other.sentences == (fewer, VIEW)


def test_sentences_have_numbers_of_their_own_while_they_are_made() -> None:
    seen = events(
        Knowing({"CEO": WANG, "Google": VIEW}), "Who is the CEO, and how does Google view the deal?"
    )
    checked = [event for event in seen if isinstance(event, Checked)]
    assert [event.sentence for event in checked] == [0, 1]
    assert [{citation.sentence for citation in event.citations} for event in checked] == [{0}, {1}]
    assert {event.sentence for event in seen if isinstance(event, Draft)} == {0, 1}
    assert sum(isinstance(event, Finished) for event in seen) == 1


def test_the_built_in_model_answers_the_half_that_the_article_has(chat: ArticleChat) -> None:
    article = Article.from_text(
        "The mill at Orrin\n\nThe mill at Orrin was bought in March by Petra Lund, a baker from Dalby. "
        "She wants to grind rye there again."
    )
    answer = chat.answer("Who bought the mill, and how much did she pay for it?", article=article)
    assert answer.status == "partial"
    assert "Petra Lund" in answer.text
    assert answer.unanswered == ("how much did she pay for it?",)
