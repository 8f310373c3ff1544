"""Articles with numbered sentences, and questions with the numbers of those that answer.

In the files in ``articles/`` a number stands before each sentence and an empty line between paragraphs; the rest is as
``rag.lessons.questions`` says.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from index.articles import Article
from index.splitting import Span
from rag.lessons.questions import parsed, titled

__all__ = ["KEPT_APART", "Numbered", "articles"]

_FOLDER = Path(__file__).with_name("articles")
KEPT_APART = Path(__file__).with_name("kept_apart")
"""Articles that nothing is trained on."""

_SENTENCE = re.compile(r"(\d+) (.+)")


class Numbered:
    """An article, the places of its sentences by their numbers, and the questions about it."""

    def __init__(self, title: str, lines: str) -> None:
        text, self.questions = parsed(lines)
        body, places = "", {}
        for line in text.splitlines():
            if match := _SENTENCE.fullmatch(line):
                places[int(match[1])] = (len(body), len(body) + len(match[2]))
                body += f"{match[2]} "
            elif line.strip():
                raise ValueError(f"{title}: this is no line of an article: {line}")
            else:
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
    for title, lines in titled(folder):
        yield Numbered(title, lines)
