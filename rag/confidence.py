"""How probable it is that a sentence of an answer is right: what several checks found, made one number.

Each check alone rejects much that is right, and what one of them lets through another one sees. The weights are those
of a logistic regression on what ``rag/adapter/calibrate.py`` measured over articles that the adapter never saw (295
sentences, 0.66 of them right; the adapter was the one before this), rounded, but for two: whether the article states a
sentence told nothing among those, where hardly anything was invented, and has half the weight of whether it answers;
and the share of words was 1 almost everywhere.
"""

import math

__all__ = ["lowered", "odds", "probability"]

# Of the bias, and of the log-odds that the article answers, that the sentence does, and that the article states it,
# and of the share of its words that the cited sentences have.
_BIAS, _FOUND, _RELEVANCE, _STATES, _COVERAGE = -2.1, 0.2, 0.6, 0.3, 1.0
_SUREST = 0.995  # a model's own certainty beyond this says no more


def probability(found: float, relevance: float, states: float, coverage: float) -> float:
    """Return the probability that a sentence answers rightly.

    Args:
        found: How probable it is to the model that the article answers the question.
        relevance: That the sentence answers it.
        states: That the article states the sentence.
        coverage: Share of the sentence's content words that its citations have, weighted by rarity.
    """
    total = _BIAS + _FOUND * odds(found) + _RELEVANCE * odds(relevance) + _STATES * odds(states)
    return _probability(total + _COVERAGE * coverage)


def lowered(share: float, by: float) -> float:
    """Return a probability whose log-odds are lower."""
    return _probability(odds(share) - by)


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def odds(share: float) -> float:
    """Return the log-odds of a probability."""
    share = min(max(share, 1 - _SUREST), _SUREST)
    return math.log(share / (1 - share))
