"""PDF: the text of each page, put together again from the lines that it was set in."""

import io
import re
from collections import Counter
from collections.abc import Iterator

from index.articles import Article, Part
from index.errors import ArticleError
from index.splitting import sentences
from index.structure import LIST_ITEM, is_heading, parse_plain

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\u00ad": "", "\u00a0": " "}
)
_SCANNED = 12
"""A page has fewer letters than this on average only when it is a picture."""
_JUNK_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|indd|tex|dvi|pdf|qxd)\b", re.IGNORECASE)
_MARGIN_LINES = 2
_END = re.compile(r"[.!?:;…。！？؟]['\"”’»)\]]*\Z")


def read(data: bytes, source: str, title: str | None = None) -> Article:
    """The article of a PDF, with the page of each block.

    Raises:
        ArticleError: if it is damaged, encrypted, or scanned without text.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted(source)
        pages = [_lines(page.extract_text()) for page in reader.pages]
        known = reader.metadata or pypdf.DocumentInformation()
        found, author, created = known.title, known.author, known.creation_date_raw
    except pypdf.errors.DependencyError as error:
        raise _encrypted(source) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArticleError(f"{source} is damaged: it is not a PDF that can be read.") from error
    if sum(len(line) for page in pages for line in page) < _SCANNED * max(1, len(pages)):
        raise ArticleError(
            f"{source} has no text: its pages are pictures, perhaps scanned. Run text recognition over it "
            "first, for instance with ocrmypdf."
        )
    date = re.match(r"D:(\d{4})(\d{2})(\d{2})", str(created or ""))
    return Article.from_parts(
        _parts(_without_margins(pages)),
        title=title or (found if found and not _JUNK_TITLE.search(found) else None),
        source=source,
        author=author,
        date="-".join(date.groups()) if date else None,
    )


def _encrypted(source: str) -> ArticleError:
    return ArticleError(f"{source} is encrypted. Save it without a password.")


def _lines(text: str) -> list[str]:
    text = re.sub(r"[ \t]+", " ", text.translate(_LIGATURES).replace("\0", ""))
    return [line.strip() for line in text.split("\n")]


def _without_margins(pages: list[list[str]]) -> list[list[str]]:
    """The pages without their running heads and numbers, which stand at the edge of many of them."""

    def edges(page: list[str]) -> set[int]:
        full = [number for number, line in enumerate(page) if line]
        return {*full[:_MARGIN_LINES], *full[-_MARGIN_LINES:]}

    def shape(line: str) -> str:
        return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.lower())

    counts = Counter(line for page in pages for line in {shape(page[number]) for number in edges(page)})
    often = {line for line, count in counts.items() if count >= max(3, len(pages) // 3)}

    def is_margin(line: str) -> bool:
        return shape(line) in often or re.fullmatch(r"[-– ]*\d{1,4}[-– ]*", line) is not None

    return [
        [line for number, line in enumerate(page) if not (number in edges(page) and is_margin(line))]
        for page in pages
    ]


def _parts(pages: list[list[str]]) -> Iterator[Part]:
    paragraphs = _paragraphs(pages)
    text = "\n\n".join(paragraph for paragraph, _ in paragraphs)
    for block, (paragraph, page) in zip(parse_plain(text), paragraphs, strict=True):
        yield Part(block.kind, paragraph, block.level, page)


def _paragraphs(pages: list[list[str]]) -> list[tuple[str, int]]:
    """The paragraphs and the page that each begins on.

    A sentence that a page break cuts stays whole, on the page where it begins.
    """
    paragraphs: list[tuple[str, int]] = []
    for page, lines in enumerate(pages, start=1):
        for number, paragraph in enumerate(_page_paragraphs(lines)):
            before, its_page = paragraphs[-1] if paragraphs else ("", page)
            if number == 0 and before and its_page < page and _goes_on(before, paragraph):
                cut = sentences(paragraph)[0][1]
                paragraphs[-1] = (_join(before, paragraph[:cut]), its_page)
                paragraph = paragraph[cut:].strip()
            if paragraph:
                paragraphs.append((paragraph, page))
    return paragraphs


def _page_paragraphs(lines: list[str]) -> Iterator[str]:
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    paragraph = ""
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        ended = _END.search(before) and len(before) < 0.8 * width
        headed = len(before) < 0.75 * width and is_heading(before, " ".join(lines[number : number + 6]))
        if paragraph and (not line or ended or headed or LIST_ITEM.match(line)):
            yield paragraph
            paragraph = ""
        paragraph = _join(paragraph, line)
    if paragraph:
        yield paragraph


def _goes_on(before: str, after: str) -> bool:
    return len(before) > 40 and not _END.search(before) and not LIST_ITEM.match(after)


def _join(before: str, after: str) -> str:
    """Two lines as one. A word that is broken at the end of the first is whole again."""
    if re.search(r"[^\W\d_]-\Z", before) and after[:1].islower():
        return before[:-1] + after
    return f"{before} {after}".strip()
