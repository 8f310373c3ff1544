"""Running heads and page numbers, which stand at the edges of pages and are no part of the text."""

import re
from collections import Counter
from collections.abc import Iterator

Page = list[list[str]]
"""The columns of a page, each with its lines; an empty line is a gap."""

_LINES = 2
"""How many lines at each end of a column may be a margin."""
_LONE = re.compile(r"[-–— ]*(?:\d{1,4}|[ivxl]{1,8})[-–— ]*")
_NUMBERED = re.compile(
    r"(?:chapter|part|section|lesson|unit|book|act|scene|volume|appendix|article|figure|fig\.|table|step|day|week|"
    r"kapitel|teil|abschnitt|abbildung|tabelle|chapitre|partie|capítulo|parte|capitolo|capitulo|глава|часть)\W*#\W*",
    re.IGNORECASE,
)
"""A heading that counts, even if each happens to begin a page."""
_Key = tuple[str, int]


def without_margins(pages: list[Page]) -> list[Page]:
    """The pages without the lines that many of them repeat at an edge, and without numbers that count with them."""
    edges = [
        {column[number].lower() for column in page for number in _edges(column)}
        for page in pages
    ]  # fmt: skip
    repeated = Counter(line for lines in edges for line in lines)
    keys = [{key for line in lines for key in _counting(line, number)} for number, lines in enumerate(edges)]
    counted = Counter(key for found in keys for key in found)
    enough = max(3, len(pages) // 3)
    of_all = re.compile(rf"\b{len(pages)}\b")

    def is_margin(line: str, page: int) -> bool:
        line = line.lower()
        mine = set(_counting(line, page))
        if _LONE.fullmatch(line):
            near = set().union(*keys[max(0, page - 2) : page], *keys[page + 1 : page + 3])
            return any(key[1] == 1 or key in near for key in mine)
        return repeated[line] >= enough or any(counted[key] >= needed(key) for key in mine)

    def needed(key: _Key) -> int:
        return 2 if of_all.search(key[0]) and len(pages) == 2 else enough  # "page 1 of 2" is no heading

    def is_between(column: list[str], number: int, page: int) -> bool:
        """Whether a line that both of two pages have stands between their texts. It stays where it cuts nothing."""
        inner = _full(column)[:_LINES] if page else _full(column)[-_LINES:]
        return len(pages) == repeated[column[number].lower()] == 2 and number in inner

    def trimmed(column: list[str], page: int) -> list[str]:
        margins = {
            number
            for number in _edges(column)
            if is_margin(column[number], page) or is_between(column, number, page)
        }
        return [line for number, line in enumerate(column) if number not in margins]

    return [[trimmed(column, number) for column in page] for number, page in enumerate(pages)]


def _edges(column: list[str]) -> set[int]:
    full = _full(column)
    return {*full[:_LINES], *full[-_LINES:]}


def _full(column: list[str]) -> list[int]:
    return [number for number, line in enumerate(column) if line]


def _counting(line: str, page: int) -> Iterator[_Key]:
    """For each number in a line: the line without it, and by how much it is ahead of the page, from 0."""
    lone = _LONE.fullmatch(line)
    for match in re.finditer(r"\d{1,6}" if re.search(r"\d", line) or not lone else r"[ivxl]+", line):
        shape = "#" if lone else f"{line[: match.start()]}#{line[match.end() :]}"
        if not _NUMBERED.fullmatch(shape):
            yield shape, _value(match.group()) - page


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    worth = [{"i": 1, "v": 5, "x": 10, "l": 50}[letter] for letter in number]
    return sum(-here if here < after else here for here, after in zip(worth, [*worth[1:], 0], strict=True))
