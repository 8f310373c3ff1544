"""EPUB: the chapters of a book, in the order of its spine."""

import posixpath
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from index.articles import Article
from index.encoding import decode
from index.errors import ArticleError
from index.loaders import blocks
from index.loaders.archive import open_archive, parse_html, parse_xml
from index.loaders.signs import write_out

_KNOWN = "{http://purl.org/dc/elements/1.1/}"
"""The namespace of what is known about a book."""
_PROTECTED = {"META-INF/rights.xml", "META-INF/license.lcpl"}


def read(data: bytes, source: str, title: str | None = None) -> Article:
    """The text of a book.

    Raises:
        ArticleError: if it is damaged, protected or empty.
    """
    with open_archive(data, source) as archive:
        if not _PROTECTED.isdisjoint(archive.namelist()):
            raise ArticleError(f"{source} is protected against copying (DRM): its text cannot be read.")
        try:
            container = parse_xml(archive.read("META-INF/container.xml"))
            place = container.find(".//{*}rootfile").get("full-path")
            package = parse_xml(archive.read(place))
            parts = [part for chapter in _chapters(archive, package, place) for part in blocks.parts(chapter)]
        except (KeyError, AttributeError, ValueError, SyntaxError, zlib.error, BadZipFile) as error:
            raise ArticleError(f"{source} is damaged: it is not a book in EPUB that can be read.") from error
    return Article.from_parts(
        parts,
        title=title or package.findtext(f".//{_KNOWN}title"),
        source=source,
        author=", ".join(filter(None, (element.text for element in package.iterfind(f".//{_KNOWN}creator")))),
        date=(package.findtext(f".//{_KNOWN}date") or "").partition("T")[0] or None,
    )


def _chapters(archive: ZipFile, package: Any, place: str) -> Iterator[Any]:
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    seen: set[str] = set()
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or not item.get("href") or "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(item.get("href"))))
        if name in seen:
            continue  # no chapter comes twice: a small file could become a huge text
        seen.add(name)
        if (chapter := parse_html(decode(archive.read(name) or b" ", name))) is not None:
            write_out(chapter)
            yield chapter
