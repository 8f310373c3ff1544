"""The article's own sentences, said in answer as they stand."""

import math
from collections.abc import Iterable, Iterator
from itertools import islice

from rag.conversation import begins_with_reference
from rag.evidence import Source
from rag.inquiry import Inquiry
from rag.rescue import LONGEST_QUOTE
from rag.verify import Verdict

__all__ = ["SURELY", "best", "better", "more", "own_words", "pointed"]

SURELY = 0.9
"""Probability that a sentence answers from which the model need not write, and no other one is sought in its place."""

_CLOSEST = 3
"""How many of the article's closest sentences are tried if nothing that was written passes, or surely answers. Each
takes up to half a second; of the 223 questions about whole articles this answers 8 rightly and 2 wrongly."""

_ENOUGH = 0.85
"""Probability that one of them is right from which no other one is tried: of 69 questions none was answered worse (with
the adapter before this one)."""

_FURTHER, _ALSO, _ANSWERS, _MORE = 5, -2.0, 0.7, 2
"""How many of the closest sentences are tried besides what was said, the log-odds, to the pointer, from which they are,
the probability that one answers from which it is said, and how many are at most."""

_POINTED = 0.5
"""Log-odds of a sentence, to the pointer, from which it is said at once; the model writes if it does not pass.

Of 31 questions about articles kept apart it was so for 22, and the right one for 16 of them; it passed for 18, and was
right for 16 of these, where what the model wrote was for 13 (with the adapter and the pointer before these).
"""


def pointed(inquiry: Inquiry) -> Source | None:
    """Return the sentence of the article that answers, if one surely does and can be understood alone: to say it takes
    no writing."""
    for source in inquiry.closest(1):
        if source.score >= _POINTED and not begins_with_reference(source.text):
            return source
    return None


def best(inquiry: Inquiry) -> tuple[str, Verdict] | None:
    """Return the sentence of the article that answers best, if one does: a small model may be right that the article
    answers, and miss the place."""
    said, verdict = "", Verdict()
    for source in inquiry.closest(_CLOSEST):
        if (other := inquiry.check(source.text)).score > verdict.score:
            said, verdict = source.text, other
            if verdict.score >= _ENOUGH:
                break
    return (said, verdict) if verdict.sources else None


def better(inquiry: Inquiry, verdict: Verdict) -> tuple[str, Verdict] | None:
    """Return the sentence of the article that surely answers, if what was written does not, and is then beside it.

    A small model likes to say what is most prominent, and its own judgement, asked for both, knows better.
    """
    return (
        None if verdict.relevance >= SURELY else next(_answering(inquiry, [verdict], _CLOSEST, SURELY), None)
    )


def more(inquiry: Inquiry, known: Verdict) -> Iterator[tuple[str, Verdict]]:
    """Yield what else was read that answers, at most ``_MORE`` sentences.

    Args:
        inquiry: The question, and what was read for it.
        known: The verdict about what is said.
    """
    yield from islice(_answering(inquiry, [known], _FURTHER, _ANSWERS, least=_ALSO), _MORE)


def own_words(inquiry: Inquiry, verdict: Verdict) -> tuple[str, Verdict] | None:
    """Return the article's own sentence, if what was written puts several together and one of them surely answers."""
    if verdict.joined and inquiry.judged:
        for source in verdict.sources:
            if len(source.text) <= LONGEST_QUOTE:
                alone = inquiry.check(source.text)
                if alone.sources and alone.relevance >= SURELY:
                    return source.text, alone
    return None


def _answering(
    inquiry: Inquiry, known: Iterable[Verdict], count: int, surely: float, least: float = -math.inf
) -> Iterator[tuple[str, Verdict]]:
    """Yield those of the closest sentences that answer and are not cited yet.

    Args:
        inquiry: The question, and what was read for it.
        known: Whose citations are known.
        count: How many of the closest sentences are tried.
        surely: Probability that a sentence answers from which it counts.
        least: Log-odds, to the pointer, from which a sentence is tried.
    """
    cited = {source.start for verdict in known for source in verdict.sources}
    for source in inquiry.closest(count):
        if source.score >= least and source.start not in cited:
            verdict = inquiry.check(source.text)
            carried = {source.start for source in verdict.sources}
            if carried and carried.isdisjoint(cited) and verdict.relevance >= surely:
                cited |= carried
                yield source.text, verdict
