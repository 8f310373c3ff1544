"""States times weights of eight bits, in the way that is quickest on this processor.

Each row of weights has one scale, and each token one of its own (``rag.builtin.integers``). How quick and how true the
ways are: see ``docs/speed.md``.
"""

import ctypes
import sys
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import torch

from rag.builtin.integers import LARGEST, scales

__all__ = ["Way", "arranged", "library", "times", "way"]

_ZERO = 128  # what stands for nought in integers from 0 to 255
_HALF = torch.tensor(_ZERO + 0.5)  # they are rounded down
_PLACES = ([1, 1], [0, 0], [1, 1], 1)  # stride, padding, dilation and groups of a convolution


class Way(Enum):
    """How states are multiplied with weights."""

    LINEAR = "oneDNN's linear layer"
    """As integers, with the instructions for it that came with AVX-512 (VNNI)."""

    CONVOLUTION = "oneDNN's convolution"
    """As integers, with AVX2: as a convolution over one place."""

    PLAIN = "torch"
    """As floating-point numbers of sixteen bits: on all other processors."""


@cache
def way() -> Way:
    """Return the quickest way that is right here."""
    has = torch.cpu.get_capabilities()
    if not (has.get("avx2") and torch.backends.mkldnn.is_available() and _maps()):
        return Way.PLAIN
    # If it was told not to use these instructions it adds in sixteen bits, and cuts off what is larger
    # (https://uxlfoundation.github.io/oneDNN/dev_guide_int8_computations.html).
    largest = torch.full((32, 1536), LARGEST, dtype=torch.int8)
    if has.get("avx512_vnni") and (torch._int_mm(largest, largest.T) == 1536 * LARGEST**2).all():
        return Way.LINEAR
    return Way.CONVOLUTION


def _maps() -> bool:
    """Whether torch has the function without which arranged weights cannot be kept (``rag.builtin.layer_files``)."""
    return hasattr(library(), "aoti_torch_create_tensor_from_blob_v2")


@cache
def library() -> Any:
    """Return torch's library, for what it has for C only."""
    name = "torch_cpu.dll" if sys.platform == "win32" else "libtorch_cpu.so"
    return ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / name))


def arranged(weight: torch.Tensor) -> torch.Tensor:
    """Return weights, (outputs, inputs), as they are multiplied here."""
    found = weight
    if way() is Way.LINEAR:
        found = torch.ops.onednn.qlinear_prepack(weight, None)
    elif way() is Way.CONVOLUTION:
        one = torch.ones(1)  # scales do not change how weights are arranged, but each would be looked at
        found = torch.ops.onednn.qconv_prepack(weight[..., None, None], one, 1.0, _ZERO, *_PLACES)
    return found


def times(states: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Return states, (tokens, inputs), times weights, (outputs, inputs).

    As a convolution it adds two products in sixteen bits and cuts off what is larger, where the processor has no
    instructions to add four of them in 32. States are stored around 128 there, and most are small: that happens so
    seldom that seven bits, with which nothing is cut off, are three times as far from the truth.

    Args:
        states: In single precision.
        weight: Eight-bit integers, as ``arranged`` gave them.
        scale: What each output is to be multiplied with.
    """
    if not weight.is_mkldnn:
        ones = torch.ones(len(scale), dtype=torch.bfloat16)
        return torch._weight_int8pack_mm(states.bfloat16(), weight, ones).float().mul_(scale)
    own = scales(states)[:, None]
    whole = torch.addcmul(_HALF, states, 1 / own).to(torch.uint8)
    given = (1.0, _ZERO, weight, scale, _noughts(len(scale)), None)
    wanted: tuple[object, ...] = (1.0, 0, torch.float32, "none", [], "")
    found: torch.Tensor
    if weight.dim() == 2:
        found = torch.ops.onednn.qlinear_pointwise(whole, *given, *wanted)
    else:
        image = whole[None, None].permute(0, 3, 1, 2)  # channels stand last, as they do in the states
        found = torch.ops.onednn.qconv2d_pointwise(image, *given, *_PLACES, *wanted)
        found = found.permute(0, 2, 3, 1)[0, 0]
    return found.mul_(own)


@cache
def _noughts(count: int) -> torch.Tensor:
    """Return what is subtracted from weights, which is nothing."""
    return torch.zeros(count, dtype=torch.int32)
