"""Texts as comparable words: what two sentences have in common when their wording differs a little."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["content_words", "fold", "negated", "owner", "share", "spaced", "tokens"]

# Words, and each Chinese or Japanese character by itself, since those are written without spaces.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['.][^\W\d_]+)*")

_NEGATIONS = frozenset(
    "not no never nor neither without cannot none nobody nothing n't deny denies denied denying".split()
)

# Function words carry no claim of their own. Negations do: they are compared apart.
_FUNCTION_WORDS = frozenset(
    "a an the this that these those it its he she they them their his her him we us our you your i my me "
    "is are was were be been being am do does did has have had having will would can could may might shall should must "
    "of in on at by for with from to into onto up out as about and or but if then than so such also both "
    "which who whom whose what when where why how there here according article text states says said s "
    "due because since while however therefore".split()
)


def fold(text: str) -> str:
    """Return a text with its variants of the same character made one: quotes, ligatures, dashes, accents, case."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii():  # "Sato" is "Satō"
        text = unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return text.translate(_SAME)


# Of letters as Europe writes them; elsewhere what is a mark to Unicode may be a vowel.
_ACCENTS = re.compile("[\u0300-\u036f]")
_SAME = (
    str.maketrans("øłđð", "oldd")
    | {ord(c): "'" for c in "’‘ʼ`´"}
    | {ord(c): '"' for c in "“”„«»"}
    | {ord(c): "-" for c in "–—−‐‑"}
)


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded, without a possessive's ending."""
    words = _TOKEN.findall(fold(text).replace("n't", " n't"))
    return [word.removesuffix("'s").replace(".", "") for word in words]


def owner(name: str) -> str:
    """Return a name without a possessive's ending: "Meta" of "Meta's"."""
    return re.sub(r"['’]s$", "", name)


def spaced(text: str) -> str:
    """Return the words of a text with one space between them, so that texts can be looked for in each other."""
    return " ".join(tokens(text))


def content_words(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [_stem(word) for word in tokens(text) if word not in _FUNCTION_WORDS and word not in _NEGATIONS]


def share(said: str, text: str) -> float:
    """Return the share of a sentence's content words that a text has."""
    words = set(content_words(said))
    return len(words & set(content_words(text))) / max(1, len(words))


def negated(text: str) -> bool:
    """Whether a text denies something."""
    return not _NEGATIONS.isdisjoint(tokens(text))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem


@lru_cache(maxsize=1)
def _stemmer():  # type: ignore[no-untyped-def]  # snowballstemmer has no type information
    import snowballstemmer

    return snowballstemmer.stemmer("english")
