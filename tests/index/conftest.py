"""The real embedding model, and a library on disk that is empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Library, SentenceEmbeddings


@pytest.fixture(scope="session")
def embeddings() -> SentenceEmbeddings:
    """The built-in model, loaded once."""
    return SentenceEmbeddings()


@pytest.fixture
def library(tmp_path: Path, embeddings: SentenceEmbeddings) -> Iterator[Library]:
    """An empty library."""
    with Library(tmp_path / "library", embeddings=embeddings) as library:
        yield library


class Counting(SentenceEmbeddings):
    """The built-in model, which keeps what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        return super().embed_documents(texts)


@pytest.fixture
def counting() -> Counting:
    """The built-in model, which keeps what it was asked to embed."""
    return Counting()
