"""PDF: the text of each page, put together again from where its letters stand."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from index.articles import Article, Part
from index.errors import ArticleError
from index.loaders.joining import join
from index.loaders.letters import BROKEN, lines_of
from index.loaders.margins import Page, without_margins
from index.loaders.reading_order import in_reading_order
from index.loaders.tables import CELL_BREAK
from index.splitting import sentences
from index.structure import LIST_ITEM, is_heading, parse_plain

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\u00ad": "", "\u00a0": " ", "\0": ""}
    | dict.fromkeys(BROKEN, "-")
)
_SCANNED = 12
"""A page that has fewer letters than this is a picture."""
_JUNK = re.compile(
    r"untitled|anonymous|microsoft word|powerpoint presentation|"
    r"\.(?:docx?|odt|rtf|txt|html?|pptx?|indd|tex|dvi|pdf|qxd)\b",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?:;…。！？؟]['\"”’»)\]]*\Z")

_pdfium = threading.Lock()
"""PDFium serves one thread at a time."""


def read(data: bytes, source: str, title: str | None = None) -> Article:
    """The article of a PDF, with the page of each block.

    Raises:
        ArticleError: if it is damaged, encrypted, or scanned without text.
    """
    import pypdfium2

    try:
        with _pdfium, pypdfium2.PdfDocument(data) as document:
            known = document.get_metadata_dict()
            pages, pictures = [], []
            for number, page in enumerate(document, start=1):
                columns = in_reading_order(lines_of(page.get_textpage()))
                pages.append([[_clean(line) for line in column] for column in columns])
                if any(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])):
                    pictures.append(number)
                page.close()
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise ArticleError(f"{source} is encrypted. Save it without a password.") from error
        raise ArticleError(f"{source} is damaged: it is not a PDF that can be read.") from error
    if sum(map(_length, pages)) < _SCANNED * max(1, len(pages)):
        raise ArticleError(
            f"{source} has no text: its pages are pictures, perhaps scanned. Run text recognition over it "
            "first, for instance with ocrmypdf."
        )
    date = re.match(r"D:(\d{4})(\d{2})(\d{2})", known.get("CreationDate") or "")
    pages = without_margins(pages)
    article = Article.from_parts(
        _parts(pages),
        title=title or _named(known.get("Title")),
        source=source,
        author=_named(known.get("Author")),
        date="-".join(date.groups()) if date else None,
    )
    return replace(article, unread=tuple(n for n in pictures if _length(pages[n - 1]) < _SCANNED))


def _named(name: str | None) -> str | None:
    """A title or author, unless it is only what the program that made the file puts there."""
    return name if name and not _JUNK.search(name) else None


def _length(page: Page) -> int:
    return sum(len(line) for column in page for line in column)


def _clean(line: str) -> str:
    # PDFium gives letters beyond the first 65,536 in halves.
    line = line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(line.translate(_LIGATURES).split())  # white space of every kind


def _parts(pages: list[Page]) -> Iterator[Part]:
    paragraphs = _paragraphs(pages)
    # Of a table the first row, lest the line above it looks like the heading of a long text.
    texts = (
        text.partition("\n")[0] if CELL_BREAK in text else text.replace("\n", " ") for text, _ in paragraphs
    )
    text = "\n\n".join(texts)
    for block, (paragraph, page) in zip(parse_plain(text), paragraphs, strict=True):
        if CELL_BREAK in paragraph:
            yield Part("table", paragraph, 0, page)
        else:
            yield Part(block.kind, paragraph, block.level, page)


def _paragraphs(pages: list[Page]) -> list[tuple[str, int]]:
    """The paragraphs and the page that each begins on.

    A paragraph that a column's end cuts is whole again. Of one that a page's end cuts the sentence stays whole, on
    the page where it begins.
    """
    paragraphs: list[tuple[str, int]] = []
    for page, columns in enumerate(pages, start=1):
        for column in columns:
            for number, paragraph in enumerate(_column_paragraphs(column)):
                before, its_page = paragraphs[-1] if paragraphs else ("", page)
                if number == 0 and before and _goes_on(before, paragraph):
                    cut = sentences(paragraph)[0][1] if its_page < page else len(paragraph)
                    paragraphs[-1] = (join(before, paragraph[:cut]), its_page)
                    paragraph = paragraph[cut:].strip()
                if paragraph:
                    paragraphs.append((paragraph, page))
    return paragraphs


def _column_paragraphs(column: list[str]) -> Iterator[str]:
    for has_text, group in groupby(column, key=bool):
        if has_text:
            yield from _group_paragraphs(list(group))


def _group_paragraphs(lines: list[str]) -> Iterator[str]:
    """The paragraphs and tables of lines without a gap: a line that ends early ends a paragraph."""
    width = sorted(map(len, lines))[len(lines) * 9 // 10]
    paragraph = lines[0]
    for number, line in enumerate(lines[1:], start=1):
        before = lines[number - 1]
        ended = _END.search(before) and len(before) < 0.8 * width
        headed = len(before) < 0.75 * width and is_heading(before, " ".join(lines[number : number + 6]))
        if CELL_BREAK in before and CELL_BREAK in line:
            paragraph += f"\n{line}"
        elif ended or headed or LIST_ITEM.match(line) or CELL_BREAK in before or CELL_BREAK in line:
            yield paragraph
            paragraph = line
        else:
            paragraph = join(paragraph, line)
    yield paragraph


def _goes_on(before: str, after: str) -> bool:
    if CELL_BREAK in before or CELL_BREAK in after:
        return False  # each part of a table stays on its page, and no sentence is drawn into it
    return len(before) > 40 and not _END.search(before) and not LIST_ITEM.match(after)
