"""Cells of a table that span columns or rows are told in each of them, so that a value stands below its headers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

__all__ = ["LONG_CELL", "Cell", "write_out_spans"]

LONG_CELL = 300
"""Characters. A cell with more is one of those that only place what is on a page, and is told once."""
_MOST = 100_000
"""Places. A table with more is none that anybody reads, and stays as it is."""


@dataclass(eq=False)
class Cell:
    """What is in a cell, how many columns and rows it spans, and whether it is marked as a header."""

    text: str
    across: int = 1
    down: int = 1
    heads: bool = False


_NUMBER = re.compile(r"\W*\d")
_Row = list[Cell]
"""The cell of each column; one that spans columns or rows is there again."""
_NONE = Cell("")


def write_out_spans(table: Sequence[_Row]) -> list[list[str]]:
    """The texts of a table's rows, that of a cell which spans columns or rows in each of them.

    Header rows below each other become one: "2019" above "Ships" is "2019: Ships". A cell that has its row to itself
    is told once, and so is one that spans columns without headers, as in a form.

    Args:
        table: For each row the cells that begin in it.
    """
    if sum(cell.across * min(cell.down, len(table)) for row in table for cell in row) > _MOST:
        return [[cell.text for cell in row] for row in table]
    rows = _placed(table)
    titles = list(takewhile(_is_alone, rows))
    rows = rows[len(titles) :]
    count = _header_rows(rows)
    headers = [
        list(dict.fromkeys(cell.text for cell in column)) for column in zip(*rows[:count], strict=True)
    ]
    named = [Cell(": ".join(filter(None, texts))) for texts in headers]
    body = [_below_headers(row) if count and not _is_alone(row) else _once(row) for row in rows[count:]]
    told: set[Cell] = set()
    return [list(_texts(row, told)) for row in [*map(_once, titles), *([named] if count else []), *body]]


def _placed(table: Sequence[_Row]) -> list[_Row]:
    """The rows with a cell for each column, if their cells do not tell the columns by their number alone."""
    placed: list[dict[int, Cell]] = [{} for _ in table]
    for number, cells in enumerate(table):
        column = 0
        for cell in cells:
            while column in placed[number]:
                column += 1
            for row in placed[number : number + cell.down]:
                for spanned in range(column, column + cell.across):
                    row.setdefault(spanned, cell)
            column += cell.across
    begun = sorted({column for row in placed for column in row if row[column] is not row.get(column - 1)})
    rows = [[row.get(column, _NONE) for column in begun] for row in placed]
    # The borders of a document's rows may differ by a hair, each a column of its own.
    even = len({len(_once(row)) for row in rows if not _is_alone(row)}) < 2
    return [_once(row) for row in rows] if even else rows


def _header_rows(rows: Sequence[_Row]) -> int:
    """How many rows at the top name the columns: those that are marked, or else down to the first without spans."""
    marked = len(list(takewhile(_is_marked, rows)))
    if 0 < marked < len(rows):
        return marked
    rows = list(takewhile(lambda row: not _is_alone(row), rows))
    count = next((number for number, row in enumerate(rows, 1) if not _spans(row)), 0)
    if count > 1:
        corner, bottom = rows[0][0], rows[count - 1][0]
        labels = {row[0].text for row in rows[:count]} - {""}
        if len(labels) < 2 and (bottom is corner or not bottom.text):
            return count
        if len(rows) > count and _name_numbers(rows[count - 1], rows[count:]):
            return count
    return int(bool(rows) and (count == 1 or not rows[0][0].text))


def _name_numbers(row: _Row, below: Sequence[_Row]) -> bool:
    """Whether a row has no numbers, and each of its columns has some below: those of a form have none."""
    columns = list(zip(*below, strict=True))[1:]
    return not any(_NUMBER.match(cell.text) for cell in row) and all(
        any(_NUMBER.match(cell.text) for cell in column) for column in columns
    )


def _is_marked(row: _Row) -> bool:
    cells = _once(row)
    return len(cells) > 1 and all(
        cell.heads or not (number or cell.text) for number, cell in enumerate(cells)
    )


def _spans(row: _Row) -> bool:
    return any(cell is after is not _NONE for cell, after in pairwise(row))


def _is_alone(row: _Row) -> bool:
    return len(_once(row)) < 2


def _once(row: _Row) -> _Row:
    return [cell for cell in dict.fromkeys(row) if cell is not _NONE]


def _below_headers(row: _Row) -> _Row:
    """A row with its label, which no column's header is meant for, only where it begins."""
    return [cell if cell is not row[0] or number == 0 else _NONE for number, cell in enumerate(row)]


def _texts(row: _Row, told: set[Cell]) -> Iterator[str]:
    for cell in row:
        yield "" if cell in told and len(cell.text) > LONG_CELL else cell.text
        told.add(cell)
