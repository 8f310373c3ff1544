"""What the pointer learns from: articles with questions, and the sentences that answer them.

The files in ``articles/`` have articles, ``## Title``, with a number before each sentence and an empty line between
paragraphs; then questions, ``Q:``, and follow-ups, ``F:``, which end with ``=`` and the numbers of the
sentences that answer, or ``-`` where none does. ``~`` marks a sentence that nobody could quarrel about either way.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index import sentences
from index.articles import Article
from index.splitting import split
from rag.adapter.stories import stories
from rag.conversation import search_query
from rag.words import content_words

__all__ = ["Sample", "articles", "clapnq", "qed", "squad", "told"]

_FOLDER = Path(__file__).with_name("articles")
_LINE = re.compile(r"(\d+) (.+)")
_QUESTION = re.compile(r"([QF]): (.+?) = (-|\d+(?:, \d+)*)((?: ~\d+)*)")
_PASSAGE = 850  # characters that are read together of a text that comes in sentences
_HAS, _NEAR, _BESIDE = 0.6, 0.35, 0.75
"""Share of an answer's words from which a sentence is taken for the one that gives it, from which that is open, and
from which it is taken for a known sentence that does not answer."""

Place = tuple[int, int]
"""A passage's number and a sentence's number in it."""


@dataclass
class Sample:
    """A question about a text.

    Attributes:
        title: The text's title.
        passages: The text as it is read: passages of sentences.
        question: What is searched for.
        answers: The sentences that answer; none if the text does not say.
        open: Sentences that count neither way.
        home: The passages that it was asked about, where they are known.
    """

    title: str
    passages: list[list[str]]
    question: str
    answers: set[Place]
    open: set[Place] = field(default_factory=set)
    home: set[int] = field(default_factory=set)


class _Text:
    """An article in passages of sentences, with their places."""

    def __init__(self, article: Article) -> None:
        self.title = article.title
        self.spans = [
            [(passage.start + start, passage.start + end) for start, end in sentences(passage.text)]
            for passage in split(article)
        ]
        self.passages = [[article.text[start:end] for start, end in passage] for passage in self.spans]

    def at(self, place: int) -> Place | None:
        """The sentence in which a character stands."""
        return next(
            (
                (p, n)
                for p, spans in enumerate(self.spans)
                for n, (a, b) in enumerate(spans)
                if a <= place < b
            ),
            None,
        )

    def each(self) -> Iterator[tuple[Place, str]]:
        """Every sentence with its place."""
        for p, passage in enumerate(self.passages):
            for n, sentence in enumerate(passage):
                yield (p, n), sentence


def articles(folder: Path = _FOLDER) -> Iterator[Sample]:
    """Read the articles that were written for the pointer."""
    for file in sorted(folder.glob("*.txt")):
        for part in file.read_text(encoding="utf-8").split("## ")[1:]:
            title, _, rest = part.partition("\n")
            yield from _numbered(title, rest)


def _known(places: Iterable[Place | None]) -> set[Place]:
    return {place for place in places if place is not None}


def _numbered(title: str, lines: str) -> Iterator[Sample]:
    body, middle, asked = "", {}, []
    for line in lines.splitlines():
        if match := _LINE.fullmatch(line):
            middle[match[1]] = len(body) + len(match[2]) // 2
            body += f"{match[2]} "
        elif match := _QUESTION.fullmatch(line):
            asked.append(match.groups())
        elif body:
            body = f"{body.rstrip()}\n\n"
    text = _Text(Article.from_text(body, title=title))
    earlier = None
    for kind, question, answers, near in asked:
        numbers = re.findall(r"\d+", answers)
        places, nearby = (
            _known(text.at(middle[n]) for n in found) for found in (numbers, re.findall(r"\d+", near))
        )
        query = search_query(question, earlier if kind == "F" else None)
        yield Sample(title, text.passages, query, places, nearby)
        if places:
            earlier = (question, " ".join(text.passages[p][n] for p, n in sorted(places)))


def told() -> Iterator[Sample]:
    """Read the stories of the reader's adapter, whose answers are no sentences of the article: those that have their
    words are taken for the ones that answer."""
    for story in stories():
        text = _Text(story.article)
        every = [(place, set(content_words(sentence))) for place, sentence in text.each()]
        for item in story.questions:
            if item.about_whole:
                continue
            shares = {place: _share(item.answer, words) for place, words in every} if item.answer else {}
            best = max(shares.values(), default=0.0)
            if item.answer and best < _HAS - 0.05:
                continue
            answers = {place for place, share in shares.items() if share >= max(min(_HAS, best), best - 0.1)}
            beside = {
                place
                for place, words in every
                if any(_share(other, words) > _BESIDE for other in item.beside)
            }
            near = {place for place, share in shares.items() if share >= _NEAR} - answers - beside
            yield Sample(text.title, text.passages, search_query(item.question, item.earlier), answers, near)


def _share(said: str, words: set[str]) -> float:
    wanted = set(content_words(said))
    return len(wanted & words) / max(1, len(wanted))


def squad(data: dict[str, Any]) -> Iterator[Sample]:
    """Take articles as ``rag.adapter.base.read_squad`` gives them. Where else an answer's words stand is left open."""
    for title, part in data.items():
        paragraphs = [paragraph.strip() for paragraph in part["paragraphs"]]
        article = Article.from_text("\n\n".join(paragraphs), title=title.replace("_", " "))
        text = _Text(article)
        for item in part["questions"]:
            paragraph = paragraphs[item["paragraph"]]
            first = article.text.find(paragraph[:80])
            said = [answer for answer in item["answers"] if answer in paragraph]
            if first < 0 or (item["answerable"] and not said):
                continue
            answers = _known(text.at(first + paragraph.find(answer) + len(answer) // 2) for answer in said)
            near = {
                place for place, s in text.each() if said and said[0].casefold() in s.casefold()
            } - answers
            last = first + len(paragraph)
            home = {p for p, spans in enumerate(text.spans) if spans[0][0] < last and spans[-1][1] > first}
            yield Sample(text.title, text.passages, item["question"].strip(), answers, near, home)


def clapnq(file: Path) -> Iterator[Sample]:
    """Read a file of ClapNQ (Rosenthal et al. 2025, https://arxiv.org/abs/2404.02103)."""
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        [passage] = item["passages"]
        chosen = {s.strip() for output in item["output"] for s in output.get("selected_sentences", [])}
        answers = {number for number, s in enumerate(passage["sentences"]) if s.strip() in chosen}
        yield _listed(passage["title"], passage["sentences"], item["input"].strip(), answers)


def qed(file: Path) -> Iterator[Sample]:
    """Read a file of QED (Lamm et al. 2021, https://arxiv.org/abs/2009.06354); only what one sentence answers."""
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["annotation"]["explanation_type"] != "single_sentence":
            continue
        starts = item["sentence_starts"]
        every = [item["paragraph_text"][a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
        answer = starts.index(item["annotation"]["selected_sentence"]["start"])
        yield _listed(item["title_text"], every, item["question_text"], {answer})


def _listed(title: str, every: Iterable[str], question: str, answers: set[int]) -> Sample:
    """Return a text that is given in sentences, their words apart as in the Penn Treebank."""
    passages: list[list[str]] = []
    places, room = {}, 0
    for number, sentence in enumerate(map(_joined, every)):
        if len(sentence) > room:
            passages.append([])
            room = _PASSAGE
        places[number] = (len(passages) - 1, len(passages[-1]))
        passages[-1].append(sentence)
        room -= len(sentence)
    return Sample(title, passages, question, {places[number] for number in answers})


def _joined(text: str) -> str:
    text = text.replace("``", '"').replace("''", '"').replace(" - ", "-")
    text = re.sub(r" (['n]['st]+|[.,;:!?%)\]])", r"\1", text)
    return " ".join(re.sub(r"([(\[]) ", r"\1", text).split())
