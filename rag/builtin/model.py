"""The built-in model at work: one thread reads and writes for all who ask, a little for each in turn."""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import ParamSpec, TypeVar

import torch

from index.threads import threads
from rag.builtin.memory import Memory
from rag.builtin.network import Network
from rag.builtin.states import States
from rag.builtin.vocabulary import Vocabulary
from rag.errors import FAILED, STOPPED, ModelError

__all__ = ["BuiltinModel"]

P = ParamSpec("P")
T = TypeVar("T")

_PIECE = 128
"""Tokens that are read at a time: whoever else is answered waits no longer than that, and it is nearly as fast."""

_AHEAD = 48
"""Tokens that are read at a time before anybody asks: in these few tenths of a second nothing stops it."""

_MOST_TOKENS = 200
"""Tokens that are written at most."""

_GUESSED = {2: 4, 1: 2}
"""How many tokens are guessed to follow again as they did where so many of the last ones stood before: five tokens are
read in a quarter more time than one, and eight take up to twice as long."""

_JUDGED = 64
"""How many judgements are remembered: one question is judged when it is asked, and again when it is answered."""

_FIRST = 100
"""How many tokens are looked at for one that an answer can begin with."""


class BuiltinModel:
    """The built-in language model. One is enough; it is thread-safe."""

    def __init__(self, vocabulary: Vocabulary, network: Network, memory: Memory) -> None:
        """Take the model's parts over (``rag.builtin.loading``).

        Args:
            vocabulary: What makes tokens of texts.
            network: What is computed.
            memory: What was read.
        """
        self._vocabulary = vocabulary
        self._network = network
        self._memory = memory
        self._judged = lru_cache(maxsize=_JUDGED)(self._find)
        self._needed = 0
        self._counting = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "article-chat-model", lambda: torch.set_num_threads(threads()))

    def has_read(self, article: str) -> bool:
        """Whether this beginning of a prompt was read and kept, now or in an earlier run."""
        return self._memory.keeps(article)

    def read(self, article: str) -> None:
        """Read the beginning of a prompt, and keep that for the next start.

        Args:
            article: What the user's message begins with.

        Raises:
            ModelError: If the model is stopped.
        """
        tokens = self._vocabulary.beginning(article)
        with self._asked():
            self._recall(article)
            self._read_all(tokens)
            self._do(self._memory.keep, article, tokens)

    def read_ahead(self, article: str, *, keep: bool, free: Callable[[], bool]) -> bool:
        """Read the beginning of a prompt, as long as nobody else needs the model; it remembers how far it came.

        Args:
            article: What the user's message begins with.
            keep: Whether to keep it for the next start.
            free: Whether nobody else needs the model.

        Returns:
            Whether all of it was read.

        Raises:
            ModelError: If the model is stopped.
        """
        tokens = self._vocabulary.beginning(article)
        self._recall(article)
        while self._do(self._memory.length, tokens) < len(tokens):
            if self._needed or not free():
                return False
            self._do(self._read, tokens, _AHEAD, States())
        if keep:
            self._do(self._memory.keep, article, tokens)
        return True

    def found(self, article: str, rest: str) -> float:
        """Return how probable it is that the article answers, or states, what follows it: "Found" against "Missing".

        Args:
            article: What the user's message begins with.
            rest: What it goes on with.

        Raises:
            ModelError: If the model is stopped.
        """
        return self._judged(article, rest)

    def _find(self, article: str, rest: str) -> float:
        tokens = self._vocabulary.prompt(article + rest)
        with self._asked():
            self._recall(article)
            known = self._read_all(tokens[: max(0, len(tokens) - _PIECE)])
            return self._do(self._judge, tokens, known)

    def write(self, article: str, rest: str, answer: str) -> Generator[str]:
        """Write an answer of one line, with the most probable token at each place.

        Args:
            article: What the user's message begins with.
            rest: What it goes on with.
            answer: What the answer begins with, which is not given again.

        Yields:
            What it writes, as it writes it.

        Raises:
            ModelError: If the model is stopped.
        """
        tokens = self._vocabulary.prompt(article + rest, answer)
        text = self._vocabulary.text()
        begun = len(tokens)
        with self._asked():
            known = self._read_all(tokens[: max(0, begun - _PIECE)])
            while len(tokens) < begun + _MOST_TOKENS:
                new, known = self._do(self._next, tokens, known, len(tokens) == begun)
                for token in new:
                    if self._vocabulary.ends(token):
                        return
                    tokens.append(token)
                    line, ended, _ = text(token).partition("\n")
                    yield line
                    if ended:
                        return

    def close(self) -> None:
        """Stop the model for good, and free its memory. An answer that it is writing ends with an error."""
        self._worker.shutdown(cancel_futures=True)
        self._judged.cache_clear()
        self._network.close()
        self._memory.close()

    def _recall(self, article: str) -> None:
        if self.has_read(article):
            self._do(self._memory.recall, article, self._vocabulary.beginning(article))

    def _read_all(self, tokens: Sequence[int]) -> States:
        """Read tokens in pieces, and return their states, which nobody else can push out of the memory meanwhile."""
        known = States()
        while len(known) < len(tokens):
            known = self._do(self._read, tokens, _PIECE, known)
        return known

    def _read(self, tokens: Sequence[int], count: int, known: States) -> States:
        """Read on from where these tokens are known to, so many at most, and return the states of all read so far."""
        known = self._memory.longest(tokens, known)
        if (start := len(known)) < len(tokens):
            _, new = self._network.read(tokens[start : start + count], known)
            known = known.then(new)
            self._memory.hold(tokens[: start + count], known)
        return known

    def _judge(self, tokens: Sequence[int], known: States) -> float:
        """Read the rest, and return the probability of "Found" as the next token."""
        known = self._memory.longest(tokens[:-1], known)  # the last one gives the state that is asked for
        last, new = self._network.read(tokens[len(known) :], known, wanted=1)
        self._memory.hold(tokens, known.then(new))
        found, missing = self._network.odds(last, self._vocabulary.verdict)[0].tolist()
        return float(torch.sigmoid(torch.tensor(found - missing)))

    def _next(self, tokens: Sequence[int], known: States, first: bool) -> tuple[list[int], States]:
        """Return the next tokens, and what is known with all but the last of them.

        What followed the last tokens where they stood before is read with them: as far as it is what the model would
        have written, it need not be written (Saxena 2023, https://github.com/apoorvumang/prompt-lookup-decoding).
        """
        if first:
            known = self._memory.longest(tokens[:-1], known)  # the last one gives the state that is asked for
        guessed = [] if first else _guess(tokens)
        read = [*tokens[len(known) :], *guessed]
        last, states = self._network.read(read, known, wanted=1 + len(guessed))
        if first:
            (likely,) = self._network.likeliest(last, _FIRST)
            new = [next(token for token in likely if self._vocabulary.begins(token))]
        else:
            best = [token for (token,) in self._network.likeliest(last)]
            right = next((n for n, token in enumerate(guessed) if best[n] != token), len(guessed))
            new = best[: right + 1]
        wrong = len(guessed) + 1 - len(new)
        return new, known.then(states[..., : len(read) - wrong, :])

    def _do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in the model's own thread, when what was asked for before is done."""
        try:
            waiting = self._worker.submit(work, *args, **kwargs)
        except RuntimeError:  # the thread is gone
            raise ModelError(STOPPED) from None
        try:
            return waiting.result()
        except CancelledError:
            raise ModelError(STOPPED) from None
        except (RuntimeError, MemoryError, OSError) as error:  # torch says the first two
            raise ModelError(FAILED.format(error)) from error

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Let what is read ahead wait."""
        with self._counting:
            self._needed += 1
        try:
            yield
        finally:
            with self._counting:
                self._needed -= 1


def _guess(tokens: Sequence[int]) -> list[int]:
    """Return what followed the last two tokens, or else the last one, where they stood before for the last time."""
    for alike, count in _GUESSED.items():
        tail = tokens[-alike:]
        for end in range(len(tokens) - 1, alike - 1, -1):
            if tokens[end - alike : end] == tail:
                return list(tokens[end : end + count])
    return []
