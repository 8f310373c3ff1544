"""Questions that are several at once, and their answers together.

A small model asked two things answers the one that is more prominent in the article, or takes what it knows of one for
an answer to the other. Asked one after the other, each has a verdict of its own (decomposition, as in Khot et al. 2023,
https://arxiv.org/abs/2210.02406, but by the words and without a model).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answers import Answer
from rag.prompts import NOT_SAID
from rag.words import tokens

__all__ = ["joined", "questions"]

_MOST = 3
"""Questions at once; what has more is asked as it stands."""
_SHORTEST = 3
"""Words of a question that can be asked by itself."""

_OPENS = r"who|whom|whose|what|which|when|where|why|how"
_VERB = r"is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|might|may"
_BEFORE = r"(?:(?:at|by|for|from|in|of|on|to|with) )?"
_OPENING = re.compile(rf"(?:and |but |so )?{_BEFORE}(?:{_OPENS}|{_VERB})\b", re.IGNORECASE)
_NEXT = re.compile(
    rf",? (?:and|but) (?={_BEFORE}(?:{_OPENS}) (?:[\w’'-]+ ){{0,4}}(?:{_VERB}) |who \w|what happen)|(?<=\?) (?=\S)",
    re.IGNORECASE,
)
_COMPARED = frozenset("between compare compared comparison difference differ versus".split())


def questions(text: str) -> list[str]:
    """Return the questions that a text asks, in order; the text alone if it is a single one or cannot be told apart.

    "Who leads it, and how old is he?" gives two. Only what can stand by itself is taken apart: "when and where", and
    what is compared, stay together.
    """
    parts = _NEXT.split(text)
    alone = all(_OPENING.match(part) and len(tokens(part)) >= _SHORTEST for part in parts)
    if not 1 < len(parts) <= _MOST or not alone or not _COMPARED.isdisjoint(tokens(text)):
        return [text]
    return [part if part.endswith("?") else f"{part}?" for part in parts]


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """Return the answers to the questions in a question as one. What the article does not say is named.

    Args:
        question: The whole question.
        answers: One for each of its parts, at least one.
    """
    answered = [answer for answer in answers if answer.sentences]
    if not answered:
        return replace(answers[0], question=question, timings=answers[-1].timings)
    sentences: list[str] = []
    citations = []
    for answer in answered:
        for number, sentence in enumerate(answer.sentences):
            if sentence not in sentences:  # one sentence of the article may answer both
                own = (citation for citation in answer.citations if citation.sentence == number)
                citations += [replace(citation, sentence=len(sentences)) for citation in own]
                sentences.append(sentence)
    open_parts = tuple(answer.question for answer in answers if not answer.sentences)
    left = [f"{NOT_SAID}: “{part}”" for part in open_parts]
    return replace(
        answered[0],
        question=question,
        text=" ".join([*sentences, *left]),
        status="answered" if all(answer.status == "answered" for answer in answers) else "partial",
        sentences=tuple(sentences),
        citations=tuple(citations),
        confidence=min(answer.confidence for answer in answered),
        retracted=tuple(said for answer in answers for said in answer.retracted),
        timings=answers[-1].timings,
        unanswered=open_parts,
    )
