"""DOCX: paragraphs, headings, lists, tables and footnotes of a Word document."""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from index.articles import Article, Part
from index.errors import ArticleError
from index.loaders.archive import open_archive, parse_xml

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(data: bytes, source: str, title: str | None = None) -> Article:
    """The article of a Word document.

    Raises:
        ArticleError: if it is damaged, encrypted or empty.
    """
    import docx

    with open_archive(data, source) as archive:
        notes = archive.read("word/footnotes.xml") if "word/footnotes.xml" in archive.namelist() else None
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx lets through whatever zipfile, lxml and its own parts raise
        raise ArticleError(f"{source} is damaged: it is not a Word document that can be read.") from error
    known = document.core_properties
    return Article.from_parts(
        [*_parts(document), *_footnotes(notes)],
        title=title or known.title,
        source=source,
        author=known.author if known.author != "python-docx" else None,
        date=known.created.date().isoformat() if known.created else None,
    )


def _parts(document: "Document") -> Iterator[Part]:
    from docx.table import Table

    for item in document.iter_inner_content():
        if isinstance(item, Table):
            yield Part("table", _table(item))
            continue
        style = (item.style.name or "") if item.style is not None else ""
        heading = re.fullmatch(r"Heading (\d)", style)
        numbered = item._p.pPr is not None and item._p.pPr.numPr is not None
        if heading or style == "Title":
            yield Part("heading", item.text, int(heading.group(1)) if heading else 1)
        elif item.text.strip() and (style.startswith("List") or numbered):
            yield Part("list", "• " + item.text.strip())
        else:
            yield Part("paragraph", item.text)


def _table(table: "Table") -> str:
    rows = []
    for row in table.rows:
        cells: list[Any] = []
        for cell in row.cells:  # a merged cell comes once for each column that it spans
            if not cells or cell._tc is not cells[-1]._tc:
                cells.append(cell)
        rows.append(" | ".join(" ".join(cell.text.split()) for cell in cells))
    return "\n".join(row for row in rows if row.strip(" |"))


def _footnotes(notes: bytes | None) -> Iterator[Part]:
    if notes is None:
        return
    for note in parse_xml(notes).iter(f"{_WORD}footnote"):
        text = "".join(piece.text or "" for piece in note.iter(f"{_WORD}t")).strip()
        if text:
            yield Part("footnote", text)
