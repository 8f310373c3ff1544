"""Work that outlives a request: it goes on in a thread, and what it says can be read from the start again."""

import asyncio
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from index.errors import ArticleChatError

__all__ = ["Event", "Job", "Jobs", "explain"]

logger = logging.getLogger(__name__)

Event = dict[str, Any]

_REMEMBERED = 64  # finished jobs whose events can still be read
_TURN = 0.1  # seconds between two looks at whether it is a waiting job's turn
_GLANCE = 0.03  # seconds between two looks at whether there is something new
_WAITING = {"kind": "step", "name": "waiting", "detail": "Waiting for its turn", "progress": None}


class Job:
    """One piece of work: what it has said so far, and whether it shall go on.

    Args:
        patience: Seconds without a reader after which nobody is waiting for it any more; never if None.
    """

    def __init__(self, patience: float | None = None) -> None:
        self.id = secrets.token_hex(16)
        self.events: list[Event] = []
        self.done = False
        self._patience = patience
        self._seen = time.monotonic()
        self._stop = threading.Event()

    def say(self, event: Event) -> None:
        """Add an event for whoever follows."""
        self.events.append(event)

    def stop(self) -> None:
        """Ask the work to end."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether it shall end: it was stopped, or everyone who followed has gone."""
        if self._patience is not None and time.monotonic() - self._seen > self._patience:
            self._stop.set()
        return self._stop.is_set()

    async def after(self, index: int, wait: float = 10.0) -> list[Event]:
        """The events from this one on, waiting for one if there is none yet.

        Args:
            index: How many the reader has.
            wait: Seconds after which the answer is that there are none.

        Returns:
            The new events.
        """
        end = time.monotonic() + wait
        while len(self.events) <= index and not self.done and time.monotonic() < end:
            self._seen = time.monotonic()
            await asyncio.sleep(_GLANCE)
        self._seen = time.monotonic()
        return self.events[index:]


class Jobs:
    """Jobs under way and lately finished.

    Args:
        workers: How many run at once.
        waiting: How many more may wait for their turn.
    """

    def __init__(self, workers: int = 4, waiting: int = 32) -> None:
        self._workers = workers
        self._active: set[Job] = set()
        self._room = threading.BoundedSemaphore(workers + waiting)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._outside = 0
        self._lock = threading.Lock()

    def start(self, work: Callable[[Job], None], job: Job | None = None) -> Job:
        """Start some work. What it raises becomes its last event, ``{"kind": "failed", "message": ...}``.

        Args:
            work: Does it, and says through the job how it goes.
            job: What it says that to; a new one if None.

        Returns:
            The job.

        Raises:
            ArticleChatError: If too many are waiting already.
        """
        if not self._room.acquire(blocking=False):
            raise ArticleChatError("Too many questions are waiting for an answer. Try again in a minute.")
        job = job or Job()
        with self._lock:
            self._jobs[job.id] = job
            finished = [key for key, old in self._jobs.items() if old.done]
            for key in finished[: max(0, len(finished) - _REMEMBERED)]:
                del self._jobs[key]
        # A daemon: a model that hangs must not keep the program from ending.
        threading.Thread(target=self._run, args=(job, work), name="article-chat-job", daemon=True).start()
        return job

    def get(self, job_id: object) -> Job:
        """A job by its id.

        Raises:
            ArticleChatError: If it is not known (any more).
        """
        job = self._jobs.get(str(job_id))
        if job is None:
            raise ArticleChatError("That is not under way any more.")
        return job

    def known(self, job_id: object) -> bool:
        """Whether a job is under way or lately finished."""
        return job_id in self._jobs

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Count as under way what is done elsewhere meanwhile: a program's question waits for the model too."""
        with self._lock:
            self._outside += 1
        try:
            yield
        finally:
            with self._lock:
                self._outside -= 1

    @property
    def busy(self) -> bool:
        """Whether anybody waits for something. What was stopped counts no more, though a model may still hold it."""
        return self._outside > 0 or any(not (job.done or job.stopped) for job in list(self._jobs.values()))

    def _run(self, job: Job, work: Callable[[Job], None]) -> None:
        try:
            if not self._admit(job):
                job.say(dict(_WAITING))
                while not (job.stopped or self._admit(job)):
                    time.sleep(_TURN)
            work(job)
        except Exception as error:
            job.say({"kind": "failed", "message": explain(error)})
        finally:
            job.done = True
            with self._lock:
                self._active.discard(job)
            self._room.release()

    def _admit(self, job: Job) -> bool:
        """Let a job begin if few enough run. One that was stopped counts no more, though a model may still hold it."""
        with self._lock:
            if sum(not other.stopped for other in self._active) >= self._workers:
                return False
            self._active.add(job)
            return True


def explain(error: Exception) -> str:
    """What a reader is told about an error: never a traceback, which goes to the log."""
    if isinstance(error, ArticleChatError):
        return str(error)
    logger.error("Unexpected error", exc_info=error)
    return (
        f"Something went wrong inside Article Chat ({type(error).__name__}). "
        "The details are in the terminal in which it runs. Your question is kept: try again."
    )
