"""Numbers as eight-bit integers, which some processors multiply several times as fast as others.

Each row has one scale: of weights, and of what is multiplied with them (dynamic quantisation, as in Dettmers et al.
2022, https://arxiv.org/abs/2208.07339, without its outliers).
"""

import torch

__all__ = ["LARGEST", "eight_bits", "scales"]

LARGEST = 127
_SMALLEST = 1e-12  # what a row of nothing but zeros is divided by


def scales(rows: torch.Tensor) -> torch.Tensor:
    """Return what each row of numbers is divided by to become eight-bit integers."""
    return rows.abs().amax(1).clamp_(min=_SMALLEST) / LARGEST


def eight_bits(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of numbers as eight-bit integers, and what each row of these is to be multiplied with."""
    scale = scales(rows)
    return (rows / scale[:, None]).round_().to(torch.int8), scale
