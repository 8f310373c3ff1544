"""What is kept of an answer whose words do not all pass."""

import pytest

from rag.clauses import beginnings
from tests.rag.scripted import Scripted, ask

pytestmark = pytest.mark.usefixtures("nothing_pointed_at")


def test_the_half_of_a_sentence_that_is_true_is_kept() -> None:
    answer = ask(Scripted(0.9, "Alexandr Wang is the CEO of Scale AI, and he is 45 years old."))
    assert answer.text == "Alexandr Wang is the CEO of Scale AI."
    assert answer.status == "partial"
    assert "45" in answer.retracted[0]


def test_the_articles_own_words_are_said_where_the_models_fail() -> None:
    answer = ask(Scripted(0.9, "Google sees a potential conflict of interest of Meta.", right="According to"))
    assert "Google views Meta’s partnership with Scale AI as a potential conflict of interest" in answer.text
    assert answer.status == "partial"
    assert answer.text == answer.citations[0].quote


def test_the_articles_sentence_is_said_where_the_model_missed_the_place() -> None:
    wrong = "The deal could enable Meta to streamline AI model development."
    answer = ask(Scripted(0.9, wrong, right="According to internal sources"))
    assert answer.text.startswith("According to internal sources")
    assert answer.text == answer.citations[0].quote
    assert answer.retracted == (wrong,)


def test_nothing_is_quoted_where_the_article_does_not_answer() -> None:
    wrong = "The deal could enable Meta to streamline AI model development."
    answer = ask(Scripted(0.04, wrong, right="According to internal sources"))
    assert answer.status == "not_in_article"


def test_nothing_is_quoted_for_a_model_that_cannot_judge_it() -> None:
    model = Scripted(0.9, "A shoemaker of Ohio founded this university.")
    model.builtin = False
    model.agrees = lambda *_, **__: None  # type: ignore[method-assign, assignment]
    assert ask(model).status == "not_in_article"


def test_a_sentence_is_not_cut_to_half_a_condition() -> None:
    assert not list(beginnings("If Google leaves Scale AI as its customer, the startup will lose revenue."))
