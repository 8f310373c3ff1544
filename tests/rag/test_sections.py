"""Questions about a section, named by its heading."""

from pathlib import Path

import pytest

from index import Article, Library
from rag import ArticleChat
from rag.overview import is_overview, leads
from rag.retrieval import gather
from rag.sections import named_section

ARTICLE = Article.from_text("""# The harbour of Vell

The harbour of Vell was dug in 1820 by two brothers.

## Trade and fishing

Herring was landed there until 1961, when the shoals moved north. Timber took its place for twenty years.

### Prices

A barrel of herring cost nine crowns in 1900.

## Summary

## 2. Workers

Forty people worked at the crane.

## Summary

It was dug, used and left.

## Outlook for the town

The council wants to turn the old warehouses on the quay into flats.
Residents of Vell have collected 400 signatures against the plan.
""")


@pytest.mark.parametrize(
    ("question", "begins", "ends"),
    [
        ("What is the section 'Outlook for the town' about?", "The council", "the plan."),
        ("what does the part outlook for the town say", "The council", "the plan."),
        ("Summarise “Trade and fishing”", "Herring", "in 1900."),
        ("What is in the section Prices?", "A barrel", "in 1900."),
        ("What's in “Outlook for the town”?", "The council", "the plan."),
        ("What does the part called Workers say?", "Forty", "the crane."),
    ],
)
def test_a_section_is_found_by_its_heading(question: str, begins: str, ends: str) -> None:
    found = named_section(question, ARTICLE)
    assert found is not None
    text = ARTICLE.text[found.excerpts[0].start : found.excerpts[-1].end]
    assert text.startswith(begins)
    assert text.endswith(ends)
    assert found.heading in ARTICLE.text
    assert all(found.heading != source.text for source in found.sources)


@pytest.mark.parametrize(
    "question",
    [
        "What is the outlook for the town?",  # says its words, and means what they say
        "What were the prices?",
        "What is the section about the lighthouse about?",
        "What is the article “The harbour of Vell” about?",
        "Who said 'I don't know'?",
        "What part did prices play in the decline?",
        "Who is entitled to benefits?",
        "What did the council mean by 'prices'?",
    ],
)
def test_other_questions_are_about_the_article(question: str) -> None:
    assert named_section(question, ARTICLE) is None


def test_of_headings_that_are_the_same_the_one_with_a_text_counts() -> None:
    found = named_section("What does the section Summary say?", ARTICLE)
    assert found is not None
    assert found.texts == ["Summary", "It was dug, used and left."]


def test_of_a_long_section_the_beginning_is_read_first(tmp_path: Path) -> None:
    lines = [
        f"In {1800 + number} the quay was made longer by {number + 3} metres of stone."
        for number in range(90)
    ]
    text = "# Vell\n\n## History\n\n" + " ".join(lines) + "\n\n## Prices\n\nA barrel cost nine crowns.\n"
    article = Article.from_text(text)
    with Library(tmp_path / "library") as library:
        library.add(article)
        evidence = gather("In the section History, what happened in 1885?", None, [article], library)
    assert evidence.outline is not None
    assert len("".join(evidence.outline.texts)) < 1_600
    assert evidence.outline.texts[1].endswith("metres of stone.")
    assert "In 1885" in "".join(evidence.texts)


def test_a_section_with_nothing_below_it_is_none() -> None:
    assert (
        named_section("What is the section 'Coda' about?", Article.from_text("# A\n\nText.\n\n## Coda"))
        is None
    )


def test_a_question_about_a_section_as_a_whole_is_an_overview_of_it() -> None:
    found = named_section("What is the section 'Outlook for the town' about?", ARTICLE)
    assert found is not None
    assert is_overview("What is the section 'Outlook for the town' about?", found)
    assert not is_overview("Who signed against the plan in 'Outlook for the town'?", found)
    assert [source.text[:9] for source in leads(found, 4)] == ["The counc", "Residents"]


def test_the_built_in_model_answers_about_a_section(chat: ArticleChat) -> None:
    answer = chat.answer("What is the section 'Outlook for the town' about?", article=ARTICLE)
    assert answer.status != "not_in_article"
    assert "warehouses" in answer.text
    assert all(c.start >= ARTICLE.text.index("The council") for c in answer.citations)
    none = chat.answer("What does the section 'Outlook for the town' say about herring?", article=ARTICLE)
    assert none.status == "not_in_article"
