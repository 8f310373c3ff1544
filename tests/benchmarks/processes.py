"""Cold starts and memory: programs as a user starts them, watched from outside."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psutil
from tqdm import tqdm

from tests.benchmarks import battery, texts
from tests.benchmarks.asking import Budget
from tests.benchmarks.figures import spread

QUESTION = "Who is Scale AI's CEO?"
_PAGE_TIMEOUT = 300


def cold(peers: Sequence[str], runs: int, budget: Budget) -> dict[str, Any]:
    """Imports, one question in a new process, and the page from start to ready and to its first answer."""
    ask = [sys.executable, "-m", "ui.cli", "ask", QUESTION]
    commands = {"import rag": _python("import rag"), "import index": _python("import index"), "ask": ask}
    commands |= {f"ask, {name}": _peer(name, [QUESTION]) for name in peers}
    times: dict[str, list[float]] = {name: [] for name in ("python", *commands)}
    pages: list[tuple[float, float]] = []
    for _ in tqdm(range(runs), desc="cold starts"):
        if budget.over():
            break
        times["python"].append(_run(_python("pass")))
        for name, command in commands.items():
            times[name].append(_run(command))
        with page() as (address, _, ready):
            start = time.perf_counter()
            _ask_page(address, [QUESTION])
            pages.append((ready, ready + time.perf_counter() - start))
    bare = spread(times.pop("python"))
    found: dict[str, Any] = {name: spread(values) for name, values in times.items()}
    for name in ("import rag", "import index"):  # what the import adds to the start of Python
        for figure in {"median", "p90"} & found[name].keys():
            found[name][figure] -= bare["median"]
    found["page ready"] = spread([ready for ready, _ in pages])
    found["page, first answer"] = spread([answered for _, answered in pages])
    return found


def memory(peers: Sequence[str], number: int) -> dict[str, Any]:
    """Peak resident memory of the page, and of a script over each peer, for the same questions."""
    questions = texts.seed_questions(number)
    with page() as (address, process, _):
        with _watched(process) as peak:
            _ask_page(address, questions)
        found = {"article-chat, the page": peak[0]}
    for name in peers:
        process = psutil.Popen(_peer(name, questions), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with _watched(process) as peak:
            if process.wait() != 0:
                raise RuntimeError(f"{name} failed in a process of its own")
        found[name] = peak[0]
    return found


@contextmanager
def page() -> Iterator[tuple[str, psutil.Popen, float]]:
    """Serve the page in a new process: its address, the process, and the seconds until it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", str(port)]
    start = time.perf_counter()
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/"
        while not _responds(address):
            if process.poll() is not None or time.perf_counter() - start > _PAGE_TIMEOUT:
                raise RuntimeError(f"the page did not start: {' '.join(command)}")
            time.sleep(0.05)
        yield address, process, time.perf_counter() - start
    finally:
        for child in process.children(recursive=True):
            child.kill()
        process.kill()
        process.wait()


def _responds(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _ask_page(address: str, questions: Sequence[str]) -> None:
    from gradio_client import Client

    client = Client(address, verbose=False)
    for question in questions:
        client.predict(question=question, api_name="/answer")


@contextmanager
def _watched(process: psutil.Popen) -> Iterator[list[float]]:
    """Note the most memory, in GB, that a process and its children have resident."""
    peak = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            try:
                family = [process, *process.children(recursive=True)]
                peak[0] = max(peak[0], sum(member.memory_info().rss for member in family) / 1e9)
            except psutil.Error:
                continue  # one of them has just ended

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _peer(name: str, questions: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.peers", name, str(battery.SEED), *questions]


def _run(command: Sequence[str]) -> float:
    start = time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    seconds = time.perf_counter() - start
    if ended.returncode not in (0, 3):  # 3: not in the article
        raise RuntimeError(f"{' '.join(command)} failed: {ended.stderr[-2000:]}")
    return seconds
