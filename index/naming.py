"""What tells the vectors of one embedding model from those of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import StoreError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from index.space import Space

_TELLING = ("model", "model_name", "dimensions")
"""By these attributes LangChain's classes tell their models apart."""


def model_name(embeddings: Embeddings) -> str:
    """The name that an embedding model gives itself, or that of its class with the model that it stands for."""
    name = getattr(embeddings, "name", None)
    if name:
        return str(name)
    told = (getattr(embeddings, attribute, None) for attribute in _TELLING)
    parts = [str(value) for value in told if isinstance(value, str | int)]
    return " ".join([type(embeddings).__name__, *dict.fromkeys(parts)])


def check_size(space: Space, vector: Sequence[float], name: str) -> None:
    """Refuse a vector that cannot be compared with those of its space.

    Raises:
        StoreError: if it has another length.
    """
    size = space.vector_size()
    if size is not None and size != len(vector):
        raise StoreError(
            f"The embedding model {name!r} gives {len(vector)} numbers for a text, but the library has {size} "
            "for each text that a model of this name has read. If it is another model, give the embeddings "
            "another `name`; if not, remove the articles and add them again."
        )
