"""The rows of a table in a PDF, which says nowhere that it is one: only where the cells stand tells."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from index.loaders.joining import join

__all__ = ["CELL_BREAK", "Line", "write_rows"]

CELL_BREAK = " | "
"""Stands between cells that are side by side."""

_CELLS_APART = 2.0
"""How wide the space between two cells is, in line heights; a narrower one is between words."""
_ALIGNED_APART = 1.0
"""Enough between cells that stand exactly below or above others."""
_GAP = 0.3
"""By how much a gap is wider than the usual one, in line heights."""
_BESIDE = 0.2
"""By how much lines beside each other overlap at least, in line heights; those of a text may overlap a little."""
_MARK = 3
"""Letters. What is so short and stands before one other thing is a bullet or a number, and no cell."""
_SAME = 2.0
"""Points by which edges that are the same differ at most."""


@dataclass(frozen=True)
class Line:
    """Words that stand side by side, and their place in points from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def write_rows(rows: Sequence[Sequence[Line]], height: float) -> list[str]:
    """The text of rows, with CELL_BREAK between cells and an empty line where there is a gap. An empty cell stays.

    Args:
        rows: From top to bottom, each with the words that stand in it, in the order in which they are read.
        height: The usual height of a line.
    """
    of_rows = [
        _apart(above[0], below[0]) for above, below in pairwise(rows) if min(len(above), len(below)) > 1
    ]
    between_rows = median(of_rows or [0.0])
    rows = _with_whole_labels(rows, height, between_rows)
    shared = Counter(edge for row in rows for words in row[1:] for edge in _edges(words))
    edges = {edge for edge, count in shared.items() if count > 1}
    gaps = [above[0].bottom - below[0].top for above, below in pairwise(rows)]
    of_text = [
        g for g, above, below in zip(gaps, rows, rows[1:], strict=False) if len(above) == len(below) == 1
    ]
    usual = median([gap for gap in of_text or gaps if gap < height] or [0.0])
    table: list[list[Line]] = []
    texts: list[str] = []
    for row, gap in zip((_cells(row, edges) for row in rows), [0.0, *gaps], strict=True):
        broken = gap > usual + _GAP * height
        goes_on = _above(row[0], table[-1]) if table and len(row) == 1 and gap < _GAP * height else None
        if goes_on is not None:
            table[-1][goes_on] = _joined(table[-1][goes_on], row[0])
            continue
        if table and (len(row) == 1 or (gap >= height and gap > max(usual, between_rows) + _GAP * height)):
            texts += _placed(table)
            table = []
            texts += [""] * broken
        elif broken and not table:
            texts.append("")
        if len(row) > 1:
            table.append(row)
        else:
            texts.append(row[0].text)
    return texts + _placed(table)


def _with_whole_labels(rows: Sequence[Sequence[Line]], height: float, between: float) -> list[list[Line]]:
    """The rows with all lines of their labels, which stand beside the values or closer together than rows do.

    Args:
        rows: The rows, of which a line of a label may be one.
        height: The usual height of a line.
        between: The usual space between rows. A caption is at least half as far from the table.
    """
    near = max(-_BESIDE * height, min(between - _GAP * height, _GAP * height))
    whole = [[*row] for row in rows]
    for _ in range(2):  # the lines below the values, then those above
        done: list[list[Line]] = []
        for row in whole:
            alone = len(row) == 1 and _is_said(row[0]) and done and len(done[-1]) > 1
            labelled = _labelled(row[0], done[-1], -_BESIDE * height, near) if alone else None
            done[-1:] = [labelled] if labelled else [*done[-1:], row]
        whole = done[::-1]
    return whole


def _labelled(words: Line, row: list[Line], beside: float, near: float) -> list[Line] | None:
    """A row with words that are a line of its label, or None if they are none."""
    apart = min(_apart(words, cell) for cell in row)
    if apart < beside and words.right <= row[0].left:
        return [words, *row]
    if apart < near and words.right <= row[1].left and not _is_apart(words, row[0], _ALIGNED_APART):
        return [_joined(*sorted((words, row[0]), key=lambda line: -line.top)), *row[1:]]
    return None


def _is_said(words: Line) -> bool:
    return any(map(str.isalnum, words.text))


def _joined(words: Line, after: Line) -> Line:
    left, right = min(words.left, after.left), max(words.right, after.right)
    bottom, top = min(words.bottom, after.bottom), max(words.top, after.top)
    return Line(join(words.text.strip(), after.text.strip()), left, bottom, right, top)


def _apart(words: Line, other: Line) -> float:
    """How far words are above or below others; less than 0 if they stand beside them."""
    return max(words.bottom - other.top, other.bottom - words.top)


def _cells(row: Sequence[Line], edges: set[tuple[str, int]]) -> list[Line]:
    """The cells of a row. Those whose edge is one of ``edges``, of several rows, may stand closer together."""
    first = row[0].text.strip()
    marked = len(first) <= _MARK and (len(row) == 2 or not _is_said(row[0]))
    cells = [replace(row[0], text=first)]
    for number, (before, words) in enumerate(pairwise(row)):
        aligned = _is_apart(before, words, _ALIGNED_APART) and not edges.isdisjoint(_edges(words))
        text = words.text.strip()
        if (aligned or _is_apart(before, words, _CELLS_APART)) and not (marked and number == 0):
            cells.append(replace(words, text=text))
        else:
            last = cells[-1]
            left, right = min(last.left, words.left), max(last.right, words.right)
            cells[-1] = replace(last, text=f"{last.text} {text}", left=left, right=right)
    return cells


def _above(words: Line, row: list[Line]) -> int | None:
    """The cell of a row that words below it go on with; never the first, since a row may have that cell alone."""
    return next((n for n, cell in enumerate(row) if n and abs(cell.left - words.left) <= _SAME), None)


def _placed(rows: list[list[Line]]) -> list[str]:
    """The texts of rows, each cell in the column in which it stands if it is clear what the columns are."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((cell.left, cell.right) for row in rows for cell in row):
        if columns and left <= columns[-1][1]:
            columns[-1] = columns[-1][0], max(right, columns[-1][1])
        else:
            columns.append((left, right))
    if not rows or len(columns) != max(map(len, rows)):
        return [CELL_BREAK.join(cell.text for cell in row) for row in rows]
    if rows[0][0].left > rows[0][-1].left:  # written from the right
        columns.reverse()
    return [
        CELL_BREAK.join(
            next((cell.text for cell in row if left <= cell.left <= right), "") for left, right in columns
        )
        for row in rows
    ]


def _edges(words: Line) -> set[tuple[str, int]]:
    return {("left", round(words.left)), ("right", round(words.right))}


def _is_apart(before: Line, after: Line, heights: float) -> bool:
    """Whether the space between words is wider than so many line heights."""
    gap = max(after.left - before.right, before.left - after.right)
    return gap > heights * (after.top - after.bottom)
