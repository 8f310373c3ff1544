"""Words that turn what an article says into its opposite, in its own wording: "fell 12 percent" where it "rose"."""

from collections.abc import Iterator, Sequence

from rag.words import content_words, tokens

__all__ = ["opposite"]

_PAIRS = (
    ("rise rises rose risen rising grow grows grew grown growing increase increases increased increasing climb climbs "
     "climbed climbing gain gains gained gaining jump jumps jumped",
     "fall falls fell fallen falling shrink shrinks shrank shrunk shrinking decrease decreases decreased decreasing "
     "decline declines declined declining drop drops dropped dropping"),
    ("more higher greater larger bigger longer", "less fewer lower smaller shorter"),
    ("most largest highest biggest greatest best longest", "least fewest smallest lowest worst shortest"),
    ("above over exceed exceeds exceeded", "below under"),
    ("maximum", "minimum"),
    ("win wins won winning winner", "lose loses lost losing loser"),
    ("accept accepts accepted accepting approve approves approved",
     "reject rejects rejected rejecting refuse refuses refused"),
    ("support supports supported supporting", "oppose opposes opposed opposing"),
    ("open opens opened opening", "close closes closed closing"),
    ("begin begins began begun beginning start starts started starting",
     "end ends ended ending stop stops stopped stopping"),
    ("first", "last"), ("north northern", "south southern"), ("east eastern", "west western"),
)  # fmt: skip
_SIDES = {
    word: (number, side)
    for number, pair in enumerate(_PAIRS)
    for side, words in enumerate(pair)
    for word in words.split()
}
"""Opposites that a small model may take for each other; no others are told apart. What is bought is also sold, and what
ends before one thing begins after another: these are none."""

_HERE = "_"  # no word of a text is like it


def opposite(sentence: str, sources: Sequence[str]) -> str | None:
    """Return the word of the article that a sentence has the opposite of, between the same words.

    Args:
        sentence: A sentence of an answer.
        sources: The article's sentences that are to carry it.
    """
    stands: dict[tuple[int, tuple[str, ...]], dict[int, str]] = {}
    for source in sources:
        for word, pair, side, near in _turns(source):
            stands.setdefault((pair, near), {})[side] = word
    for _, pair, side, near in _turns(sentence):
        its = stands.get((pair, near), {})
        if side not in its and its:
            return next(iter(its.values()))
    return None


def _turns(text: str) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    """Yield the words that have an opposite, with the words beside each."""
    words = tokens(text)
    for place, word in enumerate(words):
        if word in _SIDES:
            before, after = words[max(0, place - 1) : place], words[place + 1 : place + 3]
            for near in (after, [*before, _HERE, *after[:1]]):
                if len(near) > 1 and content_words(" ".join(near)):
                    yield word, *_SIDES[word], tuple(near)
