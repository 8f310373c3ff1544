"""What can be said instead of a sentence that did not pass: its beginning, or the article's own words."""

import re
from collections.abc import Iterator

from rag.verify import Verdict
from rag.words import content_words, tokens

__all__ = ["beginnings", "instead"]

_JOINT = re.compile(
    r"\s*(?:[;—–,]\s*)?\b(?:and|but|while|whereas|which|because)\s+|\s*[;—–]\s*|,\s+", re.IGNORECASE
)
_OPENS = re.compile(r"(?:if|although|though|while|despite|when|because|unless|since|as)\b", re.IGNORECASE)
_LONGEST_QUOTE = 300  # characters of a sentence that is said as it stands
_FEWEST_WORDS = 4  # content words of a beginning that says something


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
    if near and len(near.text) <= _LONGEST_QUOTE and tokens(sentence) != tokens(near.text):
        yield near.text


def beginnings(sentence: str, most: int = 2) -> Iterator[str]:
    """Yield shorter sentences that the sentence begins with, longest first.

    "Wang is the CEO, and he is 45 years old." gives "Wang is the CEO.": half an answer that is true is not lost
    because of the other half. A sentence that begins with a condition or concession is not cut.
    """
    if _OPENS.match(sentence):
        return
    for joint in list(_JOINT.finditer(sentence))[::-1]:
        beginning = sentence[: joint.start()].rstrip(" ,;—–")
        if len(content_words(beginning)) < _FEWEST_WORDS or most == 0:
            return
        most -= 1
        yield beginning + "."
