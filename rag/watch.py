"""How long each step of an answer took."""

import time

__all__ = ["Watch"]


class Watch:
    """Seconds from the question to each thing that happened first."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._times: dict[str, float] = {}

    def note(self, name: str) -> None:
        """Note that something happened, unless it has before."""
        self._times.setdefault(name, round(time.perf_counter() - self._start, 3))

    def finish(self) -> dict[str, float]:
        """Return the times, the ``total`` among them."""
        self.note("total")
        return self._times
