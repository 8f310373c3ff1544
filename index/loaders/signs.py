"""What HTML says by its markup alone, written out: raised digits, notes, quotations, formulas, tables."""

import re
from typing import Any

from index.loaders.blocks import words
from index.loaders.spans import LONG_CELL, Cell, write_out_spans

_NOTE = re.compile(r"\[?\(?([\w*†‡§]{1,4})\)?\]?")
_TEX = ".//*[local-name()='annotation'][@encoding='application/x-tex']"
_STRUCK = "descendant::*[self::del or self::s or self::strike or contains(@style, 'line-through')]"
_NO_TEXT = (
    "descendant::*[contains(@class, 'mw-editsection') or @role = 'doc-pagebreak'"
    " or @*[name() = 'epub:type'] = 'pagebreak']"
)
"""The link of Wikipedia that edits a section, and the number of a page on paper, within a sentence."""

_PLACED = ("table", "h1", "h2", "h3")
"""What is in the cells of a table that only places what is on a page."""


def write_out(root: Any) -> None:
    """Write out what only stands higher, is quoted, is set as a formula, or spans a table, below an element.

    9² becomes 9^2, and the number of a note [3]: otherwise the digits run into the word or number before them. A link
    that is only a sign, such as the arrow from a note back to its place, is left out, and so is what is deleted or
    struck out, which the article says no more: of "<s>$50</s> $30" the old price.
    """
    for element in root.xpath(f"{_STRUCK} | {_NO_TEXT}"):
        if re.match(r"\s*[.,;:!?)]", element.tail or ""):
            _strip_before(element)
        element.drop_tree()
    for element in list(root.iter("sup")):
        text = words(element)
        linked = element.find(".//a") is not None or element.getparent().tag == "a"
        note = _NOTE.fullmatch(text) if linked else None
        if note:
            _become(element, f"[{note.group(1)}]")
        elif re.fullmatch(r"[+\-−–]?\d+", text):
            _become(element, f"^{text}")
    for element in list(root.iter("a")):
        kind = f"{element.get('role') or ''} {element.get('epub:type') or ''}"
        text = words(element)
        if "noteref" in kind and (note := _NOTE.fullmatch(text)):
            _become(element, f"[{note.group(1)}]")
        elif "#" in (element.get("href") or "") and not re.search(r"\w|[*†‡§]", text):
            _become(element, "")
    for element in list(root.iter("math")):
        source = element.xpath(_TEX)
        _become(element, (source[0].text if source else element.get("alttext")) or words(element))
    for element in list(root.iter("q")):
        element.text = f"“{element.text or ''}"
        if len(element):
            element[-1].tail = f"{element[-1].tail or ''}”"
        else:
            element.text += "”"
        element.tag = "span"
    for table in list(root.iter("table")):
        _write_out_table(table)


def _write_out_table(table: Any) -> None:
    """Give each row of a table a cell for each column, unless it has cells that only place what is on a page."""
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    elements = [list(row.iterchildren("td", "th")) for row in rows]
    if not any(_span(e, "colspan") * _span(e, "rowspan") > 1 for row in elements for e in row):
        return
    cells = [[_cell(element) for element in row] for row in elements]
    longest = max(len(cell.text) for row in cells for cell in row)
    if longest > LONG_CELL or next(table.iterdescendants(*_PLACED), None) is not None:
        return
    for row in rows:
        row.drop_tree()
    for texts in write_out_spans(cells):
        row = table.makeelement("tr")
        table.append(row)
        for text in texts:
            cell = row.makeelement("td")
            cell.text = text
            row.append(cell)


def _cell(element: Any) -> Cell:
    heads = element.tag == "th" or next(element.iterancestors("thead", "table")).tag == "thead"
    return Cell(words(element), _span(element, "colspan"), _span(element, "rowspan"), heads)


def _span(cell: Any, name: str) -> int:
    said = (cell.get(name) or "").strip()
    return max(1, int(said)) if re.fullmatch(r"\d{1,5}", said, re.ASCII) else 1


def _strip_before(element: Any) -> None:
    """Take away the white space before an element."""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "").rstrip()
    elif (above := element.getparent()) is not None:
        above.text = (above.text or "").rstrip()


def _become(element: Any, text: str) -> None:
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "span", text
