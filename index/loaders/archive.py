"""Zip files, which DOCX and EPUB are, and the XML and HTML in them, opened with care."""

import io
import zipfile
from typing import Any

from index.errors import ArticleError

_MOST_BYTES = 400_000_000
"""What a file may hold when unpacked."""


def open_archive(data: bytes, source: str) -> zipfile.ZipFile:
    """Open a zip file.

    Raises:
        ArticleError: if it is damaged, encrypted, or unpacks to an absurd size.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise ArticleError(
            f"{source} is damaged: it cannot be unpacked. Save or download it again."
        ) from error
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise ArticleError(f"{source} is encrypted. Save it without a password.")
    if sum(member.file_size for member in members) > _MOST_BYTES:
        raise ArticleError(f"{source} unpacks to more than {_MOST_BYTES / 1e6:.0f} MB, which is too large.")
    return archive


def parse_xml(data: bytes) -> Any:
    """The root of an XML document. Neither entities nor anything outside of it is loaded."""
    from lxml import etree  # type: ignore[import-untyped]  # its stubs are a package of their own

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def parse_html(text: str) -> Any:
    """The root of an HTML document; None where there is nothing but comments and declarations."""
    from lxml import etree, html

    # As bytes, since lxml takes no string with a declaration of its encoding, which says what it was before.
    parser = html.HTMLParser(no_network=True, encoding="utf-8", remove_comments=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None
