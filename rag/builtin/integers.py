"""Numbers as eight-bit integers, which some processors multiply several times as fast as others.

Each row has one scale: of weights, and of what is multiplied with them (dynamic quantisation, as in Dettmers et al.
2022, https://arxiv.org/abs/2208.07339, without its outliers).
"""

import torch

__all__ = ["LARGEST", "eight_bits", "four_bits", "scales"]

LARGEST = 127
_SMALLEST = 1e-12  # what a row of nothing but zeros is divided by


def scales(rows: torch.Tensor) -> torch.Tensor:
    """Return what each row of numbers is divided by to become eight-bit integers."""
    return rows.abs().amax(1).clamp_(min=_SMALLEST) / LARGEST


def eight_bits(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of numbers as eight-bit integers, and what each row of these is to be multiplied with."""
    scale = scales(rows)
    return (rows / scale[:, None]).round_().to(torch.int8), scale


def four_bits(rows: torch.Tensor, block: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of numbers as integers of four bits, 8 for zero, with a scale for each block of a row.

    Args:
        rows: The numbers.
        block: How many have one scale.

    Returns:
        The integers, two in a byte, the first one in its lower half, (rows, blocks, bytes of a block), and the scales,
        (rows, blocks).
    """
    blocks = rows.unflatten(1, (-1, block))
    scale = blocks.abs().amax(2).clamp_(min=_SMALLEST) / 7.5
    whole = ((blocks / scale[..., None]).round_().clamp_(-8, 7) + 8).to(torch.uint8)
    return whole[..., 0::2] | whole[..., 1::2] << 4, scale
