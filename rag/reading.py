"""One article read for one question: whether it answers, what the model writes, and what of that it carries."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from index import Article, sentences
from rag import prompts
from rag.answers import Citation
from rag.events import Checked, Draft, Event, Retracted, Step
from rag.evidence import Evidence, Source
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

SURE = 0.9
"""Probability from which a passage answers, and no other is read."""


@dataclass(frozen=True)
class Query:
    """A question, checked, with what it is about and what was said before."""

    question: str
    articles: tuple[Article, ...]
    earlier: tuple[str, str] | None = None


class Reading:
    """The evidence of one article, read for one question.

    Passages are read one by one, the best first, until one surely answers: what is short is judged best, and what
    need not be read takes no time.

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
        self._parts = evidence.prompts(together=not model.builtin)
        self._part = self._parts[0]
        self._asked = prompts.question_part(query.question, query.earlier)

    @property
    def title(self) -> str:
        """The article's title."""
        return self.evidence.excerpts[0].article.title

    def answer(self) -> Iterator[Event]:
        """Let the model answer, and check it; gives drafts as they are written."""
        reply = self._read()
        self._watch.note("decided")
        if self.found < THRESHOLDS[self._model.settings.strictness]:
            reply.close()
            return
        written: list[str] = []
        for draft in _drafts(reply):
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

    def _read(self) -> "_Reply":
        """Read part after part until one surely answers, and give what the model writes about the best."""
        for part in self._parts:
            reply = self._ask(part)
            if reply.found > self.found:
                self.found, self._part = reply.found, part
            if self.found >= SURE or (part == self._parts[-1] and self._part == part):
                return reply
            reply.close()
        return self._ask(self._part) if self.found >= THRESHOLDS[self._model.settings.strictness] else reply

    def _ask(self, part: str) -> "_Reply":
        return _Reply(self._model.stream(part, self._asked, remember=self.evidence.keep))

    def _check(self, sentence: str) -> Verdict:
        return self._verify(
            sentence,
            answers=lambda answer: self._agrees(self._part, prompts.answer_part(self._asked, answer)),
        )

    def _verify(self, sentence: str, answers: Callable[[str], float | None]) -> Verdict:
        return verify(
            sentence,
            self.evidence,
            states=lambda claim, source: self._agrees(self._part_of(source), prompts.claim_part(claim)),
            answers=answers,
            min_score=MIN_SCORES[self._model.settings.strictness],
            question=self._query.question,
        )

    def _part_of(self, source: Source) -> str:
        """Return the part that has a sentence of the article."""
        if len(self._parts) == 1:
            return self._part
        places = zip(self.evidence.excerpts, self._parts, strict=True)
        return next(
            (part for excerpt, part in places if excerpt.start <= source.start < excerpt.end), self._part
        )

    def _agrees(self, part: str, rest: str) -> float | None:
        return self._model.agrees(part, rest, remember=self.evidence.keep)


class _Reply:
    """What the model writes, without its first word, which says whether the article answers.

    Attributes:
        found: How probable it was to the model that the article answers.
    """

    def __init__(self, pieces: Generator[Piece]) -> None:
        self._pieces = pieces
        head, found = "", None
        for piece in pieces:
            head += piece.text
            found = piece.found if found is None else found
            word = head.lstrip(' "*')
            if len(word) >= len(prompts.MISSING) or "\n" in word:
                break
        word = head.lstrip(' "*')
        self._head = word.removeprefix(prompts.FOUND).lstrip(' ".:*\n-')
        if word.startswith(prompts.MISSING):
            # The built-in model never writes this: its first word is forced, and only its probability counts.
            found, self._head = (min(found, 0.49) if found is not None else 0.0), ""
        self.found = 1.0 if found is None else found

    def __iter__(self) -> Iterator[Piece]:
        try:
            if self._head:
                yield Piece(self._head)
            yield from self._pieces
        finally:
            self.close()

    def close(self) -> None:
        """Stop the model."""
        self._pieces.close()


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


def _drafts(pieces: Iterable[Piece]) -> Iterator[Draft]:
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
