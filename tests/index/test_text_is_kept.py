"""No words of a document are lost on the way, none come twice, and none are glued to others."""

import io
import zipfile
from collections.abc import Callable

import pytest

from index import Article
from index.loading import read
from tests.index import documents
from tests.index.test_articles import blocks

WORDS = documents.WORDS
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WITHOUT_PROPERTIES = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def of_page(body: str) -> Article:
    return read(documents.page(f"{body}<p>{WORDS} Again.</p>"), source="a.html")


def of_book(body: str) -> Article:
    return read(documents.epub(body), source="a.epub")


@pytest.mark.parametrize("of", [of_page, of_book])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>It is 9<sup>2</sup> wide.</p>", "It is 9^2 wide."),
        ("<p>In 1997<sup><a href='#f'>3</a></sup>.</p>", "In 1997[3]."),
        ("<p>&#8203;</p><p>It is wide.</p><p>&#8206;&#173;</p>", "It is wide."),
        ("<p>In 1997<a href='#f'><sup>[3]</sup></a>.</p>", "In 1997[3]."),
        ("<p>The 2<sup>nd</sup> of H<sub>2</sub>O.</p>", "The 2nd of H2O."),
        ("<p>Anna Berg<br/>Harbour Street 4</p>", "Anna Berg\nHarbour Street 4"),
        (
            "<blockquote>He said <p>in the hall</p> and left.</blockquote>",
            "He said\n\nin the hall\n\nand left.",
        ),
        ("<ul><li>Outer<ul><li>Inner</li></ul></li><li>Last</li></ul>", "• Outer\n• Inner\n• Last"),
        (
            "<ol><li>Saw it</li><li>Nail it<ul><li>with care</li></ul></li></ol>",
            "1. Saw it\n2. Nail it\n• with care",
        ),
        ("<ul><li><p>One</p><p>more</p></li></ul>", "• One\nmore"),
        ("<div>Intro <p>inside</p> the end</div>", "Intro\n\ninside\n\nthe end"),
        ("<section>Bare words <h3>Head</h3> more words</section>", "Bare words\n\nHead\n\nmore words"),
        (
            "<table><tr><td>a<br/>b</td><td><p>c</p><p>d</p></td><td><ul><li>e</li><li>f</li></ul></td></tr></table>",
            "a b | c d | e f",
        ),
    ],
)
def test_html_and_books(of: Callable[[str], Article], body: str, text: str) -> None:
    known = {WORDS, f"{WORDS} Again.", "Harbour"}
    shown = [part for part in of(body).text.split("\n\n") if part not in known]
    assert "\n\n".join(shown) == text


def test_bare_text_of_a_book_and_notes_of_many_paragraphs() -> None:
    article = of_book("Bare words. <article>Of an article.</article><aside><p>One.</p><p>Two.</p></aside>")
    assert blocks(article, "paragraph") == ["Bare words.", "Of an article."]
    assert blocks(article, "footnote") == ["One. Two."]


def test_a_list_of_a_book_begins_where_it_says() -> None:
    for start, numbers in (("7", "7. 8."), ("9" * 5_000, "1. 2.")):  # no book counts that far
        article = of_book(f"<ol start='{start}'><li>Saw it</li><li>Nail it</li></ol>")
        first, second = numbers.split()
        assert f"{first} Saw it\n{second} Nail it" in article.text


def test_insertions_controls_and_notes_of_word() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('Plain')}<w:ins w:id='1'>{run.format(', inserted')}</w:ins>"
        "<w:del w:id='2'><w:r><w:delText>, deleted</w:delText></w:r></w:del>"
        f"<w:sdt><w:sdtContent>{run.format(', chosen')}</w:sdtContent></w:sdt>"
        "<w:r><w:t>, 9</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('A block that was filled in.')}</w:p></w:sdtContent></w:sdt>"
        f"<w:tbl><w:tr><w:tc><w:p>{run.format('Riga')}</w:p><w:p><w:ins w:id='3'>{run.format('city')}</w:ins></w:p>"
        f"</w:tc><w:tc><w:p>{run.format('41')}</w:p></w:tc></w:tr></w:tbl>"
    )
    note = f"<w:p>{run.format('First.')}</w:p><w:p><w:r><w:t>Second</w:t><w:tab/><w:t>one.</w:t></w:r></w:p>"
    files = {
        f"word/{kind}s.xml": f"<w:{kind}s xmlns:w='{WORD}'><w:{kind}>{note}</w:{kind}></w:{kind}s>"
        for kind in ("footnote", "endnote")
    }
    article = read(documents.docx(body, files), source="a.docx")
    assert blocks(article, "paragraph")[:2] == ["Plain, inserted, chosen, 9^2", "A block that was filled in."]
    assert blocks(article, "table")[0] == "Riga city | 41"
    assert blocks(article, "footnote") == ["First. Second one."] * 2


def test_headings_of_word_are_told_by_their_place_in_the_outline() -> None:
    style = "<w:style w:type='paragraph' w:styleId='{}'><w:name w:val='{}'/>"
    style += "<w:basedOn w:val='{}'/><w:pPr>{}</w:pPr></w:style>"
    second, none = "<w:outlineLvl w:val='1'/>", "<w:outlineLvl w:val='9'/>"
    own = (
        style.format("Own", "Chapter of the house", "Heading1", "")
        + style.format("Part", "Part", "Normal", second)
        + style.format("NoPart", "TOC Heading", "Heading1", none)
    )
    lines = {"Own": "The cost", "Part": "the cranes", "NoPart": "Contents"}
    paragraph = "<w:p><w:pPr>{}</w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    body = "".join(paragraph.format(f"<w:pStyle w:val='{name}'/>", line) for name, line in lines.items())
    with zipfile.ZipFile(io.BytesIO(documents.docx())) as made:
        described = made.read("word/styles.xml").decode().replace("</w:styles>", f"{own}</w:styles>")
    files = {"word/styles.xml": described}
    article = read(documents.docx(body + paragraph.format(second, "What next"), files), source="a.docx")
    found = [(block.level, article.text[block.start : block.end]) for block in article.blocks if block.level]
    assert found[:3] == [(1, "The cost"), (2, "the cranes"), (2, "What next")]
    assert "Contents" in blocks(article, "paragraph")


def test_what_is_struck_in_word_is_not_said() -> None:
    run = "<w:r><w:rPr>{}</w:rPr><w:t xml:space='preserve'>{}</w:t></w:r>"
    pieces = (("", "It costs "), ("<w:strike/>", "$50 "), ("<w:dstrike w:val='1'/>", "$40"), ("", " $30"))
    pieces += (("", " and "), ("<w:vanish/>", "no "), ("", "more"))
    deleted = "<w:del w:id='1'><w:r><w:tab/><w:br/><w:delText>or more</w:delText></w:r></w:del>"
    added = "<w:ins w:id='2'>" + run.format("<w:strike w:val='0'/>", " now") + "</w:ins>"
    body = f"<w:p>{''.join(run.format(*piece) for piece in pieces)}{deleted}{added}</w:p>"
    gone = "<w:p>" + run.format("<w:strike/>", "It costs nothing.") + "</w:p>"
    article = read(documents.docx(body + gone), source="a.docx")
    assert blocks(article, "paragraph")[0] == "It costs $30 and more now"
    assert "nothing" not in article.text


def numbering(*levels: tuple[str, str, int]) -> str:
    """The lists of a Word document: 1 and 2 of one kind, of which 2 begins anew at 5.

    Args:
        levels: The form, the text and the first number of each depth.
    """
    kind = "".join(
        f"<w:lvl w:ilvl='{depth}'><w:start w:val='{start}'/><w:numFmt w:val='{form}'/>"
        f"<w:lvlText w:val='{text}'/></w:lvl>"
        for depth, (form, text, start) in enumerate(levels)
    )
    anew = "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride>"
    return (
        f"<w:numbering xmlns:w='{WORD}'><w:abstractNum w:abstractNumId='7'>{kind}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num>"
        f"<w:num w:numId='2'><w:abstractNumId w:val='7'/>{anew}</w:num></w:numbering>"
    )


def item(text: str, depth: int = 0, number: int = 1) -> str:
    """A paragraph in a list."""
    return (
        f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{depth}'/><w:numId w:val='{number}'/></w:numPr></w:pPr>"
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
    )


def test_lists_of_word_keep_their_numbers() -> None:
    body = "".join(
        (
            item("One"),
            item("Two"),
            item("Of two", 1),
            item("Of two", 1),
            item("Deep", 2),
            item("Three"),
            item("Of three", 1),
        )
    )
    body += item("Anew", number=2) + item("Goes on", number=2) + item("In no list", number=0)
    lists = numbering(("decimal", "%1.", 1), ("lowerLetter", "%2)", 1), ("upperRoman", "%1.%3", 4))
    article = read(documents.docx(body, {"word/numbering.xml": lists}), source="a.docx")
    assert blocks(article, "list")[:9] == [
        "1. One", "2. Two", "a) Of two", "b) Of two", "2.IV Deep", "3. Three", "a) Of three", "5. Anew", "6. Goes on",
    ]  # fmt: skip
    assert blocks(article, "paragraph")[0] == "In no list"


def test_lists_of_word_without_a_description_have_bullets() -> None:
    article = read(
        documents.docx(item("One", number=9), {"word/numbering.xml": numbering()}), source="a.docx"
    )
    assert blocks(article, "list")[0] == "• One"


def test_html_within_markdown() -> None:
    article = read(
        b"# Harbour\n\n<div>Words in <b>HTML</b></div>\n\n<!-- none -->\n\nIt is 9<sup>2</sup><br>wide.",
        source="a.md",
    )
    assert blocks(article, "paragraph") == ["Words in HTML", "It is 9^2\nwide."]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("It costs ~~$50~~ $30 ~~or *more*~~.", "It costs $30."),
        ("It costs <del>$50</del> $30 <s>net</s>, he said.", "It costs $30, he said."),
        ("It is <script>alert(1)</script>done.", "It is done."),
        ("About ~5 to ~6 `~~x~~`, and <s> strikes, </del> too.", "About ~5 to ~6 ~~x~~, and strikes, too."),
    ],
)
def test_what_is_struck_in_markdown_is_not_said(written: str, text: str) -> None:
    assert read(written.encode(), source="a.md").text == text


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_front_matter_of_markdown_is_no_text(name: str) -> None:
    text = "---\ntitle: 'The Harbour: a plan'\nauthors:\n  - Anna Berg\n  - Bo Ek\ndate: 2026-03-04\n---\n\nThe text."
    article = read(text.encode(), source=name)
    assert (article.title, article.author, article.date) == (
        "The Harbour: a plan",
        "Anna Berg, Bo Ek",
        "2026-03-04",
    )
    assert article.text == "The text."


def test_front_matter_in_blocks_is_read() -> None:
    text = "---\ntitle: >-\n  The harbour:\n  a plan\nauthor:\n  - name: Anna Berg\n    url: none\n---\n\nThe text."
    article = read(text.encode(), source="a.md")
    assert (article.title, article.author, article.text) == ("The harbour: a plan", "Anna Berg", "The text.")


def test_dates_and_titles_are_not_invented() -> None:
    page = read(documents.page("<p>The old quay was built in 1997.</p>"), source="a.html")
    assert page.date is None
    bare = documents.docx(files={"docProps/core.xml": "", "_rels/.rels": WITHOUT_PROPERTIES})
    document = read(bare, source="a.docx")
    assert (document.title, document.date) == ("Harbour plans", None)


def test_footnotes_of_markdown() -> None:
    text = """# Ports

The harbour opens.[^1] So does `x[^1]` the quay.[^quay] See [this][site].

[^1]: Fridays.
[^quay]: Only *on* Mondays,
  says the mayor.

[site]: https://example.org

The end.
"""
    article = Article.from_text(text)
    assert blocks(article, "paragraph") == [
        "The harbour opens.[1] So does x[^1] the quay.[quay] See this.",
        "The end.",
    ]
    assert blocks(article, "footnote") == ["[1] Fridays.", "[quay] Only on Mondays, says the mayor."]
