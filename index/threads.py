"""How many threads the built-in models compute with."""

import math
import os
from pathlib import Path

__all__ = ["threads"]

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
