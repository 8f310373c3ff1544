"""The order in which the lines of a printed page are read: columns one after the other, tables row by row.

It cuts a page where a strip of it is empty, again and again (recursive XY-cut: Nagy and Seth, "Hierarchical
Representation of Optically Scanned Documents", 1984).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from statistics import median

from index.loaders.right_to_left import is_right_to_left
from index.loaders.tables import Line, write_rows

_GUTTER = 0.7
"""How wide the space between two columns is at least, in line heights."""
_NARROW = 0.1
"""What is narrower than this share of its region is no column: bullets and numbers in the margin are not."""
_CELL = 24
"""Characters. Columns whose lines are shorter than this on average are those of a table."""
_LARGE = 1.8
"""How high the large first letter of a text is at least, in line heights."""
_WIDE_BAND = 1.5
"""How high an empty band is that parts what is above from what is below, in line heights."""
_CUTS_TRIED = 30
_MOST_LINES = 3000
"""A page with more is no page to be cut."""
_DEEPEST = 40
"""Cuts within cuts; no page needs more."""


def in_reading_order(lines: Iterable[Line]) -> list[list[str]]:
    """The text of a page's lines in the order in which they are read, column by column.

    Args:
        lines: The lines in any order. Those of two columns must not be joined, nor those of two cells.

    Returns:
        The columns, each with its lines: an empty one where a paragraph ends with a gap. Cells that stand side by
        side are one line, with CELL_BREAK between them.
    """
    lines = [line for line in lines if line.text.strip() and line.top > line.bottom]
    if not lines:
        return []
    height = median(line.top - line.bottom for line in lines)
    lines = _with_first_letters(lines, height)
    return [_rows(column, height) for column in _cut(lines, height, 0)]


def _with_first_letters(lines: list[Line], height: float) -> list[Line]:
    """The lines, that large letter joined with its word which begins a text and stands beside several lines."""
    for letter in [line for line in lines if line.top - line.bottom > _LARGE * height]:
        text = letter.text.strip()
        if len(text) != 1 or not text.isalpha():
            continue
        beside = [
            line
            for line in lines
            if letter.bottom < (line.top + line.bottom) / 2 < letter.top
            and abs(line.left - letter.right) < height
        ]
        if len(beside) > 1:
            first = max(beside, key=lambda line: line.top)
            whole = replace(first, text=text + first.text.lstrip(), left=letter.left)
            lines = [whole if line is first else line for line in lines if line is not letter]
    return lines


def _cut(lines: list[Line], height: float, depth: int) -> list[list[Line]]:
    """The columns of a region, the first to be read first."""
    if depth >= _DEEPEST or len(lines) > _MOST_LINES or not _side_by_side(lines):
        return [lines]
    strips = _strips(lines, _across, _GUTTER * height)
    if _are_columns(strips):
        if sum(len(line.text) for line in lines) < _CELL * len(lines):
            return [lines]
        if is_right_to_left("".join(line.text for line in lines)):
            strips.reverse()
        return [column for strip in strips for column in _cut(strip, height, depth + 1)]
    halves = _halves(lines, height)
    if halves is None:
        return [lines]
    above, below = (_cut(half, height, depth + 1) for half in halves)
    return [*above[:-1], above[-1] + below[0], *below[1:]]


def _halves(lines: list[Line], height: float) -> tuple[list[Line], list[Line]] | None:
    """What is above and below an empty band: of the wide ones, or else of all, the one that frees most columns."""
    bands = _strips(lines, _down, 0.0)
    wide = _WIDE_BAND * height
    gaps = [
        min(wide, min(line.bottom for line in above) - max(line.top for line in below))
        for above, below in pairwise(bands)
    ]

    def halves(cut: int) -> tuple[list[Line], list[Line]]:
        return list(chain(*bands[: cut + 1])), list(chain(*bands[cut + 1 :]))

    def freed(cut: int) -> int:
        strips = [_strips(half, _across, _GUTTER * height) for half in halves(cut)]
        # One line beside others is more often a heading, cut off from what it stands above, than a column.
        return sum(sum(map(len, s)) for s in strips if _are_columns(s) and min(map(len, s)) > 1)

    cuts = sorted(range(len(gaps)), key=lambda cut: -gaps[cut])[:_CUTS_TRIED]
    best = max(cuts, key=lambda cut: (gaps[cut] >= wide, freed(cut)), default=None)
    return None if best is None else halves(best)


def _across(line: Line) -> tuple[float, float]:
    return line.left, line.right


def _down(line: Line) -> tuple[float, float]:
    return -line.top, -line.bottom


def _side_by_side(lines: Sequence[Line]) -> bool:
    """Whether anything stands beside something else."""
    lowest = float("inf")
    for line in sorted(lines, key=lambda line: -line.top):
        if line.top - lowest > 0.5 * (line.top - line.bottom):
            return True
        lowest = min(lowest, line.bottom)
    return False


def _strips(
    lines: Sequence[Line], extent: Callable[[Line], tuple[float, float]], gap: float
) -> list[list[Line]]:
    """The lines apart wherever nothing stands for more than ``gap``."""
    strips: list[list[Line]] = []
    end = 0.0
    for line in sorted(lines, key=extent):
        first, last = extent(line)
        if strips and first - end <= gap:
            strips[-1].append(line)
            end = max(end, last)
        else:
            strips.append([line])
            end = last
    return strips


def _are_columns(strips: Sequence[Sequence[Line]]) -> bool:
    widths = [max(line.right for line in strip) - min(line.left for line in strip) for strip in strips]
    return len(strips) > 1 and min(widths) >= _NARROW * sum(widths)


def _rows(lines: Sequence[Line], height: float) -> list[str]:
    """The lines of one column, or of a table, from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -(line.top + line.bottom)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].bottom <= middle <= rows[-1][0].top:
            rows[-1].append(line)
        else:
            rows.append([line])
    return write_rows([_in_order(row) for row in rows], height)


def _in_order(cells: list[Line]) -> list[Line]:
    backwards = is_right_to_left("".join(cell.text for cell in cells))
    return sorted(cells, key=lambda cell: -cell.right if backwards else cell.left)
