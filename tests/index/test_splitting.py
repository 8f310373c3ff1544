"""Sentences and passages."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article, seed_article, sentences, split
from index.articles import Part
from index.minilm import count_tokens
from index.splitting import MAX_TOKENS

PARAGRAPH = (
    "The harbour was built in 1870. Ships came from Riga, Dr. Smith wrote, with grain worth $4.5 million. "
)


def cut(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith of Scale Inc. paid $14.3 billion on Jan. 5.", "He left at 5 p.m.", "Then he slept."],
        ["The U.S. Army came.", "See Fig. 3 and pp. 12–14.", "J. R. R. Tolkien wrote it."],
        ["Many animals, e.g. Dogs, etc., came.", "It took approx. 5 hours."],
        ["“Is it?” he asked.", "“Yes!” she said.", "All was well."],
        ["1. One thing.", "2. Two things."],
        ["The score was 3.", "Then it rained.", "It was 12.", "May came."],
    ],
)
def test_sentences_of_english(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        [
            "Am 3. Mai 1911 brannte sie ab.",
            "Im 19. Jahrhundert stand sie.",
            "Seit dem 12. 5. 2020 nicht mehr.",
        ],
        ["Elle valait env. 3 millions.", "Mme. Durand partit en 1999.", "Puis rien."],
        ["La Sra. López vive aquí.", "Tiene 3 hijos."],
        ["Il sig. Rossi vendette al dott. Verdi.", "Poi nulla."],
        ["Den 3. maj brændte møllen, dvs. helt.", "Det var i 1911."],
        ["Dne 3. května mlýn shořel, tj. celý.", "Potom nic."],
        ["В 1911 г. мельница сгорела.", "Потом ничего."],
    ],
)
def test_sentences_of_other_languages(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


def test_sentences_of_other_scripts() -> None:
    assert cut("今天天气很好。我们去公园吧！你来吗？好。") == [
        "今天天气很好。",
        "我们去公园吧！",
        "你来吗？",
        "好。",
    ]
    assert cut("هذا نص عربي. هل هذا سؤال؟ نعم!") == ["هذا نص عربي.", "هل هذا سؤال؟", "نعم!"]
    assert cut("यह एक वाक्य है। यह दूसरा है।") == ["यह एक वाक्य है।", "यह दूसरा है।"]


def test_sentences_beside_spaces_that_do_not_break() -> None:
    assert cut("Plan A\u00a0. It failed.") == ["Plan A\u00a0.", "It failed."]
    assert cut("Herr\u202fJ.\u2009Bonn kam. Er ging.") == ["Herr\u202fJ.\u2009Bonn kam.", "Er ging."]


PIECES = st.sampled_from(
    ["A", "a", "word", "1.", "B.", ".", "?", " ", "\u00a0", "\u2009", "\u3000", "\u2028", "\n", "“", "é"]
)


@given(st.text(max_size=300) | st.lists(PIECES, max_size=30).map("".join))
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    position = 0
    for start, end in sentences(text):
        assert not text[position:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


def test_sentences_are_quick_in_a_long_text() -> None:
    text = PARAGRAPH * 10_000
    began = time.perf_counter()
    assert len(sentences(text)) == 20_000
    assert time.perf_counter() - began < 5


def test_passages_of_the_seed_article() -> None:
    article = seed_article()
    passages = split(article)
    assert [passage.heading for passage in passages] == [
        None,
        "Google’s Concerns Over Strategic Conflict",
        "Meta Eyes Scale for AI Supremacy",
        "Industry-Wide Implications",
        "What’s Next for Scale AI?",
        None,
    ]
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        assert passage.title == article.title
    assert passages[-1].text == "TECH TIMES NEWS"
    assert len({passage.id for passage in passages}) == len(passages)


def test_a_long_paragraph_is_cut_where_sentences_end() -> None:
    article = Article.from_text(PARAGRAPH * 40)
    passages = split(article)
    assert len(passages) > 3
    for passage in passages:
        assert passage.text.endswith(("1870.", "million."))
    sizes = [len(passage.text) for passage in passages]
    assert min(sizes) > 0.6 * max(sizes)


def test_small_paragraphs_and_list_items_go_together() -> None:
    items = "\n".join(f"- the item number {n}" for n in range(12))
    article = Article.from_text(f"Things to Do\n\nThis is what must be done:\n\n{items}\n\n{PARAGRAPH * 6}")
    passages = split(article)
    assert passages[0].text.startswith("This is what must be done:")
    assert passages[0].text.endswith("- the item number 11")


@pytest.mark.parametrize(
    "text",
    [
        PARAGRAPH * 30,
        "word " * 2000,
        "x" * 5000,
        "今天天气很好我们去公园吧" * 200,
        "Heading One\n\n" + "\n".join(f"| {n} | {'cell ' * 9}|" for n in range(80)),
    ],
    ids=["prose", "no stops", "one word", "Chinese", "table"],
)
def test_passages_fit_the_model_and_lose_nothing(text: str) -> None:
    article = Article.from_text(text, title="A title of some length " * 9)
    passages = split(article)
    assert max(count_tokens([passage.context for passage in passages])) <= MAX_TOKENS - 2
    covered = set()
    for passage in passages:
        covered.update(range(passage.start, passage.end))
    for block in article.blocks:
        if block.kind != "heading":
            left = (n for n in range(block.start, block.end) if n not in covered)
            assert not any(article.text[n].strip() for n in left)


def test_what_a_text_begins_with_does_not_stand_above_its_passages() -> None:
    article = Article.from_text("\n\n".join([PARAGRAPH] * 9))
    assert article.title.endswith("…")
    for passage in split(article):
        assert passage.title == article.title
        assert passage.context == passage.text


@pytest.mark.parametrize("word", ["title", "qzx7", "会议", "–"])
def test_a_long_title_and_heading_cut_nothing_of_a_passage(word: str) -> None:
    text = " ".join(["harbour"] * 214) + "."
    heading = Part("heading", " ".join(["Cranes", *["heading"] * 40]), 2)
    article = Article.from_parts([heading, Part("paragraph", text)], title=" ".join([word] * 60), source="x")
    passages = split(article)
    assert max(count_tokens([passage.context for passage in passages])) <= MAX_TOKENS - 2
    for passage in passages:
        assert passage.context.endswith(passage.text)
        assert passage.context.startswith(word)
        assert "Cranes heading" in passage.context
        assert passage.title == article.title
        assert passage.heading == heading.text
    assert " ".join(passage.text for passage in passages) == text


def test_an_article_of_nothing_but_headings_has_a_passage() -> None:
    assert [passage.text for passage in split(Article.from_text("# One\n\n## Two"))] == ["One\n\nTwo"]
