"""States times weights of eight bits, in the way that is quickest on this processor.

Each row of weights has one scale, and each token one of its own (``rag.builtin.integers``). How quick and how true the
ways are: see ``docs/speed.md``.
"""

import warnings
from enum import Enum
from functools import cache

import torch

from rag.builtin.integers import LARGEST, eight_bits, scales

__all__ = ["Way", "arranged", "times", "way"]

# torch says once that what FBGEMM takes its weights from will go; it is pinned to a version that has it.
warnings.filterwarnings("ignore", "torch.quantize_per_tensor.* are deprecated", UserWarning)

_ENGINES = ("x86", "fbgemm")  # torch's names for it; on ARM it has one of them too, and then fails


class Way(Enum):
    """How states are multiplied with weights."""

    ONEDNN = "oneDNN"
    """As integers, with the instructions for it that came with AVX-512 (VNNI)."""

    FBGEMM = "FBGEMM"
    """As integers, with AVX2 (https://arxiv.org/abs/2101.05615): weights that were arranged. Others as below."""

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
    return Way.FBGEMM if has.get("avx2") and torch.backends.quantized.engine in _ENGINES else Way.BFLOAT16


def arranged(weight: torch.Tensor) -> torch.Tensor:
    """Return weights, (outputs, inputs), as they are multiplied soonest; not those for bfloat16."""
    if way() is Way.FBGEMM:
        return _packed(weight)
    found: torch.Tensor = torch.ops.onednn.qlinear_prepack(weight, None)
    return found


def times(states: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Return states, (tokens, inputs), times weights, (outputs, inputs).

    Args:
        states: In single precision.
        weight: Eight-bit integers, arranged or not.
        scale: What each output is to be multiplied with.
    """
    if isinstance(weight, torch.ScriptObject):
        return _times_packed(states, weight).mul_(scale)
    if way() is not Way.ONEDNN:
        ones = torch.ones(len(scale), dtype=torch.bfloat16)
        return torch._weight_int8pack_mm(states.bfloat16(), weight, ones).float().mul_(scale)
    whole, own = eight_bits(states)
    if weight.is_mkldnn:  # it was arranged; then it is multiplied with integers from 0 to 255
        shifted, zeros = (whole.short() + 128).to(torch.uint8), torch.zeros(len(scale), dtype=torch.int32)
        found: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            shifted, 1.0, 128, weight, scale, zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return found.mul_(own[:, None])
    return _products(whole, weight).float().mul_(own[:, None]).mul_(scale)


def _products(rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return torch._int_mm(rows, weight.T)  # no other name is public


def _packed(weight: torch.Tensor) -> torch.Tensor:
    """Return weights as FBGEMM multiplies them: no tensor any more, but torch has no public type for what it is."""
    # The same numbers under another type, not copied. With a scale for each output it would take half as long again.
    whole = torch._empty_affine_quantized([0], scale=1.0, zero_point=0, dtype=torch.qint8)
    whole.set_(weight.untyped_storage(), weight.storage_offset(), weight.shape, weight.stride())
    packed: torch.Tensor = torch.ops.quantized.linear_prepack(whole, None)
    return packed


def _times_packed(states: torch.Tensor, weight: torch.ScriptObject) -> torch.Tensor:
    """Return states times weights that FBGEMM arranged.

    It adds two products in sixteen bits and cuts off what is larger. States are stored around 128 there, and most are
    small: that happens so seldom that seven bits, with which nothing is cut off, are three times as far from the truth.
    """
    own = scales(states)[:, None]
    multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32
    found: torch.Tensor = multiply(states / own, 1.0, 128, weight)
    return found.mul_(own)
