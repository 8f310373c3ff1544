"""Arabic and Hebrew in a PDF, whose letters some programs write down in the order in which they stand on paper."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby, pairwise

Letter = tuple[str, float]
"""A letter and its left edge."""

_TURNED = re.compile(r"\)\s*([^()]*?)\s*\(")
_MARK_FIRST = re.compile(r"(?<!\S)([.,:;،؛])(\d(?:[\d.,:/]*\d)?)(?!\S)")
"""A mark after a number, which PDFium puts before it: on paper it stands to the left."""


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text are written from right to left."""
    letters = [unicodedata.bidirectional(letter) for letter in text if letter.isalpha()]
    return sum(kind in ("R", "AL") for kind in letters) > len(letters) / 2


def in_word_order(letters: Sequence[Letter]) -> str:
    """The text of a line: the letters of each word from right to left run from the rightmost to the leftmost.

    Their left edges tell, since PDFium leaves the letters of a word in the order in which the file has them.
    """
    words = groupby(letters, key=lambda letter: _turns(letter[0]))
    text = "".join(letter for turns, word in words for letter, _ in (_turned(list(word)) if turns else word))
    if not is_right_to_left(text):
        return text
    text = _MARK_FIRST.sub(r"\2\1", text)
    brackets = re.findall(r"[()]", text)
    if brackets[:1] == [")"] and brackets[-1:] == ["("]:
        return _TURNED.sub(r" (\1)", text)  # mirrored once too often
    return text


def _turned(word: list[Letter]) -> list[Letter]:
    edges = [left for letter, left in word if not unicodedata.combining(letter)]
    if all(here >= after for here, after in pairwise(edges)):
        return word
    return sorted(word, key=lambda letter: -letter[1])


def _turns(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL", "NSM")
