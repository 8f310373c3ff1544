"""all-MiniLM-L6-v2 on many passages at once, through torch, in the numbers that the processor is quickest with.

Where it multiplies eight-bit integers four at a time, each linear layer is computed with those (``index.integers``).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from index.integers import eight_bits, products

__all__ = ["PassageEncoder", "number_type"]

Array = np.ndarray[Any, np.dtype[np.float32]]
Linear = Callable[[torch.Tensor], torch.Tensor]

_ATTENTION = ("query", "key", "value")


def number_type() -> torch.dtype:
    """Return the numbers that linear layers are computed in: bfloat16, eight-bit integers or single precision."""
    can = torch.cpu.get_capabilities()
    if can.get("avx512_bf16") or can.get("amx_bf16"):
        return torch.bfloat16
    return torch.int8 if can.get("avx512_vnni") else torch.float32


class PassageEncoder:
    """The model's layers as torch computes them."""

    def __init__(
        self, weights: Mapping[str, Array], positions: Array, *, layers: int, heads: int, epsilon: float
    ) -> None:
        """Take the weights over.

        Args:
            weights: The model's tensors by their names.
            positions: What is added to a token's vector at each position, (tokens, width).
            layers: How many layers it has.
            heads: How many heads of attention each of them has.
            epsilon: What keeps its normalisations from dividing by nothing.
        """
        quickest = number_type()
        dtype = torch.bfloat16 if quickest == torch.bfloat16 else torch.float32
        linear = _Eight if quickest == torch.int8 else _Float
        tensors = {name: torch.from_numpy(weight).to(dtype) for name, weight in weights.items()}
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._positions = torch.from_numpy(positions).to(dtype)
        self._norms = {
            name.removesuffix(".weight"): (weight, tensors[name.replace("weight", "bias")])
            for name, weight in tensors.items()
            if name.endswith("LayerNorm.weight")
        }
        for layer in range(layers):  # what reads the same is computed at once
            for kind in ("weight", "bias"):
                parts = (f"encoder.layer.{layer}.attention.self.{part}.{kind}" for part in _ATTENTION)
                together = torch.cat([tensors.pop(part) for part in parts])
                tensors[f"encoder.layer.{layer}.attention.self.{kind}"] = together
        self._linears: dict[str, Linear] = {
            name.removesuffix(".weight"): linear(weight, tensors[name.replace("weight", "bias")])
            for name, weight in tensors.items()
            if name.startswith("encoder.") and weight.ndim == 2
        }
        self._layers, self._heads, self._epsilon = layers, heads, epsilon

    def encode(self, ids: Sequence[Sequence[int]]) -> Array:
        """Return the vectors, of length 1, of passages given as token ids: one row for each."""
        longest = max(map(len, ids))
        tokens = torch.tensor([[*row, *[0] * (longest - len(row))] for row in ids])
        mask = torch.tensor([[True] * len(row) + [False] * (longest - len(row)) for row in ids])
        with torch.inference_mode():
            total = (self._states(tokens, mask) * mask[:, :, None]).sum(1)
            vectors: Array = functional.normalize(total).numpy()
            return vectors

    def states(self, ids: Sequence[int]) -> Array:
        """Return the last layer of one text: a row for each token."""
        with torch.inference_mode():
            every = torch.ones(1, len(ids), dtype=torch.bool)
            states: Array = self._states(torch.tensor([ids]), every)[0].numpy()
            return states

    def _states(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Map (passages, tokens) to (passages, tokens, width); ``mask`` says which of the tokens are any."""
        x = self._normed(self._words[tokens] + self._positions[: tokens.shape[1]], "embeddings.LayerNorm")
        for number in range(self._layers):
            x = self._layer(x, mask, f"encoder.layer.{number}.")
        return x.float()

    def _layer(self, x: torch.Tensor, mask: torch.Tensor, layer: str) -> torch.Tensor:
        """Map (passages, tokens, width) to the same; ``mask`` is (passages, tokens)."""
        linears = self._linears
        query, key, value = (
            part.reshape(*x.shape[:2], self._heads, -1).transpose(1, 2)
            for part in linears[f"{layer}attention.self"](x).chunk(len(_ATTENTION), -1)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        seen = linears[f"{layer}attention.output.dense"](seen.transpose(1, 2).flatten(2))
        x = self._normed(x + seen, f"{layer}attention.output.LayerNorm")
        inner = functional.gelu(linears[f"{layer}intermediate.dense"](x))
        return self._normed(x + linears[f"{layer}output.dense"](inner), f"{layer}output.LayerNorm")

    def _normed(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return functional.layer_norm(x, x.shape[-1:], *self._norms[name], self._epsilon)


class _Float:
    """A linear layer as it is."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        self._weight, self._bias = weight, bias

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, self._weight, self._bias)


class _Eight:
    """A linear layer in eight-bit integers."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        self._weight, self._scale = eight_bits(weight)
        self._bias = bias

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        y = products(*eight_bits(x.flatten(0, -2)), self._weight)
        return torch.addcmul(self._bias, y, self._scale, out=y).reshape(*x.shape[:-1], -1)
