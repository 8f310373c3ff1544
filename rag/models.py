"""The language model that answers: the built-in one, any server with OpenAI's protocol, any LangChain provider."""

import math
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.indexing import Progress
from rag import prompts
from rag.errors import STOPPED, ModelError
from rag.providers import connect, plain_errors
from rag.settings import BUILTIN, Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk

    from rag.builtin.model import BuiltinModel

__all__ = ["LanguageModel", "Piece"]

_THINKS = "<think>"
_INSTRUCTION = {"role": "system", "content": prompts.SYSTEM}


@dataclass(frozen=True)
class Piece:
    """A piece of the model's output, and how probable "Found" was if it is the first."""

    text: str
    found: float | None = None


class LanguageModel:
    """One language model for the whole process, started on first use; thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._chat: BaseChatModel | None = None
        self._own: BuiltinModel | None = None
        self._closed = False
        self._logprobs: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """What answers, for people to read."""
        return "Qwen2.5-Coder-1.5B (built in)" if self.builtin else self.settings.model

    @property
    def builtin(self) -> bool:
        """Whether it is the built-in model."""
        return self.settings.model == BUILTIN

    @property
    def ready(self) -> bool:
        """Whether it has been started."""
        return self._chat is not None or self._own is not None

    def start(self, progress: Progress | None = None) -> None:
        """Start the model if it is not there yet.

        Args:
            progress: Called with what is going on and how much of it is done, from 0 to 1.

        Raises:
            ModelError: If it is missing, damaged, unknown or closed.
        """
        with self._lock:
            if self._closed:
                raise ModelError(STOPPED)
            if self.ready:
                return
            if self.builtin:
                from rag.builtin.loading import load

                self._own = load(self._while_open(progress))
            else:
                self._chat = connect(self.settings)
                self._logprobs = _logprobs(self._chat)

    def _while_open(self, progress: Progress | None) -> Progress:
        """Return what tells how far the start is, and ends it if the model is closed meanwhile."""

        def tell(what: str, done: float) -> None:
            if self._closed:
                raise ModelError(STOPPED)
            if progress:
                progress(what, done)

        return tell

    def _started(self) -> "BuiltinModel | None":
        """Start the model, and return it if it is the built-in one."""
        self.start()
        return self._own

    def read(self, article: str) -> None:
        """Let the built-in model read the beginning of a prompt before anybody asks; others have nothing to prepare.

        Args:
            article: The prompt's part that stays the same from question to question.

        Raises:
            ModelError: If the model fails.
        """
        if own := self._started():
            own.read(article)

    def read_ahead(self, article: str, *, remember: bool, free: Callable[[], bool]) -> bool:
        """Let the built-in model read the beginning of a prompt as long as nobody else needs it.

        Args:
            article: The prompt's part that stays the same from question to question.
            remember: See ``stream``.
            free: Whether nobody else needs the model; it is given up as soon as this is false.

        Returns:
            Whether all of it was read.

        Raises:
            ModelError: If the model fails.
        """
        own = self._started()
        return own is None or own.read_ahead(article, keep=remember, free=free)

    def has_read(self, article: str) -> bool:
        """Whether the built-in model knows this beginning of a prompt, and begins with what comes after it."""
        return self._own is not None and self._own.has_read(article)

    def stream(self, article: str, rest: str, *, remember: bool) -> Generator[Piece]:
        """Ask the model, and give what it writes as it writes it.

        Args:
            article: The prompt's part that stays the same from question to question.
            rest: What follows it.
            remember: Whether questions about the same part will follow, so that having read it should be kept.

        Raises:
            ModelError: If the model cannot be reached, refuses, fails on the way, or writes nothing.
        """
        if own := self._started():
            if remember:
                own.read(article)
            begun = f"{prompts.FOUND}\n"
            yield Piece(begun, own.found(article, rest))
            for text in own.write(article, rest, begun):
                yield Piece(text)
            return
        with plain_errors(self.settings):
            yield from self._streamed(_messages(article, rest))

    def _streamed(self, messages: list[dict[str, str]]) -> Generator[Piece]:
        """Give what another model writes, without its thoughts."""
        head, begun = "", False
        for chunk in self._chunks(messages):
            if self._closed:
                raise ModelError(STOPPED)
            if begun:
                yield Piece(chunk.text)
            elif text := _after_thoughts(head := head + chunk.text):
                begun = True
                yield Piece(text, _found(chunk))
        if not begun:
            raise ModelError(
                f"{self.name} wrote no answer. If it thinks before it answers, it may have been cut off while it did: "
                "choose a model that does not, or have its server keep its thoughts short."
            )

    def _chunks(self, messages: list[dict[str, str]]) -> "Iterator[BaseMessageChunk]":
        """Send a request; once more without asking for token probabilities, and never again, if they are refused."""
        import openai

        chat, logprobs = self._chat, self._logprobs
        assert chat is not None
        try:
            yield from chat.stream(messages, **logprobs)
        except openai.APIStatusError as error:
            if not logprobs or "logprobs" not in str(error):
                raise
            self._logprobs = {}
            yield from chat.stream(messages)

    def agrees(self, article: str, rest: str, *, remember: bool) -> float | None:
        """Return how probable "Found" is to the built-in model as its first word.

        Args:
            article: The prompt's part that stays the same from question to question.
            rest: What follows it: something to check.
            remember: See ``stream``.

        Returns:
            The probability; None for other models.
        """
        own = self._started()
        if own is None:
            return None
        if remember:
            own.read(article)
        return own.found(article, rest)

    def close(self) -> None:
        """Stop the model for good. An answer that it is writing ends with an error."""
        self._closed = True  # before the lock, so that who is starting it stops
        with self._lock:
            if self._own is not None:
                self._own.close()


def _messages(article: str, rest: str) -> list[dict[str, str]]:
    return [_INSTRUCTION, {"role": "user", "content": article + rest}]


def _logprobs(chat: "BaseChatModel") -> dict[str, Any]:
    """Return what asks for token probabilities, where the protocol has them."""
    return {"logprobs": True, "top_logprobs": 10} if type(chat).__name__ == "ChatOpenAI" else {}


def _after_thoughts(text: str) -> str:
    """Return what a model has written so far, without the thoughts that some servers leave before it."""
    text = text.lstrip()
    if text.startswith(_THINKS):
        return text.partition("</think>")[2].lstrip()
    return "" if _THINKS.startswith(text) else text


def _found(message: "BaseMessageChunk | Any") -> float | None:
    """Return the probability of "Found" against "Missing" as first word, or None if the server gives none."""
    content = ((message.response_metadata or {}).get("logprobs") or {}).get("content") or []
    if not content:
        return None
    seen = {
        token["token"].strip(): token["logprob"] for token in reversed(content[0].get("top_logprobs") or [])
    }
    floor = min(seen.values(), default=-20.0)
    found, missing = (math.exp(seen.get(word, floor)) for word in (prompts.FOUND, prompts.MISSING))
    return found / (found + missing)
