"""Pieces of a text that go on with each other."""

import re

__all__ = ["join", "without_gap"]

_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Chinese, Japanese, Thai and Lao, which put no space where a line ends."""


def join(before: str, after: str) -> str:
    """Two lines as one. A word that is broken at the end of the first is whole again."""
    end = before[-2:]
    if re.fullmatch(r"[^\W\d_]-", end) and after[:1].islower():
        return before[:-1] + after
    if re.fullmatch(r"\w-", end) and after[:1].isalnum():  # "Baden-" and "Baden", "COVID-" and "19"
        return before + after
    if _UNSPACED.fullmatch(before[-1:]) and _UNSPACED.fullmatch(after[:1]):
        return before + after
    return f"{before} {after}".strip()


def without_gap(text: str) -> str:
    """A text that something was taken out of, without the space that stood before it: "It costs , he said"."""
    return re.sub(r" +(?=[\s.,;:!?)])", "", text)
