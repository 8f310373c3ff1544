"""The built-in model's published file and its adapter, made into eight-bit integers."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from index.indexing import Progress
from rag.adapter import ADAPTER
from rag.builtin import token_weights
from rag.builtin.files import NORM, TOKENIZER
from rag.builtin.integers import eight_bits
from rag.builtin.layer_files import Tensors, save
from rag.builtin.products import arranged
from rag.builtin.vocabulary import make_tokenizer

__all__ = ["convert_ends", "convert_layers"]

_MAKING = "Making the language model ready, once"

_ROWS = 8_192
"""Rows of the vocabulary's weights at a time."""

_ENDS = 0.2
"""The part of the time that what comes before and after the layers takes."""

_TOGETHER = {
    "attention": ("attn_q", "attn_k", "attn_v"),
    "attention_output": ("attn_output",),
    "inner": ("ffn_gate", "ffn_up"),
    "inner_output": ("ffn_down",),
}
"""What is multiplied at once, for it reads the same."""

_NORMS = {"attention_norm": "attn_norm", "inner_norm": "ffn_norm"}


def convert_ends(model: Path, target: Path, progress: Progress) -> None:
    """Write what comes before and after the layers: the tokens and their weights.

    Args:
        model: The published file.
        target: The directory to write to.
        progress: Called with what is going on and how much of it is done, from 0 to 1.

    Raises:
        OSError: If they cannot be written.
    """
    progress(_MAKING, 0.0)
    read, weights = _read(model)

    def slices() -> Iterator[torch.Tensor]:
        for done, rows in weights.slices("output.weight"):
            progress(_MAKING, _ENDS * done)
            yield rows

    words, merges = (read.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges"))
    make_tokenizer(words, merges).save(str(target / TOKENIZER))
    # What is read for the tokens was published with fewer bits than this.
    token_weights.write(slices(), target)
    save({"weight": weights["output_norm.weight"]}, target / NORM)


def convert_layers(model: Path, target: Path, progress: Progress) -> None:
    """Write a file for each layer, so that few of them are in memory. Arguments and errors as for ``convert_ends``."""
    read, weights = _read(model)
    layers = sum(tensor.name.endswith("attn_q.weight") for tensor in read.tensors)

    def write(layer: int) -> None:
        save(_layer(weights, layer), target / f"{layer:02}.safetensors")

    with ThreadPoolExecutor(2) as pool:
        for done, _ in enumerate(pool.map(write, range(layers)), 1):
            progress(_MAKING, _ENDS + (1 - _ENDS) * done / layers)


def _read(model: Path) -> "tuple[Any, _Weights]":
    import gguf

    read = gguf.GGUFReader(model)
    return read, _Weights(read.tensors, gguf.GGUFReader(ADAPTER))


class _Weights:
    """The model's tensors by their names, each as it was before it was quantised, with what the adapter changes."""

    def __init__(self, tensors: Any, adapter: Any) -> None:
        self._tensors: Mapping[str, Any] = {tensor.name: tensor for tensor in [*tensors, *adapter.tensors]}
        self._strength = float(adapter.fields["adapter.lora.alpha"].contents())

    def __getitem__(self, name: str) -> torch.Tensor:
        weight = self._plain(name)
        if f"{name}.lora_a" in self._tensors:
            a, b = self._plain(f"{name}.lora_a"), self._plain(f"{name}.lora_b")
            weight += (b @ a) * (self._strength / len(a))
        return weight

    def slices(self, name: str) -> Iterator[tuple[float, torch.Tensor]]:
        """Yield a large tensor some rows at a time, and the part of it that came before."""
        count = len(self._tensors[name].data)
        for start in range(0, count, _ROWS):
            yield start / count, self._plain(name, slice(start, start + _ROWS))

    def _plain(self, name: str, rows: slice = slice(None)) -> torch.Tensor:
        from gguf.quants import dequantize

        tensor = self._tensors[name]
        return torch.tensor(dequantize(tensor.data[rows], tensor.tensor_type), dtype=torch.float32)


def _layer(weights: _Weights, layer: int) -> Tensors:
    block = f"blk.{layer}."
    tensors = {f"{ours}.weight": weights[f"{block}{theirs}.weight"] for ours, theirs in _NORMS.items()}
    for ours, parts in _TOGETHER.items():
        rows = torch.cat([weights[f"{block}{part}.weight"] for part in parts])
        weight, tensors[f"{ours}.scale"] = eight_bits(rows)
        tensors[f"{ours}.weight"] = arranged(weight)
    tensors["attention.bias"] = torch.cat([weights[f"{block}{part}.bias"] for part in _TOGETHER["attention"]])
    return tensors
