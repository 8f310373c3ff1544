"""The numbers of a Word document's lists and headings, which the document only describes.

By the standard ECMA-376, part 1, 17.9 (numbering).
"""

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["WORD", "Numbering", "with_styles"]

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
"""The namespace of the elements of a Word document."""
_BULLET = "•"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HIGHEST = 100_000
"""No list of a document is longer; what counts from beyond is damaged."""


class Numbering:
    """Counts the numbered paragraphs of a document, which must be asked for in their order.

    Args:
        root: The element ``w:numbering``, or None if the document has none.
    """

    def __init__(self, root: Any) -> None:
        self._levels: dict[tuple[str, int], Any] = {}
        self._lists: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        for abstract in root.iter(f"{WORD}abstractNum"):
            for level in abstract.iter(f"{WORD}lvl"):
                key = abstract.get(f"{WORD}abstractNumId", ""), _number(level.get(f"{WORD}ilvl"))
                self._levels[key] = level
        for num in root.iter(f"{WORD}num"):
            name = num.get(f"{WORD}numId", "")
            self._lists[name] = _value(num, "abstractNumId")
            for override in num.iter(f"{WORD}lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    self._starts[name, _number(override.get(f"{WORD}ilvl"))] = _number(start)

    def mark(self, paragraph: Any, style: Any = None) -> str | None:
        """What Word writes before a paragraph: "3.", "b)", "2.1", a bullet.

        Args:
            paragraph: The element ``w:p``.
            style: The style of the paragraph, in python-docx.

        Returns:
            The mark; "" where a list has none, and None for what is in no list.
        """
        properties = list(_properties(paragraph, style))
        name = next((found for numbering in properties if (found := _value(numbering, "numId"))), "")
        if not name or name == "0":  # 0 takes a paragraph out of the list of its style
            return None
        depth = _number(next((found for one in properties if (found := _value(one, "ilvl"))), "0"))
        abstract = self._lists.get(name, "")
        level = self._levels.get((abstract, depth))
        if level is None:
            return _BULLET
        self._count(name, abstract, depth)
        if _value(level, "numFmt") == "bullet":
            return _BULLET
        return re.sub(
            r"%([1-9])", lambda match: self._written(abstract, int(match[1]) - 1), _value(level, "lvlText")
        ).strip()

    def _count(self, name: str, abstract: str, depth: int) -> None:
        """Count one more at a depth. Lists of one kind go on counting, but where one says that it begins anew."""
        counts = self._counts.setdefault(abstract, {})
        start = self._starts.get((name, depth))
        if start is not None and (name, depth) not in self._begun:
            counts[depth] = start
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = self._first(abstract, depth)
        self._begun.add((name, depth))
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]

    def _written(self, abstract: str, depth: int) -> str:
        count = self._counts.get(abstract, {}).get(depth, self._first(abstract, depth))
        level = self._levels.get((abstract, depth))
        return _written(count, "" if level is None else _value(level, "numFmt"))

    def _first(self, abstract: str, depth: int) -> int:
        level = self._levels.get((abstract, depth))
        return 1 if level is None else _number(_value(level, "start") or "1")


def with_styles(paragraph: Any, style: Any) -> list[Any]:
    """The elements that say how a paragraph is: its own, its style's, and that of what this is based on."""
    elements = [paragraph]
    while style is not None and len(elements) < 12:  # styles of a damaged document may go round in a circle
        elements.append(style.element)
        style = style.base_style
    return elements


def _properties(paragraph: Any, style: Any) -> Iterator[Any]:
    """The elements ``w:numPr`` that hold for a paragraph."""
    for element in with_styles(paragraph, style):
        found = element.find(f"{WORD}pPr/{WORD}numPr")
        if found is not None:
            yield found


def _value(element: Any, name: str) -> str:
    found = element.find(f"{WORD}{name}")
    return "" if found is None else str(found.get(f"{WORD}val", ""))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) < _HIGHEST else 0


def _written(count: int, form: str) -> str:
    """A count as a number, letters or a Roman numeral."""
    if form in ("lowerLetter", "upperLetter") and count > 0:  # a to z, aa, bb
        text = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
    elif form in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        text = ""
        for value, numeral in _ROMAN:
            text += numeral * (count // value)
            count %= value
    elif form == "none":
        text = ""
    else:
        text = f"{count:02d}" if form == "decimalZero" else str(count)
    return text.upper() if form.startswith("upper") else text
