"""The letters of a PDF become lines, since all that is known of a letter is where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_double
from itertools import groupby, pairwise
from math import inf, sin
from typing import TYPE_CHECKING

from index.loaders.right_to_left import Letter, in_word_order
from index.loaders.tables import Line

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

BROKEN = "\x02\ufffe"
"""What PDFium gives for the hyphen of a word that a line's end breaks."""
_WIDE = 1.0
"""A space wider than this, in line heights, is none between words but between columns or cells."""
_SOLID = 2
"""A line with this many spaces, none of them wide, shows where a column begins and ends."""
_EVEN = 2.0
"""Points by which the spaces of a justified line differ at most."""
_UPRIGHT = 0.1
"""The sine of the angle up to which a line is level."""
_FEW = 0.2
"""The share of the letters of a page that may stand askew and be no part of its text."""
_SMALLER, _RAISED = 0.9, 0.2
"""Sizes of a raised digit, and how high it stands, measured by the letter before it."""
_BESIDE = 0.1
"""How far a letter stands at most from the one that it follows without a space, in line heights."""

_Piece = tuple[Line, float]
"""A part of a line, and the narrowest space between its words."""


def lines_of(page: PdfTextPage) -> Iterator[Line]:
    """The lines of a page and the parts of a line, but those of a justified line as the one line that they are."""
    pieces = list(_pieces(page))
    solid = [(line.left, line.right) for line, _ in pieces if line.text.strip().count(" ") >= _SOLID]
    for _, group in groupby(pieces, key=_height):
        line = list(group)
        if _is_justified(line, solid):
            first, last = line[0][0], line[-1][0]
            text = " ".join(piece.text.strip() for piece, _ in line)
            yield Line(text, first.left, first.bottom, last.right, first.top)
        else:
            yield from (piece for piece, _ in line)


def _height(piece: _Piece) -> tuple[float, float] | None:
    line, _ = piece
    return (line.bottom, line.top) if line.text.strip() else None


def _is_justified(line: list[_Piece], solid: list[tuple[float, float]]) -> bool:
    """Whether words stand equally far apart only so that they fill the column, as ``solid`` lines do."""
    gaps = [after.left - before.right for (before, _), (after, _) in pairwise(line)]
    if not gaps or max(gaps) - min(*gaps, *(space for _, space in line)) > _EVEN:
        return False
    left, right = line[0][0].left, line[-1][0].right
    return any(abs(left - first) <= _EVEN and abs(right - last) <= _EVEN for first, last in solid)


def _pieces(page: PdfTextPage) -> Iterator[_Piece]:
    """The lines of a page, and the parts of a line between which there is a wide space, as PDFium comes upon them."""
    from pypdfium2 import raw

    askew = _askew(page)
    text: list[Letter] = []
    box = (0.0, 0.0, 0.0, 0.0)
    space = inf
    before = 0  # the number of the letter before
    broken = False
    for number in range(page.count_chars()):
        letter = "\n" if number in askew else chr(raw.FPDFText_GetUnicode(page, number))
        if letter in BROKEN and text:
            yield Line(in_word_order(text) + "-", *box), space
            text = []
            continue
        if letter in "\r\n" and number not in askew:
            broken = True  # PDFium begins a line at a raised digit too, so that the next letter has to tell
            continue
        if broken and letter.isspace():
            continue
        left, bottom, right, top = page.get_charbox(number, loose=True)
        apart = max(left - box[2], box[0] - right)
        height = box[3] - box[1]
        beside = box[1] <= (bottom + top) / 2 <= box[3] and abs(apart) < _BESIDE * height
        ends = (broken and not beside) or (not letter.isspace() and apart > _WIDE * height)
        if number in askew or (text and ends):
            yield Line(in_word_order(text), *box), space
            text = []
        broken = False
        if letter.isspace():
            text += [(" ", left)] * bool(text)
        elif text:
            if text[-1][0] == " ":
                space = min(space, apart)
            if letter.isdigit() and text[-1][0] != " " and _is_raised(page, before, number):
                text.append(("^", left))
            box = (min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top))
            text.append((letter, left))
        else:
            space = inf
            box = (left, bottom, right, top)
            text = [(letter, left)]
        before = number
    yield Line(in_word_order(text), *box), space


def _askew(page: PdfTextPage) -> set[int]:
    """The letters of a stamp at the edge, a watermark or the label of an axis, which stand askew among others."""
    from pypdfium2 import raw

    count = page.count_chars()
    found = {n for n in range(count) if abs(sin(raw.FPDFText_GetCharAngle(page, n))) > _UPRIGHT}
    return found if len(found) < _FEW * count else set()  # a page may lie on its side


def _is_raised(page: PdfTextPage, before: int, number: int) -> bool:
    """Whether a digit is smaller and stands higher than what is before it: otherwise 10 to the 6th is 106."""
    from pypdfium2 import raw

    places = []
    for one in (before, number):
        across, up = c_double(), c_double()
        raw.FPDFText_GetCharOrigin(page, one, byref(across), byref(up))
        places.append((raw.FPDFText_GetFontSize(page, one), up.value))
    (usual, base), (size, up_here) = places
    return bool(size < _SMALLER * usual and up_here - base > _RAISED * usual)
