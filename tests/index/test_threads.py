"""How many threads the built-in model gets, by what Linux tells about the machine."""

import os
from pathlib import Path

import pytest

from index.threads import in_threads, threads
from tests.processes import run_python

PAIRS = {0: "0,4", 1: "1,5", 2: "2,6", 3: "3,7", 4: "0,4", 5: "1,5", 6: "2,6", 7: "3,7"}
ALONE = {0: "0", 1: "1"}
SHARE = "sys/fs/cgroup/cpu.max"
OWN = "sys/fs/cgroup/pods/one/cpu.max"


@pytest.mark.parametrize(
    ("allowed", "siblings", "groups", "cores"),
    [
        (range(8), PAIRS, {}, 4),
        ({0, 4, 5}, PAIRS, {}, 2),
        (range(2), ALONE, {}, 2),
        ({0, 4}, PAIRS, {}, 2),
        ({0}, PAIRS, {}, 1),
        (range(3), {}, {}, 3),
        (range(8), PAIRS, {SHARE: "max 100000"}, 4),
        (range(8), PAIRS, {SHARE: "150000 100000"}, 2),
        (range(8), PAIRS, {SHARE: "10000 100000"}, 1),
        (range(8), PAIRS, {SHARE: "1600000 100000"}, 4),
        (range(8), PAIRS, {SHARE: "max 100000", OWN: "300000 100000"}, 3),
        (range(8), PAIRS, {SHARE: "200000 100000", OWN: "max 100000"}, 2),
    ],
)
def test_threads_are_as_many_as_the_cores_that_may_be_used(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    allowed: range | set[int],
    siblings: dict[int, str],
    groups: dict[str, str],
    cores: int,
) -> None:
    files = {
        f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list": text
        for number, text in siblings.items()
    }
    files["proc/self/cgroup"] = "1:name=systemd:/\n0::/pods/one"
    for name, text in (files | groups).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(allowed), raising=False)
    assert threads(tmp_path) == cores


def test_what_is_done_in_threads_keeps_its_order_and_its_errors() -> None:
    assert in_threads(lambda number: number * 2, list(range(50))) == list(range(0, 100, 2))
    assert in_threads(str, []) == []
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda number: 1 / number, [1, 0])


def test_when_the_program_ends_it_says_so() -> None:
    """A thread may still be at work on an article then."""
    code = """
import atexit, threading, time
from index import StoreError
from index.threads import in_threads
begun = threading.Event()
def work():
    begun.wait()
    time.sleep(0.2)
    try:
        in_threads(str, [1, 2])
    except StoreError as error:
        print(error, flush=True)
threading.Thread(target=work, daemon=True).start()
atexit.register(time.sleep, 1)
begun.set()
"""
    assert run_python(code).stdout == "Article Chat is being closed.\n"


def test_threads_where_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert threads(tmp_path) == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert threads(tmp_path) == 1
