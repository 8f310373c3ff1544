"""Sentences to learn from as right answers or wrong ones."""

import random
import re

from index.splitting import sentences

__all__ = ["FACT", "own_sentence", "swapped", "tidy"]

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


def swapped(said: str, rng: random.Random) -> str:
    """Return a sentence with two of its names or numbers exchanged, or "" where it has no two."""
    names = [name for name in dict.fromkeys(FACT.findall(said)) if name not in _NO_NAMES]
    if len(names) < 2:
        return ""
    one, two = rng.sample(names, 2)
    if one in two or two in one or one[0].isdigit() != two[0].isdigit():
        return ""
    return said.replace(one, "\0").replace(two, one).replace("\0", two)
