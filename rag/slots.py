"""Which of the server's slots answers a question, so that what a slot has already read is not read again.

A slot is one conversation's memory (KV cache) in llama.cpp's server. A prompt that begins as the slot's last one
did costs only its new end, so a question goes to a slot that knows its article. The memory of an article's
beginning is also kept in a file: another slot, or the next start, loads it in milliseconds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile

from rag.errors import ModelError

__all__ = ["STOPPED", "Slot", "SlotPool"]

STOPPED = "The language model was stopped."
"""What is said to whoever waits for a model that is closed."""

_STEP = 100  # characters


@dataclass
class Slot:
    """One slot of the server and the beginning of the prompt that it has read."""

    number: int
    prefix: str = ""
    used: int = 0


class SlotPool:
    """Hands out slots, first come first served."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free = [Slot(number) for number in range(size)]
        self._yielding = 0
        self._queue: list[object] = []
        self._closed = False
        self._changed = threading.Condition()
        self._clock = 0

    @contextmanager
    def borrow(self, prefix: str, *, kept: bool = False, yields: bool = False) -> Iterator[Slot]:
        """Wait for a slot, preferring the one that has read most of ``prefix``, then the one that was idle longest.

        Args:
            prefix: The beginning of the prompt; the borrower sets ``slot.prefix`` once it is read.
            kept: Whether it can be loaded from a file. Then no slot that has read more than it is given up for it.
            yields: Whether the slot is given back as soon as ``wanted`` is true. Others wait for that: it may have read
                what they need.

        Raises:
            ModelError: If the pool is closed.
        """
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                self._changed.wait_for(
                    lambda: (
                        self._closed or (bool(self._free) and self._queue[0] is ticket and not self._yielding)
                    )
                )
                self.check()
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
            slot = min(self._free, key=lambda slot: (-_worth(slot.prefix, prefix, kept), slot.used))
            self._free.remove(slot)
            self._yielding += yields
        try:
            yield slot
        finally:
            with self._changed:
                self._yielding -= yields
                self._clock += 1
                slot.used = self._clock
                self._free.append(slot)
                self._changed.notify_all()

    @property
    def wanted(self) -> bool:
        """Whether anybody waits for a slot."""
        return bool(self._queue)

    def check(self) -> None:
        """Ask whether to go on with what a slot was borrowed for.

        Raises:
            ModelError: If the pool is closed.
        """
        if self._closed:
            raise ModelError(STOPPED)

    def close(self, patience: float) -> bool:
        """Hand out no more slots, and wait for those that are out.

        Args:
            patience: For how long, in seconds.

        Returns:
            Whether all have been given back.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: len(self._free) == self._size, patience)


def _worth(read: str, wanted: str, kept: bool) -> int:
    """Return how much a slot has read of what is wanted, in steps that are worth giving up an older memory."""
    if kept:
        return read == wanted
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(read, wanted, strict=False)))
    return same // _STEP + (read == wanted)
