"""The facts that can be compared to the letter: numbers, quotations and proper names."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from rag.words import content_words, fold, owner, tokens

__all__ = ["SCALES", "full_names", "missing_facts", "names", "unknown", "value"]

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
_UNITS = "two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = "hundred|thousand|million|billion|trillion"
"""The words that scale a number, for regular expressions."""
_NUMBER_WORDS = {word: float(value) for value, word in enumerate([*_UNITS, *_TEENS], 2)} | {
    word: 10.0 * value for value, word in enumerate(_TENS, 2)
}
_ORDINALS = {
    word: float(value)
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
_COUNT = 12
"""Up to this a number in a question may be how much is asked for: "the top 5", "two sentences"."""
_NUMBER = re.compile(
    r"(?<![\w.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:[\s-]?({SCALES}|[bmt]n|[kmb])(?![a-z]))?"
)
_SPELT = re.compile(
    rf"\b(?:({'|'.join(_TENS)})[\s-](one|{'|'.join(_UNITS)})|({'|'.join(_NUMBER_WORDS)}))\b"
    rf"(?:[\s-]({SCALES})\b)?"
)
"""A number in words up to ninety-nine, with its scale: a longer one is read as several."""
_DECADE = re.compile(r"\b\d+s\b")
_LARGE = 0.28  # share of capitalised words: English news has up to a quarter of them, German a third
_A_SLIP = 0.75  # how alike two words are of which one is the other, mistyped
_QUOTED = re.compile(r'"([^"]{2,300})"')
_FULL_NAME = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]*[^\W_](?: [A-Z][\w’'-]*[^\W_])+")
_NAME = re.compile(r"[^\W\d_][\w'’.&-]*")
_OPENERS = frozenset(
    "almost nearly besides unlike despite during after before until under once meanwhile probably possibly".split()
)
"""What a sentence may begin with that is no name, though the article may not have it: prepositions and adverbs. Words
such as "all" are not among them, for what begins with one that the article lacks is mostly wrong."""


def missing_facts(sentence: str, source: str, article_words: frozenset[str]) -> list[str]:
    """Return the numbers, quotations and names of a sentence that its source does not have.

    Args:
        sentence: A sentence of an answer.
        source: The article's words that are to carry it.
        article_words: Every word that the article has in lower case; tells names from a sentence's first word.

    Returns:
        What is missing, as it stands in the sentence; empty if nothing is.
    """
    return [
        *(text for text, _ in _new_numbers(sentence, source)),
        *_new_words(sentence, source, article_words),
    ]


def _new_numbers(sentence: str, source: str) -> list[tuple[str, float]]:
    return [(text, value) for text, value in _numbers(sentence) if not _same(value, _values(source))]


def _new_words(sentence: str, source: str, article_words: frozenset[str]) -> list[str]:
    """Return the quotations and names of a sentence that its source does not have."""
    folded = fold(source)
    quotes = [quote for quote in _QUOTED.findall(fold(sentence)) if quote.strip(" .,") not in folded]
    there, initials = _words(source), _initials(source)
    return quotes + [
        name
        for name in names(sentence, article_words)
        if not there.issuperset(content_words(name)) and fold(name).replace(".", "") not in initials
    ]


def unknown(question: str, article: str, article_words: frozenset[str]) -> list[str]:
    """Return the numbers, quotations and names of a question that the article has nowhere.

    Such a question is about something else, or takes for granted what is not so. A name that is nearly one of the
    article's is a slip of the keyboard, and the first word is no name; a small number may be how much is asked for.

    Args:
        question: The question.
        article: The whole article, with its title.
        article_words: Every word that the article has in lower case.
    """
    first = question.split(maxsplit=1)[0]
    exact = _DECADE.sub("", question)
    numbers = [text for text, value in _new_numbers(exact, article) if value > _COUNT]
    missing = [word for word in _new_words(question, article, article_words) if word not in first]
    if missing and not _writes_nouns_large(article):
        words = sorted(_words(article))
        return numbers + [word for word in missing if not get_close_matches(fold(word), words, 1, _A_SLIP)]
    return numbers


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(content_words(text)) | frozenset(tokens(text))


@lru_cache(maxsize=16)
def _writes_nouns_large(text: str) -> bool:
    """Whether a text is in a language, such as German, in which a capital does not make a name."""
    words = text.split()
    return sum(word[:1].isupper() for word in words) > _LARGE * len(words)


def _numbers(text: str) -> list[tuple[str, float]]:
    """Return the numbers of a text as written and as values: "14.3 billion" and "14.3bn" are the same."""
    folded = fold(text)
    found = [
        (match.group(0), float(match.group(1).replace(",", "")) * _SCALES.get(match.group(2) or "", 1.0))
        for match in _NUMBER.finditer(folded)
    ]
    for match in _SPELT.finditer(folded):
        tens, unit, word, scale = match.groups()
        number = _NUMBER_WORDS[word or tens] + (_NUMBER_WORDS.get(unit, 1.0) if unit else 0.0)
        found.append((match.group(0), number * _SCALES.get(scale or "", 1.0)))
    return found


@lru_cache(maxsize=1000)
def _values(text: str) -> frozenset[float]:
    ordinals = (_ORDINALS[word] for word in tokens(text) if word in _ORDINALS)
    return frozenset({value for _, value in _numbers(text)}.union(ordinals))


def value(word: str) -> float | None:
    """Return the value of a number in lower case, with its scale if it has one, or of an ordinal; None for a word."""
    return next((value for _, value in _numbers(word)), _ORDINALS.get(word))


def _same(value: float, values: Iterable[float]) -> bool:
    return any(abs(value - other) <= 1e-9 * max(value, other) for other in values)


def names(sentence: str, article_words: frozenset[str]) -> list[str]:
    """Return the capitalised words of a sentence that are names and not merely its first word."""
    found = []
    for number, match in enumerate(_NAME.finditer(sentence)):
        word = match.group().rstrip(".'’-")
        first = not number and (fold(word) in article_words or fold(word) in _OPENERS)
        if word[:1].isupper() and not first and not _SPELT.fullmatch(fold(word)) and content_words(word):
            found.append(owner(word))
    return found


@lru_cache(maxsize=64)
def full_names(text: str) -> tuple[str, ...]:
    """Return the names of more than one word, such as "Atticus Finch", each once."""
    return tuple(dict.fromkeys(map(owner, _FULL_NAME.findall(text))))


@lru_cache(maxsize=64)
def _initials(text: str) -> frozenset[str]:
    """Return the abbreviations that a text's names would have: "European Union" gives "eu"."""
    words = _NAME.findall(text)
    found = set()
    for start in range(len(words)):
        letters = ""
        for word in words[start : start + 6]:
            if word in {"of", "and", "the", "for"}:
                continue
            if not word[0].isupper():
                break
            letters += word[0].casefold()
            if len(letters) > 1:
                found.add(letters)
    return frozenset(found)
