"""What was found for a question: what the model is given to read, and how near its sentences come."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from index import sentences
from rag.pointer import point
from rag.sources import Excerpt, Source
from rag.words import content_words, tokens

if TYPE_CHECKING:
    from index import Library

    Array = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["READ", "SEARCH_COUNTS", "Evidence"]

READ = 1_500
"""Characters of a longer article, or of a section, that the model reads for one question: reading takes the time."""

SEARCH_COUNTS = 30.0
"""What a stretch's score in the search counts beside the log-odds of its sentences.

Of 135 questions about long articles kept apart the right paragraph was first for 0.77 by the search, 0.65 by log-odds,
and 0.81 by both, with 20 or 40 as well; among the first two for 0.83, 0.83 and 0.90.
"""

_BETWEEN = 200
"""Characters that at most stand between neighbours, such as a heading."""


class Evidence:
    """The stretches that were found for a question.

    Attributes:
        excerpts: The stretches.
        whole: Whether they are the same for every question.
        heading: What the stretches stand under, if they are a section that the question names.
        cut: Whether the section goes on.
        outline: What is read first instead if the question may be about a long article as a whole.
    """

    def __init__(
        self,
        excerpts: Sequence[Excerpt],
        *,
        whole: bool = False,
        heading: str = "",
        cut: bool = False,
        library: "Library | None" = None,
    ) -> None:
        """Take the stretches in the order in which the model reads them.

        Args:
            excerpts: What was found.
            whole: Whether they are a whole article, the same for every question.
            heading: What they stand under. The model reads it; it is no evidence.
            cut: Whether more stands under it.
            library: Whose embedding model tells how near the sentences come to a question in meaning. It is not loaded
                before it is needed.
        """
        self.heading = heading
        self.cut = cut
        self.excerpts = tuple(excerpts)
        self.whole = whole
        self._library = library
        self.outline: Evidence | None = None

    @cached_property
    def texts(self) -> list[str]:
        """What the model reads."""
        return [*([self.heading] if self.heading else []), *(excerpt.text for excerpt in self.excerpts)]

    def by_article(self) -> list["Evidence"]:
        """Return the evidence of each article, the one with the best stretch first."""
        if len({excerpt.article.id for excerpt in self.excerpts}) == 1:
            return [self]
        parts: dict[str, list[Excerpt]] = {}
        for excerpt in self.excerpts:
            parts.setdefault(excerpt.article.id, []).append(excerpt)
        return [Evidence(part, library=self._library) for part in parts.values()]

    @property
    def best(self) -> "Evidence":
        """The first stretch alone."""
        return Evidence(self.excerpts[:1], library=self._library)

    def beside(self, source: Source) -> "Evidence":
        """Return one of the sentences with its neighbours, alone."""
        stretch = next(excerpt for excerpt in self.excerpts if source in excerpt)
        own = self.sources if self.whole else self._within(stretch)
        place = next(number for number, other in enumerate(own) if other.start == source.start)
        near = [
            other
            for other in own[max(0, place - 1) : place + 2]
            if other.start <= source.end + _BETWEEN and source.start <= other.end + _BETWEEN
        ]
        alone = replace(stretch, start=near[0].start, end=near[-1].end)
        return Evidence([alone], library=self._library)

    def __contains__(self, source: Source) -> bool:
        """Whether a sentence is among what was found."""
        return any(source in excerpt for excerpt in self.excerpts)

    @cached_property
    def sources(self) -> list[Source]:
        """Every sentence of it."""
        found = {}
        for excerpt in self.excerpts:
            for start, end in sentences(excerpt.text):
                source = Source(excerpt.article, excerpt.start + start, excerpt.start + end, excerpt.score)
                found[source.article.id, source.start] = source
        return list(found.values())

    @cached_property
    def idf(self) -> dict[str, float]:
        """The inverse document frequency of each content word, as in BM25: high if few of the sentences have it."""
        counts = Counter(word for source in self.sources for word in source.words)
        total = len(self.sources)
        return {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}

    def weigh(self, words: Iterable[str]) -> dict[str, float]:
        """Return how much each of these words tells; one that no sentence has tells as much as the rarest."""
        return {word: self.idf.get(word, self._rarest) for word in words}

    @cached_property
    def _rarest(self) -> float:
        return max(self.idf.values(), default=1.0)

    @cached_property
    def lower_case(self) -> frozenset[str]:
        """Every word that the articles have somewhere in lower case, and that therefore is no name."""
        return frozenset().union(*map(_lower_case, {excerpt.article.text for excerpt in self.excerpts}))

    def around(self, source: Source) -> list[Source]:
        """Return the sentences before a sentence in its stretch, nearest first: what its pronouns stand for."""
        before = [
            other
            for other in self.sources
            if other.article.id == source.article.id
            and other.start < source.start
            and source.start - other.start < 900
        ]
        return sorted(before, key=lambda other: -other.start)

    def closest(self, question: str, count: int | None = 3) -> list[Source]:
        """Return the sentences that answer a question most surely, with their log-odds as scores, the surest first.

        Args:
            question: What is asked.
            count: How many; all if None.
        """
        best = [replace(source, score=odds) for odds, source in self._ranked(question)]
        return [source for source in best if source.says_something][:count] or best[:count]

    def _ranked(self, question: str) -> list[tuple[float, Source]]:
        """Return the sentences with their log-odds, those first that are likely and stand where the search led."""
        pairs = list(zip(self.pointed(question), self.sources, strict=True))
        return sorted(pairs, key=lambda pair: -(pair[0] + SEARCH_COUNTS * pair[1].score))

    def pointed(self, question: str) -> list[float]:
        """Return how surely each sentence answers a question: its log-odds against that none does."""
        runs = [self.sources] if self.whole else [self._within(excerpt) for excerpt in self.excerpts]
        texts = [(run[0].article.title, [source.text for source in run]) for run in runs if run]
        found = chain.from_iterable(point(question, texts))
        odds = {(s.article.id, s.start): one for s, one in zip(chain.from_iterable(runs), found, strict=True)}
        return [odds[source.article.id, source.start] for source in self.sources]

    def _within(self, stretch: Excerpt) -> list[Source]:
        return [source for source in self.sources if source in stretch]

    def shares(self, question: str) -> float:
        """Return the most that a sentence has of a question's words: a share, weighted by rarity."""
        total = sum(self.weigh(content_words(question)).values()) or 1.0
        return max(self._shared(question)) / total

    def means(self, question: str) -> float:
        """Return the most that a sentence is like a question in meaning: a cosine, 0 without a library."""
        if self._library is None:
            return 0.0
        asked = np.array(self._library.embeddings.embed_query(question))
        return float((self._vectors @ asked).max())

    @cached_property
    def _vectors(self) -> "Array":
        """The vectors of its sentences, a row for each."""
        assert self._library is not None
        texts = [source.text for source in self.sources]
        return np.array(self._library.embeddings.embed_documents(texts))

    def _shared(self, question: str) -> list[float]:
        """Return the weight of the words that each sentence shares with a question."""
        asked = self.weigh(content_words(question))
        return [sum(asked[word] for word in asked.keys() & source.words.keys()) for source in self.sources]


@lru_cache(maxsize=16)
def _lower_case(text: str) -> frozenset[str]:
    return frozenset(tokens(" ".join(word for word in text.split() if word[:1].islower())))
