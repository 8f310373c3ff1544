"""The built-in model's words: prompts to tokens, and tokens to text.

Texts are split as Qwen2's tokenizer does (https://huggingface.co/docs/transformers/model_doc/qwen2). The marks of turns
are put in by number and no text can contain one.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.decoders import DecodeStream

from rag import prompts

__all__ = ["Vocabulary", "make_tokenizer"]

_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_OPENS, _CLOSES = "<|im_start|>", "<|im_end|>"
_FIRST_MARK = "<|endoftext|>"


def make_tokenizer(words: Sequence[str], merges: Sequence[str]) -> Tokenizer:
    """Return the tokenizer, to be saved.

    Args:
        words: The tokens in the order of their numbers, each byte as a character of its own.
        merges: Which two of them become one, with a space between them, the first first.
    """
    numbers = {word: number for number, word in enumerate(words)}
    pairs = [(one, other) for one, _, other in (merge.partition(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE(numbers, pairs))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


class Vocabulary:
    """The tokens of prompts and answers.

    Attributes:
        verdict: The tokens that say whether the article answers: that it does, and that it does not.
    """

    def __init__(self, path: Path) -> None:
        """Load what ``make_tokenizer`` made.

        Args:
            path: Its file.
        """
        self._tokenizer = Tokenizer.from_file(str(path))
        self._opens, self._closes, self._first_mark = map(self._number, (_OPENS, _CLOSES, _FIRST_MARK))
        self.verdict = (self._tokens(prompts.FOUND)[0], self._tokens(prompts.MISSING)[0])

    def beginning(self, article: str) -> list[int]:
        """Return the tokens of a prompt as far as its user's message begins with this text."""
        system = [self._opens, *self._tokens(f"system\n{prompts.SYSTEM}"), self._closes]
        return [*system, *self._tokens("\n"), self._opens, *self._tokens(f"user\n{article}")]

    def prompt(self, message: str, answer: str = "") -> list[int]:
        """Return the tokens of a prompt that an answer follows.

        Args:
            message: The user's message.
            answer: What the answer begins with.
        """
        turn = [self._closes, *self._tokens("\n"), self._opens, *self._tokens("assistant\n")]
        return [*self.beginning(message), *turn, *self._tokens(answer)]

    def ends(self, token: int) -> bool:
        """Whether a token is a mark, which ends an answer."""
        return token >= self._first_mark

    def begins(self, token: int) -> bool:
        """Whether an answer of one line can begin with a token."""
        return not self.ends(token) and "\n" not in self._tokenizer.decode([token])

    def text(self) -> Callable[[int], str]:
        """Return what turns tokens into text one by one; the parts of a character give it with its last one."""
        stream = DecodeStream(skip_special_tokens=False)
        return lambda token: stream.step(self._tokenizer, token) or ""

    def _number(self, mark: str) -> int:
        number = self._tokenizer.token_to_id(mark)
        assert number is not None
        return number

    def _tokens(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(text).ids
        return found
