"""Sentences to learn from as right answers or wrong ones."""

import random
import re
from collections.abc import Sequence

from index.splitting import sentences
from rag.words import share

__all__ = ["FACT", "closest", "own_sentence", "swapped", "tidy"]

FACT = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:of\s+|the\s+)?[A-Z][\w’'-]+)*|\b\d[\d,.]*\b")
_NO_NAMES = frozenset({"The", "In", "No", "Yes"})
_LEANS = re.compile(r"(?:he|she|it|its|they|their|this|these|those|that|his|her|such)\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """Return a sentence that begins with a capital and ends."""
    text = " ".join(text.split())
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in '.!?"' else text + "."


def own_sentence(paragraph: str, gold: str) -> str:
    """Return the paragraph's sentence with the answer, where it can be understood alone; else ""."""
    for start, end in sentences(paragraph):
        sentence = paragraph[start:end]
        if gold in sentence and len(sentence) < 200 and not _LEANS.match(sentence):
            return sentence
    return ""


def closest(asked: str, every: Sequence[str], noise: float, rng: random.Random) -> list[str]:
    """Return sentences, first those that have most of a question's words.

    Args:
        asked: The question, of a follow-up with what was said before.
        every: The sentences.
        noise: How much chance counts beside the share of words, so that not the same ones are always first.
        rng: Chance.
    """
    shares = [share(asked, sentence) + noise * rng.random() for sentence in every]
    return [every[number] for number in sorted(range(len(every)), key=lambda number: -shares[number])]


def swapped(said: str, rng: random.Random) -> str:
    """Return a sentence with two of its names or numbers exchanged, or "" where it has no two."""
    names = [name for name in dict.fromkeys(FACT.findall(said)) if name not in _NO_NAMES]
    if len(names) < 2:
        return ""
    one, two = rng.sample(names, 2)
    if one in two or two in one or one[0].isdigit() != two[0].isdigit():
        return ""
    return said.replace(one, "\0").replace(two, one).replace("\0", two)
