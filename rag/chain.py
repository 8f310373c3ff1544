"""The chain from a question to a checked answer: search, read, write, check."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from index import Article, sentences
from rag import prompts
from rag.answers import Answer, Citation
from rag.conversation import search_query
from rag.events import Checked, Draft, Event, Finished, Retracted, Step
from rag.evidence import Evidence
from rag.models import LanguageModel, Piece
from rag.rescue import beginnings
from rag.verify import MIN_SCORES, Verdict, verify

__all__ = ["THRESHOLDS", "Query", "run"]

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


def run(
    query: Query, model: LanguageModel, search: Callable[[str, Sequence[Article]], Evidence]
) -> Generator[Event]:
    """Answer a question, telling what happens as it happens.

    Args:
        query: The question.
        model: What reads and writes.
        search: Gives the evidence for a query among articles.

    Yields:
        Events; the last one is ``Finished``.

    Raises:
        ModelError: If the model fails.
        StoreError: If the search does.
    """
    watch = _Watch()
    yield Step("searching", "Searching the article")
    evidence = search(search_query(query.question, query.earlier), query.articles)
    watch.note("search")
    if not evidence.sources:
        yield Finished(_decline(query, evidence, 0.0, model, watch))
        return
    if not model.ready:
        yield Step("loading", "Loading the language model")
        model.start()
        watch.note("loading")
    yield Step("reading", "Reading")
    article = prompts.article_part(evidence.texts)
    asked = prompts.question_part(query.question, query.earlier)
    pieces = model.stream(article, asked, remember=evidence.whole)
    found, pieces = _gate(pieces)
    watch.note("decided")
    if found < THRESHOLDS[model.settings.strictness]:
        yield Finished(_decline(query, evidence, found, model, watch))
        return
    written: list[str] = []
    for draft in _drafts(pieces):
        watch.note("first_word")
        yield draft
        if draft.sentence == len(written):
            written.append("")
        written[draft.sentence] += draft.text
    watch.note("written")
    yield Step("checking", "Checking against the article")

    def agrees(rest: str) -> float | None:
        return model.agrees(article, rest, remember=evidence.whole)

    def check(sentence: str) -> Verdict:
        return verify(
            sentence,
            evidence,
            states=lambda claim: agrees(prompts.claim_part(claim)),
            answers=lambda answer: agrees(prompts.answer_part(asked, answer)),
            min_score=MIN_SCORES[model.settings.strictness],
            question=query.question,
        )

    kept: list[tuple[str, Verdict]] = []
    retracted: list[str] = []
    for number, sentence in enumerate(map(str.strip, written)):
        verdict = check(sentence)
        said = sentence
        if not verdict.sources:
            retracted.append(sentence)
            said, verdict = _rescue(sentence, verdict, check)
        if verdict.sources:
            watch.note("first_checked")
            yield Checked(number, said, _cite(verdict, number))
            kept.append((said, verdict))
        else:
            yield Retracted(number, sentence, verdict.reason)
    yield Finished(_conclude(query, evidence, kept, tuple(retracted), found, model, watch))


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


def _cite(verdict: Verdict, number: int) -> tuple[Citation, ...]:
    return tuple(source.cite(verdict.score, number) for source in verdict.sources)


def _decline(
    query: Query,
    evidence: Evidence,
    confidence: float,
    model: LanguageModel,
    watch: "_Watch",
    retracted: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        question=query.question,
        text=prompts.NOT_IN_ARTICLE,
        status="not_in_article",
        passages=tuple(source.cite(0.0) for source in evidence.closest(query.question)),
        confidence=round(confidence, 4),
        model=model.name,
        timings=watch.finish(),
        retracted=retracted,
    )


def _conclude(
    query: Query,
    evidence: Evidence,
    kept: list[tuple[str, Verdict]],
    retracted: tuple[str, ...],
    found: float,
    model: LanguageModel,
    watch: "_Watch",
) -> Answer:
    """Keep what the article carries; decline if nothing is left."""
    if not kept:
        return _decline(query, evidence, found, model, watch, retracted)
    return Answer(
        question=query.question,
        text=" ".join(sentence for sentence, _ in kept),
        status="partial" if retracted else "answered",
        sentences=tuple(sentence for sentence, _ in kept),
        citations=tuple(c for number, (_, verdict) in enumerate(kept) for c in _cite(verdict, number)),
        confidence=round(found, 4),
        model=model.name,
        timings=watch.finish(),
        retracted=retracted,
    )


class _Watch:
    """Seconds from the question to each thing that happened first."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._times: dict[str, float] = {}

    def note(self, name: str) -> None:
        self._times.setdefault(name, round(time.perf_counter() - self._start, 3))

    def finish(self) -> dict[str, float]:
        self.note("total")
        return self._times
