"""Who does what: whether a sentence says of somebody what the article says of somebody else, in the same words.

Names and words of such a sentence all stand in the article, and a small model is easily taken in. Of 296 sentences that
it had worded itself, about articles that nothing was fitted to, this found four, all of them wrong.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.words import content_words, fold

__all__ = ["other_actor"]

_WORD = re.compile(r"[^\W_](?:[\w'’.&-]*[^\W_])?")
_SAME = 4
"""Words in a row that a sentence has from the article for them to be the same statement."""
_BETWEEN = 2
"""Words at most between who acts and what the two have in common: "is", "has now"."""
_APART = re.compile(r"[,;:()]|\bthat\b")
_NO_ACTOR_AFTER = frozenset("about as at by for from in into of on than to told with".split())
_DATES = frozenset(fold(name) for name in (*calendar.month_name, *calendar.day_name) if name)


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int
    name: bool  # and not a possessive, which does nothing itself


def other_actor(sentence: str, source: str, article_words: frozenset[str]) -> str | None:
    """Return who it is that the article says of what a sentence says of somebody else.

    Args:
        sentence: A sentence of an answer.
        source: The article's sentence that is to carry it.
        article_words: Every word that the article has in lower case; tells names from a sentence's first word.

    Returns:
        The name, as it stands in the source; None if the two agree, or it cannot be told.
    """
    said, stands = _words(sentence, article_words), _words(source, article_words)
    everybody = {word.text for word in said}
    # Its "autojunk" keeps a long text that repeats a word from taking long.
    matcher = SequenceMatcher(None, [w.text for w in said], [w.text for w in stands])
    for match in matcher.get_matching_blocks():
        if match.size < _SAME or said[match.a].name:
            continue
        named = {word.text for word in said[: match.a] if word.name}
        actor = _actor(source, stands, match.b)
        if named and actor and everybody.isdisjoint(_texts(actor)):
            before = {word.text for word in stands[: match.b] if word.name}
            if named.isdisjoint(before):
                return source[actor[0].start : actor[-1].end]
    return None


def _actor(source: str, words: list[_Word], at: int) -> list[_Word]:
    """Return the name that stands before a word as the one who acts, word by word; nothing if none does."""
    last = next(
        (number for number in range(at - 1, max(at - 2 - _BETWEEN, -1), -1) if words[number].name), None
    )
    if last is None or _APART.search(source, words[last].end, words[at].start):
        return []
    first = last
    while first and words[first - 1].name and source[words[first - 1].end : words[first].start] == " ":
        first -= 1
    if first and words[first - 1].text in _NO_ACTOR_AFTER:
        return []
    return words[first : last + 1]


def _texts(words: Iterable[_Word]) -> set[str]:
    return {word.text for word in words}


def _words(text: str, article_words: frozenset[str]) -> list[_Word]:
    found = []
    for number, match in enumerate(_WORD.finditer(text)):
        word = fold(match.group())
        plain = word.removesuffix("'s")
        name = (
            match.group()[0].isupper()
            and plain == word
            and not (number == 0 and word in article_words)
            and word not in _DATES
            and bool(content_words(word))
        )
        found.append(_Word(plain, match.start(), match.end(), name))
    return found
