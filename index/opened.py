"""The parts of a library that is open."""

from collections.abc import Sequence
from pathlib import Path

from index.catalog import Catalog
from index.database import Database
from index.exact import ExactSearch
from index.space import Space
from index.vectors import VectorIndex

_EXACT = 2000
"""Up to this many passages are compared one by one."""
_MOST_FILTERED = 5000
"""Chroma filters by this many articles; it slows down with more, and fails with some 32,000."""


class Opened:
    """The parts of an open library."""

    def __init__(self, path: Path, model: str, chroma_url: str | None) -> None:
        self.database = Database(path / "library.sqlite")
        self.catalog = Catalog(self.database)
        self.space = Space(self.database, model)
        self.vectors = VectorIndex(self.space, path / "chroma", chroma_url)
        self.exact = ExactSearch(self.space)
        self.complete_at = -1

    def dense(
        self, vector: Sequence[float], count: int, article_ids: Sequence[str] | None, among: int
    ) -> dict[int, float]:
        """The passages nearest to a vector. Few are compared exactly, many are found by the vector index."""
        filtered = article_ids is None or len(article_ids) <= _MOST_FILTERED
        if among > _EXACT and filtered and self.vectors.refresh():
            return self.vectors.search(vector, count, article_ids)
        return self.exact.search(vector, count, article_ids)

    def cosines(self, vector: Sequence[float], numbers: Sequence[int]) -> dict[int, float]:
        """The cosines of a vector and some passages, by number."""
        found, matrix = self.space.vectors_at(numbers)
        return dict(zip(found.tolist(), (matrix @ vector).tolist(), strict=True)) if len(found) else {}
