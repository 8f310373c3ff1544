"""Rows of judged answers, summed up for each system."""

from collections.abc import Sequence
from typing import Any

from tests.benchmarks.figures import Row, auc, curve, headline, interval, rate, spread

KINDS = (
    "fact",
    "paraphrase",
    "synthesis",
    "follow_up",
    "mixed",
    "absent",
    "false_premise",
    "injection",
    "off_topic",
)


def summarise(suite: str, rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of one system in one suite."""
    figures = battery_figures(rows) if suite == "battery" else squad_figures(rows)
    names = {name for row in rows for name in row["timings"]}
    return figures | {
        "questions": len(rows),
        "errors": sum(row["status"] == "error" for row in rows),
        "first_seconds": spread([row["first_seconds"] for row in rows]),
        "total_seconds": spread([row["total_seconds"] for row in rows]),
        "timings": {
            n: spread([row["timings"][n] for row in rows if n in row["timings"]]) for n in sorted(names)
        },
    }


def battery_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Pass rate over all and by kind, and how many answers invented something."""
    return {
        "passed": rate(row["passed"] for row in rows),
        "invented": sum(row["invented"] for row in rows),
        "kinds": {kind: rate(row["passed"] for row in rows if row["kind"] == kind) for kind in KINDS},
    }


def squad_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """The headline and what it is made of, citations, and the curve where there is a confidence."""
    answerable = [row for row in rows if row["answerable"]]
    cited = [row for row in answerable if "cited" in row]
    figures: dict[str, Any] = {
        "headline": headline(rows),
        "headline_interval": interval(rows, headline),
        "right": rate(row["right"] for row in answerable),
        "abstained": rate(row["abstained"] for row in rows if not row["answerable"]),
        "answered_of_answerable": rate(not row["abstained"] for row in answerable),
        "f1": rate(row["f1"] for row in answerable),
        "citation_precision": rate(row["cited"] for row in cited),
        "citation_precision_of_right": rate(row["cited"] for row in cited if row["right"]),
        "citations_inside": _share(
            sum(row["inside"] for row in cited), sum(row["citations"] for row in cited)
        ),
        "articles": {
            name: headline([row for row in rows if row["article"] == name])
            for name in sorted({row["article"] for row in rows})
        },
    }
    scored = [row for row in rows if row.get("confidence") is not None]
    if scored:
        figures |= {"auc": auc(scored), "curve": curve(scored)}
    return figures


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
