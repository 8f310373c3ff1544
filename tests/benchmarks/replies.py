"""What any system answered, ours or a peer's, in one shape that can be kept in a file."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

Turn = tuple[str, str]

_DECLINES = re.compile(
    r"(do not|don't|does not|doesn't|did not|cannot|can't|could not|unable to|is not|isn't|are not|not) "
    r"(\w+ ){0,2}(know|say|state|mention|specif|provid|contain|include|answer|explicit|find|given|available|"
    r"disclos|have (enough|any|the|sufficient)|determin|indicate)"
    r"|no (\w+ ){0,2}(information|mention|answer|detail)|not in the (article|text|context)|i('m| am) sorry"
)


@dataclass(frozen=True)
class Reply:
    """One answer. ``citations`` and ``confidence`` are None for a system that gives none."""

    text: str
    status: str
    first_seconds: float
    total_seconds: float
    citations: list[dict[str, Any]] | None = None
    confidence: float | None = None
    timings: dict[str, float] = field(default_factory=dict)
    sign_seconds: float | None = None
    """When the first sign of life was shown, be it only what is being done."""

    def to_dict(self) -> dict[str, Any]:
        """The reply as JSON can hold it."""
        return asdict(self)


class Asked(Protocol):
    """Something that answers questions."""

    name: str

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """Answer a question over the open articles."""


class System(Asked, Protocol):
    """Something that answers questions over articles."""

    version: str
    """Changes whenever the same question might be answered differently."""

    def open(self, texts: Sequence[tuple[str, str]]) -> None:
        """Make (title, text) pairs the articles that are asked about, and get ready."""

    def close(self) -> None:
        """Give back what is held."""


def declines(text: str) -> bool:
    """Whether a text that carries no status of its own says that it has no answer."""
    return not text.strip() or bool(_DECLINES.search(text.lower().replace("\u2019", "'")))
