"""The article's own sentences, said in answer as they stand."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from rag.conversation import begins_with_reference
from rag.inquiry import Inquiry
from rag.rescue import LONGEST_QUOTE
from rag.sources import Source
from rag.verify import Verdict

__all__ = ["ANSWERS", "SURELY", "answering", "beside_told", "best", "better", "more", "own_words", "pointed"]

SURELY = 0.9
"""Probability that a sentence answers from which the model need not write, and no other one is sought in its place."""

_CLOSEST = 3
"""How many of the article's closest sentences are tried if nothing that was written passes, or surely answers. Each
takes up to half a second; of the 223 questions about whole articles this answers 8 rightly and 2 wrongly."""

_ENOUGH = 0.85
"""Probability that one of them is right from which no other one is tried: of 69 questions none was answered worse (with
the adapter before this one)."""

ANSWERS = 0.7
"""Probability that a sentence answers from which it is said besides others."""

_MORE, _IN_VAIN = 3, 2
"""How many sentences are said besides the first at most, and how many are tried in vain."""

_FURTHER, _ALSO, _BESIDE = 5, -2.0, -8.0
"""How many of the closest sentences are tried besides what was said, and the log-odds, to the pointer, from which they
are: from the first if they stand elsewhere, from the second if they stand beside it in its paragraph.

Who lists or compares goes on in the next sentence, which the pointer often does not see. Of 30 questions about articles
kept apart that several sentences answer this says 17 more of these, and one that does not answer; of 38 that one
sentence answers three were told a second one, to the point. It takes 1.1 checks for these; without an end to trying it
would be 19 for 1.4, and 9 for 0.6 without the sentences that stand elsewhere.
"""

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


def beside_told(inquiry: Inquiry) -> Source | None:
    """Return the sentence that may answer besides what was said before, if more is asked for: one that stands beside
    it, or a close one."""
    further = _further(inquiry, inquiry.told) if inquiry.told else ()
    return next((source for source in further if not begins_with_reference(source.text)), None)


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
    for source in inquiry.closest(_CLOSEST) if verdict.relevance < SURELY else ():
        if other := _new(inquiry, source, verdict.sources, SURELY):
            return source.text, other
    return None


def more(
    inquiry: Inquiry, known: Iterable[Source] = (), tried: Source | None = None
) -> Iterator[tuple[str, Verdict]]:
    """Yield what else was read that answers: what stands beside it, then what is closest to the question.

    Args:
        inquiry: The question, and what was read for it.
        known: What is said. What was said before, if more is asked for, counts as well.
        tried: What was tried before.
    """
    cited, passed = [*inquiry.told, *known], {tried.start} if tried else set()
    said = in_vain = 0
    while said < _MORE and in_vain < _IN_VAIN:
        source = next((source for source in _further(inquiry, cited) if source.start not in passed), None)
        if source is None:
            return
        passed.add(source.start)
        if verdict := _new(inquiry, source, cited, ANSWERS):
            cited += verdict.sources
            said += 1
            yield source.text, verdict
        else:
            in_vain += 1


def own_words(inquiry: Inquiry, verdict: Verdict) -> tuple[str, Verdict] | None:
    """Return the article's own sentence, if what was written puts several together and one of them surely answers."""
    if verdict.joined and inquiry.judged:
        for source in verdict.sources:
            if len(source.text) <= LONGEST_QUOTE and (alone := answering(inquiry, source)):
                return source.text, alone
    return None


def answering(inquiry: Inquiry, source: Source, surely: float = SURELY) -> Verdict | None:
    """Return the verdict about a sentence of the article, if it answers.

    Args:
        inquiry: The question, and what was read for it.
        source: The sentence.
        surely: Probability that it answers from which it counts.
    """
    verdict = inquiry.check(source.text)
    return verdict if verdict.sources and verdict.relevance >= surely else None


def _further(inquiry: Inquiry, cited: Sequence[Source]) -> Iterator[Source]:
    """Yield what may answer besides what is cited."""
    starts = {one.start for one in cited}
    closest = inquiry.closest()
    # For more the pointer looks where it looked before, and has low odds for all else.
    least = -math.inf if inquiry.told else _BESIDE
    beside = (s for s in closest if s.score >= least and any(map(s.is_next_to, cited)))
    elsewhere = (s for s in closest[:_FURTHER] if s.score >= _ALSO)
    for source in chain(beside, elsewhere):
        if source.start not in starts:
            yield source


def _new(inquiry: Inquiry, source: Source, cited: Iterable[Source], surely: float) -> Verdict | None:
    """Return the verdict about a sentence of the article, if it answers and does not say what is cited already.

    Args:
        inquiry: The question, and what was read for it.
        source: The sentence.
        cited: What is.
        surely: Probability that it answers from which it counts.
    """
    starts = {one.start for one in cited}
    verdict = None if source.start in starts else answering(inquiry, source, surely)
    return verdict if verdict and starts.isdisjoint(one.start for one in verdict.sources) else None
