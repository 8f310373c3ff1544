"""What a sentence of an answer names in full where the article says "he" or "the company"."""

import re
from collections.abc import Sequence

from rag.evidence import Evidence
from rag.facts import full_names, missing_facts, names
from rag.sources import Source
from rag.words import tokens

__all__ = ["joined", "missing", "with_antecedents"]

_PRONOUNS = frozenset("it he him she her they them".split())
_NEAR = 4
"""Sentences before one among which what it calls "he" is looked for."""


def with_antecedents(sentence: str, sources: list[Source], evidence: Evidence) -> list[Source]:
    """Return the sources of a sentence, and the one before them that names what they call "he" or "the company"."""
    lacking = missing(sentence, sources, evidence)
    for source in sources:
        for other in evidence.around(source)[:_NEAR]:
            if lacking and not missing(" ".join(lacking), [other], evidence):
                return [*sources, other]
    return sources


def missing(sentence: str, sources: Sequence[Source], evidence: Evidence) -> list[str]:
    """Return the facts of a sentence that its sources do not have. Whom they name in short may be named in full."""
    text = " ".join(source.text for source in sources)
    full = [name for name in full_names(sentence) if _is_full(name, text, sources[0].article.text)]
    return missing_facts(sentence, " ".join([text, *full]), evidence.lower_case)


def joined(sentence: str, sources: Sequence[Source], evidence: Evidence) -> bool:
    """Whether a sentence puts together what no one of its sources says.

    That is so where each lacks a number of it, or a name that is not merely who or what the source is about: one that
    may stand for a pronoun, or that the sentence begins with and names nobody besides. A small model makes "two of the
    eleven fell ill" of "eleven fell ill" and "two of them died": of 129 sentences about articles kept apart five are of
    this kind, and one of them wrong, which no other check found.
    """
    return all(_adds(sentence, source, evidence) for source in sources)


def _adds(sentence: str, source: Source, evidence: Evidence) -> bool:
    lacking = missing(sentence, [source], evidence)
    named = set(names(sentence, evidence.lower_case))
    if not lacking or not named.issuperset(lacking):
        return bool(lacking)
    its_subject = sentence.startswith(lacking[0]) and named == set(lacking)
    return not its_subject and _PRONOUNS.isdisjoint(tokens(source.text))


def _is_full(name: str, text: str, article: str) -> bool:
    """Whether a name stands in the article, and a text has a word of it that is no other name's part there."""
    if name not in article:
        return False
    others = [other for other in full_names(article) if name not in other]
    return any(
        re.search(rf"\b{re.escape(word)}\b", text) and not any(word in other.split() for other in others)
        for word in name.split()
    )
