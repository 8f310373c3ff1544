"""The parts of a library that is open."""

from pathlib import Path

from index.catalog import Catalog
from index.database import Database
from index.exact import ExactSearch
from index.space import Space
from index.vectors import VectorIndex


class Opened:
    """The parts of an open library."""

    def __init__(self, path: Path, model: str, chroma_url: str | None) -> None:
        self.database = Database(path / "library.sqlite")
        self.catalog = Catalog(self.database)
        self.space = Space(self.database, model)
        self.vectors = VectorIndex(self.space, path / "chroma", chroma_url)
        self.exact = ExactSearch(self.space)
        self.complete_at = -1
