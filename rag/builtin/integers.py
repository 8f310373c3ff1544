"""Numbers as eight-bit integers, which some processors multiply several times as fast as others.

Each row has one scale: of weights, and of what is multiplied with them (dynamic quantisation, as in Dettmers et al.
2022, https://arxiv.org/abs/2208.07339, without its outliers).
"""

import torch

__all__ = ["LARGEST", "eight_bits", "products"]

LARGEST = 127
_SMALLEST = 1e-12  # what a row of nothing but zeros is divided by


def eight_bits(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of numbers as eight-bit integers, and what each row of these is to be multiplied with."""
    scale = rows.abs().amax(1).clamp_(min=_SMALLEST) / LARGEST
    return (rows / scale[:, None]).round_().to(torch.int8), scale


def products(rows: torch.Tensor, scale: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Return integers times integers, (rows, outputs), with the scale of the rows and without that of the weights.

    Args:
        rows: Eight-bit integers, (rows, inputs).
        scale: What each row is to be multiplied with.
        weight: Eight-bit integers, (outputs, inputs).
    """
    return torch._int_mm(rows, weight.T).float().mul_(scale[:, None])  # no other name is public
