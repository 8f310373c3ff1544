"""A sentence in the article's wording has the article's names and numbers where the article has them."""

import time

import pytest

from index import seed_article
from rag.actors import other_actor
from rag.retrieval import whole
from rag.swaps import exchanged
from rag.verify import verify

SOURCE = (
    "In 2021, Corvane sued Lettmar over a patent, and Lettmar's founder, Paul Brandt, cut the staff from 120 to 80, "
    "after the third of five trials took two hours."
)
LOWER = frozenset(word.strip(",.") for word in SOURCE.split() if word.islower())


@pytest.mark.parametrize(
    ("claim", "has"),
    [
        ("In 2021, Lettmar sued Corvane over a patent.", "Corvane"),
        ("Paul Brandt cut the staff from 80 to 120.", "120"),
        ("It was after the fifth of three trials.", "third"),
        ("In 2021, Corvane sued Lettmar over a patent.", None),
        ("Brandt cut the staff from 120 to 80.", None),
        ("Lettmar cut the staff from 120 to eighty.", None),
        ("It was after the 3rd of 5 trials.", None),
        # What stands before the common wording may be an apposition's name.
        ("Corvane cut the staff from 120 to 80.", None),
    ],
)
def test_names_and_numbers_stand_where_the_article_has_them(claim: str, has: str | None) -> None:
    assert exchanged(claim, [SOURCE], LOWER) == has


def test_another_source_may_have_the_same_wording_with_these() -> None:
    sources = ["In 2020 sales rose by 3 percent in Ohio.", "In 2021 sales rose by 9 percent in Ohio."]
    assert exchanged("In 2021 sales rose by 9 percent in Ohio.", sources, frozenset()) is None
    assert exchanged("In 2021 sales rose by 5 percent in Ohio.", sources, frozenset()) == "3"


def test_what_has_changed_places_is_retracted_even_if_the_model_agrees() -> None:
    claim = "{}’s new role as both a major investor and strategic partner has complicated {}’s position."
    evidence = whole(seed_article())
    assert verify(claim.format("Meta", "Google"), evidence, lambda _: 0.99, lambda _: 0.99).sources
    verdict = verify(claim.format("Google", "Meta"), evidence, lambda _: 0.99, lambda _: 0.99)
    assert "“Google”" in verdict.reason


def test_a_long_sentence_takes_no_time() -> None:
    before = time.perf_counter()
    for text in ("1 2 " * 5_000, "Anna went " * 2_000):
        exchanged(f"Then {text}", [f"{text} home."], frozenset())
        other_actor(f"Then {text}", f"{text} home.", frozenset())
    assert time.perf_counter() - before < 10
