"""Which sentences answer a question, by a model of ten million parameters that reads both together.

It is the built-in embedding model, all-MiniLM-L6-v2, with other weights in its layers: it reads a question, the
article's title and a passage at once, and gives each sentence of the passage a number (a cross-encoder, as in Nogueira
and Cho 2019, https://arxiv.org/abs/1901.04085, but for several sentences at once). ``README.md`` says how it was made.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import minilm
from index.minilm import Array, Weights, token_ids
from index.threads import in_threads

if TYPE_CHECKING:
    from index.minilm_onnx import Encoder

__all__ = ["Tokens", "head", "joined", "point"]

WEIGHTS = Path(__file__).with_name("pointer.safetensors")

_MOST_QUESTION, _MOST_TITLE, _MOST_SENTENCE, _MOST = 100, 20, 200, 330
"""Tokens that are read of a question (its end), of a title, of a sentence, and in all."""

_UNKNOWN, _START, _END = 100, 101, 102
"""The tokens of what has no other, that a text begins with, and that close each part of it."""

_PASSAGE = 160
"""Tokens up to which sentences are read together."""

Tokens = tuple[list[int], list[tuple[int, int]]]
"""A passage with its question as the model reads it, and where its sentences are; each ends before its end mark."""

_Joined = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]
"""The same, to be remembered by."""

_LOCK = threading.Lock()


def point(question: str, texts: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
    """Return how surely each sentence of some texts answers a question.

    Args:
        question: What is asked; of a follow-up, with what was said before.
        texts: Of each the title of its article, and the sentences in the article's order.

    Returns:
        For each text one number for each sentence: log-odds against that none of those read with it does.
    """
    found: list[list[float]] = []
    passages: list[tuple[int, _Joined]] = []
    for number, (title, sentences) in enumerate(texts):
        asked = head(question, title)
        found.append([])
        for passage in _passages(sentences):
            ids, spans = joined(asked, passage)
            passages.append((number, (tuple(ids), tuple(spans))))
    read = in_threads(_read, [passage for _, passage in passages])
    for (number, _), odds in zip(passages, read, strict=True):
        found[number] += odds
    return found


def head(question: str, title: str) -> list[int]:
    """Return the tokens that every passage is read after."""
    asked = token_ids(question, None, ends=False)[-_MOST_QUESTION:]
    return [_START, *asked, _END, *token_ids(title, None, ends=False)[:_MOST_TITLE], _END]


def joined(head: Sequence[int], passage: Sequence[Sequence[int]]) -> Tokens:
    """Return a passage, given as the tokens of its sentences, as it is read."""
    ids, spans = list(head), []
    for sentence in passage:
        read = sentence[: max(1, min(_MOST_SENTENCE, _MOST - len(ids) - 1))]
        spans.append((len(ids), len(ids) + len(read)))
        ids += [*read, _END]
    return ids, spans


def _passages(sentences: Sequence[str]) -> list[list[list[int]]]:
    """Return sentences in runs that are read together, as tokens."""
    runs: list[list[list[int]]] = []
    room = 0
    for sentence in sentences:
        # What cannot be seen, such as a zero-width space, has no tokens.
        read = token_ids(sentence, None, ends=False) or [_UNKNOWN]
        if len(read) > room:
            runs.append([])
            room = _PASSAGE
        runs[-1].append(read)
        room -= len(read)
    return runs


@lru_cache(maxsize=1024)
def _read(passage: _Joined) -> tuple[float, ...]:
    """Return the log-odds of each sentence of a passage; kept, for the same is asked several times for one answer."""
    ids, spans = passage
    encoder, weight, bias = _model()
    states = encoder.states(ids)
    rows = np.stack([np.concatenate([states[start:end].mean(axis=0), states[end]]) for start, end in spans])
    return tuple((rows @ weight + bias).tolist())


def _model() -> "tuple[Encoder, Array, Array]":
    """Return the layers, and what makes log-odds of their states."""
    with _LOCK:  # several threads may be the first
        return _built()


@lru_cache(maxsize=1)
def _built() -> "tuple[Encoder, Array, Array]":
    tensors = _weights()
    return minilm.encoder(tensors), tensors["head.weight"], tensors["head.bias"]


def _weights() -> Weights:
    """Return the model's tensors: the embedding model's with what training changed (``train.Trainer.save``)."""
    from safetensors.numpy import load_file

    stored = {name: tensor.astype(np.float32) for name, tensor in load_file(WEIGHTS).items()}
    tensors = dict(minilm.weights())
    for name, tensor in stored.items():
        if name.endswith(".up"):
            weight = name.removesuffix(".up")
            tensors[weight] = tensors[weight] + tensor @ stored[f"{weight}.down"]
        elif not name.endswith(".down"):
            tensors[name] = tensor
    return tensors
