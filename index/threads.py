"""How many threads the built-in models compute with, and work that is spread over them."""

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from index.errors import StoreError

__all__ = ["in_threads", "threads"]

Given = TypeVar("Given")
Made = TypeVar("Made")

_MOST = 8


def threads(root: Path = Path("/")) -> int:
    """Return how many threads a model gets: the cores that this process may use, for a second thread on one core only
    slows it down.

    Args:
        root: Where Linux tells about the machine, in ``sys`` and ``proc``.
    """
    try:
        allowed = os.sched_getaffinity(0)
    except AttributeError:  # not on macOS and Windows
        return max(1, min(_MOST, (os.cpu_count() or 2) // 2))
    cpus = root / "sys/devices/system/cpu"
    # Threads of one core name the same siblings; where none are told, each is a core.
    cores = {_text(cpus / f"cpu{number}/topology/thread_siblings_list") or number for number in allowed}
    # Two threads of a machine that has no more are what everything was measured with, whatever core they are on.
    found = max(len(cores), min(2, len(allowed)))
    return max(1, min([_MOST, found, *_quotas(root)]))


def in_threads(function: Callable[[Given], Made], items: Sequence[Given]) -> list[Made]:
    """Return what a function makes of each item, as many at a time as there are threads.

    Raises:
        StoreError: If the program is about to end.
    """
    with ThreadPoolExecutor(max(1, min(threads(), len(items)))) as pool:
        try:
            made = pool.map(function, items)
        except RuntimeError as error:  # Python itself is, and starts no more threads
            raise StoreError("Article Chat is being closed.") from error
        return list(made)


def _quotas(root: Path) -> list[int]:
    """Return how many CPUs this process' control group, and those that it is in, may use at a time, if it is told."""
    lines = _text(root / "proc/self/cgroup").splitlines()
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    group = root / "sys/fs/cgroup" / own
    quotas = [_text(one / "cpu.max").partition(" ") for one in (group, *group.parents)]
    return [math.ceil(int(quota) / int(period)) for quota, _, period in quotas if quota.isdecimal()]


def _text(path: Path) -> str:
    """Return what a file says; nothing if it cannot be read."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""
