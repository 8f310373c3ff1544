"""Indexing: an article becomes passages with their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from index.naming import check_size, model_name
from index.space import Row, Space
from index.splitting import MAX_TOKENS, Passage, split

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from index.articles import Article

Progress = Callable[[str, float], None]

_BATCH = 64


def passages_for(article: Article, embeddings: Embeddings) -> list[Passage]:
    """Split an article as an embedding model can read it.

    Args:
        article: What to split.
        embeddings: The model. Its own ``count_tokens`` and ``max_tokens`` count, if it has them.

    Returns:
        The passages, in the order of the article.
    """
    count = getattr(embeddings, "count_tokens", None)
    return split(article, count, min(MAX_TOKENS, getattr(embeddings, "max_tokens", MAX_TOKENS)))


def indexed(article: Article, space: Space, embeddings: Embeddings, report: Progress) -> list[Row]:
    """Split an article and embed its passages, except those whose text is in the space already.

    Args:
        article: What to index.
        space: Where the passages will be kept. Nothing is written there.
        embeddings: The embedding model of the space.
        report: Called with what is going on and how much of it is done, from 0 to 1.

    Returns:
        The passages with their vectors, in the order of the article.

    Raises:
        StoreError: if the vectors cannot be compared with those of the space.
    """
    report("Splitting the article", 0.0)
    passages = passages_for(article, embeddings)
    digests = [_digest(passage.context) for passage in passages]
    texts = dict(zip(digests, (passage.context for passage in passages), strict=True))
    vectors = space.known_vectors(texts)
    new = sorted((digest for digest in texts if digest not in vectors), key=lambda one: len(texts[one]))
    for first in range(0, len(new), _BATCH):
        report("Reading the article", first / len(new))
        batch = new[first : first + _BATCH]
        embedded = embeddings.embed_documents([texts[digest] for digest in batch])
        check_size(space, embedded[0], model_name(embeddings))
        vectors.update(zip(batch, map(_pack, embedded), strict=True))
    return [Row(passage, digest, vectors[digest]) for passage, digest in zip(passages, digests, strict=True)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _pack(vector: Sequence[float]) -> bytes:
    import numpy as np

    return np.asarray(vector, dtype=np.float16).tobytes()
