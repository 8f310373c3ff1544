"""What is learned at a time: one question or claim about a stretch of an article."""

from dataclasses import dataclass

__all__ = ["Example"]


@dataclass(frozen=True)
class Example:
    """A question or claim, whether the stretch states it, and the answer to learn.

    ``answer`` is None when the verdict is all there is to say, and empty when no good wording is known: then only
    the verdict is learned.
    """

    prompt: str
    found: bool
    answer: str | None = None
