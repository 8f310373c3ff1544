"""Names and numbers that have changed places: a sentence in the article's own wording that has another one where the
article has this one.

All its words stand in the article, and a small model is easily taken in: "fell from 80 to 120", "Lettmar sued Corvane".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.facts import value
from rag.words import content_words, fold, owner

__all__ = ["exchanged"]

_WORD = re.compile(r"\d(?:[\d.,]*\d)?|[^\W_](?:[\w'’.&-]*[^\W_])?")
_SAME = 3
"""Words besides names and numbers that a sentence has in a row from the article, with something in every place between
them, for it to be the same wording."""
_NAME, _NUMBER = "a name", "a number"  # no word of a text is like these


@dataclass
class _Place:
    """A word, or what stands in a place for a name or a number.

    Attributes:
        key: The word, or which of the two it is.
        values: The number, or the words of the name, which may be given in part.
        start: Where it begins in the text.
        end: Where it ends.
    """

    key: str
    values: set[str | float]
    start: int
    end: int


def exchanged(sentence: str, sources: Sequence[str], article_words: frozenset[str]) -> str | None:
    """Return the name or number that the article has where a sentence in its wording has another one.

    What only borders on the common wording does not count, since there "Brandt, the head of Lettmar, said" is "Brandt
    said"; it must stand between words of it, or begin or end both sentences.

    Args:
        sentence: A sentence of an answer.
        sources: The article's sentences that are to carry it.
        article_words: Every word that the article has in lower case, and that therefore is no name.

    Returns:
        What the article has, as it stands there; None if nothing differs, or another source agrees.
    """
    said = _places(sentence, article_words)
    agreed, others = set[int](), dict[int, str]()
    for text in sources:
        stands = _places(text, article_words)
        # Its "autojunk" keeps a long text that repeats a word from taking long.
        matcher = SequenceMatcher(None, [one.key for one in said], [one.key for one in stands])
        for first, other, size in matcher.get_matching_blocks():
            if not _is_wording(sentence, said[first : first + size]):
                continue
            opens, closes = first == other == 0, (first + size, other + size) == (len(said), len(stands))
            plain = [at for at in range(size) if not said[first + at].values]
            for at in range(0 if opens else plain[0], size if closes else plain[-1]):
                mine, its = said[first + at], stands[other + at]
                if mine.values & its.values:
                    agreed.add(first + at)
                elif mine.values:
                    others.setdefault(first + at, owner(text[its.start : its.end]))
    return next((others[place] for place in sorted(others) if place not in agreed), None)


def _is_wording(sentence: str, run: Sequence[_Place]) -> bool:
    """Whether words in a row are enough to be the same wording, and not only function words."""
    plain = [sentence[place.start : place.end] for place in run if not place.values]
    return len(plain) >= _SAME and bool(content_words(" ".join(plain)))


def _places(text: str, article_words: frozenset[str]) -> list[_Place]:
    found: list[_Place] = []
    for match in _WORD.finditer(text):
        word = fold(match.group()).removesuffix("'s")
        counted = value(word)
        is_name = match.group()[0].isupper() and word not in article_words and bool(content_words(word))
        if counted is not None:
            found.append(_Place(_NUMBER, {counted}, *match.span()))
        elif is_name and found and found[-1].key == _NAME and text[found[-1].end : match.start()] == " ":
            found[-1].values.add(word)
            found[-1].end = match.end()
        else:
            found.append(_Place(_NAME if is_name else word, {word} if is_name else set(), *match.span()))
    return found
