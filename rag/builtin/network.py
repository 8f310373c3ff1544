"""The built-in language model's layers, as torch computes them in eight-bit integers.

The forward pass is that of Qwen2 (https://arxiv.org/abs/2407.10671).
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn import functional

from rag.builtin.files import NORM
from rag.builtin.layer_files import Tensors, load
from rag.builtin.products import times
from rag.builtin.states import States
from rag.builtin.token_weights import TokenWeights

__all__ = ["Network"]

LAYERS, WIDTH = 28, 1536
HEADS, KEY_HEADS, HEAD_WIDTH = 12, 2, 128
_ROTATION, _EPSILON = 1e6, 1e-6

_PARTS = [HEADS * HEAD_WIDTH, KEY_HEADS * HEAD_WIDTH, KEY_HEADS * HEAD_WIDTH]
"""Widths of queries, keys and values, which are computed at once."""


class Network:
    """The model. The weights of its layers stay in their files, and come to memory as they are used."""

    def __init__(self, directory: Path, layers: Path) -> None:
        """Map the weights.

        Args:
            directory: What ``rag.builtin.files.prepared`` gives.
            layers: What ``rag.builtin.files.layers`` gives.

        Raises:
            ValueError: If files are missing or do not belong together.
            OSError: If one is missing or cannot be read.
            Exception: Of safetensors or ONNX Runtime, if one is damaged.
            RuntimeError: If there is no memory for them.
        """
        files = sorted(layers.glob("*.safetensors"))
        if len(files) != LAYERS:
            raise ValueError("files are missing")
        self._norm = load(directory / NORM)["weight"].clone()
        self._layers = [load(file) for file in files]
        self._tokens = TokenWeights(directory)
        self._rates = _ROTATION ** -(torch.arange(0, HEAD_WIDTH, 2) / HEAD_WIDTH)

    def read(
        self, tokens: Sequence[int], known: States, wanted: int = 0
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Read tokens after others.

        Args:
            tokens: The tokens, at least one.
            known: The states of the tokens before.
            wanted: How many of the last tokens their hidden states are wanted of.

        Returns:
            The last hidden states of these, (tokens, width), and the keys and values of all tokens, as a part of
            ``States``.
        """
        before, count = len(known), len(tokens)
        with torch.inference_mode():
            every = torch.empty(LAYERS, 2, KEY_HEADS, count, HEAD_WIDTH, dtype=torch.float16)
            angles = (torch.arange(before, before + count)[:, None] * self._rates).repeat(1, 2)
            turn = angles.cos(), angles.sin()
            seen = torch.ones(count, before + count, dtype=torch.bool).tril(before)
            states = self._tokens.states(tokens)
            outputs = [count] * (LAYERS - 1) + [wanted]  # of the last layer no others go anywhere
            for layer, output, *earlier, own in zip(self._layers, outputs, *known.parts, every, strict=True):
                states = _through(layer, states, earlier, own, turn, seen, output)
            return _normed(states, self._norm), every

    def close(self) -> None:
        """Let go of the weights."""
        self._layers.clear()
        self._tokens.close()

    def odds(self, states: torch.Tensor, tokens: Sequence[int]) -> torch.Tensor:
        """Return the log-odds of some tokens as the next one, (states, tokens).

        Args:
            states: Last hidden states, (states, width).
            tokens: Which.
        """
        with torch.inference_mode():
            return self._tokens.odds(states, tokens)

    def likeliest(self, states: torch.Tensor, count: int = 1) -> list[list[int]]:
        """Return the likeliest next tokens after each state, the likeliest one first.

        Args:
            states: Last hidden states, (states, width).
            count: How many.
        """
        with torch.inference_mode():
            return self._tokens.likeliest(states, count)


def _through(
    layer: Tensors,
    states: torch.Tensor,
    earlier: Sequence[torch.Tensor],
    own: torch.Tensor,
    turn: tuple[torch.Tensor, torch.Tensor],
    seen: torch.Tensor,
    wanted: int,
) -> torch.Tensor:
    """Return what a layer makes of the last so many ``wanted`` states, (tokens, width).

    Keys and values of all come to ``own``, for later ones.
    """
    read = _linear(layer, "attention", _normed(states, layer["attention_norm.weight"]))
    read += layer["attention.bias"]
    query, key, value = (
        part.unflatten(-1, (-1, HEAD_WIDTH)).transpose(0, 1) for part in read.split(_PARTS, -1)
    )
    own[0] = _turned(key, turn)
    own[1] = value
    states, seen = states[len(states) - wanted :], seen[len(states) - wanted :]
    if not wanted:
        return states
    # The heads that share their keys stand one after the other, as if they were more tokens.
    query = _turned(query, turn)[:, -wanted:].reshape(1, KEY_HEADS, -1, HEAD_WIDTH)
    seen = seen.repeat(HEADS // KEY_HEADS, 1)
    keys, values = torch.cat([*earlier, own], -2).float()[:, None]
    found = functional.scaled_dot_product_attention(query, keys, values, attn_mask=seen)
    found = found.reshape(HEADS, wanted, HEAD_WIDTH).transpose(0, 1).flatten(1)
    states = states + _linear(layer, "attention_output", found)
    gate, up = _linear(layer, "inner", _normed(states, layer["inner_norm.weight"])).chunk(2, -1)
    return states + _linear(layer, "inner_output", functional.silu(gate, inplace=True).mul_(up))


def _normed(states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return functional.rms_norm(states, (WIDTH,), weight, _EPSILON)


def _turned(states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return states with their places told by rotation (Su et al. 2021, https://arxiv.org/abs/2104.09864)."""
    one, other = states.chunk(2, -1)
    return states * turn[0] + torch.cat([-other, one], -1) * turn[1]


def _linear(layer: Tensors, name: str, states: torch.Tensor) -> torch.Tensor:
    return times(states, layer[f"{name}.weight"], layer[f"{name}.scale"])
