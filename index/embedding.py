"""Sentence embeddings for LangChain."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.embeddings import Embeddings

from index.errors import StoreError

if TYPE_CHECKING:
    import numpy as np


class _Engine(Protocol):
    @property
    def max_tokens(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    def query(self, text: str) -> np.ndarray: ...

    def documents(self, texts: Sequence[str]) -> np.ndarray: ...


class SentenceEmbeddings(Embeddings):
    """Embeddings of the built-in model, or of any sentence-transformers model with its prompts.

    The model is loaded when it is first needed. One object may be used from several threads.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        query_prompt: str | None = None,
        document_prompt: str | None = None,
    ) -> None:
        """
        Args:
            model: A model's directory or its name on the Hugging Face hub; the built-in model if not given.
            query_prompt: What the model wants to read before a question, if its own files do not say it.
            document_prompt: What it wants to read before a passage. Both need a model, and a space follows them.
        """
        self._model = str(model) if model else None
        self._prompts = {"query": query_prompt, "document": document_prompt}
        self._lock = threading.Lock()
        self._loaded: _Engine | None = None

    @property
    def name(self) -> str:
        """The model, by which vectors of different models are told apart."""
        if self._model is None:
            return "all-MiniLM-L6-v2"
        # With other prompts the same model gives other vectors.
        return " ".join([self._model, *(f"{kind} {text!r}" for kind, text in self._given_prompts.items())])

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        return self._engine.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, without those that mark its ends."""
        return self._engine.count_tokens(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector of length 1 for each text.

        Raises:
            StoreError: if the model cannot be loaded.
        """
        vectors: list[list[float]] = self._engine.documents(texts).tolist() if texts else []
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector, of length 1, of a question.

        Raises:
            StoreError: if the model cannot be loaded.
        """
        vector: list[float] = self._engine.query(text).tolist()
        return vector

    @property
    def _given_prompts(self) -> dict[str, str]:
        return {kind: f"{text.rstrip()} " for kind, text in self._prompts.items() if text and text.strip()}

    @property
    def _engine(self) -> _Engine:
        with self._lock:
            if self._loaded is None:
                if self._model is None:
                    from index.minilm import MiniLM

                    self._loaded = MiniLM()
                else:
                    self._loaded = _Transformer(self._model, self._given_prompts)
            return self._loaded


class _Transformer:
    """A model of sentence-transformers."""

    def __init__(self, model: str, prompts: dict[str, str]) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._encoder = SentenceTransformer(model, device="cpu")
        except Exception as error:  # the library raises a dozen kinds for a model that is not there
            raise StoreError(
                f"The embedding model {model!r} cannot be loaded ({type(error).__name__}). Give the directory "
                "of a sentence-transformers model, or its name on the Hugging Face hub if there is a network, "
                "or none for the built-in one."
            ) from error
        self._encoder.prompts.update(prompts)
        # Tokenizers are set up anew for each call, which two threads must not do at once.
        self._lock = threading.Lock()

    @property
    def max_tokens(self) -> int:
        prompts = [prompt for prompt in self._encoder.prompts.values() if prompt]
        before = max(self.count_tokens(prompts), default=0)
        return int(self._encoder.max_seq_length or 512) - before

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        with self._lock:
            tokenizer: Any = self._encoder.tokenizer
            encoded = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
            return [len(ids) for ids in encoded["input_ids"]]

    def query(self, text: str) -> np.ndarray:
        with self._lock:
            return self._encoder.encode_query(text, normalize_embeddings=True, show_progress_bar=False)

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        with self._lock:
            return self._encoder.encode_document(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
