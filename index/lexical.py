"""The words of questions and passages, for SQLite's full text search."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"\w+")
# Han, kana, Hangul, Thai, Lao, Khmer and Burmese are written without spaces: each character is searched by
# itself.
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff])"
)
_STOP_WORDS = frozenset(
    """a an and are as at be been but by can could did do does for from had has have how i if in into is it
    its many much of on or that the their them then there these they this those to was were what when where
    which who whom whose why will with would you your""".split()
)
_MOST_WORDS = 64
"""A question longer than this is searched by its first different words."""


def searchable(text: str) -> str:
    """The text as the index takes it: scripts without spaces are taken apart."""
    return _SPACELESS.sub(r" \1 ", text)


@dataclass(frozen=True)
class FtsQuery:
    """What to look for: any of these words, and those that say more because they stand together."""

    words: tuple[str, ...]
    together: tuple[tuple[str, ...], ...] = ()
    """Words in a row: each from one that carries meaning to the next, with those that do not between them."""

    @classmethod
    def of(cls, question: str) -> "FtsQuery":
        """The words of a question that carry its meaning; all of them if none does."""
        said = _WORD.findall(searchable(question).lower())
        places = [n for n, word in enumerate(said) if word not in _STOP_WORDS] or list(range(len(said)))
        places = places[:_MOST_WORDS]
        pairs = [tuple(said[first : last + 1]) for first, last in pairwise(places)]
        return cls(tuple(dict.fromkeys(said[n] for n in places)), tuple(dict.fromkeys(pairs)))

    def only(self, words: Collection[str]) -> "FtsQuery":
        """The same question without its other words, except those that stand together with one of these."""
        together = [row for row in self.together if row[0] in words or row[-1] in words]
        return FtsQuery(tuple(words), tuple(together))

    def expression(self, article_ids: Sequence[str] | None) -> str | None:
        """The query in the language of FTS5, for all articles or some; None if it cannot find anything."""
        if not self.words or (article_ids is not None and not article_ids):
            return None
        words = f"body : ({_any([*self.words, *map(' '.join, self.together)])})"
        return words if article_ids is None else f"article : ({_any(article_ids)}) AND {words}"


def _any(words: Sequence[str]) -> str:
    return " OR ".join('"{}"'.format(word.replace('"', '""')) for word in words)
