"""Which sentences are worth learning as answers: they keep the known answer, and to the words of the article."""

import re

from index.splitting import sentences
from rag.words import content_words

__all__ = ["FACT", "SENTENCE_END", "faithful", "is_good", "own_sentence", "share_words", "tidy"]

FACT = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:of\s+|the\s+)?[A-Z][\w’'-]+)*|\b\d[\d,.]*\b")
SENTENCE_END = re.compile(r"(?<=\.) ")
_LEANS = re.compile(r"(?:he|she|it|its|they|their|this|these|those|that|his|her|such)\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """Return a sentence that begins with a capital and ends."""
    text = " ".join(text.split())
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in '.!?"' else text + "."


def is_good(said: str, text: str, question: str, gold: str) -> bool:
    """Whether a sentence kept the known answer and added no name or number."""
    if not said or gold.lower() not in said.lower() or len(said.split()) > 45:
        return False
    known = set(re.findall(r"\w+", f"{text} {question}".lower()))
    facts = [fact for fact in FACT.findall(said) if not said.startswith(fact)]
    return all(word.lower() in known for fact in facts for word in re.findall(r"\w+", fact))


def share_words(one: str, other: str) -> bool:
    """Whether two texts have a word in common that carries meaning."""
    return bool(set(content_words(one)) & set(content_words(other)))


def own_sentence(paragraph: str, gold: str) -> str:
    """Return the paragraph's sentence with the answer, where it can be understood alone; else ""."""
    for start, end in sentences(paragraph):
        sentence = paragraph[start:end]
        if gold in sentence and len(sentence) < 200 and not _LEANS.match(sentence):
            return sentence
    return ""


def faithful(summary: str, paragraph: str) -> str:
    """Return the whole sentences of a summary that keep to the words of the paragraph."""
    summary = " ".join(summary.split())
    summary = summary if summary.endswith(".") else summary[: summary.rfind(". ") + 1]
    known = set(re.findall(r"\w+", paragraph.lower()))
    kept = []
    for sentence in SENTENCE_END.split(summary):
        words = re.findall(r"\w+", sentence.lower())
        if words and sum(word in known for word in words) / len(words) > 0.85:
            kept.append(sentence)
    return " ".join(kept)
