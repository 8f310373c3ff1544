"""States times weights of eight bits, in the way that is quickest on this processor.

Each row of weights has one scale, and each token one of its own (``rag.builtin.integers``). How quick and how true the
ways are: see ``docs/speed.md``.
"""

from enum import Enum
from functools import cache

import torch

from rag.builtin.integers import LARGEST, eight_bits, scales

__all__ = ["Way", "arranged", "times", "way"]

_ZERO = 128  # what stands for nought in integers from 0 to 255
_HALF = torch.tensor(_ZERO + 0.5)  # they are rounded down
_PLACES = ([1, 1], [0, 0], [1, 1], 1)  # stride, padding, dilation and groups of a convolution


class Way(Enum):
    """How states are multiplied with weights."""

    ONEDNN = "oneDNN"
    """As integers, with the instructions for it that came with AVX-512 (VNNI)."""

    CONVOLUTION = "oneDNN's convolution"
    """As integers, with AVX2, for weights that were arranged: as a convolution over one place. Others as below."""

    BFLOAT16 = "bfloat16"
    """As floating-point numbers of sixteen bits: on all other processors."""


@cache
def way() -> Way:
    """Return the quickest way that is right here."""
    has = torch.cpu.get_capabilities()
    if has.get("avx512_vnni") and torch.backends.mkldnn.is_available():
        # If it was told not to use these instructions it adds in sixteen bits, and cuts off what is larger
        # (https://uxlfoundation.github.io/oneDNN/dev_guide_int8_computations.html).
        largest = torch.full((32, 1536), LARGEST, dtype=torch.int8)
        if (_products(largest, largest) == 1536 * LARGEST**2).all():
            return Way.ONEDNN
    return Way.CONVOLUTION if has.get("avx2") and torch.backends.mkldnn.is_available() else Way.BFLOAT16


def arranged(weight: torch.Tensor) -> torch.Tensor:
    """Return weights, (outputs, inputs), as they are multiplied soonest; not those for bfloat16."""
    if way() is Way.CONVOLUTION:
        return _for_convolution(weight)
    found: torch.Tensor = torch.ops.onednn.qlinear_prepack(weight, None)
    return found


def times(states: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Return states, (tokens, inputs), times weights, (outputs, inputs).

    Args:
        states: In single precision.
        weight: Eight-bit integers, arranged or not.
        scale: What each output is to be multiplied with.
    """
    if weight.dim() == 4:
        return _convolved(states, weight, scale)
    if way() is not Way.ONEDNN:
        ones = torch.ones(len(scale), dtype=torch.bfloat16)
        return torch._weight_int8pack_mm(states.bfloat16(), weight, ones).float().mul_(scale)
    whole, own = eight_bits(states)
    if weight.is_mkldnn:  # it was arranged; then it is multiplied with integers from 0 to 255
        shifted = (whole.short() + _ZERO).to(torch.uint8)
        found: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            shifted,
            1.0,
            _ZERO,
            weight,
            scale,
            _noughts(len(scale)),
            None,
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )
        return found.mul_(own[:, None])
    return _products(whole, weight).float().mul_(own[:, None]).mul_(scale)


@cache
def _noughts(count: int) -> torch.Tensor:
    """Return what weights are subtracted from, which is nothing."""
    return torch.zeros(count, dtype=torch.int32)


def _products(rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch._int_mm(rows, weight.T)  # no other name is public


def _for_convolution(weight: torch.Tensor) -> torch.Tensor:
    """Return weights as oneDNN's convolution multiplies them."""
    one = torch.ones(1)  # scales do not change how weights are arranged, but each would be looked at
    found: torch.Tensor = torch.ops.onednn.qconv_prepack(weight[..., None, None], one, 1.0, _ZERO, *_PLACES)
    return found


def _convolved(states: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Return states times weights that were arranged for it, as a convolution over one place of an image.

    It adds two products in sixteen bits and cuts off what is larger. States are stored around 128 there, and most are
    small: that happens so seldom that seven bits, with which nothing is cut off, are three times as far from the truth.
    """
    own = scales(states)[:, None]
    whole = torch.addcmul(_HALF, states, 1 / own).to(torch.uint8)
    image = whole[None, None].permute(0, 3, 1, 2)  # channels stand last, as they do in the states
    found: torch.Tensor = torch.ops.onednn.qconv2d_pointwise(
        image,
        1.0,
        _ZERO,
        weight,
        scale,
        _noughts(len(scale)),
        None,
        *_PLACES,
        1.0,
        0,
        torch.float32,
        "none",
        [],
        "",
    )
    return found.permute(0, 2, 3, 1)[0, 0].mul_(own)
