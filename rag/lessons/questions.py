"""Files of articles with questions, as in ``articles/``, ``kept_apart/`` and ``stories/``.

After ``## Title`` stands the text, and then questions: ``Q:``, follow-ups, ``F:``, and those about the article as a
whole, ``S:``, as for a summary. Under each stands its answer in words, ``A:``, or ``-`` where the article gives none,
and sentences that are no answer to it: true ones, ``X:``, and wrong ones, ``W:``.

Where the sentences of the text have numbers (``rag.lessons.articles``), a question ends with ``=`` and the numbers of
those that answer, or ``-``. ``~`` marks a sentence that may or may not pass as an answer; it counts neither way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Question", "parsed", "titled"]

_QUESTION = re.compile(r"([QFS]): ([^=]+?)(?: = (-|\d+(?:, \d+)*)((?: ~\d+)*))?")


@dataclass
class Question:
    """A question about an article.

    Attributes:
        question: What is asked.
        earlier: The question and the answer before it, if it is a follow-up.
        about_whole: Whether it is about the article as a whole; then no sentence has a number.
        answers: The numbers of the sentences that answer; none if the article does not say, or has no numbers.
        near: Those of sentences that may or may not pass.
        said: The answer in words; "" if the article does not say.
        beside: True sentences that do not answer.
        wrong: What is no answer.
    """

    question: str
    earlier: tuple[str, str] | None = None
    about_whole: bool = False
    answers: set[int] = field(default_factory=set)
    near: set[int] = field(default_factory=set)
    said: str = ""
    beside: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def titled(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the title of each article in a folder's files, and the lines under it."""
    for file in sorted(folder.glob("*.txt")):
        for part in file.read_text(encoding="utf-8").split("## ")[1:]:
            title, _, lines = part.partition("\n")
            yield title.strip(), lines


def parsed(lines: str) -> tuple[str, list[Question]]:
    """Return an article's text and the questions about it.

    Args:
        lines: What stands under the title.

    Raises:
        ValueError: If something else than the above stands among the questions.
    """
    text: list[str] = []
    found: list[Question] = []
    answered: tuple[str, str] | None = None
    for line in lines.splitlines():
        mark, _, said = line.partition(": ")
        if match := _QUESTION.fullmatch(line):
            answers, near = (set(map(int, re.findall(r"\d+", part or ""))) for part in match.group(3, 4))
            earlier = answered if mark == "F" else None
            found.append(Question(match[2], earlier, mark == "S", answers, near))
        elif not found and mark not in ("Q", "F", "S"):
            text.append(line)
        elif mark == "A":
            found[-1].said = said
            answered = (found[-1].question, said)
        elif mark in ("X", "W"):
            (found[-1].beside if mark == "X" else found[-1].wrong).append(said)
        elif line.strip() not in ("", "-"):
            raise ValueError(f"This is no line about an article: {line}")
    return "\n".join(text), found
