"""What can be said instead of a sentence that did not pass: its beginning, or the article's own words."""

from collections.abc import Iterator

from rag.clauses import beginnings
from rag.verify import Verdict
from rag.words import tokens

__all__ = ["LONGEST_QUOTE", "instead"]

LONGEST_QUOTE = 300
"""Characters of a sentence of the article that is said as it stands."""


def instead(sentence: str, verdict: Verdict) -> Iterator[str]:
    """Yield what may pass in place of a sentence, the most like it first.

    A small model often finds the right place and words it badly: then the article's own sentence answers. What does
    not answer as a whole is not cut: its beginning hardly ever does, and to ask takes time.

    Args:
        sentence: What did not pass.
        verdict: Why.
    """
    if not verdict.beside:
        yield from beginnings(sentence)
    near = verdict.near
    if near and len(near.text) <= LONGEST_QUOTE and tokens(sentence) != tokens(near.text):
        yield near.text
