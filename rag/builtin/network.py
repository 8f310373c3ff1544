"""The built-in language model's layers, as torch computes them in eight-bit integers.

The forward pass is that of Qwen2 (https://arxiv.org/abs/2407.10671). Each row of weights has one scale, and each token
one of its own (``rag.builtin.integers``). How much faster that is: see ``docs/speed.md``.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch
from torch.nn import functional

from rag.builtin.integers import LARGEST, eight_bits, products

__all__ = ["Network", "multiplies_integers"]

LAYERS, WIDTH = 28, 1536
HEADS, KEY_HEADS, HEAD_WIDTH = 12, 2, 128
_ROTATION, _EPSILON = 1e6, 1e-6

_FEW = 0 if torch.cpu.get_capabilities().get("avx512_vnni") else 8
"""Tokens up to which states are no integers: for few of them oneDNN is quick with AVX-512 alone."""

_PARTS = [HEADS * HEAD_WIDTH, KEY_HEADS * HEAD_WIDTH, KEY_HEADS * HEAD_WIDTH]
"""Widths of queries, keys and values, which are computed at once."""

Tensors = dict[str, torch.Tensor]


class Network:
    """The model. Its weights stay in their files, and come to memory as they are used."""

    def __init__(self, directory: Path) -> None:
        """Map the weights.

        Args:
            directory: What ``rag.builtin.conversion`` made.

        Raises:
            ValueError: If files are missing.
            SafetensorError: If one is damaged.
        """
        from safetensors.torch import load_file

        *self._layers, self._ends = map(load_file, sorted(directory.glob("*.safetensors")))
        if len(self._layers) != LAYERS or "words.weight" not in self._ends:
            raise ValueError("files are missing")
        self._arranged = 0
        self._rates = _ROTATION ** -(torch.arange(0, HEAD_WIDTH, 2) / HEAD_WIDTH)

    def read(
        self, tokens: Sequence[int], known: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Read tokens after others.

        Args:
            tokens: The tokens, at least one.
            known: The keys and values of the tokens before: (layers, 2, key heads, tokens, width of a head).

        Returns:
            The last hidden state of each token, (tokens, width), and the keys and values of all tokens.
        """
        before, count = 0 if known is None else known.shape[-2], len(tokens)
        with torch.inference_mode():
            every = torch.empty(LAYERS, 2, KEY_HEADS, before + count, HEAD_WIDTH, dtype=torch.float16)
            if known is not None:
                every[..., :before, :] = known
            angles = (torch.arange(before, before + count)[:, None] * self._rates).repeat(1, 2)
            turn = angles.cos(), angles.sin()
            seen = torch.ones(count, before + count, dtype=torch.bool).tril(before)
            seen = seen.repeat(HEADS // KEY_HEADS, 1)
            ids = torch.tensor(tokens)
            states = self._ends["words.weight"][ids] * self._ends["words.scale"][ids, None]
            for layer, own in zip(self._layers, every, strict=True):
                states = _through(layer, states, own, turn, seen)
            return _normed(states, self._ends["norm.weight"]), every

    def arrange(self) -> bool:
        """Arrange the weights of one more layer as they are multiplied, which is done each time otherwise.

        It takes a fifth of a second, and saves a fifth to a third of the time of whatever is read or written then.

        Returns:
            Whether that is done for all.
        """
        if not multiplies_integers() or _FEW or self._arranged == len(self._layers):
            return True
        # The rest is copied too: as long as any of it is used the whole file stays in memory.
        self._layers[self._arranged] = {
            name: torch.ops.onednn.qlinear_prepack(tensor, None)
            if tensor.dtype == torch.int8
            else tensor.clone()
            for name, tensor in self._layers[self._arranged].items()
        }
        self._arranged += 1
        return False

    def close(self) -> None:
        """Let go of the weights."""
        self._layers.clear()
        self._ends.clear()

    def odds(self, states: torch.Tensor, tokens: Sequence[int] | None = None) -> torch.Tensor:
        """Return the log-odds of every token, or of some, as the next one, (states, tokens).

        Args:
            states: Last hidden states, (states, width).
            tokens: Which; every one if None.
        """
        weight, scale = self._ends["words.weight"], self._ends["words.scale"]
        with torch.inference_mode():
            if tokens is None:
                return _times(states, weight, scale)
            some = torch.tensor(tokens)
            return functional.linear(states, weight[some] * scale[some, None])


def _through(
    layer: Tensors,
    states: torch.Tensor,
    known: torch.Tensor,
    turn: tuple[torch.Tensor, torch.Tensor],
    seen: torch.Tensor,
) -> torch.Tensor:
    """Return what a layer makes of states, (tokens, width), whose keys and values come to the end of ``known``."""
    count = len(states)
    read = _linear(layer, "attention", _normed(states, layer["attention_norm.weight"]))
    read += layer["attention.bias"]
    query, key, value = (
        part.unflatten(-1, (-1, HEAD_WIDTH)).transpose(0, 1) for part in read.split(_PARTS, -1)
    )
    known[0, :, -count:] = _turned(key, turn)
    known[1, :, -count:] = value
    # The heads that share their keys stand one after the other, as if they were more tokens.
    query = _turned(query, turn).reshape(1, KEY_HEADS, -1, HEAD_WIDTH)
    keys, values = known.float()[:, None]
    found = functional.scaled_dot_product_attention(query, keys, values, attn_mask=seen)
    found = found.reshape(HEADS, count, HEAD_WIDTH).transpose(0, 1).flatten(1)
    states = states + _linear(layer, "attention_output", found)
    gate, up = _linear(layer, "inner", _normed(states, layer["inner_norm.weight"])).chunk(2, -1)
    return states + _linear(layer, "inner_output", functional.silu(gate) * up)


def _normed(states: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return functional.rms_norm(states, (WIDTH,), weight, _EPSILON)


def _turned(states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return states with their places told by rotation (Su et al. 2021, https://arxiv.org/abs/2104.09864)."""
    one, other = states.chunk(2, -1)
    return states * turn[0] + torch.cat([-other, one], -1) * turn[1]


def _linear(layer: Tensors, name: str, states: torch.Tensor) -> torch.Tensor:
    return _times(states, layer[f"{name}.weight"], layer[f"{name}.scale"])


def _times(states: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Return states, (tokens, inputs), times weights of eight bits, (outputs, inputs), with a scale for each output."""
    # Neither of the two here has a name that is public.
    if len(states) <= _FEW or not multiplies_integers():
        ones = torch.ones(len(scale), dtype=torch.bfloat16)
        return torch._weight_int8pack_mm(states.bfloat16(), weight, ones).float().mul_(scale)
    whole, own = eight_bits(states)
    if weight.is_mkldnn:  # it was arranged; then it is multiplied with integers from 0 to 255
        shifted, zeros = (whole.short() + 128).to(torch.uint8), torch.zeros(len(scale), dtype=torch.int32)
        found: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            shifted, 1.0, 128, weight, scale, zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return found.mul_(own[:, None])
    return products(whole, own, weight).mul_(scale)


@cache
def multiplies_integers() -> bool:
    """Whether states become integers too, for they are multiplied rightly then.

    Without the instructions for it (VNNI) oneDNN adds products in sixteen bits and cuts off what is larger
    (https://uxlfoundation.github.io/oneDNN/dev_guide_int8_computations.html). Then only the weights are integers, and
    it takes as long as with llama.cpp.
    """
    if not torch.backends.mkldnn.is_available():
        return False
    largest = torch.full((32, WIDTH), LARGEST, dtype=torch.int8)
    return bool((products(largest, torch.ones(32), largest) == WIDTH * LARGEST**2).all())
