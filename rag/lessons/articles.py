"""Articles with numbered sentences, and questions with the numbers of those that answer.

Each file in ``articles/`` has articles, ``## Title``, with a number before each sentence and an empty line between
paragraphs; then questions, ``Q:``, and follow-ups, ``F:``, which end with ``=`` and the numbers of the sentences that
answer, or ``-`` where none does. ``~`` marks a sentence that may or may not pass as an answer; it counts neither way.
``S:`` asks about the article as a whole. Under a question stand its answer in words, ``A:``, and what is none, ``W:``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.articles import Article
from index.splitting import Span

__all__ = ["KEPT_APART", "Numbered", "Question", "articles"]

_FOLDER = Path(__file__).with_name("articles")
KEPT_APART = Path(__file__).with_name("kept_apart")
"""Articles that nothing is trained on."""

_SENTENCE = re.compile(r"(\d+) (.+)")
_QUESTION = re.compile(r"([QF]): (.+?) = (-|\d+(?:, \d+)*)((?: ~\d+)*)")


@dataclass
class Question:
    """A question about an article.

    Attributes:
        question: What is asked.
        earlier: The question and the answer before it, if it is a follow-up.
        answers: The numbers of the sentences that answer; none if the article does not say.
        near: Those of sentences that may or may not pass.
        about_whole: Whether it is about the article as a whole; then no sentence has a number.
        said: The answer in words.
        wrong: What is no answer.
    """

    question: str
    earlier: tuple[str, str] | None = None
    answers: set[int] = field(default_factory=set)
    near: set[int] = field(default_factory=set)
    about_whole: bool = False
    said: str = ""
    wrong: list[str] = field(default_factory=list)


class Numbered:
    """An article, the places of its sentences by their numbers, and the questions about it."""

    def __init__(self, title: str, lines: str) -> None:
        body, places = "", {}
        self.questions: list[Question] = []
        answered: tuple[str, str] | None = None
        for line in lines.splitlines():
            mark, _, text = line.partition(": ")
            if match := _SENTENCE.fullmatch(line):
                places[int(match[1])] = (len(body), len(body) + len(match[2]))
                body += f"{match[2]} "
            elif match := _QUESTION.fullmatch(line):
                answers, near = (set(map(int, re.findall(r"\d+", numbers))) for numbers in match.group(3, 4))
                earlier = answered if mark == "F" else None
                self.questions.append(Question(match[2], earlier, answers, near))
            elif mark == "S":
                self.questions.append(Question(text, about_whole=True))
            elif mark == "A":
                self.questions[-1].said = text
                answered = (self.questions[-1].question, text)
            elif mark == "W":
                self.questions[-1].wrong.append(text)
            elif line.strip():
                raise ValueError(f"{title}: this is no line of an article: {line}")
            elif not self.questions:
                body = f"{body.rstrip()}\n\n"
        self.article = Article.from_text(body, title=title)
        self.places: dict[int, Span] = {}
        for number, (start, end) in places.items():
            sentence = body[start:end]
            found = self.article.text.find(sentence, max(0, start - 2 * len(places)))
            self.places[number] = (found, found + len(sentence))

    def text(self, number: int) -> str:
        """Return a sentence."""
        return self.article.text[slice(*self.places[number])]


def articles(folder: Path = _FOLDER) -> Iterator[Numbered]:
    """Read the articles of all files in a folder."""
    for file in sorted(folder.glob("*.txt")):
        for part in file.read_text(encoding="utf-8").split("## ")[1:]:
            title, _, rest = part.partition("\n")
            yield Numbered(title.strip(), rest.strip("\n"))
