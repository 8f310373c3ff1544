"""Figures from judged answers: rates, the headline with its interval, percentiles, the coverage curve."""

import random
from collections.abc import Callable, Iterable, Sequence
from statistics import mean, median
from typing import Any

Row = dict[str, Any]


def rate(values: Iterable[bool | float]) -> float | None:
    """The mean, or None where there is nothing to take it of."""
    kept = [float(v) for v in values]
    return mean(kept) if kept else None


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: a value that was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 90th percentile and count."""
    if not values:
        return {"n": 0}
    return {"median": median(values), "p90": percentile(values, 0.9), "n": len(values)}


def headline(rows: Sequence[Row]) -> float | None:
    """Right answers among answerable and abstention among unanswerable, their mean."""
    right = rate(row["right"] for row in rows if row["answerable"])
    abstained = rate(row["abstained"] for row in rows if not row["answerable"])
    return None if right is None or abstained is None else (right + abstained) / 2


Figure = Callable[[Sequence[Row]], float | None]


def interval(rows: Sequence[Row], figure: Figure) -> tuple[float, float] | None:
    """A 95% bootstrap interval of a figure."""
    draw = random.Random(0)  # noqa: S311 - a sample, not a secret
    drawn = (figure(draw.choices(rows, k=len(rows))) for _ in range(1000)) if rows else ()
    values = sorted(value for value in drawn if value is not None)
    return (values[int(0.025 * len(values))], values[int(0.975 * len(values))]) if values else None


def auc(rows: Sequence[Row]) -> float | None:
    """How well the confidence tells answerable questions from unanswerable ones (0.5: not at all)."""
    yes = [row["confidence"] for row in rows if row["answerable"]]
    no = [row["confidence"] for row in rows if not row["answerable"]]
    if not yes or not no:
        return None
    return mean(1.0 if a > b else 0.5 if a == b else 0.0 for a in yes for b in no)


def curve(rows: Sequence[Row], points: int = 10) -> list[Row]:
    """What would be answered, and how well, if one abstained below each confidence.

    What the system declined by itself stays declined, so the first point is the system as it is.
    """
    levels = sorted({row["confidence"] for row in rows if not row["abstained"]})
    step = max(1, len(levels) // points)
    table = []
    for level in levels[::step]:
        kept = [
            {**row, "abstained": row["abstained"] or row["confidence"] < level}
            | ({"right": False} if row["confidence"] < level else {})
            for row in rows
        ]
        table.append(
            {
                "confidence": level,
                "coverage": rate(not row["abstained"] for row in kept),
                "right": rate(row["right"] for row in kept if row["answerable"]),
                "abstained": rate(row["abstained"] for row in kept if not row["answerable"]),
                "precision": rate(row["right"] for row in kept if not row["abstained"]),
                "headline": headline(kept),
            }
        )
    return table
