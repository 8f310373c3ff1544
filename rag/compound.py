"""Questions that are several at once, and their answers together.

A small model asked two things answers the one that is more prominent in the article, or takes what it knows of one for
an answer to the other. Asked one after the other, each has a verdict of its own (decomposition, as in Khot et al. 2023,
https://arxiv.org/abs/2210.02406, but by the words and without a model).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answers import Answer, Citation, not_said
from rag.words import content_words, negated, tokens

__all__ = ["joined", "questions"]

_MOST = 3
"""Questions at once; what has more is asked as it stands."""
_SHORTEST = 3
"""Words of a question that can be asked by itself."""

_OPENS = r"(?:who|whom|whose|what|which|when|where|why|how)"
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|might|may)(?:n['’]t)?"
_SHORT_VERB = r"['’](?:s|re|d|ll)"  # "who's"
_SUBJECT = r"(?:i|you|he|she|it|we|they|there|this|that)"
_BEFORE = r"(?:(?:at|by|for|from|in|of|on|to|with) )?"
_WORDS = r"(?:[\w’'-]+ ){0,4}?"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_OPENING = _pattern(rf"(?:and |but |so )?{_BEFORE}(?:{_OPENS}|{_VERB})\b(?! about\b)")
_JOINT = _pattern(
    rf",? (?:and|but) (?={_BEFORE}{_OPENS}(?:{_SHORT_VERB} | {_WORDS}{_VERB} )|who \w|what happen)|(?<=\?) (?=\S)"
)
_CLAUSE = _pattern(rf" (?:{_OPENS}|that|whether|if)\b")
"""What begins a clause, which "and who" may go on with: "the man who bought it and who lives there"."""
_ASKS = _pattern(
    rf"{_BEFORE}(?!who\b){_OPENS}(?:{_SHORT_VERB}| {_WORDS}(?:(?:do|does|did)(?:n['’]t)? \w"
    rf"|{_VERB} (?:{_SUBJECT}|the|an?|his|her|its|their|these|those)\b))"
)
"""What is surely a question, for its verb comes before its subject."""
_TELLS = _pattern(rf"{_BEFORE}{_OPENS} (?:(?!{_VERB}\b)[\w’'-]+ ){{0,4}}?{_SUBJECT} {_VERB}\b")
"""What is surely none: "why it will fail"."""
_LEFT_OUT = _pattern(
    rf"(?:who|what|which)(?: ones?)? (?:{_VERB}(?: not)?\??$|(?:is|are|was|were) (?:not|\w+er)\b|ones?\b)"
)
"""What means something only together with what is before it: "which did not?"."""
_COMPARED = frozenset("between compar comparison differ versus".split())
_QUOTED = re.compile(r"(?<!\w)([\"“‘'])(.+?)([\"”’'])(?!\w)")


def questions(text: str) -> list[str]:
    """Return the questions that a text asks, in order; the text alone if it is a single one or cannot be told apart.

    "Who leads it, and how old is he?" gives two. Only what can stand by itself is taken apart: "when and where", what
    is compared, what is quoted, and clauses within a question stay together.
    """
    if not _COMPARED.isdisjoint(content_words(text)):
        return [text]
    parts, start = [], 0
    plain = _QUOTED.sub(lambda quoted: f"{quoted[1]}{'_' * len(quoted[2])}{quoted[3]}", text)
    for joint in _JOINT.finditer(plain):
        if _is_between(plain[start : joint.start()], plain[joint.end() :], joint.group().startswith(",")):
            parts.append(text[start : joint.start()])
            start = joint.end()
    parts.append(text[start:])
    alone = all(_OPENING.match(part) and len(tokens(part)) >= _SHORTEST for part in parts)
    if not 1 < len(parts) <= _MOST or not alone:
        return [text]
    return [part if part.endswith("?") else f"{part}?" for part in parts]


def _is_between(before: str, after: str, comma: bool) -> bool:
    """Whether a question ends and another one begins here."""
    if _LEFT_OUT.match(after):
        return False
    if before.endswith("?"):
        return True
    goes_on = not comma and _CLAUSE.search(_OPENING.sub("", before, count=1)) and not _ASKS.match(after)
    return not goes_on and not _TELLS.match(after)


def joined(question: str, answers: Sequence[Answer]) -> Answer:
    """Return the answers to the questions in a question as one. What the article does not say is named.

    Args:
        question: The whole question.
        answers: One for each of its parts, at least one.
    """
    answered = [answer for answer in answers if answer.sentences]
    whole = replace(
        answers[0],
        question=question,
        timings=answers[-1].timings,
        retracted=tuple(said for answer in answers for said in answer.retracted),
    )
    if not answered:
        return replace(
            whole,
            passages=tuple(dict.fromkeys(passage for answer in answers for passage in answer.passages)),
            confidence=max(answer.confidence for answer in answers),
        )
    kept: list[tuple[str, list[Citation]]] = []
    for answer in answered:
        for number, sentence in enumerate(answer.sentences):
            own = [citation for citation in answer.citations if citation.sentence == number]
            if not any(_says_again(sentence, own, *other) for other in kept):
                kept.append((sentence, own))
    sentences = [sentence for sentence, _ in kept]
    citations = [
        replace(citation, sentence=number) for number, (_, own) in enumerate(kept) for citation in own
    ]
    open_parts = tuple(answer.question for answer in answers if not answer.sentences)
    return replace(
        whole,
        text=" ".join([*sentences, *map(not_said, open_parts)]),
        status="answered" if all(answer.status == "answered" for answer in answers) else "partial",
        sentences=tuple(sentences),
        citations=tuple(citations),
        passages=(),
        confidence=min(answer.confidence for answer in answered),
        unanswered=open_parts,
    )


def _says_again(sentence: str, citations: Sequence[Citation], said: str, cited: Sequence[Citation]) -> bool:
    """Whether a sentence has no more to say than another one, from the same words of the article: these may answer both
    questions."""
    places, known = ({(one.article_id, one.start) for one in each} for each in (citations, cited))
    words, had = (set(content_words(each)) for each in (sentence, said))
    return places <= known and words <= had and negated(sentence) == negated(said)
