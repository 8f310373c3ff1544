"""Whether a question is about the article as a whole, such as a summary, or about something that one passage says.

It decides what is read: the whole article or passages. A logistic regression on the question's sentence embedding
(385 numbers, ``scope.npz``), trained by ``rag.adapter.scope``; questions that it has not seen are recognised by
meaning, not by their words.
"""

from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["WEIGHTS", "about_whole"]

WEIGHTS = Path(__file__).with_name("scope.npz")


def about_whole(question: str) -> bool:
    """Return whether a question asks for a summary, a list of all that is mentioned, or the like."""
    import numpy as np

    encoder, weights, bias = _classifier()
    return float(np.dot(encoder.query(question), weights)) + bias > 0


@cache
def _classifier() -> tuple[Any, Any, float]:
    import numpy as np

    from index.minilm import MiniLM

    with np.load(WEIGHTS) as stored:
        return MiniLM(), stored["weights"], float(stored["bias"])
