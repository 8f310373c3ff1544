"""What the built-in model has read: the keys and values of beginnings of prompts, in memory and on disk.

A prompt that begins as another one did costs only its new end (prefix caching, as in Kwon et al. 2023,
https://arxiv.org/abs/2309.06180). What articles begin with is kept on disk too, for the next start.
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from index.paths import data_dir
from rag import prompts
from rag.builtin.states import States

__all__ = ["Memory", "forget_prefixes"]

HELD_BYTES = 48_000_000
"""How much is held in memory: 29 kB for each token."""

KEPT_BYTES = 1_000_000_000
"""How much of what was read is kept on disk, about 25,000 words of articles."""


NOTHING = States()


@dataclass(frozen=True, eq=False)
class _Read:
    """Tokens that were read, and their keys and values: (layers, 2, key heads, tokens, width of a head)."""

    tokens: "np.ndarray[Any, np.dtype[np.int64]]"
    before: "_Read | None"
    """What was read before with the first of these tokens, and has their states."""
    states: torch.Tensor
    """Those of the other tokens."""

    def parts(self) -> list["_Read"]:
        """Return what has the states of all tokens, the first ones first."""
        parts: list[_Read] = []
        part: _Read | None = self
        while part is not None:
            parts.insert(0, part)
            part = part.before
        return parts

    def every(self) -> States:
        """Return the states of all tokens."""
        return States(tuple(part.states for part in self.parts()))


class Memory:
    """What was read. It is used by one thread at a time, but for ``keeps``."""

    def __init__(self, model: str) -> None:
        """Know nothing yet but what is on disk.

        Args:
            model: What the files are told apart by from those of another model.
        """
        self._model = model
        self._held: list[_Read] = []
        self._directory = _directory()
        with suppress(OSError):  # then nothing is kept
            self._directory.mkdir(parents=True, exist_ok=True)

    def length(self, tokens: Sequence[int]) -> int:
        """Return how many of these tokens, from the first one on, are known."""
        return self._most_alike(tokens)[0]

    def longest(self, tokens: Sequence[int], known: States = NOTHING) -> States:
        """Return the states of the longest known beginning of these tokens: what is given, or what is remembered."""
        length, read = self._most_alike(tokens)
        if read is None or length <= len(known):
            return known
        self._held.remove(read)
        self._held.append(read)
        return read.every()[:length]

    def _most_alike(self, tokens: Sequence[int]) -> tuple[int, _Read | None]:
        """Return how many of these tokens are known, and what has them."""
        wanted = np.array(tokens)
        found = ((_alike(read.tokens, wanted), read) for read in self._held)
        return max(found, key=lambda one: one[0], default=(0, None))

    def hold(self, tokens: Sequence[int], states: States) -> None:
        """Remember what was read. What these tokens begin with need not be remembered twice."""
        new = np.array(tokens)
        if self.length(tokens) == len(new):
            return
        parts = [part for read in self._held for part in read.parts() if _begins(new, part)]
        before = max(parts, key=lambda part: len(part.tokens), default=None)
        own = states[0 if before is None else len(before.tokens) :].joined()
        self._held = [read for read in self._held if not _begins(new, read)]
        self._held.append(_Read(new, before, own))
        while len(self._held) > 1 and self._size() > HELD_BYTES:
            del self._held[0]

    def _size(self) -> int:
        parts = {id(part): part.states.nbytes for read in self._held for part in read.parts()}
        return sum(parts.values())

    def keeps(self, beginning: str) -> bool:
        """Whether this beginning of a prompt is on disk."""
        return self._file(beginning).exists()

    def keep(self, beginning: str, tokens: Sequence[int]) -> None:
        """Write what was read to disk; it is not needed for an answer, so that a full disk only costs time.

        Args:
            beginning: What the file is told by.
            tokens: Its tokens, all of which were read.
        """
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        if self.keeps(beginning):
            return
        states = self.longest(tokens)
        if len(states) < len(tokens):
            return
        file = self._file(beginning)
        partial = file.with_suffix(f".{os.getpid()}")
        try:
            save_file({"states": states.joined()}, partial)
            os.replace(partial, file)
            self._forget_old()
        except (OSError, SafetensorError):
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def recall(self, beginning: str, tokens: Sequence[int]) -> None:
        """Load what is on disk of a beginning, if more of it is there than is held."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        if self.length(tokens) == len(tokens) or not self.keeps(beginning):
            return
        file = self._file(beginning)
        try:
            states = load_file(file)["states"].clone()
        except (OSError, SafetensorError, KeyError):  # deleted by another process a moment ago, or damaged
            states = torch.empty(0, 0)
        with suppress(OSError):
            if states.shape[-2] == len(tokens):
                self.hold(tokens, States((states,)))
                os.utime(file)  # what was used last goes last
            else:
                file.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of what is held."""
        self._held.clear()

    def _file(self, beginning: str) -> Path:
        digest = hashlib.sha256(f"{self._model} {prompts.SYSTEM} {beginning}".encode())
        return self._directory / f"{digest.hexdigest()[:32]}.safetensors"

    def _forget_old(self) -> None:
        """Delete all but the files used last."""
        room = KEPT_BYTES
        for _, size, path in sorted(map(_age, self._directory.iterdir()), reverse=True):
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)


def _begins(tokens: "np.ndarray[Any, Any]", read: _Read) -> bool:
    """Tell whether tokens begin with all those that were read."""
    return _alike(tokens, read.tokens) == len(read.tokens)


def _alike(one: "np.ndarray[Any, Any]", other: "np.ndarray[Any, Any]") -> int:
    """Return how many tokens two texts begin with in common."""
    length = min(len(one), len(other))
    different = np.flatnonzero(one[:length] != other[:length])
    return int(different[0]) if len(different) else length


def _age(path: Path) -> tuple[float, int, Path]:
    """Return when a file was used last, and its size; what is gone meanwhile is old and empty."""
    try:
        stat = path.stat()
    except OSError:
        return 0.0, 0, path
    return stat.st_mtime, stat.st_size, path


def forget_prefixes() -> None:
    """Delete what the model has read of any article: which file is whose cannot be told from its name."""
    if _directory().is_dir():
        for file in _directory().iterdir():
            file.unlink(missing_ok=True)


def _directory() -> Path:
    return data_dir() / "prefixes"
