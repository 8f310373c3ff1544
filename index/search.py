"""Hybrid search: the passages that fit a question by meaning and by words, in one order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from index.lexical import FtsQuery
from index.opened import Opened
from index.space import Space
from index.splitting import Passage

_CANDIDATES = 100
"""How many passages each of the two searches proposes."""
_EXACT = 2000
"""Up to this many passages are compared one by one."""
_MOST_FILTERED = 5000
"""Chroma filters by this many articles; it slows down with more, and fails with some 32,000."""


@dataclass(frozen=True)
class Hit:
    """A passage that was found."""

    passage: Passage
    score: float
    """From 0 to 1: two thirds ``dense`` and one third ``lexical``."""
    dense: float
    """The cosine of the question and the passage."""
    lexical: float
    """BM25 as a share of the best passage's, 0 when no word is in common."""


def hybrid_search(
    library: Opened, query: str, vector: Sequence[float], k: int, article_ids: Sequence[str] | None
) -> list[Hit]:
    """Find the passages that fit a question best.

    Args:
        library: Where to search.
        query: The question.
        vector: The same, embedded.
        k: How many passages at most.
        article_ids: The articles to search; all if None.

    Returns:
        The best first. With the same scores, the order of the article.

    Raises:
        StoreError: if the library cannot be read.
    """
    count = max(_CANDIDATES, k)
    among = library.space.count(article_ids)
    lexical = library.space.search_words(FtsQuery.of(query), count, article_ids, among)
    dense = _dense(library, vector, count, article_ids, among)
    dense |= _cosines(library.space, vector, [number for number in lexical if number not in dense])
    return list(islice(_hits(library.space, dense, lexical), k))


def _dense(
    library: Opened, vector: Sequence[float], count: int, article_ids: Sequence[str] | None, among: int
) -> dict[int, float]:
    """The passages nearest to a vector. Few are compared exactly, many are found by the vector index."""
    filtered = article_ids is None or len(article_ids) <= _MOST_FILTERED
    if among > _EXACT and filtered and library.vectors.refresh():
        return library.vectors.search(vector, count, article_ids)
    return library.exact.search(vector, count, article_ids)


def _cosines(space: Space, vector: Sequence[float], numbers: Sequence[int]) -> dict[int, float]:
    """The cosines of a vector and some passages, by number."""
    found, matrix = space.vectors_at(numbers)
    return dict(zip(found.tolist(), (matrix @ vector).tolist(), strict=True)) if len(found) else {}


def _hits(space: Space, dense: Mapping[int, float], lexical: Mapping[int, float]) -> Iterator[Hit]:
    """The passages, the best first, without those that have been removed meanwhile.

    The cosine is taken as it is and BM25 as a share of its best, so that a score does not depend on which other
    passages happen to be candidates, and a single candidate has a score that means something.

    Args:
        space: Where the passages are.
        dense: The cosine of each passage, by number.
        lexical: The BM25 of those passages that have a word of the question.
    """
    best = max(lexical.values(), default=0.0)
    shares = {n: max(0.0, lexical.get(n, 0.0) / best) if best > 0 else 0.0 for n in dense}
    scores = {n: min(1.0, (2 * max(0.0, cosine) + shares[n]) / 3) for n, cosine in dense.items()}
    for number in sorted(dense, key=lambda n: (-scores[n], n)):
        passage = space.passage(number)
        if passage is not None:
            yield Hit(passage, scores[number], dense[number], shares[number])
