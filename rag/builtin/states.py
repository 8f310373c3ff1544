"""What the built-in model keeps of tokens that it has read: their keys and values."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

__all__ = ["States"]

_SHORT = 64
"""Tokens up to which two parts become one."""


@dataclass(frozen=True, eq=False)
class States:
    """Keys and values of tokens, some tokens after others: what several prompts begin with is not copied for each.

    Attributes:
        parts: (layers, 2, key heads, tokens, width of a head) each.
    """

    parts: tuple[torch.Tensor, ...] = ()

    def __len__(self) -> int:
        """How many tokens these are the states of."""
        return sum(part.shape[-2] for part in self.parts)

    def __getitem__(self, which: slice) -> "States":
        """Return those of some tokens that stand together."""
        start, stop, _ = which.indices(len(self))
        return States(tuple(self._between(start, stop)))

    def then(self, part: torch.Tensor) -> "States":
        """Return these with those of the tokens after them; short parts become one, or each word would be one."""
        *parts, last = self.parts or (part[..., :0, :],)
        if last.shape[-2] + part.shape[-2] <= _SHORT:
            return States((*parts, torch.cat([last, part], -2)))
        return States((*self.parts, part))

    def joined(self) -> torch.Tensor:
        """Return the same as one tensor that holds nothing else."""
        return torch.cat(self.parts, -2) if len(self.parts) > 1 else self.parts[0].contiguous()

    def _between(self, start: int, stop: int) -> Iterator[torch.Tensor]:
        for part in self.parts:
            count = part.shape[-2]
            if start < count and stop > 0:
                yield part[..., max(0, start) : stop, :]
            start, stop = start - count, stop - count
