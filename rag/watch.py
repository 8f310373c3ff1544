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
        self._times.setdefault(name, self._elapsed())

    def finish(self) -> dict[str, float]:
        """Return the times until now, the ``total`` among them."""
        return {**self._times, "total": self._elapsed()}

    def _elapsed(self) -> float:
        return round(time.perf_counter() - self._start, 3)
