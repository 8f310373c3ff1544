"""Articles and the structure that is recognised in text and Markdown."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article, ArticleError, Block, seed_article, split


def blocks(article: Article, kind: str) -> list[str]:
    """The texts of the blocks of a kind."""
    return [article.text[block.start : block.end] for block in article.blocks if block.kind == kind]


def test_seed_article_has_its_headings_and_byline() -> None:
    article = seed_article()
    assert blocks(article, "heading") == [
        "Google’s Concerns Over Strategic Conflict",
        "Meta Eyes Scale for AI Supremacy",
        "Industry-Wide Implications",
        "What’s Next for Scale AI?",
    ]
    assert blocks(article, "byline") == ["TECH TIMES NEWS"]
    assert len(blocks(article, "paragraph")) == 5
    assert article.title == "Meta's Scale AI deal"
    assert article.author == "TECH TIMES NEWS"
    assert article.title not in article.text
    assert article.word_count == 344
    assert article.heading_at(article.text.index("According")) == "Google’s Concerns Over Strategic Conflict"
    assert article.heading_at(0) is None
    assert article.page_at(0) is None


def test_id_is_made_of_the_content_alone() -> None:
    one = Article.from_text("Some text.\r\nMore of it.", title="One", source="a")
    two = Article.from_text("\ufeffSome text.\nMore of it.\n\n", title="Two", source="b")
    assert one.id == two.id
    assert one.id != Article.from_text("Some other text.").id


def test_plain_text_keeps_its_characters() -> None:
    text = "A Title of Some Kind\n\nFirst paragraph, with  spaces * and # signs.\n\nSecond one."
    article = Article.from_text(text)
    assert article.text == text
    assert article.title == "A Title of Some Kind"


def test_lines_that_cannot_be_seen_are_none() -> None:
    article = Article.from_text("\u200b\n\nThe mill\u200b burnt.\n\u200e\u200b \nNobody was\u00ad hurt.")
    assert article.text == "The mill\u200b burnt.\n\nNobody was\u00ad hurt."
    assert blocks(article, "paragraph") == ["The mill\u200b burnt.", "Nobody was\u00ad hurt."]
    assert article.title == "The mill\u200b burnt."


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    line = "The quick brown fox jumps over the lazy dog near the river bank,"
    article = Article.from_text(f"{line}\n{line}\nand goes home.\n\nAnother paragraph stands below it.")
    assert len(blocks(article, "paragraph")) == 2


@pytest.mark.parametrize("indent", ["", "    "])
def test_wrapped_paragraphs_without_a_gap_between_them_keep_their_sentences(indent: str) -> None:
    paragraphs = [
        "The council met on Monday to hear the plans\nfor the harbour. The new quay will cost nine\nmillion euros.",
        "The old quay was built in 1893 by the mayor,\na grain merchant named Otto Lund.",
        "Nobody spoke against it.",
    ]
    article = Article.from_text("Harbour plans\n\n" + "\n".join(indent + text for text in paragraphs))
    assert blocks(article, "paragraph") == ["Harbour plans", *paragraphs]


@pytest.mark.parametrize("width", [36, 160])
def test_text_is_wrapped_at_any_width(width: int) -> None:
    lines = textwrap.fill(f"{TEXT} {TEXT} It was late.", width)
    article = Article.from_text(f"Harbour plans\n\n{lines}\n\nThe end.")
    assert lines in blocks(article, "paragraph")


def test_lines_of_their_own_stay_so() -> None:
    lines = [
        "ANNA: When does the harbour open, and who pays?",
        "BO: On Friday. The state pays.",
        "ANNA: thank you",
    ]
    assert blocks(Article.from_text("\n".join([*lines, "BO: Not at all."])), "paragraph")[:3] == lines


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_an_item_of_several_lines_is_whole(gap: str) -> None:
    items = ["- a wall of stone that\n  is nine metres high and\n  twelve metres wide", "- two cranes"]
    article = Article.from_text(f"The quay needs:\n{gap.join(items)}\nAll of it by 2031. The state pays.")
    assert blocks(article, "list") == items
    assert blocks(article, "paragraph") == ["The quay needs:", "All of it by 2031. The state pays."]


def test_columns_that_spaces_make_are_a_table() -> None:
    table = "Port           Ships     Tons\nRiga              41      900\nKiel              52    1,200"
    article = Article.from_text(f"{TEXT}\n\n    {table}\n\nRiga grew.")
    assert blocks(article, "table") == [table]
    assert blocks(article, "heading") == []


def test_an_underlined_line_is_a_heading() -> None:
    article = Article.from_text(
        f"the cost of it\n==============\n\n{TEXT}\n\nNobody spoke.\n\n-----\n\n{TEXT}"
    )
    assert blocks(article, "heading") == ["the cost of it"]


def test_lists_tables_and_bylines_of_plain_text() -> None:
    article = Article.from_text(
        "Harbour Plans\nBy Ann Lee\n\nThe council met on Monday and heard these points.\n"
        "- a new quay\n- two cranes\n1. money\n2) time\n\nYear | Ships\n2020 | 41\n2021 | 53\n\nThat was all."
    )
    assert blocks(article, "heading") == ["Harbour Plans"]
    assert blocks(article, "byline") == ["By Ann Lee"]
    assert article.author == "Ann Lee"
    assert blocks(article, "list") == ["- a new quay", "- two cranes", "1. money", "2) time"]
    assert blocks(article, "table") == ["Year | Ships\n2020 | 41\n2021 | 53"]


@pytest.mark.parametrize(
    "line",
    [
        "He said that the ship would sail.",
        "And then he left",
        "“We will see,” she said",
        "in the end",
        "Call us today!",
        "A sentence that ends with a colon:",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    article = Article.from_text(f"A first paragraph of the text stands here.\n{line}\nShort end of it.")
    assert blocks(article, "heading") == []


@pytest.mark.parametrize("line", ["2.1 Methods", "RESULTS", "What’s Next for Scale AI?", "The Early Years"])
def test_lines_that_are_headings(line: str) -> None:
    article = Article.from_text(f"A first paragraph of the text stands here.\n{line}\nThen came the war.")
    assert blocks(article, "heading") == [line]


FACTS = ["Founded: 1870", "Mayor: Anna Berg", "River: Daugava", "Population: 605,000"]
PEOPLE = ["Alice Smith, Chief Executive", "Bob Jones, Chair of the Board", "Carol White, Treasurer"]
TEXT = "The council of the city met on Monday to hear the plans for the harbour, and agreed to all of them."


@pytest.mark.parametrize("lines", [FACTS, FACTS[:2], PEOPLE, ["Alice Smith", "Bob Jones", "Carol White"]])
@pytest.mark.parametrize("above", ["", "Harbour Facts\n\n", f"{TEXT}\n\n"])
@pytest.mark.parametrize("below", ["", f"\n\n{TEXT}"])
def test_facts_below_each_other_are_no_headings(lines: list[str], above: str, below: str) -> None:
    article = Article.from_text(above + "\n".join(lines) + below)
    assert set(lines) <= set(blocks(article, "paragraph"))
    assert blocks(article, "heading") == (["Harbour Facts"] if above.startswith("Harbour") else [])
    found = "\n".join(passage.text for passage in split(article))
    assert all(line in found for line in lines)


@pytest.mark.parametrize("lines", [FACTS, PEOPLE])
def test_facts_with_gaps_between_them_are_no_headings(lines: list[str]) -> None:
    for above in ("", f"{TEXT}\n\n"):
        article = Article.from_text(above + "\n\n".join([*lines, TEXT]))
        assert set(lines) <= set(blocks(article, "paragraph"))


@pytest.mark.parametrize(
    "headings",
    [
        ["Harbour Plans", "The Cost"],
        ["Riga: A History", "The Early Years"],
        ["Riga: A History", "Introduction: Why Riga"],
        ["Harbour Plans", "Riga, 1870"],
        ["Riga: A History", "1 Methods", "1.1 Data", "1.1.1 Sources"],
    ],
)
def test_a_title_and_the_headings_below_it_stay(headings: list[str]) -> None:
    assert blocks(Article.from_text("\n\n".join([*headings, TEXT])), "heading") == headings
    if len(headings) == 2 and ":" not in headings[1]:
        assert blocks(Article.from_text("\n".join([*headings, TEXT])), "heading") == headings


def test_markdown_loses_its_markup_and_keeps_its_structure() -> None:
    article = Article.from_text(
        "# Harbour plans\n\n*By Ann Lee*\n\nThe **council** met; see [minutes](https://example.org/m).\n"
        "It was late.\n\n"
        "## Points\n\n- a quay\n  with a wall\n- cranes\n    1. big\n    2. small\n\n> A quotation.\n\n"
        "| Year | Ships |\n|---|---|\n| 2020 | 41 |\n\n```\nx = 1\n```\n"
    )
    assert article.title == "Harbour plans"
    assert article.author == "Ann Lee"
    assert article.blocks[0] == Block("heading", 0, 13, level=1)
    assert blocks(article, "heading") == ["Harbour plans", "Points"]
    assert blocks(article, "paragraph") == ["The council met; see minutes. It was late.", "A quotation."]
    assert blocks(article, "list") == ["• a quay with a wall", "• cranes", "1. big", "2. small"]
    assert blocks(article, "table") == ["Year | Ships\n2020 | 41"]
    assert blocks(article, "code") == ["x = 1"]
    assert "**" not in article.text
    assert "example.org" not in article.text


def test_title_of_a_text_without_a_heading_is_its_beginning() -> None:
    article = Article.from_text(
        "The council of the city met on Monday, late in the evening, to hear of all the plans."
    )
    assert article.title == "The council of the city met on Monday, late in the evening, to hear of all the…"


@pytest.mark.parametrize("text", ["", " \n\t\u2003 ", "\ufeff", "\u200b \u200e\n\n\u00ad"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(ArticleError, match="empty"):
        Article.from_text(text)


def test_binary_data_is_refused() -> None:
    with pytest.raises(ArticleError, match="binary"):
        Article.from_text("abc\0def")


@given(
    st.text(min_size=1, max_size=400).filter(lambda text: text.strip(" \n\t\r\f\ufeff") and "\0" not in text)
)
def test_blocks_are_in_order_and_lose_nothing(text: str) -> None:
    try:
        article = Article.from_text(text)
    except ArticleError:
        return
    position = 0
    for block in article.blocks:
        assert not article.text[position : block.start].strip()
        assert position <= block.start < block.end
        position = block.end
    assert not article.text[position:].strip()
