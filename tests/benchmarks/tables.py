"""Tables for people, of figures kept as JSON."""

import shutil
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.summary import KINDS

# A table in a file or a narrow window is as wide as it needs, not squeezed.
_CONSOLE = Console(width=max(170, shutil.get_terminal_size().columns))


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table, the first column to the left and the others to the right."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=not place)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, str) else number(cell) for cell in row))
    _CONSOLE.print(table)


def note(text: str) -> None:
    """Print a line under a table."""
    _CONSOLE.print(text, markup=False, highlight=False)


def number(value: Any) -> str:
    """A figure with three digits, or a dash for none."""
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def seconds(value: float | None) -> str:
    """A time with two digits."""
    return "-" if value is None else f"{value:.2f}"


def show_quality(suite: str, title: str, systems: dict[str, dict[str, Any]]) -> None:
    """Print what one suite found, a line for each system."""
    if suite == "battery":
        show(
            title,
            ["system", "n", "passed", "invented", *(kind.replace("_", " ") for kind in KINDS), "s", "p90 s"],
            [
                [
                    name,
                    f["questions"],
                    f["passed"],
                    f["invented"],
                    *(f["kinds"][kind] for kind in KINDS),
                    *_times(f),
                ]
                for name, f in systems.items()
            ],
        )
        return
    columns = ["headline", "right", "abstained", "f1", "citation_precision", "citations_inside", "auc"]
    show(
        title,
        ["system", "n", *(column.replace("_", " ") for column in columns), "s", "p90 s"],
        [
            [name, f["questions"], *(f.get(column) for column in columns), *_times(f)]
            for name, f in systems.items()
        ],
    )
    for name, f in systems.items():
        if f["headline_interval"]:
            low, high = f["headline_interval"]
            by_article = ", ".join(f"{article} {number(value)}" for article, value in f["articles"].items())
            note(f"{name}: headline {low:.3f} to {high:.3f} (95%); {by_article}")
        if f.get("curve"):
            points = ["confidence", "coverage", "right", "abstained", "precision", "headline"]
            show(
                f"{name}: abstaining below a confidence", points, [[p[c] for c in points] for p in f["curve"]]
            )


def _times(figures: dict[str, Any]) -> list[str]:
    total = figures["total_seconds"]
    return [seconds(total.get("median")), seconds(total.get("p90"))]
