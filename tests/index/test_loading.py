"""Loading articles from files of every format."""

import os
import sys
from pathlib import Path

import pytest

from index import Article, ArticleError, StoreError, data_dir, load, seed_article, split
from index.loading import MAX_BYTES, read
from tests.index import documents
from tests.index.test_articles import blocks


def test_text_and_markdown(tmp_path: Path) -> None:
    plain = tmp_path / "seed.txt"
    plain.write_text(seed_article().text, encoding="utf-8")
    assert load(plain).id == seed_article().id
    assert load(str(plain), title="Given").title == "Given"
    assert load(plain).source == str(plain)
    marked = tmp_path / "notes.md"
    marked.write_text("Notes\n=====\n\n*One* thing.\n")
    assert load(marked).text == "Notes\n\nOne thing."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("Größe “und” Maß – das ist alles.".encode(encoding))
    assert load(path).text == "Größe “und” Maß – das ist alles."


def test_html(tmp_path: Path) -> None:
    path = tmp_path / "page"  # known by its content
    path.write_text(documents.HTML)
    article = load(path)
    assert article.title == "Harbour plans"
    assert article.author == "Anna Berg"
    assert article.date == "2026-03-04"
    assert "The cost" in blocks(article, "heading")
    assert blocks(article, "list") == ["• A quay of stone", "• Two cranes"]
    assert blocks(article, "table") == ["Year | Ships\n2020 | 41"]
    for gone in ("Sport", "cookies", "Imprint", 'alert("x")'):
        assert gone not in article.text
    assert "<script>alert(1)</script>" in article.text  # escaped there, so it is text that somebody wrote


@pytest.mark.parametrize(
    "around", ["{}", "<div id='menu'><ul><li><a href='/'>Home</a></ul></div><div>{}</div>"]
)
def test_a_page_that_names_no_place_for_its_article_keeps_headings_and_lists(around: str) -> None:
    inner = f"<h1>Harbour</h1><p>{documents.WORDS}</p><h2>Tools</h2><ul><li>A hammer<li>Two saws</ul>"
    page = f"<html><head><title>Harbour</title></head><body>{around.format(inner)}</body></html>"
    article = read(page.encode(), source="a.html")
    assert article.text == f"Harbour\n\n{documents.WORDS}\n\nTools\n\n• A hammer\n• Two saws"
    assert blocks(article, "heading") == ["Harbour", "Tools"]


@pytest.mark.parametrize(
    "body",
    [
        "<div id='app'></div><script>render()</script>",
        "<p>Subscribe to continue reading. Already a subscriber? Log in.</p>",
        "<p>Please enable JavaScript and accept all cookies to view this page.</p>",
        "<h1>Access denied</h1><p>Verify that you are a human by solving this captcha, please.</p>",
    ],
)
def test_pages_without_an_article_are_said(tmp_path: Path, body: str) -> None:
    path = tmp_path / "wall.html"
    path.write_text(f"<html><head><title>News</title></head><body>{body}</body></html>")
    with pytest.raises(ArticleError, match=r"No article was found in .*paywall"):
        load(path)


PAGES = [
    ["City News 2026", "Harbour Plans", "", "The council of the city met on Monday to hear the plans for the har-",
     "bour. The new quay will cost nine million euros, said Anna Berg, who", "leads the works of the city.",
     "The Cost of It", "Ships from Riga and Lübeck shall moor there from the year 2031 on, and", "1"],
    ["City News 2026", "they will bring grain. The cranes are paid by the state, which wants them", "to be of steel.",
     "- a quay of stone", "- two cranes", "2"],
    ["City News 2026", "In the end the council agreed to the plan, and went home late at night.", "3"],
]  # fmt: skip


def test_pdf(tmp_path: Path) -> None:
    path = tmp_path / "harbour.pdf"
    path.write_bytes(documents.pdf(PAGES, title="Harbour plans 2031"))
    article = load(path)
    assert article.title == "Harbour plans 2031"
    assert article.date == "2026-03-04"
    assert blocks(article, "heading") == ["Harbour Plans", "The Cost of It"]
    assert blocks(article, "paragraph") == [
        "The council of the city met on Monday to hear the plans for the harbour. The new quay will cost nine "
        "million euros, said Anna Berg, who leads the works of the city.",
        "Ships from Riga and Lübeck shall moor there from the year 2031 on, and they will bring grain.",
        "The cranes are paid by the state, which wants them to be of steel.",
        "In the end the council agreed to the plan, and went home late at night.",
    ]
    assert blocks(article, "list") == ["- a quay of stone", "- two cranes"]
    assert "City News" not in article.text
    assert article.page_at(article.text.index("Ships from")) == 1
    assert article.page_at(article.text.index("The cranes")) == 2
    assert article.page_at(article.text.index("In the end")) == 3
    assert all(passage.page == article.page_at(passage.start) for passage in split(article))


COLUMNS = [
    "The harbour of Riga and what it costs the city and the province in the end",
    "",
    "The council of the city met on Monday\tboth of them must be of steel.",
    "to hear the plans for the harbour, as the\tNobody spoke against it, and the mayor",
    "law of the province asks.\tsaid that the city had waited for this",
    "The new cranes are paid by the state, and\tquay since the flood of 1997.",
    "",
    "This line goes over the whole width of the page, and the editor wrote it.",
    "",
    "Year\tShips",
    "2020\t41",
    "2021\t52",
]


def test_columns_of_a_pdf_are_read_one_after_the_other_and_tables_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "columns.pdf"
    path.write_bytes(documents.pdf([COLUMNS], title="Harbour plans"))
    article = load(path)
    assert blocks(article, "table") == ["Year | Ships\n2020 | 41\n2021 | 52"]
    assert article.text.split("\n\n") == [
        "The harbour of Riga and what it costs the city and the province in the end",
        "The council of the city met on Monday to hear the plans for the harbour, as the law of the province asks.",
        "The new cranes are paid by the state, and both of them must be of steel.",
        "Nobody spoke against it, and the mayor said that the city had waited for this quay since the flood of 1997.",
        "This line goes over the whole width of the page, and the editor wrote it.",
        "Year | Ships\n2020 | 41\n2021 | 52",
    ]


def test_pdf_that_is_scanned_or_encrypted_or_damaged_is_said(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(documents.pdf([[], []]))
    with pytest.raises(ArticleError, match="pictures, perhaps scanned"):
        load(path)
    path.write_bytes(documents.pdf(PAGES, encrypt=True))
    with pytest.raises(ArticleError, match="encrypted"):
        load(path)
    path.write_bytes(b"%PDF-1.5\n" + bytes(range(256)) * 20)
    with pytest.raises(ArticleError, match="damaged"):
        load(path)


def test_docx(tmp_path: Path) -> None:
    path = tmp_path / "harbour.docx"
    path.write_bytes(documents.docx())
    article = load(path)
    assert article.title == "Harbour plans"
    assert article.author == "Anna Berg"
    assert blocks(article, "heading") == ["Harbour plans", "The cost"]
    assert blocks(article, "paragraph") == [documents.WORDS]
    assert blocks(article, "list") == ["• A quay of stone", "1. Two cranes"]
    assert blocks(article, "table") == ["Year | Ships\n2020 | 41", "Spans all"]


def test_epub(tmp_path: Path) -> None:
    path = tmp_path / "harbour.epub"
    chapters = (
        f"<h1>The plan</h1><p>{documents.WORDS}</p><ul><li>One</li><li><p>Two</p></li></ul>",
        "<section><h2>The cost</h2><div>It is <b>dear</b>.</div><table><tr><td>2020</td><td>41</td></tr></table>"
        "<aside>A note.</aside><pre>x = 1\ny = 2</pre></section>",
    )
    path.write_bytes(documents.epub(*chapters))
    article = load(path)
    assert (article.title, article.author, article.date) == ("Harbour plans", "Anna Berg", "2026-03-04")
    assert blocks(article, "heading") == ["The plan", "The cost"]
    assert blocks(article, "paragraph") == [documents.WORDS, "It is dear."]
    assert blocks(article, "list") == ["• One", "• Two"]
    assert blocks(article, "footnote") == ["A note."]
    assert blocks(article, "table") == ["2020 | 41"]
    assert blocks(article, "code") == ["x = 1\ny = 2"]
    path.write_bytes(documents.epub("<p>x</p>", rights=True))
    with pytest.raises(ArticleError, match="protected"):
        load(path)


def test_entities_of_xml_reach_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret words")
    attack = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    book = documents.archive(
        {
            "META-INF/container.xml": f'{attack}<container><rootfile full-path="b"/>&x;</container>',
            "b": f'{attack}<package xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&x;</dc:title><manifest>'
            '<item id="c" href="c"/></manifest><spine><itemref idref="c"/></spine></package>',
            "c": f"{attack}<html><body><p>Text &x; here.</p></body></html>",
        }
    )
    path = tmp_path / "attack.epub"
    path.write_bytes(book)
    article = load(path)
    assert "secret words" not in article.text + article.title


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.md", b" \n\t\n", "is empty"),
        ("data.bin", bytes(range(256)) * 10, "not text but binary"),
        ("control.txt", b"\x01\x02\x03\x04abc" * 50, "not text but binary"),
        ("old.doc", b"\xd0\xcf\x11\xe0" + b"x" * 100, "Save it as DOCX"),
        ("text.rtf", rb"{\rtf1\ansi Hello}", "Save it as DOCX"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100, "a picture"),
        ("sheet.zip", documents.archive({"a.csv": "1,2"}), "an archive"),
        ("cut.docx", documents.docx()[:3000], "damaged"),
        ("wrong.docx", documents.archive({"word/document.xml": "<not>"}), "damaged"),
        ("wrong.epub", documents.archive({"META-INF/container.xml": "<container/>"}), "damaged"),
        ("empty.epub", documents.epub("<p> </p>"), "empty"),
        ("text.odt", documents.archive({"mimetype": "x", "content.xml": "<x/>"}), "Save it as DOCX or PDF"),
        ("slides.pptx", documents.archive({"ppt/presentation.xml": "<x/>"}), "Save it as DOCX or PDF"),
        ("text.html", documents.WORDS.encode(), r"ends with \.txt"),
    ],
)
def test_files_that_are_no_articles_are_said(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ArticleError, match=message) as caught:
        load(path)
    assert str(caught.value).endswith(".")


def test_paths_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="There is no file"):
        load(tmp_path / "missing.txt")
    with pytest.raises(ArticleError, match=r"There is no file .*nosuchuser"):
        load("~nosuchuser/x")
    with pytest.raises(ArticleError, match="is a directory"):
        load(tmp_path)
    with pytest.raises(ArticleError, match=r"cannot be read|no file"):
        load("x" * 5000)
    with pytest.raises(ArticleError, match="cannot be read"):
        load("a\0b")
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ArticleError, match="too large"):
        load(large)
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ArticleError, match="not a file"):
            load(tmp_path / "pipe")


def test_a_name_that_begins_with_a_tilde_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("~$notes.txt").write_text("The ferry leaves at noon.")
    assert load("~$notes.txt").text == "The ferry leaves at noon."
    monkeypatch.setenv("ARTICLE_CHAT_HOME", "~nosuchuser/articles")
    with pytest.raises(StoreError, match=r"nosuchuser.* cannot be created"):
        data_dir()


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بكم في المدينة القديمة.\n\nالميناء بني في عام 1870. وصلت السفينة الأولى من لوبيك!",
        "東京の港は1870年に建てられた。最初の船が来た！\n\n二番目の段落です。",
        "เมืองเก่ามีท่าเรือ\n\nเรือลำแรกมาถึง",
    ],
    ids=["Arabic", "Japanese", "Thai"],
)
def test_other_scripts(text: str) -> None:
    article = Article.from_text(text)
    assert article.text == text
    passages = split(article)
    assert passages
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
