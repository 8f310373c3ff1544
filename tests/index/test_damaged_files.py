"""Whatever is wrong with a file, the reader of many files is told in a sentence and goes on to the next."""

import pytest

from index import Article, ArticleError, split
from index.loaders import pdf
from index.loading import read
from tests.index import documents


def book(chapter: str, item: str = '<item id="c" href="c"/>') -> bytes:
    """A book of one chapter."""
    return documents.archive(
        {
            "META-INF/container.xml": '<container><rootfile full-path="b"/></container>',
            "b": f'<package><manifest><item id="n"/>{item}<item id="d" href="d"/></manifest><spine>'
            '<itemref idref="n"/><itemref idref="c"/><itemref idref="d"/></spine></package>',
            "c": chapter,
            "d": "<html><body><p>The last chapter.</p></body></html>",
        }
    )


def spoiled(data: bytes, name: bytes) -> bytes:
    """An archive with a file that cannot be unpacked."""
    start = data.index(name) + len(name)
    return (
        data[: start + 20] + bytes(byte ^ 0x5A for byte in data[start + 20 : start + 40]) + data[start + 40 :]
    )


@pytest.mark.parametrize("chapter", ["", "<!-- nothing -->", '<?xml version="1.0"?>'])
def test_a_book_with_an_empty_chapter_is_read(chapter: str) -> None:
    assert read(book(chapter), source="a.epub").text == "The last chapter."


def test_a_book_with_a_chapter_that_has_no_place_is_read() -> None:
    assert read(book("", item='<item id="c"/>'), source="a.epub").text == "The last chapter."


def test_a_chapter_is_read_once_however_often_a_book_names_it() -> None:
    data = documents.archive(
        {
            "META-INF/container.xml": '<container><rootfile full-path="b"/></container>',
            "b": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:creator>Anna Berg</dc:creator>'
            "<dc:creator>Bo Ek</dc:creator><dc:date>2026-03-04T10:00:00Z</dc:date></metadata><manifest>"
            '<item id="c" href="c"/></manifest><spine>'
            + '<itemref idref="c"/>' * 100_000
            + "</spine></package>",
            "c": f"<html><body><p>{documents.WORDS}</p></body></html>",
        }
    )
    article = read(data, source="a.epub")
    assert article.text == documents.WORDS
    assert (article.author, article.date) == ("Anna Berg, Bo Ek", "2026-03-04")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.epub", spoiled(documents.epub(f"<p>{documents.WORDS}</p>"), b"OEBPS/text/ch 0.xhtml")),
        ("a.docx", spoiled(documents.docx(), b"word/document.xml")),
        ("a.docx", documents.docx(files={"word/footnotes.xml": "<not"})),
        ("a.docx", documents.docx(files={"word/numbering.xml": "<not"})),
    ],
)
def test_damage_is_said(name: str, data: bytes) -> None:
    with pytest.raises(ArticleError, match=f"{name} is damaged"):
        read(data, source=name)


def test_an_error_that_nobody_thought_of_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*arguments: object) -> Article:
        raise TypeError("of a library")

    monkeypatch.setattr(pdf, "read", stumble)
    with pytest.raises(ArticleError, match=r"a\.pdf is damaged: .*TypeError"):
        read(b"%PDF-1.7", source="a.pdf")


@pytest.mark.parametrize("space", ["\u3000", "\x85", "\u2028"])
def test_a_line_of_odd_white_space_in_a_pdf_is_a_gap(space: str) -> None:
    lines = [pdf._clean(line) for line in ("The first paragraph.", space, f"Another{space}one.")]
    assert [part.text for part in pdf._parts([[lines]])] == ["The first paragraph.", "Another one."]


def test_half_a_character_is_shown_as_a_bad_one() -> None:
    article = Article.from_text("One \ud800 two.", title="A \udfff title")
    assert (article.title, article.text) == ("A \ufffd title", "One \ufffd two.")
    assert [passage.text for passage in split(article)] == ["One \ufffd two."]
