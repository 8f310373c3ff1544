"""DOCX: paragraphs, headings, lists, tables, footnotes and endnotes of a Word document."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from index.articles import Article, Part
from index.errors import ArticleError
from index.loaders.archive import open_archive, parse_xml
from index.loaders.joining import without_gap
from index.loaders.numbering import WORD, Numbering, with_styles
from index.loaders.spans import Cell, write_out_spans

if TYPE_CHECKING:
    from docx.document import Document

_PARAGRAPH, _TABLE, _ROW, _CELL = (f"{WORD}{name}" for name in ("p", "tbl", "tr", "tc"))
_TEXT = f"{WORD}t"
_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SIGNS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The same again for old programs."""
_UNREAD = {
    f"{WORD}del",
    f"{WORD}moveFrom",  # text that stands elsewhere now
    f"{WORD}rt",  # how the word below it is said
    _FALLBACK,
}
_GONE = ("strike", "dstrike", "vanish")
"""What is struck out or hidden."""
_OFF = ("0", "false", "off")
_NUMBERING = "word/numbering.xml"
_NOTES = {"word/footnotes.xml": "footnote", "word/endnotes.xml": "endnote"}
_NO_TITLE = "Word Document"
"""What python-docx calls a document that has no title."""
_NO_DATE = datetime(2013, 12, 23).date()
"""The date of python-docx's own template, which the documents that it makes keep."""


def read(data: bytes, source: str, title: str | None = None) -> Article:
    """The article of a Word document.

    Raises:
        ArticleError: if it is damaged, encrypted or empty.
    """
    import docx

    with open_archive(data, source) as archive:
        try:
            notes = [
                (kind, parse_xml(archive.read(name)))
                for name, kind in _NOTES.items()
                if name in archive.namelist()
            ]
            numbered = _NUMBERING in archive.namelist()
            numbering = Numbering(parse_xml(archive.read(_NUMBERING)) if numbered else None)
            document = docx.Document(io.BytesIO(data))
        except Exception as error:  # python-docx lets through whatever zipfile, lxml and its own parts raise
            raise ArticleError(f"{source} is damaged: it is not a Word document that can be read.") from error
    known = document.core_properties
    created = known.created.date() if known.created else _NO_DATE
    return Article.from_parts(
        [*_parts(document, numbering), *(part for kind, root in notes for part in _notes(root, kind))],
        title=title or (known.title if known.title != _NO_TITLE else None),
        source=source,
        author=known.author if known.author != "python-docx" else None,
        date=created.isoformat() if created != _NO_DATE else None,
    )


def _parts(document: "Document", numbering: Numbering) -> Iterator[Part]:
    """The paragraphs and tables, those of content controls, insertions and text boxes too."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.text.paragraph import CT_P
    from docx.styles.style import ParagraphStyle

    # Once for all: python-docx looks through every style of the document for each paragraph.
    styles = {style.styleId: ParagraphStyle(style) for style in document.styles.element.style_lst}
    usual = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    for element in document.element.body.iter(_PARAGRAPH, _TABLE):
        if any(above.tag == _TABLE or above.tag in _UNREAD for above in element.iterancestors()):
            continue
        if not isinstance(element, CT_P):
            yield Part("table", _table(element))
            continue
        text = _text(element).strip()
        style = styles.get(element.style or "", usual)
        mark = numbering.mark(element, style) if text else None
        level = _level(element, style)
        if level:
            yield Part("heading", " ".join([mark or "", *text.split()]).strip(), level)
        elif text and (mark is not None or (style is not None and (style.name or "").startswith("List"))):
            yield Part("list", f"{'•' if mark is None else mark} {text}".strip())
        else:
            yield Part("paragraph", text)


def _level(paragraph: Any, style: Any) -> int:
    """The depth of a heading, which its place in the outline or the name of its style tells; 0 for what is none."""
    for element in with_styles(paragraph, style):
        outline = element.find(f"{WORD}pPr/{WORD}outlineLvl")
        if outline is not None:
            said = outline.get(f"{WORD}val", "")
            return int(said) + 1 if re.fullmatch(r"[0-8]", said, re.ASCII) else 0
        name = element.find(f"{WORD}name")
        named = re.fullmatch(
            r"heading (\d)|title", "" if name is None else name.get(f"{WORD}val", ""), re.IGNORECASE
        )
        if named:
            return int(named.group(1) or 1)
    return 0


def _text(paragraph: Any) -> str:
    """The text of a paragraph, with what was inserted and without what was deleted, struck out or hidden."""
    pieces: list[str] = []
    gone = False
    for element in paragraph.iter(_TEXT, _FORMULA, *_SIGNS):
        above = list(element.iterancestors())
        nearest = next(number for number, other in enumerate(above) if other.tag == _PARAGRAPH)
        inner = {other.tag for other in above[:nearest]}
        unread = inner & _UNREAD or any(other.tag == _FALLBACK for other in above)
        if above[nearest] is not paragraph or unread or f"{WORD}tabs" in inner:
            continue  # of a text box within, or no text
        if any(_is_on(above[0].find(f"{WORD}rPr/{WORD}{name}")) for name in _GONE):
            gone = True
            continue
        text = _SIGNS.get(element.tag) or element.text or ""
        raised = above[0].find(f"{WORD}rPr/{WORD}vertAlign[@{WORD}val='superscript']") is not None
        pieces.append(f"^{text}" if raised and re.fullmatch(r"[+\-−–]?\d+", text) else text)
    text = "".join(pieces)
    return without_gap(text) if gone else text


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(f"{WORD}val") not in _OFF


def _line(element: Any) -> str:
    """All paragraphs of an element in one line."""
    return " ".join(" ".join(_text(paragraph) for paragraph in element.iter(_PARAGRAPH)).split())


def _table(table: Any) -> str:
    rows: list[list[Cell]] = []
    above: dict[int, Cell] = {}
    for row in _own(table, _ROW, _TABLE):
        if row.find(f"{WORD}trPr/{WORD}del") is not None:
            continue
        heads = _is_on(row.find(f"{WORD}trPr/{WORD}tblHeader"))
        column = _count(row.find(f"{WORD}trPr/{WORD}gridBefore"), 0)
        cells = [Cell("", column)] * (column > 0)
        for cell in _own(row, _CELL, _ROW):
            across = _count(cell.find(f"{WORD}tcPr/{WORD}gridSpan"), 1)
            merged = cell.find(f"{WORD}tcPr/{WORD}vMerge")
            if merged is not None and merged.get(f"{WORD}val") != "restart" and column in above:
                above[column].down += 1
            else:
                above[column] = Cell(_line(cell), across, heads=heads)
                cells.append(above[column])
            column += across
        rows.append(cells)
    return "\n".join(" | ".join(texts) for texts in write_out_spans(rows) if any(texts))


def _count(element: Any, usual: int) -> int:
    said = "" if element is None else element.get(f"{WORD}val", "")
    return int(said) if re.fullmatch(r"[1-9]\d{0,3}", said, re.ASCII) else usual


def _own(element: Any, tag: str, owner: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, but not those of a table within."""
    return (found for found in element.iter(tag) if next(found.iterancestors(owner)) is element)


def _notes(root: Any, kind: str) -> Iterator[Part]:
    for note in root.iter(f"{WORD}{kind}"):
        yield Part("footnote", _line(note))
