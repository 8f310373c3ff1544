"""The structure of plain text: which lines are paragraphs, headings, lists, tables and the byline."""

import re
import unicodedata
from itertools import pairwise
from math import inf
from operator import and_

from index.articles import Block, BlockKind
from index.false_headings import false_headings

LIST_ITEM = re.compile(r"\s*(?:[-*•‣◦–]\s+|\(?\d{1,3}[.)]\s+|\(?[a-z][.)]\s+)\S")
_BYLINE = re.compile(r"(?:written\s+)?by\s+[^\W\d_][\w.'’-]*(?:[ ,&]+[\w.'’-]+){0,8}", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)\s+\S")
_MINOR_WORDS = frozenset(
    """a an and as at but by for from in into is it its of on or over per than that the to up via vs
    with""".split()
)
FRONT_MATTER = re.compile(
    r"---[ \t]*\n((?:[\w-]+:.*\n|[-#].*\n|[ \t]+\S.*\n|[ \t]*\n)+?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
"""YAML before a Markdown text: lines of ``key: value`` between two rules."""
_MARKDOWN = (
    re.compile(r"^#{1,6} +\S", re.MULTILINE),
    re.compile(r"^(?:```|~~~)", re.MULTILINE),
    re.compile(r"\[[^\[\]\n]+\]\((?:https?://|/|#|mailto:)[^)\s]*\)"),
    re.compile(r"(?<![*\w])\*\*[^*\s][^*\n]*\*\*(?![*\w])"),
    re.compile(r"^\|.+\|\n\|[ :|-]+\|$", re.MULTILINE),
)
_CELLS = re.compile(r"\||\t|\S {3,}\S")
"""What stands between the cells of a row."""
_UNDERLINE = re.compile(r"([=~^*-])\1{2,}")
_MAX_HEADING = 110


def clean(text: str) -> str:
    """The text with plain line endings, without a byte order mark, and without white space around it.

    A line of characters that cannot be seen, such as zero-width spaces, becomes an empty one.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"(?<![ \t])[ \t]+\n", "\n", text).replace("\f", "\n\n")
    text = "\n".join("" if line.strip() and not visible(line) else line for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def visible(text: str) -> bool:
    """Whether a text has anything but white space, control and format characters."""
    return any(not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf") for c in text)


def looks_like_markdown(text: str) -> bool:
    """Whether the text has markup that nobody writes in plain text."""
    return FRONT_MATTER.match(text) is not None or any(pattern.search(text) for pattern in _MARKDOWN)


def parse_plain(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text, which cover everything in it but white space.

    A line is a paragraph of its own unless the text is hard-wrapped there.
    """
    spans = [span for chunk in _chunks(text) for span in _lines_or_paragraph(text, chunk)]
    blocks: list[Block] = []
    for number, (start, end) in enumerate(spans):
        line = text[start:end]
        before = text[slice(*spans[number - 1])] if number else None
        after = text[slice(*spans[number + 1])] if number + 1 < len(spans) else None
        kind = _kind(line, before, after, number, len(spans))
        blocks.append(Block(kind, start, end, _level(line, number) if kind == "heading" else 0))
    alike = bool(blocks) and blocks[-1].kind == "paragraph" and is_heading(line, line)
    wrong = false_headings(text, blocks, alike)
    return tuple(
        Block("paragraph", block.start, block.end) if number in wrong else block
        for number, block in enumerate(blocks)
    )


def _chunks(text: str) -> list[tuple[int, int]]:
    """Spans between blank lines."""
    chunk = re.compile(r"\S.*?(?=\n[ \t]*\n|\Z)", re.DOTALL)
    return [match.span() for match in chunk.finditer(text, 0, len(text.rstrip()))]


def _lines_or_paragraph(text: str, chunk: tuple[int, int]) -> list[tuple[int, int]]:
    start, end = chunk
    start = text.rfind("\n", 0, start) + 1  # with what the first line is indented by
    lines = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\n]*\S", text[start:end])]
    written = [text[a:b] for a, b in lines]
    spans: list[tuple[int, int]] = []
    for number, goes_on in enumerate(_going_on(written)):
        first, last = lines[number]
        if goes_on:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first + _indent(written[number]), last))
    return spans


def _going_on(lines: list[str]) -> list[bool]:
    """For each line whether it goes on with the one before: both are of one wrapped paragraph, item or table."""
    if _is_table(lines) or _is_wrapped(lines):
        return [number > 0 for number in range(len(lines))]
    margin = max(map(len, lines))
    # The next word had no room there.
    full = [len(line) + len(after.split()[0]) >= margin for line, after in pairwise(lines)]
    lower = [after.lstrip()[0].islower() and line[-1] not in ".!?:;" for line, after in pairwise(lines)]
    wrapped = 30 <= margin <= 200 and any(map(and_, full, lower))
    going_on = [False]
    item = inf if LIST_ITEM.match(lines[0]) is None else _indent(lines[0])  # how far it is indented
    for number, line in enumerate(lines[1:]):
        if LIST_ITEM.match(line):
            item = _indent(line)
            going_on.append(False)
            continue
        hangs = _indent(line) > item and (full[number] or lower[number])
        going_on.append(hangs or (wrapped and full[number]))
        if not going_on[-1]:
            item = inf
    return going_on


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_table(lines: list[str]) -> bool:
    return len(lines) > 1 and all(_CELLS.search(line.strip()) for line in lines)


def _is_wrapped(lines: list[str]) -> bool:
    """Whether the lines are one paragraph that was broken at a margin."""
    lines = [line.strip() for line in lines]
    if len(lines) < 2 or any(LIST_ITEM.match(line) for line in lines):
        return False
    full, last = lines[:-1], lines[-1]
    margin = max(map(len, full))
    return 40 <= margin <= 120 and min(map(len, full)) >= 0.7 * margin and len(last) <= margin + 10


def _kind(line: str, before: str | None, after: str | None, number: int, count: int) -> BlockKind:
    neighbours = [text for text in (before, after) if text]
    in_list = any(LIST_ITEM.match(text) for text in neighbours)
    if LIST_ITEM.match(line) and (in_list or not is_heading(line, after)):
        return "list"
    if _is_table(line.split("\n")):
        return "table"
    if is_byline(line, number, count):
        return "byline"
    return "heading" if is_heading(line, after) else "paragraph"


def is_byline(line: str, number: int, count: int) -> bool:
    """Whether a block says who wrote the article: "By ..." near its edge, or capitals at its very end."""
    if count < 2 or len(line) > _MAX_HEADING:
        return False
    if number == count - 1 and line.isupper() and len(line.split()) <= 8:
        return True
    return (number < 4 or number >= count - 2) and _BYLINE.fullmatch(line) is not None


def is_heading(line: str, after: str | None) -> bool:
    """A short line without a full stop, in title case, numbered or underlined, with text below it."""
    if not line or "\n" in line or not after or len(line) > _MAX_HEADING:
        return False
    if _UNDERLINE.fullmatch(after) and abs(len(after) - len(line)) <= 2:
        return True
    words = line.split()
    if len(words) > 14 or line[-1] in ".,;:…。،" or not any(c.isalpha() for c in line):
        return False
    if _NUMBERED.match(line) or line.isupper():
        return True
    if not any(c.isupper() or c.islower() for c in line):  # a script without case: only the length can tell
        return len(line) <= 40 and line[-1] not in "!?！？؟" and len(after) > 2 * len(line)
    significant = [w.lstrip("“\"'‘([") for w in words if w.lower() not in _MINOR_WORDS]
    capitals = sum(not w[:1].islower() for w in significant)
    if not line.lstrip("“\"'‘([")[:1].isupper() and not line[:1].isdigit():
        return False
    if capitals == len(significant):
        return line[-1] != "!"
    # "The early years": sentence case is a heading only when what follows is clearly longer.
    return len(words) <= 8 and line[-1] not in '!?"”' and len(after) >= 4 * len(line) and len(after) > 120


def _level(line: str, number: int) -> int:
    if number == 0:
        return 1
    match = re.match(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s", line)
    return 2 + match.group(1).count(".") if match else 2
