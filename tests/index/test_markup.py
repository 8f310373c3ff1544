"""What a page or a book says by its markup: captions, terms, quotations, dates, formulas and notes."""

from collections.abc import Callable

import pytest

from index import Article
from index.loading import read
from tests.index import documents
from tests.index.test_articles import blocks
from tests.index.test_text_is_kept import of_book, of_page

WORDS = documents.WORDS


def added(article: Article) -> str:
    """The text without what every page of these tests has."""
    known = {WORDS, f"{WORDS} Again.", "Harbour"}
    return "\n\n".join(part for part in article.text.split("\n\n") if part not in known)


@pytest.mark.parametrize("of", [of_page, of_book])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            "<figure><img src='a.png'><figcaption class='caption'>The <i>quay</i> in 1911.</figcaption></figure>",
            "The quay in 1911.",
        ),
        ("<figure><pre>quay = 240</pre></figure>", "quay = 240"),
        ("<p>It was <q>a <b>good</b></q>, he said.</p>", "It was “a good”, he said."),
        ("<p>It was <q>good</q>.</p>", "It was “good”."),
        ("<p>On <time datetime='1911-03-04'>4 March</time> it burnt.</p>", "On 4 March it burnt."),
        ("<p>So <math><mi>a</mi><mo>=</mo><mn>5</mn></math> holds.</p>", "So a=5 holds."),
        ("<p>So <math alttext='a^2'><mi>a</mi><mn>2</mn></math> holds.</p>", "So a^2 holds."),
        (
            "<blockquote><p>We shall build it.</p><footer>Anna <cite>Berg</cite></footer></blockquote>",
            "We shall build it.\n\nAnna Berg",
        ),
        (
            "<ol><li>Archive. <a href='#r1'>↩</a></li><li>Report. <a href='#r2'>↩</a></li></ol>",
            "1. Archive.\n2. Report.",
        ),
        ("<p>It costs <s>$50</s> $30, <del>or <b>more</b></del> <ins>not</ins> less.</p>", "It costs $30, not less."),
        ("<p>A <strike>bad</strike> year <span style='text-decoration:line-through'>or two</span>.</p>", "A year."),
        ("<p>It goes on.</p><del><p>It is <del>all</del> over.</p></del>", "It goes on."),
        ("<p>A <i role='doc-pagebreak'>13</i>quay <i epub:type='pagebreak'>14</i>is old.</p>", "A quay is old."),
        ("<h3>Quay<i class='mw-editsection'>[<a href='/e'>edit</a>]</i></h3><p>It is.</p>", "Quay\n\nIt is."),
        ("<ul><li><label><input type='checkbox'/> Flour</label></li><li>Salt</li></ul>", "• Flour\n• Salt"),
        ("<p>It is <ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby> there.</p>", "It is 東京 there."),
    ],
)  # fmt: skip
def test_what_markup_says_is_text(of: Callable[[str], Article], body: str, text: str) -> None:
    assert added(of(body)) == text


@pytest.mark.parametrize("of", [of_page, of_book])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<dl><dt>Quay</dt><dd>A wall.</dd><dt>Berth</dt><dd>A place.</dd></dl>", "Quay: A wall.\nBerth: A place."),
        ("<dl><div><dt>Quay</dt><dt>Pier</dt><dd>A wall.</dd></div></dl>", "Quay, Pier: A wall."),
        ("<dl><dt>What is a quay?</dt><dd>A wall.</dd><dd>Of stone.</dd></dl>", "What is a quay? A wall.\nOf stone."),
        ("<dl><dt>Quay</dt></dl>", "Quay"),
    ],
)  # fmt: skip
def test_a_term_stays_with_what_it_means(of: Callable[[str], Article], body: str, text: str) -> None:
    article = of(body)
    assert added(article) == text
    assert blocks(article, "list") == text.split("\n")


def test_what_a_book_hides_is_no_text() -> None:
    hidden = (
        "<p hidden=''>One.</p><p style='display: none'>Two.</p><p>It <i style='display:none'>un</i>is.</p>"
    )
    assert added(of_book(f"{hidden}<p hidden='until-found'>It is found.</p>")) == "It is.\n\nIt is found."


def test_hidden_words_that_sort_a_table_are_no_text() -> None:
    cells = "<td><span style='display:none'>0605</span>605</td><td>Riga</td>"
    assert blocks(of_page(f"<table><tr>{cells}</tr></table>"), "table") == ["605 | Riga"]


def test_the_arrow_from_a_note_to_its_chapter_is_no_text() -> None:
    assert added(of_book("<ol><li>Archive. <a href='ch1.xhtml#r1'>↩</a></li></ol>")) == "1. Archive."


def test_text_of_a_list_of_terms_that_is_in_no_entry_is_kept() -> None:
    assert added(of_book("<dl>Words <dt>Quay</dt><dd>A wall<ul><li>of stone</li></ul></dd></dl>")) == (
        "Words\nQuay\nA wall\n• of stone"
    )


@pytest.mark.parametrize(
    ("heading", "paragraphs"),
    [
        (
            "港の計画",
            [
                "市議会は月曜日に会合を開き、港の計画について聞いた。新しい岸壁には九百万ユーロかかると、工事を率いるアンナ・ベルクは述べた。",
                "リガとリューベックからの船は2031年からそこに停泊する。穀物貿易は戦後倍増し、古い岸壁は短すぎる。",
            ],
        ),
        ("Harbour plans", [WORDS.split(". ")[0], "The new quay will cost nine million euros, says Anna Berg."]),
    ],
)  # fmt: skip
def test_a_short_page_keeps_its_paragraphs(heading: str, paragraphs: list[str]) -> None:
    body = f"<h1>{heading}</h1>" + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f"<html><body><article>{body}<button>Share</button></article></body></html>"
    article = read(page.encode(), source="a.html")
    assert article.text == "\n\n".join([heading, *paragraphs])
    assert blocks(article, "heading") == [heading]


def test_all_articles_of_a_page_are_read_but_not_what_points_at_other_pages() -> None:
    def page(*articles: str) -> bytes:
        stories = "<hr>".join(f"<article>{article}</article>" for article in articles)
        return f"<html><body><main>{stories}</main></body></html>".encode()

    stories = [f"<h2>Story {number}</h2><p>{WORDS} {number}</p>" for number in range(3)]
    teasers = [f"<a href='/{number}'>{WORDS}</a><p>Read more of it.</p>" for number in range(3)]
    article = read(page(*stories), source="a.html")
    assert blocks(article, "heading") == ["Story 0", "Story 1", "Story 2"]
    assert blocks(article, "paragraph") == [f"{WORDS} {number}" for number in range(3)]
    article = read(page(stories[0] + f"<p>{WORDS}</p>", *teasers), source="a.html")
    assert article.text == f"Story 0\n\n{WORDS} 0\n\n{WORDS}"
