"""EPUB: the chapters of a book, in the order of its spine."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from index.articles import Article, BlockKind, Part
from index.errors import ArticleError
from index.loaders.archive import open_archive, parse_xml

_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(("p", "blockquote", "div", "section", "dd", "dt", "figcaption"), "paragraph"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "li": "list",
    "pre": "code",
    "table": "table",
    "aside": "footnote",
}
_SKIPPED = {"script", "style", "nav", "head", "svg", "template"}


def read(data: bytes, source: str, title: str | None = None) -> Article:
    """The text of a book.

    Raises:
        ArticleError: if it is damaged, protected or empty.
    """
    with open_archive(data, source) as archive:
        if "META-INF/rights.xml" in archive.namelist():
            raise ArticleError(f"{source} is protected against copying (DRM): its text cannot be read.")
        try:
            container = parse_xml(archive.read("META-INF/container.xml"))
            place = container.find(".//{*}rootfile").get("full-path")
            package = parse_xml(archive.read(place))
            parts = [part for chapter in _chapters(archive, package, place) for part in _parts(chapter)]
        except (KeyError, AttributeError, ValueError, SyntaxError) as error:
            raise ArticleError(f"{source} is damaged: it is not a book in EPUB that can be read.") from error
    return Article.from_parts(
        parts,
        title=title or package.findtext(".//{http://purl.org/dc/elements/1.1/}title"),
        source=source,
        author=package.findtext(".//{http://purl.org/dc/elements/1.1/}creator"),
        date=package.findtext(".//{http://purl.org/dc/elements/1.1/}date"),
    )


def _chapters(archive: ZipFile, package: Any, place: str) -> Iterator[Any]:
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(item.get("href"))))
        data = archive.read(name)
        if data.strip():
            yield parse_xml(data, html=True)


def _parts(root: Any) -> Iterator[Part]:
    """The innermost blocks of a document."""
    for element in root.iter(*_KINDS):
        if any(
            above.tag in _SKIPPED or above.tag in ("table", "pre", "aside")
            for above in element.iterancestors()
        ):
            continue
        kind = _KINDS[element.tag]
        if kind == "table":
            cells = ([_words(cell) for cell in row.iter("td", "th")] for row in element.iter("tr"))
            yield Part(kind, "\n".join(" | ".join(row) for row in cells))
        elif kind == "code":
            yield Part(kind, element.text_content().strip("\n"))
        elif kind == "heading":
            yield Part(kind, _words(element), int(element.tag[1]))
        elif kind == "footnote" or next(element.iterdescendants(*_KINDS), None) is None:
            text = _words(element)
            if text:
                yield Part(kind, f"• {text}" if kind == "list" else text)


def _words(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
