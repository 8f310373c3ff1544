"""Questions about an article as a whole, such as for a summary: what it says in main, in its own words."""

from collections.abc import Sequence
from typing import TypeVar

from rag.evidence import Evidence
from rag.rescue import LONGEST_QUOTE
from rag.sources import Source
from rag.words import spaced, tokens

__all__ = ["is_overview", "leads", "most_points"]

_MOST_POINTS = 4
_COUNTS = {word: n for n, word in enumerate("one two three four five".split(), 1)} | {
    str(n): n for n in range(1, 6)
}
_NEAR = 0.35
"""Share of a question's words, weighted by rarity, and cosine to it; a model with higher cosines finds no overview."""

_TELLING = 60
"""Characters of a sentence that says enough by itself: "Analysts are split." announces what follows."""

Item = TypeVar("Item")


def is_overview(question: str, evidence: Evidence) -> bool:
    """Whether a question points nowhere in particular: no sentence shares much with it, in words or in meaning.

    The heading of a section that it names is not counted. So do questions about something else; whether the article
    answers is for the model to say. Of ten questions for a summary of articles that nothing was fitted to, nine are
    found, and of 337 others 40, half of them off topic.
    """
    if evidence.heading:
        question = f" {spaced(question)} ".replace(f" {spaced(evidence.heading)} ", " ")
    # Words first: the meaning of sentences that are new takes a tenth of a second.
    return evidence.shares(question) < _NEAR and evidence.means(question) < _NEAR


def most_points(question: str) -> int:
    """Return how many sentences an overview has at most: as many as are asked for, or a few."""
    return next((_COUNTS[word] for word in tokens(question) if word in _COUNTS), _MOST_POINTS)


def leads(evidence: Evidence, count: int) -> list[Source]:
    """Return the first telling sentence of paragraphs from the article's beginning to its end, in its order; of few
    paragraphs others as well."""
    telling = [source for source in evidence.sources if _TELLING <= len(source.text) <= LONGEST_QUOTE]
    found = []
    for excerpt in evidence.excerpts:
        own = (source for source in telling if source in excerpt)
        found.append(next(own, None))
    firsts = [source for source in found if source]
    others = [source for source in telling if source not in firsts] if len(firsts) < count else []
    chosen = _spread(firsts, count) + _spread(others, count - len(firsts))
    return sorted(chosen, key=lambda source: source.start) or evidence.sources[:1]


def _spread(items: Sequence[Item], count: int) -> list[Item]:
    """Return so many of some things, from the first one to the last one."""
    if len(items) <= count:
        return list(items)
    return [items[round(number * (len(items) - 1) / max(1, count - 1))] for number in range(count)]
