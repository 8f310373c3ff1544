"""Every word that a language model is given.

The order is what makes answers quick: the instruction and the article come first and stay the same from question
to question, so that a model which remembers the common beginning of prompts reads only the question anew.
The adapter of the built-in model (see ``rag/adapter``) was trained on exactly these words.
"""

import re
from collections.abc import Sequence

__all__ = [
    "FOUND",
    "MISSING",
    "MORE",
    "SUGGEST",
    "SYSTEM",
    "answer_part",
    "article_part",
    "claim_part",
    "question_part",
]

FOUND = "Found"
MISSING = "Missing"

SYSTEM = (
    f'Read the article. If it states what is asked, begin with "{FOUND}" and then answer in one or two short '
    "sentences that keep to its words. "
    f'If it does not state exactly that, say only "{MISSING}".'
)

MORE = "What else does the article say about this?"
"""What "Tell me more" means, in words that the built-in model understands better: it takes more of what stands beside
an answer for an answer to them."""

SUGGEST = "Which question does this article answer?"


_MARKS = re.compile(
    r"<\s*[|｜](.*?)[|｜]\s*>"
    r"|<{1,2}(/?(?:s|SYS|bos|eos|start_of_turn|end_of_turn))>{1,2}"
    r"|\[(/?(?:INST|SYSTEM_PROMPT))\]"
)
"""What chat templates mark turns with: those of Qwen, Llama 3 and DeepSeek; Llama 2 and Gemma; Mistral."""


def article_part(passages: Sequence[str]) -> str:
    """Return the part of the user's message that is the same for every question about these passages."""
    return "Article:\n" + "\n\n".join(_plain(passage) for passage in passages) + "\n\n"


def question_part(question: str, earlier: tuple[str, str] | None = None) -> str:
    """Return what follows the article: the last question and answer, if any, and the question."""
    before = ""
    if earlier:
        before = f"Earlier question: {_plain(earlier[0])}\nEarlier answer: {_plain(earlier[1])}\n"
    return f"{before}Question: {_plain(question)}"


def claim_part(claim: str) -> str:
    """Return what follows the article when it is to be told whether the article states a sentence."""
    return f"Claim: {_plain(claim)}"


def answer_part(asked: str, answer: str) -> str:
    """Return what follows the article when it is to be told whether a sentence answers, as the article does.

    It begins as the question did, so that a model that has read the question reads only the answer.

    Args:
        asked: What ``question_part`` gave.
        answer: The sentence.
    """
    return f"{asked}\nAnswer: {_plain(answer)}"


def _plain(text: str) -> str:
    """Take the marks out of a text that end a turn in chat templates, so that no article can speak as the user."""
    return _MARKS.sub(r"(\1\2\3)", text).strip()
