"""The built-in language model: llama.cpp in this process, speaking OpenAI's protocol on loopback.

Runtime: https://github.com/xorbitsai/xllamacpp, the server of https://github.com/ggml-org/llama.cpp
"""

import hashlib
import math
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from index.paths import data_dir
from rag.adapter import ADAPTER
from rag.errors import ModelError
from rag.slots import Slot, SlotPool

__all__ = ["BuiltinServer", "forget_prefixes"]

SLOTS = 4
"""Questions answered at a time; more wait their turn."""

CONTEXT = 10_240
"""Tokens that all slots remember together."""

KEPT_BYTES = 1_000_000_000
"""How much of what was read is kept on disk: 29 kB for each token, so about 25,000 words of articles."""

_PIECE = 120
"""Characters that are read at a time if it may be given up: a second or two, in which nothing stops the model."""

_GLANCE = 0.2
"""Seconds between two looks at whether the model is idle, before it is stopped."""

_IDLE = 12
"""Looks at an idle model after which it is stopped, though not every slot was given back."""


class BuiltinServer:
    """The built-in model, started on first use and stopped with the process. One is enough; it is thread-safe."""

    def __init__(self, weights: Path) -> None:
        """Load the model, which takes a few seconds.

        Args:
            weights: The verified model file (``rag.weights.builtin_model``).

        Raises:
            ModelError: If the runtime cannot be started.
        """
        import xllamacpp

        self.api_key = secrets.token_urlsafe(24)
        self._digest = hashlib.sha256(f"{weights.name} {weights.stat().st_size}".encode())
        self._digest.update(ADAPTER.read_bytes())
        self._slots = SlotPool(SLOTS)
        self._reading = threading.Lock()
        self._saved = _saved()
        self._saved.mkdir(parents=True, exist_ok=True)
        params = xllamacpp.CommonParams()
        params.model.path = str(weights)
        adapter = xllamacpp.CommonAdapterLoraInfo()
        adapter.path, adapter.scale = str(ADAPTER), 1.0
        params.lora_adapters = [adapter]
        # The weights are rearranged as they are read; a file that is mapped besides would hold them a second time.
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
        params.n_ctx = CONTEXT
        params.fit_params = (
            False  # to try which sizes fit the memory takes a third of the start; ours are given
        )
        params.n_parallel = SLOTS
        params.kv_unified = True
        params.n_batch = 512  # whoever else is being answered waits no longer than that, and it is as fast
        params.cache_ram_mib = 0  # the slots' files do this, and outlive the process
        params.slot_save_path = f"{self._saved}{os.sep}"
        threads = min(8, _threads())
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        # Waiting threads sleep: while they spin, whatever else the machine does keeps them from their work.
        params.cpuparams.poll = params.cpuparams_batch.poll = 0
        params.api_keys = [self.api_key]
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.ui = False
        params.verbosity = -1
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelError(
                f"The built-in language model could not be started ({error}). It needs about 2 GB of free memory."
            ) from error
        self.url: str = self._server.listening_address
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.api_key}"},
            timeout=600,
            trust_env=False,
        )

    def borrow(self, prefix: str) -> Any:
        """Borrow a slot (a context manager), preferring one that has read ``prefix``; see ``SlotPool.borrow``."""
        return self._slots.borrow(prefix, kept=self.has_read(prefix))

    def read(self, slot: Slot, prefix: str, instruction: list[dict[str, str]]) -> None:
        """Let a slot read the beginning of a prompt, from its file if it was ever read before, and keep it there.

        Args:
            slot: A borrowed slot.
            prefix: What the user's message begins with.
            instruction: The messages before it.
        """
        if slot.prefix == prefix or self._restore(slot, prefix):
            return
        with self._reading:  # in turn, which is as fast: the second may want what the first has read
            if not self._restore(slot, prefix):
                self._read(slot, prefix, len(prefix), instruction)
                self._keep(slot)

    def read_ahead(
        self, prefix: str, instruction: list[dict[str, str]], *, keep: bool, free: Callable[[], bool]
    ) -> bool:
        """Read the beginning of a prompt in pieces, as long as nobody else needs the model; a slot remembers them.

        Args:
            prefix: What the user's message begins with.
            instruction: The messages before it.
            keep: Whether to keep in a file what was read.
            free: Whether nobody else needs the model.

        Returns:
            Whether all of it was read.
        """
        with self._slots.borrow(prefix, kept=self.has_read(prefix), yields=True) as slot:
            if slot.prefix != prefix and not self._restore(slot, prefix):
                known = len(slot.prefix) if prefix.startswith(slot.prefix) else 0
                for end in [*range(known + _PIECE, len(prefix), _PIECE), len(prefix)]:
                    if self._slots.wanted or not free():
                        return False
                    self._read(slot, prefix, end, instruction)
            if keep and not self.has_read(prefix):
                self._keep(slot)
            return True

    def _read(self, slot: Slot, prefix: str, end: int, instruction: list[dict[str, str]]) -> None:
        self._slots.check()
        slot.prefix = ""  # until it is known to have been read
        messages = [*instruction, {"role": "user", "content": prefix[:end]}]
        body = {"messages": messages, "max_tokens": 1, "id_slot": slot.number, "temperature": 0}
        self._http.post("/v1/chat/completions", json=body).raise_for_status()
        slot.prefix = prefix[:end]

    def _keep(self, slot: Slot) -> None:
        self._do(slot, "save", self._file(slot.prefix))
        self._forget_old()

    def _restore(self, slot: Slot, prefix: str) -> bool:
        file = self._file(prefix)
        if not self.has_read(prefix):
            return False
        slot.prefix = ""
        if not self._do(slot, "restore", file):
            return False
        slot.prefix = prefix
        with suppress(OSError):  # deleted by another process a moment ago
            os.utime(self._saved / file)  # what was used last goes last
        return True

    def has_read(self, prefix: str) -> bool:
        """Whether this beginning of a prompt was read before, now or in an earlier run."""
        return (self._saved / self._file(prefix)).exists()

    def _file(self, prefix: str) -> str:
        digest = self._digest.copy()
        digest.update(prefix.encode())
        return f"{digest.hexdigest()[:32]}.bin"

    def _do(self, slot: Slot, action: str, file: str) -> bool:
        """Save a slot to a file or restore it. Neither is needed for an answer: a failure only costs time."""
        try:
            answer = self._http.post(
                f"/slots/{slot.number}", params={"action": action}, json={"filename": file}
            )
        except httpx.HTTPError:
            return False
        return answer.is_success

    def _forget_old(self) -> None:
        """Delete all but the files used last."""
        room = KEPT_BYTES
        for _, size, path in sorted(map(_age, self._saved.glob("*.bin")), reverse=True):
            room -= size
            if room < 0:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop the model and free its memory, once nobody waits for it: who stops it earlier waits for ever.

        A slot that is not given back may be that of an answer of which only the beginning was read, so an idle model
        is waited for no longer than a request may need to be sent.
        """
        idle = 0
        while idle < _IDLE:
            returned = self._slots.close(_GLANCE)
            if self._busy():
                idle = 0
                time.sleep(_GLANCE)
            else:
                idle = _IDLE if returned else idle + 1
        self._http.close()
        del self._server

    def _busy(self) -> bool:
        """Whether the model reads or writes."""
        return any(slot["is_processing"] for slot in self._http.get("/slots").raise_for_status().json())


def _age(path: Path) -> tuple[float, int, Path]:
    """Return when a file was used last, and its size; what is gone meanwhile is old and empty."""
    try:
        stat = path.stat()
    except OSError:
        return 0.0, 0, path
    return stat.st_mtime, stat.st_size, path


def forget_prefixes() -> None:
    """Delete what the model has read of any article: which file is whose cannot be told from its name."""
    for file in _saved().glob("*.bin"):
        file.unlink(missing_ok=True)


def _saved() -> Path:
    return data_dir() / "prefixes"


def _threads(root: Path = Path("/")) -> int:
    """Return how many threads the model gets: the cores that this process may use, for a second thread on one core only
    slows llama.cpp down.

    Args:
        root: Where Linux tells about the machine, in ``sys`` and ``proc``.
    """
    try:
        allowed = os.sched_getaffinity(0)
    except AttributeError:  # not on macOS and Windows
        return max(1, (os.cpu_count() or 2) // 2)
    cpus = root / "sys/devices/system/cpu"
    # Threads of one core name the same siblings; where none are told, each is a core.
    cores = {_text(cpus / f"cpu{number}/topology/thread_siblings_list") or number for number in allowed}
    # Two threads of a machine that has no more are what everything was measured with, whatever core they are on.
    threads = max(len(cores), min(2, len(allowed)))
    return max(1, min([threads, *_quotas(root)]))


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
