"""What the article denies or leaves open is not stated in its words, and what it states is not denied."""

import time

import pytest

from index import seed_article
from rag.polarity import turned
from rag.retrieval import whole
from rag.verify import verify

SOURCE = (
    "Acme failed to win approval in Japan, almost doubled its debt, and no longer sells vaccines. "
    "It may replace up to a quarter of its staff, plans to close its plant in Lyon, and denied that it had "
    "paid bribes. The fee is not refundable. It owns a mill in Osby."
)


@pytest.mark.parametrize(
    "claim",
    [
        "Acme wins approval in Japan.",
        "Acme doubled its debt.",
        "Acme sells vaccines.",
        "Acme will replace up to a quarter of its staff.",
        "Acme closed its plant in Lyon.",
        "Acme paid bribes.",
        "The fee is refundable.",
    ],
)
def test_what_is_denied_or_left_open_is_not_stated(claim: str) -> None:
    assert turned(claim, [SOURCE])


@pytest.mark.parametrize(
    "claim",
    [
        "Acme did not win approval in Japan.",
        "Acme nearly doubled its debt.",
        "Acme stopped selling vaccines.",
        "Up to a quarter of the staff could be replaced.",
        "Acme will close its plant in Lyon.",
        "Acme denies having paid bribes.",
        "The fee is non-refundable.",
        "No, Acme owns a mill in Osby.",
    ],
)
def test_the_same_in_other_words_is_no_contradiction(claim: str) -> None:
    assert not turned(claim, [SOURCE])


def test_what_is_stated_is_not_denied() -> None:
    assert turned("Acme does not own a mill in Osby.", ["It owns a mill in Osby."])
    assert not turned("Acme does not own the mill in Osby.", ["It owns a mill in Osby."])


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("They did not come until May 1913.", "They came in 1913, until May."),
        ("It does not come from the animal but from bacteria.", "It comes from bacteria."),
        ("It does not sell cars. It sells cars abroad.", "It sells cars abroad."),
    ],
)
def test_not_everything_is_denied_that_stands_after_not(source: str, claim: str) -> None:
    assert not turned(claim, [source])


def test_a_lost_word_is_found_even_if_the_model_agrees() -> None:
    evidence = whole(seed_article())
    claim = "The deal {} Meta to streamline AI model development."
    assert verify(claim.format("could enable"), evidence, lambda _: 0.99, lambda _: 0.99).sources
    for said in ("will enable", "enables", "could not enable"):
        assert not verify(claim.format(said), evidence, lambda _: 0.99, lambda _: 0.99).sources


def test_a_long_sentence_takes_no_time() -> None:
    before = time.perf_counter()
    for text in ("not a " * 3_000, "A " * 10_000, "does not go there " * 1_100):
        turned(text, [f"Then {text}"])
    assert time.perf_counter() - before < 10
