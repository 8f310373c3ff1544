"""Wikipedia articles with human questions, half of them unanswerable (SQuAD 2.0), and how answers are scored.

Each file is ``{"title", "paragraphs": [...], "questions": [{"question", "answers", "answerable",
"paragraph"}]}``. Four articles are for tuning, four for reporting.
"""

import json
import random
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TUNE = ("normans", "steam_engine", "islamism", "immune_system")
REPORT = (
    "computational_complexity_theory",
    "european_union_law",
    "french_and_indian_war",
    "harvard_university",
)
PER_ARTICLE = (13, 12)
"""How many answerable and unanswerable questions are asked of each article."""
SEED = 20260101


@dataclass(frozen=True)
class Question:
    """A question of the data set with what is known about its answer."""

    id: str
    article: str
    question: str
    answers: tuple[str, ...]
    paragraph: int

    @property
    def answerable(self) -> bool:
        """Whether the article has the answer."""
        return bool(self.answers)


@dataclass(frozen=True)
class Source:
    """An article of the data set, as a user would have it: one text of paragraphs."""

    name: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs, a blank line between them."""
        return "\n\n".join(self.paragraphs)

    def span(self, paragraph: int, text: str) -> tuple[int, int]:
        """Where a paragraph is in the text of the loaded article, which may have other white space."""
        pattern = r"\s+".join(re.escape(word) for word in self.paragraphs[paragraph].split())
        match = re.search(pattern, text)
        return match.span() if match else (-1, -1)


def names(half: str | None) -> tuple[str, ...]:
    """The articles of a half, or all."""
    return {"tune": TUNE, "report": REPORT}.get(half or "", TUNE + REPORT)


def source(folder: Path, name: str) -> Source:
    """Read one article."""
    data = _read(folder, name)
    return Source(name, str(data["title"]).replace("_", " "), tuple(p.strip() for p in data["paragraphs"]))


def questions(folder: Path, name: str) -> list[Question]:
    """The questions asked of one article: always the same, in an order that mixes both kinds."""
    data = _read(folder, name)["questions"]
    chosen: list[Question] = []
    draw = random.Random(f"{SEED}:{name}")  # noqa: S311 - a sample, not a secret
    for answerable, wanted in zip((True, False), PER_ARTICLE, strict=True):
        pool = {q["question"].strip(): i for i, q in enumerate(data) if q["answerable"] is answerable}
        for _, index in draw.sample(sorted(pool.items()), wanted):
            q = data[index]
            chosen.append(
                Question(
                    f"{name}-{index}", name, q["question"].strip(), tuple(q["answers"]), int(q["paragraph"])
                )
            )
    draw.shuffle(chosen)
    return chosen


def answerable(folder: Path, name: str) -> list[tuple[str, int]]:
    """All answerable questions of one article, and the paragraph that each was asked of."""
    found = _read(folder, name)["questions"]
    return [(q["question"].strip(), int(q["paragraph"])) for q in found if q["answerable"]]


def normalise(text: str) -> str:
    """SQuAD's comparison: no case, punctuation, articles or extra white space."""
    owned = re.sub("['\u2019]s\\b", "", text.lower())  # "Watt's" holds the answer "Watt"
    bare = "".join(c for c in owned if not unicodedata.category(c).startswith("P"))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def contains_answer(text: str, answers: tuple[str, ...]) -> bool:
    """Whether one of the right answers stands in the text, as whole words."""
    padded = f" {normalise(text)} "
    return any(f" {gold} " in padded for answer in answers if (gold := normalise(answer)))


def token_f1(text: str, answers: tuple[str, ...]) -> float:
    """The best overlap of the text's words with a right answer's."""
    return max((_f1(normalise(text).split(), normalise(answer).split()) for answer in answers), default=0.0)


def _f1(said: list[str], gold: list[str]) -> float:
    common = sum((Counter(said) & Counter(gold)).values())
    return 2 * common / (len(said) + len(gold)) if common else 0.0


def _read(folder: Path, name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return data
