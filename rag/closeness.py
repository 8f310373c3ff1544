"""How near the sentences of an article come to a question in meaning."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    Array = np.ndarray[Any, np.dtype[np.float64]]

__all__ = ["nearest"]

_FEW = 8  # embedded at once: so many go through the built-in model without the import of torch, which takes a second


def nearest(question: str, texts: Sequence[str], embeddings: "Embeddings") -> float:
    """Return the cosine of the sentence that is nearest to a question in meaning."""
    return float((_vectors(tuple(texts), embeddings) @ _asked(question, embeddings)).max())


@lru_cache(maxsize=16)
def _asked(question: str, embeddings: "Embeddings") -> "Array":
    return np.array(embeddings.embed_query(question))


@lru_cache(maxsize=16)
def _vectors(texts: tuple[str, ...], embeddings: "Embeddings") -> "Array":
    """Return the vectors of sentences; those of an article that is asked again are kept."""
    batches = (texts[at : at + _FEW] for at in range(0, len(texts), _FEW))
    return np.array([vector for batch in batches for vector in embeddings.embed_documents(list(batch))])
