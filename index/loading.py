"""Where articles come from: a path or an address becomes an :class:`~index.articles.Article`."""

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from index.articles import Article
from index.encoding import decode
from index.errors import ArticleError

MAX_BYTES = 50_000_000
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
SUFFIXES = (".txt", ".md", ".markdown", *_HTML_SUFFIXES, ".pdf", ".docx", ".epub")
"""How the names of files end that are looked for in a folder."""
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Word document or another old Office file. Save it as DOCX or PDF",
    b"{\\rtf": "an RTF document. Save it as DOCX or PDF",
    b"\x89PNG": "a picture. Give the text itself",
    b"\xff\xd8\xff": "a picture. Give the text itself",
    b"GIF8": "a picture. Give the text itself",
}
_OFFICE = {"content.xml", "ppt/presentation.xml", "xl/workbook.xml"}
"""What OpenDocument, PowerPoint and Excel have in their archives."""


def is_url(source: str | Path) -> bool:
    """Whether a source is an address on the web and not a path."""
    return isinstance(source, str) and _URL.match(source.strip()) is not None


def load(source: str | Path, *, title: str | None = None, allow_url: bool = False) -> Article:
    """Load an article from a file, or from the web.

    Args:
        source: The path of a text, Markdown, HTML, PDF, DOCX or EPUB file, or an address.
        title: Its title; found in the article when not given.
        allow_url: Whether an address may be fetched.

    Raises:
        ArticleError: if it is missing, unreadable, empty, too large, encrypted, scanned, or no article.
    """
    if is_url(source):
        url = str(source).strip()
        if not allow_url:
            raise ArticleError(f"{url} was not fetched: addresses are off. Paste the text or give a file.")
        from index.loaders.web import fetch

        page = fetch(url)
        return read(page.data, source=url, title=title, url=page.url, content_type=page.content_type)
    path = Path(os.path.expanduser(source)).absolute()  # Path.expanduser fails for "~$report.docx"
    return read(_read_file(path), source=str(path), title=title)


def read(
    data: bytes, *, source: str, title: str | None = None, url: str | None = None, content_type: str = ""
) -> Article:
    """Make an article of the bytes of a file, whose format they show themselves.

    Args:
        data: The content.
        source: The path or address, for people to read; its ending tells Markdown and HTML from text.
        title: Its title; found in the article when not given.
        url: The address that the content came from.
        content_type: What the server called it, with the charset where it named one.

    Raises:
        ArticleError: as :func:`load`.
    """
    try:
        return _read(data, source, title, url, content_type)
    except ArticleError:
        raise
    except Exception as error:  # the libraries let through whatever they stumble over in an odd file
        raise ArticleError(
            f"{source} is damaged: it cannot be read as an article ({type(error).__name__})."
        ) from error


def _read(data: bytes, source: str, title: str | None, url: str | None, content_type: str) -> Article:
    kind = content_type.partition(";")[0].strip().lower()
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    charset = named.group(1) if named else ""
    name = urlsplit(url).path if url else source
    suffix = PurePosixPath(name).suffix.lower()
    if not data.strip():
        raise ArticleError(f"{source} is empty.")
    for magic, what in _OTHERS.items():
        if data.startswith(magic):
            raise ArticleError(f"{source} is {what}.")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        from index.loaders import pdf

        return pdf.read(data, source, title)
    if data.startswith(b"PK\x03\x04"):
        return _zip_reader(data, source)(data, source, title)
    if kind in _HTML_TYPES or suffix in _HTML_SUFFIXES or _HTML.match(data):
        from index.loaders import html

        return html.read(data, source, title, url=url, charset=charset)
    return _text(decode(data, source, charset), source, title, markdown=suffix in (".md", ".markdown"))


def _text(text: str, source: str, title: str | None, *, markdown: bool) -> Article:
    from index.markdown import read_markdown
    from index.structure import clean

    if not clean(text):
        raise ArticleError(f"{source} is empty.")
    if markdown:
        return read_markdown(clean(text), title=title, source=source)
    return Article.from_text(text, title=title, source=source)


def _zip_reader(data: bytes, source: str) -> Callable[[bytes, str, str | None], Article]:
    from index.loaders import docx, epub
    from index.loaders.archive import open_archive

    with open_archive(data, source) as archive:
        names = archive.namelist()
    if "word/document.xml" in names:
        return docx.read
    if "META-INF/container.xml" in names:
        return epub.read
    if not _OFFICE.isdisjoint(names):
        raise ArticleError(
            f"{source} holds slides, a table or a text of another office program. Save it as DOCX or PDF."
        )
    raise ArticleError(
        f"{source} is an archive, but neither a Word document nor a book. Give one file of it."
    )


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ArticleError(f"{path} is a directory. Give the path of one article.")
        if path.exists() and not path.is_file():
            raise ArticleError(f"{path} is not a file that can be read as an article.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ArticleError(
                f"{path} is too large: {size / 1e6:.0f} MB, and at most {MAX_BYTES / 1e6:.0f} MB are read. "
                "Split it into parts."
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(f"There is no file {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArticleError(f"{str(path)[:200]} cannot be read: {reason}.") from error
