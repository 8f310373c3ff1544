"""Two searches become one order."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Scored:
    """A passage by its number, and what each search says of it."""

    number: int
    score: float
    """From 0 to 1: two thirds ``dense`` and one third ``lexical``."""
    dense: float
    """The cosine of the question and the passage."""
    lexical: float
    """BM25 as a share of the best passage's, 0 when no word is in common."""


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float]) -> list[Scored]:
    """The passages, the best first; those with the same score in the order of their numbers.

    The cosine is taken as it is and BM25 as a share of its best, so that a score does not depend on which other
    passages happen to be candidates, and a single candidate has a score that means something.

    Args:
        dense: The cosine of each passage, by number.
        lexical: The BM25 of those passages that have a word of the question.
    """
    best = max(lexical.values(), default=0.0)
    scored = []
    for number, cosine in dense.items():
        share = max(0.0, lexical.get(number, 0.0) / best) if best > 0 else 0.0
        score = min(1.0, (2 * max(0.0, cosine) + share) / 3)
        scored.append(Scored(number, score, cosine, share))
    return sorted(scored, key=lambda one: (-one.score, one.number))
