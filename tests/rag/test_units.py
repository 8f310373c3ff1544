"""A number counts what it counts in the article."""

import time

import pytest

from rag.units import other_units

SOURCE = (
    "It paid $2.4 billion, 18 percent more, after 30 days and 11.2 hours, for a planet 96 light years away. "
    "Profit fell by 3 percentage points. Take 500 g of rye, at 7:30 p.m., for two weeks. It rose from 5 to 9 percent."
)


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("It paid €2.4 billion.", "€2.4 billion"),
        ("It paid 2.4 billion euros.", "2.4 billion euros"),
        ("It paid 18 percentage points more.", "18 percentage points"),
        ("It was after 30 months.", "30 months"),
        ("The planet is 96 miles away.", "96 miles"),
        ("Profit fell by 3 percent.", "3 percent"),
        ("Take 500 kg of rye.", "500 kg"),
        ("It takes two months.", "two months"),
    ],
)
def test_another_unit_is_found(claim: str, wrong: str) -> None:
    assert other_units(claim, SOURCE) == [wrong]


@pytest.mark.parametrize(
    "claim",
    [
        "It paid 2.4 billion dollars, US$2.4bn or 2,400 million dollars.",
        "It paid 18% or 18 per cent more.",
        "It was 30 days, and 96 light-years.",
        "Take 500 grams, or 500g, at 7:30 pm, for 2 weeks.",
        "It was at 5 percent.",
        "It has 30 parts.",
    ],
)
def test_the_same_unit_may_be_written_otherwise_or_left_out(claim: str) -> None:
    assert other_units(claim, SOURCE) == []


def test_a_long_text_takes_no_time() -> None:
    before = time.perf_counter()
    for text in ("1 " * 10_000, "9." * 10_000, "a " * 10_000, "7 percentage " * 1_500):
        other_units(text, f"Then {text}")
    assert time.perf_counter() - before < 10
