"""How probable it is that a sentence of an answer is right: what several checks found, made one number.

Each check alone rejects much that is right, and what one of them lets through another one sees. The weights are near
those of a logistic regression on what ``rag/adapter/calibrate.py`` measures over articles that the adapter never saw
(388 sentences, 0.60 of them right). Whether a sentence answers told nearly all there (AUC 0.958; with the others 0.958,
unseen articles). That the article answers, and that it states the sentence, told nothing more among sentences whose
words, names and numbers are the article's; they have a small part, for what is invented in the article's own words.
"""

import math

__all__ = ["logit", "lowered", "probability"]

# Of the bias, and of the log-odds that the article answers, that the sentence does, and that the article states it,
# and of the share of its words that the cited sentences have.
_BIAS, _FOUND, _RELEVANCE, _STATES, _COVERAGE = -1.2, 0.15, 0.8, 0.15, 1.0
_SUREST = 0.995  # a model's own certainty beyond this says no more


def probability(found: float, relevance: float, states: float, coverage: float) -> float:
    """Return the probability that a sentence answers rightly.

    Args:
        found: How probable it is to the model that the article answers the question.
        relevance: That the sentence answers it.
        states: That the article states the sentence.
        coverage: Share of the sentence's content words that its citations have, weighted by rarity.
    """
    total = _BIAS + _FOUND * logit(found) + _RELEVANCE * logit(relevance) + _STATES * logit(states)
    return _sigmoid(total + _COVERAGE * coverage)


def lowered(share: float, by: float) -> float:
    """Return a probability whose log-odds are lower."""
    return _sigmoid(logit(share) - by)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def logit(share: float) -> float:
    """Return the log-odds of a probability."""
    share = min(max(share, 1 - _SUREST), _SUREST)
    return math.log(share / (1 - share))
