"""What the pointer learns from: texts in passages of sentences, questions, and the sentences that answer them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from index import sentences
from index.articles import Article
from index.splitting import split
from rag.conversation import search_query
from rag.lessons.articles import Numbered
from rag.lessons.natural import Passage
from rag.lessons.stories import stories
from rag.words import share

__all__ = ["Sample", "of_articles", "of_passage", "of_squad", "of_stories"]

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


def of_articles(every: Iterable[Numbered]) -> Iterator[Sample]:
    """Take articles with numbered sentences."""
    for numbered in every:
        text = _Text(numbered.article)
        place = {number: text.at((start + end) // 2) for number, (start, end) in numbered.places.items()}
        for item in numbered.questions:
            if not item.about_whole:
                query = search_query(item.question, item.earlier)
                answers, near = (_known(place[n] for n in numbers) for numbers in (item.answers, item.near))
                yield Sample(text.title, text.passages, query, answers, near)


def _known(places: Iterable[Place | None]) -> set[Place]:
    return {place for place in places if place is not None}


def of_stories() -> Iterator[Sample]:
    """Read ``rag.lessons.stories``, whose answers are no sentences of the article: those that have their
    words are taken for the ones that answer."""
    for story in stories():
        text = _Text(story.article)
        for item in story.questions:
            if item.about_whole:
                continue
            shares = {place: share(item.said, s) for place, s in text.each()} if item.said else {}
            best = max(shares.values(), default=0.0)
            if item.said and best < _HAS - 0.05:
                continue
            answers = {place for place, has in shares.items() if has >= max(min(_HAS, best), best - 0.1)}
            beside = {
                place
                for place, sentence in text.each()
                if any(share(other, sentence) > _BESIDE for other in item.beside)
            }
            near = {place for place, has in shares.items() if has >= _NEAR} - answers - beside
            yield Sample(text.title, text.passages, search_query(item.question, item.earlier), answers, near)


def of_squad(data: dict[str, Any]) -> Iterator[Sample]:
    """Take articles as ``rag.lessons.squad.read_squad`` gives them. Where else an answer's words stand is left open."""
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


def of_passage(passage: Passage) -> Sample:
    """Take a passage of ClapNQ or QED."""
    passages: list[list[str]] = []
    places, room = {}, 0
    for number, sentence in enumerate(passage.sentences):
        if len(sentence) > room:
            passages.append([])
            room = _PASSAGE
        places[number] = (len(passages) - 1, len(passages[-1]))
        passages[-1].append(sentence)
        room -= len(sentence)
    answers = {places[number] for number in passage.answers}
    return Sample(passage.title, passages, passage.question, answers)
