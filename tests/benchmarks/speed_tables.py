"""The tables of ``make bench-speed``. A ratio is the peer's median over ours: 3.0 is three times as slow."""

from collections.abc import Callable
from typing import Any

from tests.benchmarks.tables import seconds, show

OURS = "article-chat"
Figures = dict[str, Any]


def _answers(title: str, figures: Figures) -> None:
    ours = figures[OURS]
    rows = []
    for name, found in figures.items():
        row: list[Any] = [name, found["first"]["n"]]
        for moment in ("sign", "first", "total"):
            row += [seconds(found[moment].get("median")), seconds(found[moment].get("p90"))]
            row += [_ratio(found, ours, moment)] if moment != "sign" else []
        rows.append([*row, found["declined"]])
    columns = [
        "system",
        "n",
        "first sign",
        "p90",
        "first word",
        "p90",
        "ratio",
        "end",
        "p90",
        "ratio",
        "declined",
    ]
    show(title, columns, rows)


def _ratio(found: Figures, ours: Figures, moment: str) -> str:
    if found is ours or not found[moment].get("median") or not ours[moment].get("median"):
        return "-"
    return f"{found[moment]['median'] / ours[moment]['median']:.1f}"


def _seed(figures: Figures) -> None:
    _answers("1. Seed article, warm (s)", figures)


def _long(figures: Figures) -> None:
    _answers("2. Long article, warm (s)", figures["questions"])
    _answers("2. Long article, follow-up (s)", figures["follow_ups"])


def _cold(figures: Figures) -> None:
    rows = [[name, f["n"], seconds(f.get("median")), seconds(f.get("p90"))] for name, f in figures.items()]
    show("3. Cold (s)", ["what", "n", "median", "p90"], rows)


def _index(figures: Figures) -> None:
    names = ["seconds", "passages", "passages_per_second", "tokens_per_second"]
    rows = [[name, *(f"{f[n]['median']:,.1f}" for n in names)] for name, f in figures.items()]
    show("4. Indexing 50,000 words", ["system", *(n.replace("_", " ") for n in names)], rows)


def _memory(figures: Figures) -> None:
    rows = [[name, f"{peak:.2f}"] for name, peak in figures.items()]
    show("5. Peak resident memory (GB)", ["process", "GB"], rows)


def _four(figures: Figures) -> None:
    rows = []
    for name, found in figures.items():
        for place, person in enumerate([*found["people"], found["all"]], 1):
            who = f"{name}, all" if place > len(found["people"]) else f"{name}, person {place}"
            times = [seconds(person[m].get(f)) for m in ("first", "total") for f in ("median", "p90")]
            rows.append([who, person["first"]["n"], *times])
    show("6. Four people at once (s)", ["who", "n", "first word", "p90", "end", "p90"], rows)


def _growth(figures: Figures) -> None:
    rows = [
        [
            f"{name}, {int(words):,} words",
            seconds(found["open_seconds"]),
            seconds(found["first"].get("median")),
            seconds(found["total"].get("median")),
        ]
        for name, lengths in figures.items()
        for words, found in lengths.items()
    ]
    show("7. By the article's length (s)", ["what", "to ready", "first word", "end"], rows)


SHOW: dict[str, Callable[[Figures], None]] = {
    "seed": _seed,
    "long": _long,
    "cold": _cold,
    "index": _index,
    "memory": _memory,
    "four": _four,
    "growth": _growth,
}
