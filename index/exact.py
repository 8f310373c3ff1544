"""Comparing a vector with every passage: exact, and for few passages also the fastest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.space import Space

if TYPE_CHECKING:
    import numpy as np

_ARTICLES = 64
"""The vectors of that many articles are kept in memory."""
_BATCH = 500


class ExactSearch:
    """Cosines of a vector with the passages of some articles, or of all."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._guard = threading.Lock()
        self._seen = -1
        self._kept: OrderedDict[str | None, tuple[np.ndarray, np.ndarray]] = OrderedDict()

    def search(
        self, vector: Sequence[float], count: int, article_ids: Sequence[str] | None
    ) -> dict[int, float]:
        """The passages nearest to a vector, by number, and their cosines."""
        import numpy as np

        query = np.asarray(vector, dtype=np.float32)
        best: dict[int, float] = {}
        for numbers, matrix in self._matrices(article_ids):
            if len(numbers):
                cosines = matrix @ query
                top = np.argsort(-cosines, kind="stable")[:count]
                best.update(zip(numbers[top].tolist(), cosines[top].tolist(), strict=True))
        return dict(sorted(best.items(), key=lambda item: -item[1])[:count])

    def _matrices(self, article_ids: Sequence[str] | None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        if article_ids is None:
            yield self._vectors(None)
            return
        ids = list(dict.fromkeys(article_ids))
        if len(ids) <= _ARTICLES:
            yield from map(self._vectors, ids)
            return
        for first in range(0, len(ids), _BATCH):  # more than are kept, and not all at once in memory
            yield self._space.vectors_of(ids[first : first + _BATCH])

    def _vectors(self, key: str | None) -> tuple[np.ndarray, np.ndarray]:
        latest = self._space.latest()
        with self._guard:
            if latest != self._seen:
                self._kept.clear()
                self._seen = latest
            if key not in self._kept:
                self._kept[key] = self._space.vectors(key)
                if len(self._kept) > _ARTICLES:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
