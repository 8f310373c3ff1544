"""What happens between a question and its answer, one event at a time.

A sentence is first a :class:`Draft`, not yet verified; then either :class:`Checked`, with its citations, or
:class:`Retracted`. The last event is always :class:`Finished`.
"""

from collections.abc import AsyncGenerator, Generator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rag.answers import Answer, Citation

__all__ = ["Checked", "Draft", "Event", "Finished", "Retracted", "Step", "stepped"]


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    kind: ClassVar[str]

    def __add__(self, later: Any) -> Any:
        """Return what came later: so LangChain sums up a stream for a step that needs it whole."""
        return later

    def to_dict(self) -> dict[str, Any]:
        """Return the event as JSON's types, its kind among them."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True)
class Step(Event):
    """What is going on: ``loading``, ``indexing``, ``searching``, ``reading``, ``writing`` or ``checking``."""

    kind: ClassVar[str] = "step"
    name: str
    detail: str
    progress: float | None = None


@dataclass(frozen=True)
class Draft(Event):
    """Words to append to a sentence that is not verified yet."""

    kind: ClassVar[str] = "draft"
    sentence: int
    text: str


@dataclass(frozen=True)
class Checked(Event):
    """A verified sentence, which replaces its draft."""

    kind: ClassVar[str] = "checked"
    sentence: int
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Retracted(Event):
    """A sentence that the article does not carry: its draft disappears.

    Where its beginning or the article's own sentence passes in its place, that follows as ``Checked``.
    """

    kind: ClassVar[str] = "retracted"
    sentence: int
    text: str
    reason: str


@dataclass(frozen=True)
class Finished(Event):
    """The answer, whole and verified."""

    kind: ClassVar[str] = "finished"
    answer: Answer


async def stepped(events: Generator[Event]) -> AsyncGenerator[Event]:
    """Step through blocking events in worker threads, and close them when nobody listens any more."""
    import anyio
    import anyio.to_thread

    end = object()
    try:
        while (event := await anyio.to_thread.run_sync(next, events, end)) is not end:
            assert isinstance(event, Event)
            yield event
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(events.close)
