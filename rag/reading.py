"""One article read for one question: whether it answers, what the model writes, and what of that it carries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index import Article, sentences
from rag import prompts
from rag.answers import Citation
from rag.events import Checked, Draft, Event, Retracted, Step
from rag.evidence import Evidence
from rag.models import LanguageModel, Piece
from rag.rescue import beginnings
from rag.verify import MIN_SCORES, Verdict, verify
from rag.watch import Watch

__all__ = ["THRESHOLDS", "Query", "Reading"]

THRESHOLDS = {"strict": 0.5, "balanced": 0.2, "lenient": 0.1}
"""Probability that the article answers the question under which the answer is that it does not.

It is low because what comes is checked as well (``rag.verify``): on the tuning half of the battery 0.15 to 0.2 gave the
most right answers (82 to 80 of 107 with two inventions), 0.4 fewer inventions (79 with one).
"""


@dataclass(frozen=True)
class Query:
    """A question, checked, with what it is about and what was said before."""

    question: str
    articles: tuple[Article, ...]
    earlier: tuple[str, str] | None = None


class Reading:
    """The evidence of one article, read for one question.

    Attributes:
        found: How probable it is to the model that the article answers; 0 before it was asked.
        kept: The sentences that the article carries, with their verdicts.
        retracted: What the model wrote besides.
    """

    def __init__(self, query: Query, evidence: Evidence, model: LanguageModel, watch: Watch) -> None:
        self.evidence = evidence
        self.found = 0.0
        self.kept: list[tuple[str, Verdict]] = []
        self.retracted: list[str] = []
        self._query = query
        self._model = model
        self._watch = watch
        self._article = prompts.article_part(evidence.texts)
        self._asked = prompts.question_part(query.question, query.earlier)

    @property
    def title(self) -> str:
        """The article's title."""
        return self.evidence.excerpts[0].article.title

    def answer(self) -> Iterator[Event]:
        """Let the model answer, and check it; gives drafts as they are written."""
        pieces = self._model.stream(self._article, self._asked, remember=self.evidence.whole)
        self.found, pieces = _gate(pieces)
        self._watch.note("decided")
        if self.found < THRESHOLDS[self._model.settings.strictness]:
            return
        written: list[str] = []
        for draft in _drafts(pieces):
            self._watch.note("first_word")
            yield draft
            if draft.sentence == len(written):
                written.append("")
            written[draft.sentence] += draft.text
        self._watch.note("written")
        yield Step("checking", "Checking against the article")
        for number, sentence in enumerate(map(str.strip, written)):
            verdict = self._check(sentence)
            said = sentence
            if not verdict.sources:
                self.retracted.append(sentence)
                said, verdict = _rescue(sentence, verdict, self._check)
            if verdict.sources:
                self._watch.note("first_checked")
                yield Checked(number, said, cite(verdict, number))
                self.kept.append((said, verdict))
            else:
                yield Retracted(number, sentence, verdict.reason)

    def says(self, sentence: str) -> Verdict:
        """Whether the article carries a sentence, no matter what was asked."""
        return self._verify(sentence, answers=lambda _: None)

    def _check(self, sentence: str) -> Verdict:
        return self._verify(
            sentence, answers=lambda answer: self._agrees(prompts.answer_part(self._asked, answer))
        )

    def _verify(self, sentence: str, answers: Callable[[str], float | None]) -> Verdict:
        return verify(
            sentence,
            self.evidence,
            states=lambda claim: self._agrees(prompts.claim_part(claim)),
            answers=answers,
            min_score=MIN_SCORES[self._model.settings.strictness],
            question=self._query.question,
        )

    def _agrees(self, rest: str) -> float | None:
        return self._model.agrees(self._article, rest, remember=self.evidence.whole)


def cite(verdict: Verdict, number: int) -> tuple[Citation, ...]:
    """Return what carries a sentence as citations of the sentence with that number."""
    return tuple(source.cite(verdict.score, number) for source in verdict.sources)


def _rescue(sentence: str, verdict: Verdict, check: Callable[[str], Verdict]) -> tuple[str, Verdict]:
    """Return the beginning of a sentence that passes, or the sentence and the verdict it had."""
    for beginning in beginnings(sentence):
        other = check(beginning)
        if other.sources:
            return beginning, other
    return sentence, verdict


def _gate(pieces: Iterator[Piece]) -> tuple[float, Iterator[Piece]]:
    """Read the first word, which says whether the article answers, and give its probability and the rest."""
    head, found = "", None
    for piece in pieces:
        head += piece.text
        found = piece.found if found is None else found
        word = head.lstrip(' "*')
        if len(word) >= len(prompts.MISSING) or "\n" in word:
            break
    word = head.lstrip(' "*')
    if word.startswith(prompts.MISSING):
        # The built-in model never writes this: its first word is forced, and only its probability counts.
        found = min(found, 0.49) if found is not None else 0.0
        rest = ""
    else:
        rest = word.removeprefix(prompts.FOUND).lstrip(' ".:*\n-')
    return (1.0 if found is None else found), _chain_pieces(rest, pieces)


def _chain_pieces(head: str, pieces: Iterator[Piece]) -> Iterator[Piece]:
    try:
        if head:
            yield Piece(head)
        yield from pieces
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()


def _drafts(pieces: Iterator[Piece]) -> Iterator[Draft]:
    """Turn the model's pieces into drafts of numbered sentences."""
    text, sent, number = "", 0, 0
    for piece in pieces:
        text += piece.text
        spans = sentences(text)
        while len(spans) > number + 1:  # a sentence is over when the next one has begun
            end = spans[number][1]
            if end > sent:
                yield Draft(number, text[sent:end])
            sent, number = spans[number + 1][0], number + 1
        if len(text) > sent and text[sent:].strip():
            yield Draft(number, text[sent:])
            sent = len(text)
