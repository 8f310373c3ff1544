"""Questions and histories as people give them."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from rag import QuestionError
from rag.answers import NOT_IN_ARTICLE
from rag.conversation import (
    asks_for_more,
    asks_only_for_more,
    check_question,
    last_turn,
    refers_back,
    said_before,
    search_query,
    turns,
)


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\0"])
def test_no_question(question: str) -> None:
    with pytest.raises(QuestionError, match="There is no question"):
        check_question(question)


def test_a_question_of_100_000_characters_is_refused_with_the_limit() -> None:
    with pytest.raises(QuestionError, match="100,000 characters"):
        check_question("a" * 100_000)


def test_white_space_is_tidied() -> None:
    assert check_question("  Who \n is it? ") == "Who is it?"


def test_pairs_and_messages_are_the_same_history() -> None:
    pairs = [("Who invested?", "Meta."), ("In what?", "Scale AI.")]
    messages = [SystemMessage("Be brief.")]
    for question, answer in pairs:
        messages += [HumanMessage(question), AIMessage(answer)]
    assert turns(pairs) == turns(messages) == pairs


def test_a_history_of_something_else_is_refused() -> None:
    with pytest.raises(QuestionError, match="pairs"):
        turns([1, 2])  # type: ignore[list-item]  # on purpose


def test_a_follow_up_is_searched_with_what_it_follows() -> None:
    earlier = last_turn([("Who invested in Scale AI?", "Meta."), ("Who is its cook?", NOT_IN_ARTICLE)])
    assert earlier == ("Who invested in Scale AI?", "Meta.")
    assert "Scale AI" in search_query("How much was it?", earlier)


@pytest.mark.parametrize(
    ("question", "back"),
    [
        ("Give me a short summary of the article.", False),
        ("What is this article about?", False),
        ("What is this about?", True),
        ("Is she married?", True),
        ("Why?", True),
        ("What does the article say of them?", True),
    ],
)
def test_what_refers_to_what_was_said_before(question: str, back: bool) -> None:
    assert refers_back(question) is back


@pytest.mark.parametrize(
    ("question", "more", "only"),
    [
        ("Anything else?", True, True),
        ("Can you tell me more about this, please?", True, True),
        ("More?", True, True),
        ("What more is there?", True, True),
        ("Give me further details", True, True),
        ("Can you elaborate?", True, True),
        ("Who else?", True, False),
        ("What else does he plan?", True, False),
        ("Tell me more about the deal", True, False),
        ("Tell me more about the article", True, False),
        ("Which of them is worth more?", False, False),
        ("Did it pay more than $10 billion?", False, False),
        ("Is it more?", False, False),
        ("Will it be more?", False, False),
        ("Is there more than one?", False, False),
        ("Did he sell it to someone else?", False, False),
        ("What must it do or else be closed?", False, False),
        ("Who asked “what else can we do?”", False, False),
        ("What does he say?", False, False),
    ],
)
def test_what_asks_for_more_than_what_was_said(question: str, more: bool, only: bool) -> None:
    assert (asks_for_more(question), asks_only_for_more(question)) == (more, only)


def test_what_was_said_before_goes_back_to_the_last_question_of_its_own() -> None:
    pairs = [
        ("Who leads Scale?", "Wang."),
        ("Who invested in it?", "Meta."),
        ("Who is its cook?", NOT_IN_ARTICLE),
        ("How much did it pay?", "$14.3 billion. The article does not say: “When?”"),
    ]
    assert said_before(pairs) == ("Wang.", "Meta.", "$14.3 billion.")
    assert said_before([*pairs, ("Where does Google stand?", "It may leave.")]) == ("It may leave.",)
