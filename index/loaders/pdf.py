"""PDF: the text of each page, put together again from where its letters stand."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise
from math import inf
from typing import TYPE_CHECKING

from index.articles import Article, Part
from index.errors import ArticleError
from index.loaders.margins import Page, without_margins
from index.loaders.reading_order import CELL_BREAK, Line, in_reading_order
from index.loaders.right_to_left import Letter, in_word_order
from index.splitting import sentences
from index.structure import LIST_ITEM, is_heading, parse_plain

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

_BROKEN = "\x02\ufffe"
"""What PDFium gives for the hyphen of a word that a line's end breaks."""
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\u00ad": "", "\u00a0": " ", "\0": ""}
    | dict.fromkeys(_BROKEN, "-")
)
_SCANNED = 12
"""A page that has fewer letters than this is a picture."""
_JUNK_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|indd|tex|dvi|pdf|qxd)\b", re.IGNORECASE)
_WIDE = 1.2
"""A space wider than this, in line heights, is none between words but between columns or cells."""
_SOLID = 2
"""A line with this many spaces, none of them wide, shows where a column begins and ends."""
_EVEN = 2.0
"""Points by which the spaces of a justified line differ at most."""
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Chinese, Japanese, Thai and Lao, which put no space where a line ends."""
_END = re.compile(r"[.!?:;…。！？؟]['\"”’»)\]]*\Z")

_Piece = tuple[Line, float]
"""A part of a line, and the narrowest space between its words."""

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
                columns = in_reading_order(_lines(list(_pieces(page.get_textpage()))))
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
    found = known.get("Title")
    date = re.match(r"D:(\d{4})(\d{2})(\d{2})", known.get("CreationDate") or "")
    pages = without_margins(pages)
    article = Article.from_parts(
        _parts(pages),
        title=title or (found if found and not _JUNK_TITLE.search(found) else None),
        source=source,
        author=known.get("Author") or None,
        date="-".join(date.groups()) if date else None,
    )
    return replace(article, unread=tuple(n for n in pictures if _length(pages[n - 1]) < _SCANNED))


def _length(page: Page) -> int:
    return sum(len(line) for column in page for line in column)


def _lines(pieces: list[_Piece]) -> Iterator[Line]:
    """The lines of a page and the parts of a line, but those of a justified line as the one line that they are."""
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

    text: list[Letter] = []
    box = (0.0, 0.0, 0.0, 0.0)
    space = inf
    for number in range(page.count_chars()):
        letter = chr(raw.FPDFText_GetUnicode(page, number))
        if letter in _BROKEN and text:
            yield Line(in_word_order(text) + letter, *box), space
            text = []
            continue
        left, bottom, right, top = page.get_charbox(number, loose=True)
        apart = max(left - box[2], box[0] - right)
        if letter in "\r\n" or (text and not letter.isspace() and apart > _WIDE * (box[3] - box[1])):
            yield Line(in_word_order(text), *box), space
            text = []
        if letter.isspace():
            text += [(" ", left)] * bool(text)
        elif text:
            if text[-1][0] == " ":
                space = min(space, apart)
            box = (min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top))
            text.append((letter, left))
        else:
            space = inf
            box = (left, bottom, right, top)
            text = [(letter, left)]
    yield Line(in_word_order(text), *box), space


def _clean(line: str) -> str:
    # PDFium gives letters beyond the first 65,536 in halves.
    line = line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(line.translate(_LIGATURES).split())  # white space of every kind


def _parts(pages: list[Page]) -> Iterator[Part]:
    paragraphs = _paragraphs(pages)
    text = "\n\n".join(paragraph.replace("\n", " ") for paragraph, _ in paragraphs)
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
                    paragraphs[-1] = (_join(before, paragraph[:cut]), its_page)
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
            paragraph = _join(paragraph, line)
    yield paragraph


def _goes_on(before: str, after: str) -> bool:
    if CELL_BREAK in before or CELL_BREAK in after:
        return False  # each part of a table stays on its page, and no sentence is drawn into it
    return len(before) > 40 and not _END.search(before) and not LIST_ITEM.match(after)


def _join(before: str, after: str) -> str:
    """Two lines as one. A word that is broken at the end of the first is whole again."""
    if re.search(r"[^\W\d_]-\Z", before) and after[:1].islower():
        return before[:-1] + after
    if _UNSPACED.fullmatch(before[-1:]) and _UNSPACED.fullmatch(after[:1]):
        return before + after
    return f"{before} {after}".strip()
