"""Whether an article answers a question, and how much of it is read to know."""

from collections.abc import Generator

from rag.inquiry import Inquiry
from rag.models import Piece
from rag.sources import Source
from rag.verify import Verdict

__all__ = ["SURE", "decide", "declines", "look_closer"]

_WHOLE = {"strict": 0.3, "balanced": 0.1, "lenient": 0.02}
_PASSAGES = {"strict": 0.8, "balanced": 0.67, "lenient": 0.2}
"""Probability that the article answers the question under which the answer is that it does not, for an article that is
read whole and for passages.

In much text the model misses things, and what comes is checked as well: of 153 questions about ten whole articles kept
apart that have an answer, 136, 133 and 132 are answered rightly with 0.05, 0.1 and 0.2, and of 70 that have none 64 are
declined with each. Of passages it is sure: of 52 questions about four encyclopedia articles 45, 44 and 41 are answered
rightly with 0.5, 0.67 and 0.8, and of 48 that have no answer 43, 46 and 47 are declined.
"""

_LIKELY, _ALONE = -4.0, 0.5
"""Log-odds of a sentence, to the pointer, from which it is read alone if the whole article does not seem to answer, and
probability that it answers from which it is said.

Of 62 questions about articles kept apart that were declined, with a limit of 0.05, this answers 3 of the 8 that have an
answer, and none of the others; a look was taken at half of them.
"""

SURE = 0.75
"""Probability that a passage answers from which no other one is read.

Of ten questions about encyclopedia articles kept apart with 0.5 to 0.9, the passage alone was enough for all with
0.75 or more, and for two of those with less it was not.
"""

_HOPELESS, _ELSEWHERE = 0.2, 0.0
"""Probability that the first passage answers under which no other is read, if no sentence of the others has these
log-odds, to the pointer.

Of 72 questions about long articles kept apart this is so for 15 of the 24 that have no answer, two of which would be
answered if all were read, and for one of the others, which would be declined then too. It saves some 200 tokens.

If none at all has these log-odds, the closest sentence is read with its neighbours in place of the passage: so it is,
of 66 questions about four articles, for 24 of the 28 that have no answer and for none of the others. It answers as
improbably as the passage for 22 of these, and is some 55 tokens shorter.
"""


def decide(every: Inquiry, pointed: Source | None) -> tuple[Inquiry, Generator[Piece]]:
    """Find out how probable it is to the model that the article answers.

    Of a long article the best passage is read alone first: that is quicker, and the model judges one passage more
    surely than several; of one that was not read ahead only the sentence that is surely pointed at, with its
    neighbours, or, to see whether there is any hope, the closest one if none is likely. The others are read after it if
    it does not surely answer, and there is some hope that they do. What may be about the article as a whole is asked of
    its outline before.

    Args:
        every: The question, asked about all that was found.
        pointed: The sentence that surely answers, if one does; then the model need not write.

    Returns:
        The question, asked about what decided, and what the model writes.
    """
    found = every.evidence
    tried = [every.of(found.outline)] if found.outline else []
    unlikely: Inquiry | None = None  # is only good for telling that there is no answer
    if every.judged and not found.whole and not found.heading and len(found.excerpts) > 1:
        best = every.of(found.best)
        near = pointed or next(iter(every.closest(1) if every.surest < _ELSEWHERE else ()), None)
        if near and not best.known:
            beside = every.of(found.beside(near))
            tried.append(beside)
            unlikely = None if pointed else beside
        if not pointed or best.known:
            tried.append(best)
    for less in tried:
        pieces = less.begin(writing=pointed is None)
        outline = less.evidence is found.outline
        if (less.found >= SURE and less is not unlikely) or (not outline and _hopeless(less, every)):
            return less, pieces
        pieces.close()
    return every, every.begin(writing=pointed is None)


def _hopeless(first: Inquiry, every: Inquiry) -> bool:
    """Whether neither what was read first nor what else was found is likely to answer."""
    return first.found < _HOPELESS and not any(
        source.score >= _ELSEWHERE and source not in first.evidence for source in every.closest()
    )


def declines(inquiry: Inquiry, *, further: bool) -> bool:
    """Whether the answer is that the article does not say.

    Args:
        inquiry: The question, after the model has read what it is about.
        further: Whether another article has answered; then what is less sure is told too.
    """
    limits = _WHOLE if inquiry.evidence.whole or further else _PASSAGES
    return inquiry.found < limits[inquiry.strictness]


def look_closer(inquiry: Inquiry) -> tuple[Inquiry, Verdict] | None:
    """Ask about the closest sentence of an article that was read whole, alone with its neighbours: in much text a small
    model misses things.

    Returns:
        The question, asked about these, and the verdict about the sentence; None if it does not answer.
    """
    for source in inquiry.closest(1) if inquiry.evidence.whole else ():
        if source.score >= _LIKELY:
            closer = inquiry.of(inquiry.evidence.beside(source))
            closer.begin(writing=False).close()
            if closer.found >= _ALONE and (verdict := closer.check(source.text)).sources:
                return closer, verdict
    return None
