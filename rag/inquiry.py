"""What a language model is asked about some evidence for one question."""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property

from index import sentences
from rag import prompts
from rag.confidence import lowered
from rag.conversation import asks_for_more, asks_only_for_more, search_query
from rag.drafts import first_word
from rag.evidence import Evidence
from rag.facts import missing_facts, unknown
from rag.models import LanguageModel, Piece
from rag.rescue import LONGEST_QUOTE
from rag.retrieval import Asked
from rag.sources import Source
from rag.verify import MIN_SCORES, Verdict, verify
from rag.words import content_words, negated

__all__ = ["SAID_BEFORE", "Inquiry", "Query"]

SAID_BEFORE = "This was said before."

BY_UNKNOWN = 2.0
"""By how much it lowers the log-odds that the article answers if the question names what the article does not.

Of 11,552 questions about 512 articles, 0.28 of them without an answer, this is so for 35 with a number and 68 with a
name that have no answer, and for 11 and 81 that have one; where questions keep to the article's words (1,028 of them)
for 20 and 16, and for 0 and 5.
"""

_SAID = 0.7
"""Share of a sentence's words that an answer before has, with its names and numbers, from which it was said there."""


@dataclass(frozen=True)
class Query:
    """A question, checked, with what it is about and what was said before.

    Attributes:
        question: What is asked.
        articles: About what.
        earlier: The question and the answer that it may refer to.
        before: The answers that it may ask more of.
    """

    question: str
    articles: tuple[Asked, ...]
    earlier: tuple[str, str] | None = None
    before: tuple[str, ...] = ()

    @cached_property
    def searched(self) -> str:
        """What is searched for: the question, with what it refers to."""
        return search_query(self.question, self.earlier)

    @cached_property
    def told(self) -> list[tuple[str, frozenset[str]]]:
        """The sentences that were said before and need not be said again, since more is asked for, and their words."""
        answers = self.before if asks_for_more(self.question) else ()
        said = [answer[start:end] for answer in answers for start, end in sentences(answer)]
        return [(sentence, frozenset(content_words(sentence))) for sentence in said]

    @cached_property
    def only_more(self) -> bool:
        """Whether it asks for no more than more of what was said before."""
        return self.earlier is not None and asks_only_for_more(self.question)


class Inquiry:
    """A question, asked of a model about some evidence.

    Attributes:
        evidence: What the model reads.
        found: How probable it is to the model that the evidence answers; 0 before it was asked.
    """

    def __init__(self, query: Query, evidence: Evidence, model: LanguageModel) -> None:
        self.evidence = evidence
        self.found = 0.0
        self._query = query
        self._model = model
        self._article = prompts.article_part(evidence.texts)
        question = prompts.MORE if query.only_more and model.builtin else query.question
        self._asked = prompts.question_part(question, query.earlier)
        self._checked: dict[str, Verdict] = {}

    def of(self, evidence: Evidence) -> "Inquiry":
        """Return the same question, asked about other evidence."""
        return Inquiry(self._query, evidence, self._model)

    @property
    def strictness(self) -> str:
        """How sure the model must be."""
        return self._model.settings.strictness

    @property
    def judged(self) -> bool:
        """Whether the model says how probable it is that a sentence answers; only the built-in one does."""
        return self._model.builtin

    @property
    def known(self) -> bool:
        """Whether the model has read the evidence before, and can begin with the question."""
        return self._model.has_read(self._article)

    def read(self, free: Callable[[], bool]) -> bool:
        """Let the model read the evidence before it is asked, and keep that: it is a whole article or a passage. What
        was said before stands between the evidence and the question, and is read too.

        Args:
            free: Whether nobody else needs the model; it is given up as soon as this is false.

        Returns:
            Whether all of it was read.
        """
        read = self._model.read_ahead(self._article, remember=True, free=free)
        if not (read and self._query.earlier):
            return read
        before = self._article + prompts.question_part("", self._query.earlier).rstrip()
        return self._model.read_ahead(before, remember=False, free=free)

    def begin(self, *, writing: bool) -> Generator[Piece]:
        """Find out whether the evidence answers.

        Args:
            writing: Whether the model goes on to write at once; else it does when it is asked for a first piece.

        Returns:
            What it writes.
        """
        if writing:
            found, pieces = first_word(self._stream())
        else:
            agrees = self._agrees(self._asked)
            found, pieces = 1.0 if agrees is None else agrees, self._written()
        self.found = lowered(found, BY_UNKNOWN) if self._unknown else found
        return pieces

    def check(self, sentence: str) -> Verdict:
        """Whether a sentence answers the question, as the evidence does."""
        if self.was_told(sentence):
            return Verdict(reason=SAID_BEFORE)
        if sentence not in self._checked:  # what the article says may be tried more than once
            self._checked[sentence] = self._verify(
                sentence, lambda answer: self._agrees(prompts.answer_part(self._asked, answer)), self.found
            )
        return self._checked[sentence]

    def closest(self, count: int | None = None) -> list[Source]:
        """Return the sentences that are closest to the question and can be said as they stand, if the model can say
        whether they answer.

        Args:
            count: Among how many; all if None.

        Returns:
            The sentences with their log-odds as scores, the surest first.
        """
        return [source for source in self._ranked[:count] if len(source.text) <= LONGEST_QUOTE]

    @cached_property
    def surest(self) -> float:
        """How surely any sentence, of whatever length, answers by itself to the pointer: the highest log-odds."""
        pairs = zip(self.evidence.sources, self.evidence.pointed(self._query.searched), strict=True)
        return max((odds for source, odds in pairs if source not in self.told), default=-math.inf)

    @cached_property
    def _ranked(self) -> list[Source]:
        closest = self.evidence.closest(self._query.searched, None) if self.judged else []
        told = {source.start for source in self.told}  # the closest ones have other scores
        return [source for source in closest if source.start not in told]

    def was_told(self, sentence: str) -> bool:
        """Whether a sentence says what was said before, while more is asked for."""
        words = frozenset(content_words(sentence)) if self._query.told else frozenset()
        return bool(words) and any(
            len(words & had) >= _SAID * len(words)
            and negated(sentence) == negated(said)
            and not missing_facts(sentence, said, self.evidence.lower_case)
            for said, had in self._query.told
        )

    @cached_property
    def told(self) -> list[Source]:
        """What of the evidence was said before, if more is asked for and the model can say what answers that."""
        sources = self.evidence.sources if self.judged else []
        return [source for source in sources if self.was_told(source.text)]

    def says(self, sentence: str) -> Verdict:
        """Whether the evidence carries a sentence, no matter what was asked."""
        return self._verify(sentence, lambda _: None)

    def _verify(self, sentence: str, answers: Callable[[str], float | None], found: float = 1.0) -> Verdict:
        return verify(
            sentence,
            self.evidence,
            states=lambda claim: self._agrees(prompts.claim_part(claim)),
            answers=answers,
            found=found,
            min_score=MIN_SCORES[self.strictness],
            question=self._query.question,
        )

    def _written(self) -> Generator[Piece]:
        _, pieces = first_word(self._stream())
        yield from pieces

    def _stream(self) -> Generator[Piece]:
        return self._model.stream(self._article, self._asked, remember=self._remember)

    def _agrees(self, rest: str) -> float | None:
        return self._model.agrees(self._article, rest, remember=self._remember)

    @cached_property
    def _remember(self) -> bool:
        """Whether others will ask about the same evidence."""
        return self.evidence.whole or self.known

    @cached_property
    def _unknown(self) -> list[str]:
        """What the question names and the article does not."""
        article = self.evidence.excerpts[0].article
        return unknown(self._query.question, f"{article.title}\n{article.text}", self.evidence.lower_case)
