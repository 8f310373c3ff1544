"""The blocks of a tree of HTML: whatever stands between two of them is text too, and none is glued to another."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.articles import BlockKind, Part
from index.structure import LIST_ITEM

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer
    form header hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul""".split()
).union(_HEADINGS)
_SKIPPED = frozenset(
    ("script", "style", "nav", "head", "svg", "template", "iframe", "object", "noscript", "rt", "rp")
)
_BREAK = "\n"
_MARK = "data-mark"
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ENDED = re.compile(r"[.:;!?。：？！؟]\Z")


def parts(root: Any) -> Iterator[Part]:
    """The blocks below an element, in the order of the text. An item of a list begins with a bullet or its number."""
    yield from _inside(root, "paragraph")


def words(element: Any) -> str:
    """The text of an element in one line: a space stands where a block ends and where a line breaks."""
    return " ".join("".join(_pieces(element)).split()).replace("\xad", "")


def _inside(element: Any, kind: BlockKind) -> Iterator[Part]:
    """The blocks in an element, and as blocks of ``kind`` the text between them."""
    pieces = [_flat(element.text)]
    for child in element:
        if _is_text(child) and (child.tag in _BLOCKS or any(True for _ in child.iter(*_BLOCKS))):
            yield from _written(pieces, kind)
            pieces = []
            yield from _block(child, kind)
        elif _is_text(child):
            pieces += [_BREAK] if child.tag == "br" else _pieces(child)
        pieces.append(_flat(child.tail))
    yield from _written(pieces, kind)


def _block(element: Any, kind: BlockKind) -> Iterator[Part]:
    match element.tag:
        case "table":
            yield Part("table", _table(element))
        case "pre":
            yield Part("code", "".join(_pieces(element, keep=True)).strip("\n"))
        case "aside":
            yield Part("footnote", words(element))
        case "ul" | "ol":
            _number(element)
            yield from _inside(element, kind)
        case "li":
            mark = element.get(_MARK, "•")
            for number, part in enumerate(_inside(element, "list")):
                first = number == 0 and part.kind == "list" and not LIST_ITEM.match(part.text)
                yield replace(part, text=f"{mark} {part.text}") if first else part
        case "dl":
            yield from _terms(element)
        case tag if tag in _HEADINGS:
            yield Part("heading", words(element), int(tag[1]))
        case _:
            yield from _inside(element, kind)


def _number(items: Any) -> None:
    """Note at each item what stands before it, if the list is numbered, which trafilatura says with "rend"."""
    if items.tag == "ol" or items.get("rend") == "ol":
        start = items.get("start") or ""
        first = int(start) if re.fullmatch(r"\d{1,9}", start) else 1
        for number, item in enumerate(items.iterchildren("li"), first):
            item.set(_MARK, f"{number}.")


def _terms(definitions: Any) -> Iterator[Part]:
    """The entries of a list of terms, each term in one block with what it means: "Quay: A wall for ships"."""
    entries = [e for e in definitions.iter("dt", "dd") if next(e.iterancestors("dl")) is definitions]
    if words(definitions) != " ".join(filter(None, map(words, entries))):
        yield from _inside(definitions, "list")  # there is text outside of the entries
        return
    terms: list[str] = []
    for entry in entries:
        if entry.tag == "dt":
            terms.append(words(entry))
            continue
        meaning = list(_inside(entry, "list"))
        term, terms = ", ".join(filter(None, terms)), []
        if term and meaning and meaning[0].kind == "list" and not LIST_ITEM.match(meaning[0].text):
            colon = "" if _ENDED.search(term) else ":"
            meaning[0] = replace(meaning[0], text=f"{term}{colon} {meaning[0].text}")
        elif term:
            meaning.insert(0, Part("list", term))
        yield from meaning
    if any(terms):
        yield Part("list", ", ".join(terms))


def _written(pieces: list[str], kind: BlockKind) -> Iterator[Part]:
    """A block of pieces of text; an empty line between them, as of two breaks, parts two blocks."""
    text = re.sub(r" *\n *", "\n", re.sub(r" +", " ", "".join(pieces).replace("\xad", "")))
    for block in re.split(r"\n{2,}", text):
        if block.strip():
            yield Part(kind, block.strip())


def _table(table: Any) -> str:
    """The rows of a table. A table within a cell is text of that cell."""
    rows = [
        [words(cell) for cell in row.iterchildren("td", "th")]
        for row in table.iter("tr")
        if next(row.iterancestors("table")) is table
    ]
    caption = [words(element) for element in table.iterchildren("caption")]
    # What has its row to itself, which trafilatura fills up with cells, has nothing beside it.
    return "\n".join([*caption, *(" | ".join(row if any(row[1:]) else row[:1]) for row in rows if any(row))])


def _pieces(element: Any, *, keep: bool = False) -> list[str]:
    """The text of an element, with breaks around the blocks in it.

    Args:
        element: The element.
        keep: Whether white space stays as it is.
    """
    shown = (lambda text: text or "") if keep else _flat
    pieces = [shown(element.text)]
    for child in element:
        if _is_text(child):
            around = [" "] if child.tag in _BLOCKS and not keep else []
            pieces += [_BREAK] if child.tag == "br" else [*around, *_pieces(child, keep=keep), *around]
        pieces.append(shown(child.tail))
    return pieces


def _is_text(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:  # a comment's tag is a function
        return False
    shown = element.get("hidden", "until-found") == "until-found"
    return shown and not _UNSEEN.search(element.get("style") or "")


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
