"""Numbers, names and quotations are compared by what they mean, not by how they are written."""

import time

import pytest

from rag.facts import full_names, missing_facts, unknown

SOURCE = (
    "By 2025 its first deal began what 12 big firms had wanted since 1990 by and large. "
    "Meta’s headline-making $14.3 billion investment in Scale AI led Alexandr Wang, its CEO, to join in June 2025. "
    "The European Union fined 1,200 firms and called it “a fair deal” for 12% of the market."
)
LOWER = frozenset(word for word in SOURCE.split() if word.islower())


@pytest.mark.parametrize(
    "sentence",
    [
        "Meta invested $14.3bn in Scale AI.",
        "Wang joined in June 2025.",
        "It was in 1990.",
        "The EU fined 1200 firms.",
        'The EU called it "a fair deal".',
        "Twelve percent of the market was concerned.",
        "The deal was worth 14,300 million dollars.",
        "Its 1st deal was big.",
        "Almost 1,200 firms were fined.",
        "Besides Wang, nobody joined.",
    ],
)
def test_plain_variants_are_the_same_fact(sentence: str) -> None:
    assert missing_facts(sentence, SOURCE, LOWER) == []


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("Meta invested $14.3 million in Scale AI.", "14.3 million"),
        ("Meta invested $15 billion in Scale AI.", "15 billion"),
        ("Wang joined in July 2025.", "July"),
        ("Andrew Ng joined in June.", "Andrew"),
        ('The European Union called it "an unfair deal".', "an unfair deal"),
        ("Microsoft invested in Scale AI.", "Microsoft"),
        ("It happened in 2016.", "2016"),
        ("It was the 13th deal.", "13"),
        ("It was in the 1980s.", "1980"),
    ],
)
def test_another_fact_is_missing(sentence: str, wrong: str) -> None:
    assert wrong in missing_facts(sentence, SOURCE, LOWER)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who paid Wang in 2025?", []),
        ("Why did Mteta invest?", []),
        ("Summarise it for me, please.", []),
        ("Why did Microsoft invest in Scale AI?", ["Microsoft"]),
        ("What happened in 2016?", ["2016"]),
        ("What happened in 2024?", ["2024"]),
        ("What happened in the 2020s?", []),
        ("Name the top 5 firms in the 1st deal.", []),
    ],
)
def test_what_a_question_names_and_the_article_does_not(question: str, names: list[str]) -> None:
    assert unknown(question, SOURCE, LOWER) == names


def test_where_nouns_are_written_large_a_capital_names_nothing() -> None:
    german = (
        "Die Mühle am Bach ist im Jahr 1911 an einem Abend im Mai mit dem Haus der Familie Berg abgebrannt."
    )
    assert unknown("In welchem Monat war das Feuer?", german, frozenset(german.lower().split())) == []


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [
        ("Twenty-nine ships came.", "There came 29 ships.", []),
        ("Twenty-nine ships came.", "There came nine ships.", ["twenty-nine"]),
        ("29 ships came.", "There came twenty ships.", ["29"]),
        ("It cost 40 million.", "It cost forty million.", []),
        ("It cost forty thousand.", "It cost forty million.", ["forty thousand"]),
    ],
)
def test_numbers_in_words_are_numbers(sentence: str, source: str, missing: list[str]) -> None:
    assert missing_facts(sentence, source, LOWER) == missing


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What did Sato say in Sao Paulo?", "Satō spoke in São Paulo."),
        ("Who lives in Tromso and Lodz?", "A man lives in Tromsø, another in Łódź."),
        ("Wer wohnt in Zürich?", "Er wohnt in Zu\u0308rich."),
    ],
)
def test_a_name_without_its_accents_is_the_same(question: str, text: str) -> None:
    assert unknown(question, text, frozenset()) == []
    assert missing_facts(question.rpartition(" ")[2], text, frozenset()) == []


def test_names_are_found_in_a_text_of_any_shape_without_delay() -> None:
    before = time.perf_counter()
    assert full_names("A'" * 40_000) == ()
    assert time.perf_counter() - before < 10  # looked for at every letter they took a minute
