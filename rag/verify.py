"""Whether the article carries a sentence, and which of its words do.

A sentence passes when it is aligned with sentences of the article that have its content words, every number, name and
quotation of it stands in them, and the model, shown the same passages, finds that it answers the question and that
they state it. The last two see what words alone do not: what was asked, and who did what to whom.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

from rag.actors import other_actor
from rag.answers import Citation
from rag.antecedents import joined, missing, with_antecedents
from rag.clauses import SAYS_SOMETHING, clauses
from rag.confidence import probability
from rag.evidence import Evidence
from rag.facts import names
from rag.opposites import opposite
from rag.polarity import turned
from rag.sources import Source
from rag.swaps import exchanged
from rag.units import other_units
from rag.words import content_words, fold, negated, spaced

__all__ = ["Verdict", "verify"]

MIN_COVERAGE = 0.5
"""Share of the content words, weighted by rarity, that its citations must have of a sentence and of each clause of it.

Of a long sentence nine words in ten may stand in the article, and the tenth part of it be made up.
"""

MIN_STATED = 0.25
"""Probability that the article states a sentence under which it is retracted, however well it answers."""

MIN_SCORES = {"strict": 0.8, "balanced": 0.55, "lenient": 0.3}
"""Probability that a sentence is right under which it is retracted.

On the ten articles that ``rag.confidence`` was fitted to, of 153 questions with an answer 0.84, 0.87 and 0.92 would be
answered rightly, and of 70 without one 0.94, 0.91 and 0.87 declined.
"""

_SURE = 0.95
"""What counts as the answer where nothing was asked."""

_VERBATIM = 0.97
"""That the article states its own words: as sure as the model mostly is of a sentence that passes."""

_SIGN = re.compile(r"[$€£¥%‰°]|[-+±](?=\d)")
"""What is no word, and yet says something: £250 is not $250."""

_GAIN = 0.12  # a further sentence is cited only if it carries this much more
_MOST = 3
"""Sentences at most that are cited for one."""

Judge = Callable[[str], float | None]


@dataclass(frozen=True)
class Verdict:
    """What became of a sentence: its sources and a score, or the reason why it was retracted.

    Attributes:
        sources: The sentences of the article that carry it, best first; none if it was retracted.
        score: How probable it is that it is right.
        reason: Why it was retracted.
        near: The sentence of the article that it was compared with when it was retracted.
        beside: Whether it was retracted because it does not answer.
        signals: What the score was made of: the arguments of ``rag.confidence.probability``.
        joined: Whether it puts together what no one of the sources says.
    """

    sources: tuple[Source, ...] = ()
    score: float = 0.0
    reason: str = ""
    near: Source | None = None
    beside: bool = False
    signals: tuple[float, float, float, float] | None = None
    joined: bool = False

    @property
    def relevance(self) -> float:
        """How probable it is that the sentence answers what was asked."""
        return self.signals[1] if self.signals else 0.0

    def cite(self, number: int) -> tuple[Citation, ...]:
        """Return what carries the sentence as citations of the sentence with that number."""
        return tuple(source.cite(self.score, number) for source in self.sources)


def verify(
    sentence: str,
    evidence: Evidence,
    states: Judge,
    answers: Judge,
    *,
    found: float = _SURE,
    min_score: float = MIN_SCORES["balanced"],
    question: str = "",
) -> Verdict:
    """Check a sentence of an answer against the evidence.

    Args:
        sentence: The sentence.
        evidence: What the model read.
        states: Gives the probability that the evidence states a sentence, or None if no model can say. A sentence that
            stands there word for word needs no such judgement.
        answers: Gives the probability that a sentence answers what was asked, or None if nothing was, or no model
            can say.
        found: Probability that the evidence answers what was asked.
        min_score: Probability of being right to pass.
        question: What was asked. Its words that the evidence does not have are the asker's, not a claim: they do not
            count as missing, and whether the rest makes the same statement is the judge's to say.

    Returns:
        The sentences that carry it, best first, with a score from 0 to 1; or a reason.
    """
    claimed = content_words(sentence)
    if not claimed:
        return Verdict(reason="It says nothing that could be checked.")
    verbatim = _verbatim(sentence, evidence)
    if verbatim:
        sources, coverage = [verbatim], 1.0
    else:
        named = frozenset(content_words(" ".join(names(sentence, evidence.lower_case))))
        asked = frozenset(content_words(question)) - evidence.idf.keys()
        claimed = [word for word in claimed if word not in asked] or claimed
        sources, coverage = _align(claimed, named, evidence)
        if coverage < MIN_COVERAGE:
            return Verdict(reason="The article has no sentence that says this.")
        for clause in clauses(sentence):
            words = evidence.weigh(word for word in content_words(clause) if word not in asked)
            if len(words) >= SAYS_SOMETHING and _carried(words, sources) < MIN_COVERAGE:
                return Verdict(reason=f"The article does not say “{clause}”.", near=sources[0])
        if len(sources) < _MOST:
            sources = with_antecedents(sentence, sources, evidence)
        if facts := missing(sentence, sources, evidence):
            return Verdict(reason=f"The article does not say “{facts[0]}” here.", near=sources[0])
        for source in sources:
            if name := other_actor(sentence, source.text, evidence.lower_case):
                return Verdict(reason=f"The article says this of “{name}”.", near=source)
        texts = [source.text for source in sources]
        if others := other_units(sentence, " ".join(texts)):
            return Verdict(reason=f"The article does not say “{others[0]}” here.", near=sources[0])
        if word := opposite(sentence, texts):
            return Verdict(reason=f"The article says “{word}” there.", near=sources[0])
        if turned(sentence, texts):
            return Verdict(reason="The article denies this, or leaves it open.", near=sources[0])
        if other := exchanged(sentence, texts, evidence.lower_case):
            return Verdict(reason=f"The article has “{other}” there.", near=sources[0])
    relevance = answers(sentence)
    relevance = _SURE if relevance is None else relevance
    most = _VERBATIM if verbatim else 1.0  # what the article can be found to state of it
    if probability(found, relevance, most, coverage) < min_score:
        reason = "The article says this, but not in answer to the question."
        return Verdict(reason=reason, near=sources[0], beside=True)
    stated = most if verbatim else states(sentence)
    if stated is None:
        if negated(sentence) != negated(sources[0].text):
            return Verdict(reason="The article says the opposite, or something close to it.", near=sources[0])
        return Verdict(tuple(sources), coverage)
    signals = (found, relevance, stated, coverage)
    score = probability(*signals)
    if score < min_score or stated < MIN_STATED:
        return Verdict(reason="The article has these words, but does not say this.", near=sources[0])
    return Verdict(tuple(sources), score, signals=signals, joined=joined(sentence, sources, evidence))


def _verbatim(sentence: str, evidence: Evidence) -> Source | None:
    """Return the sentence of the article that this one is, word for word.

    A part of one is not enough: "Meta controls the board" stands in "Analysts denied that Meta controls the board".
    """
    words, signs = spaced(sentence), _SIGN.findall(fold(sentence))
    same = (source for source in evidence.sources if words == spaced(source.text))
    return next((source for source in same if signs == _SIGN.findall(fold(source.text))), None)


def _align(claimed: list[str], named: frozenset[str], evidence: Evidence) -> tuple[list[Source], float]:
    """Return the few sentences that together have most of the claimed words, and the share they have.

    A further sentence must carry more than names: that Microsoft is mentioned elsewhere does not make it the one
    who did what this sentence says of Google.
    """
    weights = evidence.weigh(claimed)
    total = fsum(weights.values())
    chosen: list[Source] = []
    open_words = set(weights)
    while open_words and len(chosen) < _MOST:

        def gain(source: Source, wanted: frozenset[str] = frozenset(open_words)) -> float:
            # Of two sentences that carry as much, the shorter one is the more exact citation.
            words = wanted & source.words.keys()
            if chosen and words <= named:
                return 0.0
            shared = fsum(weights[word] for word in words)
            return shared - 1e-4 * source.words.total()

        best = max(evidence.sources, key=gain, default=None)
        if best is None or gain(best) < _GAIN * total:
            break
        chosen.append(best)
        open_words -= best.words.keys()
    return chosen, _carried(weights, chosen)


def _carried(weights: dict[str, float], sources: list[Source]) -> float:
    """Return the share of the weight of some words that the sources have."""
    had = weights.keys() & {word for source in sources for word in source.words}
    # Exact sums: others depend on the order of a set, which is another one each time the program runs.
    return fsum(weights[word] for word in had) / fsum(weights.values())
