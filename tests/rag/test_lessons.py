"""What the small models learn from is what it says it is."""

import random
import re
from collections.abc import Iterator

import pytest

from rag.lessons import measure
from rag.lessons.articles import KEPT_APART, Numbered, articles
from rag.lessons.groups import of_article
from rag.lessons.measure import Pointed, judged, of_pointer, pointed
from rag.lessons.paragraphs import Squad
from rag.lessons.questions import parsed
from rag.lessons.saying import closest
from rag.lessons.stories import stories
from rag.prompts import article_part
from tests.rag.scripted import Scripted

FERRY = Numbered(
    "Ferry",
    "1 The ship sails in June.\n2 It was built in Osby.\n\n3 The captain is Mia Holm.\n"
    "Q: When does it sail? = 1\nA: The ship sails in June.\nQ: Who is the captain? = 3\nA: It is Mia Holm.\n"
    "F: How old is she? = -\nW: She is 30.\nQ: Where is its home port? = - ~2",
)


def every() -> Iterator[Numbered]:
    yield from articles()
    yield from articles(KEPT_APART)


def test_every_number_names_a_sentence_of_the_article() -> None:
    for numbered in every():
        assert len(numbered.questions) > 15
        for start, end in numbered.places.values():
            assert 0 <= start < end <= len(numbered.article.text)
        for question in numbered.questions:
            assert (question.answers | question.near) <= numbered.places.keys(), question.question
            assert not question.answers & question.near


def test_what_is_answered_has_an_answer_in_words_whose_numbers_the_article_has() -> None:
    for numbered in every():
        for question in numbered.questions:
            text = f"{numbered.article.title} {numbered.article.text} {question.question}"
            assert bool(question.said) is bool(question.answers or question.about_whole), question.question
            for number in re.findall(r"\d[\d.,]*\d|\d", question.said):
                assert number in text, question.said


def test_nothing_kept_apart_is_learned() -> None:
    learned = {numbered.article.title for numbered in articles()} | {
        story.article.title for story in stories()
    }
    assert not learned & {numbered.article.title for numbered in articles(KEPT_APART)}


def test_a_stretch_answers_only_what_it_shows() -> None:
    numbered = FERRY
    assert [numbered.text(n) for n in (1, 2, 3)] == [
        "The ship sails in June.",
        "It was built in Osby.",
        "The captain is Mia Holm.",
    ]
    assert numbered.questions[2].earlier == ("Who is the captain?", "It is Mia Holm.")
    seen = set()
    for seed in range(20):
        for stretch, examples in of_article(numbered, random.Random(seed)):  # noqa: S311 - no secret
            shows = {n for n in (1, 2, 3) if numbered.text(n) in stretch}
            seen.add(frozenset(shows))
            for example in examples:
                if "Answer" in example.prompt.splitlines()[-1]:
                    continue
                if "captain" in example.prompt and "Earlier" not in example.prompt:
                    assert example.found is (3 in shows)
                if "sail" in example.prompt and "Claim" not in example.prompt:
                    assert example.found is (1 in shows)
                assert not (example.found and "old" in example.prompt)
            assert stretch.startswith(article_part([""]).rstrip())
    assert frozenset({1, 2, 3}) in seen
    assert len(seen) > 1


@pytest.mark.parametrize("seed", [1, 2])
def test_neither_verdict_prevails(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret
    numbered = next(articles())
    examples = [example for _, group in of_article(numbered, rng) for example in group]
    assert 0.25 < sum(example.found for example in examples) / len(examples) < 0.75


def test_a_paragraph_has_what_another_one_answers_as_missing() -> None:
    data = {
        "Ship": {
            "paragraphs": ["The ship Alba was built in Osby in 1931.", "Its captain was Mia Holm of Lund."],
            "questions": [
                {
                    "question": "When was the Alba built?",
                    "answerable": True,
                    "answers": ["1931"],
                    "paragraph": 0,
                },
                {"question": "Who built the Brava?", "answerable": False, "answers": [], "paragraph": 0},
                {
                    "question": "Who was its captain?",
                    "answerable": True,
                    "answers": ["Mia Holm"],
                    "paragraph": 1,
                },
            ],
        }
    }
    verdicts: dict[tuple[bool, str], set[bool]] = {}
    for seed in range(30):
        for stretch, examples in Squad(data, random.Random(seed)).groups():  # noqa: S311 - no secret
            for example in examples:
                if example.prompt in ("Question: When was the Alba built?", "Question: Who built the Brava?"):
                    verdicts.setdefault(("1931" in stretch, example.prompt), set()).add(example.found)
    assert verdicts[True, "Question: When was the Alba built?"] == {True}
    assert verdicts[False, "Question: When was the Alba built?"] == {False}
    assert verdicts[True, "Question: Who built the Brava?"] == {False}


def test_what_stands_under_a_title_is_read_with_and_without_numbers() -> None:
    text, [one, other, last] = parsed(
        "First.\n\nSecond.\n\nQ: Who? = 1, 2 ~3\nA: Mia.\nF: Why?\n-\nX: True.\nW: Wrong: 1 = 2.\nS: In short?\nA: So."
    )
    assert text == "First.\n\nSecond.\n"
    assert (one.question, one.answers, one.near, one.said) == ("Who?", {1, 2}, {3}, "Mia.")
    assert (other.earlier, other.said, other.beside, other.wrong) == (
        ("Who?", "Mia."),
        "",
        ["True."],
        ["Wrong: 1 = 2."],
    )
    assert (last.about_whole, last.earlier, last.said) == (True, None, "So.")
    with pytest.raises(ValueError, match="no line"):
        parsed("First.\nQ: Who?\nQ: When? = 1;2")


def test_chance_decides_only_between_sentences_that_share_about_as_many_words() -> None:
    every = ["The mill burnt.", "The brook is long.", "The mill at the brook burnt.", "The brook is cold."]
    rng = random.Random(1)  # noqa: S311 - no secret
    orders = [closest("Which mill burnt at the brook?", every, 0.3, rng) for _ in range(30)]
    assert all(order[:2] == [every[2], every[0]] for order in orders)
    assert {tuple(order[2:]) for order in orders} == {(every[1], every[3]), (every[3], every[1])}


def test_the_pointer_is_right_where_its_first_sentence_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def point(question: str, texts: list[tuple[str, list[str]]]) -> list[list[float]]:
        asked.append(question)
        return [[1.0, 3.0, -1.0] for _ in texts]

    monkeypatch.setattr(measure, "point", point)
    assert [pointed(FERRY, item) for item in FERRY.questions] == [
        (3.0, 1),
        (3.0, 2),
        (3.0, None),
        (1.0, None),
    ]
    assert asked[2] == "Who is the captain? It is Mia Holm. How old is she?"
    found = [Pointed(3.0, 0), Pointed(1.0, 2), Pointed(0.2, 3), Pointed(0.6, None), Pointed(-1.0, None)]
    assert of_pointer(found) == [
        "5 questions, 3 with an answer",
        "0.333  a sentence that answers is first",
        "0.667  one is among the first three",
        "0.833  AUC: is there an answer",
        "0.333  the first answers, of 3 with log-odds of 0.5 or more",
        "1.000  the first answers, of 1 with log-odds of 2.0 or more",
    ]


def test_the_adapter_judges_right_sentences_and_wrong_ones() -> None:
    when, _, age, _ = FERRY.questions
    model = Scripted(0.0, "", right="June")
    assert judged(FERRY, when, model) == ((True, 0.01), [(True, 0.9), (True, 0.9), (False, 0.01)])  # type: ignore[arg-type]  # only what is called
    assert judged(FERRY, age, model) == ((False, 0.01), [(False, 0.01), (False, 0.01)])  # type: ignore[arg-type]  # as above
