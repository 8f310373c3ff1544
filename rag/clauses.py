"""The parts of a sentence, which may each say something of their own."""

import re
from collections.abc import Iterator

from rag.words import content_words

__all__ = ["SAYS_SOMETHING", "beginnings", "clauses"]

SAYS_SOMETHING = 4
"""Content words from which a part of a sentence counts as saying something of its own."""

_JOINT = re.compile(
    r"\s*(?:[;—–,]\s*)?\b(?:and|but|while|whereas|which|because)\s+|\s*[;—–]\s*|,\s+", re.IGNORECASE
)
_OPENS = re.compile(r"(?:if|although|though|while|despite|when|because|unless|since|as)\b", re.IGNORECASE)


def clauses(sentence: str) -> list[str]:
    """Return the parts of a sentence between which it might be cut."""
    return _JOINT.split(sentence)


def beginnings(sentence: str, most: int = 2) -> Iterator[str]:
    """Yield shorter sentences that the sentence begins with, longest first.

    "Wang is the CEO, and he is 45 years old." gives "Wang is the CEO.": half an answer that is true is not lost
    because of the other half. A sentence that begins with a condition or concession is not cut.
    """
    if _OPENS.match(sentence):
        return
    for joint in list(_JOINT.finditer(sentence))[::-1]:
        beginning = sentence[: joint.start()].rstrip(" ,;—–")
        if len(content_words(beginning)) < SAYS_SOMETHING or most == 0:
            return
        most -= 1
        yield beginning + "."
