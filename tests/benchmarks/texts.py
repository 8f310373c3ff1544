"""What the speed is measured on: questions, and articles of any length."""

from itertools import count
from pathlib import Path

from tests.benchmarks import battery, squad
from tests.benchmarks.suites import SEED_TITLE

LONG = "immune_system"
"""A development article of 40,000 characters."""
WARM_UP = "Which people are mentioned in the article?"
FOLLOW_UP = "What else does the article say about that?"

Text = tuple[str, str]


def seed() -> Text:
    """The seed article."""
    return SEED_TITLE, battery.SEED.read_text(encoding="utf-8")


def seed_questions(number: int) -> list[str]:
    """Different questions over the seed article, of the kinds that readers ask most, some of them in vain."""
    kinds = ("fact", "paraphrase", "synthesis", "absent")
    cases = [case["question"] for case in battery.cases("tune") if case["kind"] in kinds]
    return [cases[int((n + 0.5) * len(cases) / number)] for n in range(number)]


def long(folder: Path) -> Text:
    """The long article."""
    source = squad.source(folder, LONG)
    return source.title, source.text


def long_questions(folder: Path, number: int, *, answerable: bool = False) -> list[str]:
    """Questions over the long article, half of them unanswerable unless said otherwise."""
    found = squad.questions(folder, LONG)
    return [q.question for q in found if q.answerable or not answerable][:number]


def early_questions(folder: Path, number: int) -> list[str]:
    """Questions that the long article's first paragraphs answer, and so any article ``of_length``."""
    found = [q for q in squad.questions(folder, LONG) if q.answerable]
    return [q.question for q in sorted(found, key=lambda q: q.paragraph)][:number]


def of_length(folder: Path, words: int) -> Text:
    """An article of so many words: the long one first, then the others, then all of them again."""
    names = [LONG, *(name for name in squad.names(None) if name != LONG)]
    paragraphs: list[str] = []
    left = words
    for edition in count(1):
        for name in names:
            for place, paragraph in enumerate(squad.source(folder, name).paragraphs):
                # Said twice, a paragraph would be found in what is kept of the first time.
                text = paragraph if edition == 1 else f"Edition {edition}, {name}, part {place}. {paragraph}"
                paragraphs.append(" ".join(text.split()[:left]))
                left -= len(paragraphs[-1].split())
                if left <= 0:
                    return f"{words:,} words", "\n\n".join(paragraphs)
    raise AssertionError("count() does not end")
