"""The opposite of what the article says, in its own wording."""

import pytest

from rag.opposites import opposite

SHARES = "Domara's shares rose by 8 percent in the first week, more than expected. Rents fell by 2 percent."


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Domara's shares fell by 8 percent.", "rose"),
        ("The shares rose, but less than expected.", "more"),
        ("The shares rose in the last week.", "first"),
        ("Rents grew by 2 percent.", "fell"),
    ],
)
def test_an_opposite_between_the_same_words_is_seen(sentence: str, word: str) -> None:
    assert opposite(sentence, [SHARES]) == word


@pytest.mark.parametrize(
    "sentence",
    [
        "Domara's shares grew by 8 percent.",
        "In the first week rents fell by 2 percent.",
        "Less was paid for rents, and the shares rose.",
    ],
)
def test_other_words_are_left_to_the_model(sentence: str) -> None:
    assert opposite(sentence, [SHARES]) is None


def test_one_source_that_says_the_same_is_enough() -> None:
    assert opposite("Rents rose by 2 percent.", [SHARES, "In the capital rents rose by 2 percent."]) is None
