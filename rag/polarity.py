"""Whether a sentence states what the article denies or leaves open, or denies what it says, in the article's words.

"Sells vaccines" stands in "no longer sells vaccines", and "doubled its debt" in "almost doubled its debt". A small
model drops such a word easily, and judges by the others. Only what is left out or put in is looked for, where the same
words follow; whoever words it otherwise is not judged.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rag.words import content_words, fold, tokens

__all__ = ["turned"]

_DENYING = frozenset(
    "never cannot unable fail fails failed failing refuse refuses refused refusing decline declines declined deny "
    "denies denied denying".split()
)
_AUXILIARIES = frozenset(
    "am is are was were be been do does did has have had can could will wo would ca may might should must".split()
)
_OPEN = frozenset(
    "may might could perhaps possibly probably potential potentially reportedly allegedly supposedly almost "
    "nearly".split()
)
_INTENDING = frozenset(
    "plan plans planned planning consider considers considered considering want wants wanted intend intends intended "
    "propose proposes proposed threaten threatens threatened hope hopes hoped try tries tried trying seek seeks "
    "sought".split()
)

_ALSO_DENYING = _DENYING | frozenset(
    "no non not n't neither nor without none nobody nothing nowhere hardly barely rarely scarcely seldom few little "
    "only too impossible stop stops stopped cease ceased avoid avoided forbid forbids forbade forbidden prevent "
    "prevents prevented ban banned lack lacks lacked doubt doubts doubted dispute disputes disputed abandoned against "
    "refusal failure if whether unless instead otherwise except exempt exception".split()
)
_ALSO_OPEN = (_OPEN | _INTENDING) | frozenset(
    "can would should if whether unless likely unlikely possible possibility expect expects expected suggest suggests "
    "think thinks thought believe believes believed fear fears feared allow allows allowed permit permits permitted "
    "able ability threat wish maybe apparently seem seems appear appears talks ready option right entitled about "
    "said".split()
)
_ALSO_INTENDING = _ALSO_OPEN | {"will", "shall", "going"}
"""What a sentence has that says as much in other words: it is not judged."""

_PARTLY = frozenset(
    "only until unless before just merely more less fewer later necessarily solely simply because but".split()
)
"""What makes of "not" something else: "not only", "did not come until", "does not come from there but"."""
_BETWEEN = frozenset(
    "longer yet even ever really actually also to that it he she they is are was were be been has have had".split()
)
_FAR, _FOLLOWING = 5, 2
"""Words at most to the first one that a denial is of, and words after it that must be the same."""

_CLAUSE = re.compile(r"[,;:()]\s|[.!?]\s| [–—] |—")
_ANSWER = re.compile(r"(?:no|yes),")

Cue = Callable[[Sequence[str], int], bool]
Run = tuple[str, ...]


def turned(sentence: str, sources: Sequence[str]) -> bool:
    """Whether a sentence lacks a word by which the article denies or leaves open what it says, or has one too many.

    Args:
        sentence: A sentence of an answer.
        sources: The article's sentences that are to carry it.
    """
    said, stands = _ANSWER.sub("", fold(sentence), count=1), fold(" ".join(sources))
    return (
        _left_out(said, stands, _denies, _ALSO_DENYING)
        or _left_out(stands, said, _denies, _ALSO_DENYING)
        or _left_out(said, stands, _opens, _ALSO_OPEN)
        or _left_out(said, stands, _intends, _ALSO_INTENDING)
    )


def _left_out(said: str, stands: str, cue: Cue, excuses: frozenset[str]) -> bool:
    """Whether one text says, without any such word, what the other one says with it, and only so."""
    if not excuses.isdisjoint(tokens(said)):
        return False
    mine, its = set(_runs(said)), Counter(_runs(stands))
    return any(run in mine and its[run] == 1 for run in _after(stands, cue))


def _denies(words: Sequence[str], place: int) -> bool:
    word, before = words[place], words[place - 1] if place else ""
    negation = word in _DENYING or word == "no" or (word in ("not", "n't") and before in _AUXILIARIES)
    return negation and _PARTLY.isdisjoint(words[place + 1 :])


def _opens(words: Sequence[str], place: int) -> bool:
    return words[place] in _OPEN


def _intends(words: Sequence[str], place: int) -> bool:
    after = words[place + 1] if place + 1 < len(words) else ""
    return words[place] in _INTENDING and (after == "to" or after.endswith("ing"))


def _after(text: str, cue: Cue) -> Iterator[Run]:
    """Yield what stands after such words: the first word that carries meaning, and those that follow it."""
    for words in map(tokens, _CLAUSE.split(text)):
        for place in range(len(words)):
            if cue(words, place):
                rest = range(place + 1, min(place + 1 + _FAR, len(words)))
                first = next((at for at in rest if words[at] not in _BETWEEN), None)
                if first and content_words(words[first]) and not words[first].isdigit():
                    yield _run(words, first)


def _runs(text: str) -> Iterator[Run]:
    for words in map(tokens, _CLAUSE.split(text)):
        yield from (_run(words, place) for place in range(len(words)))


def _run(words: Sequence[str], place: int) -> Run:
    return (
        *(content_words(words[place]) or words[place : place + 1]),
        *words[place + 1 : place + 1 + _FOLLOWING],
    )
