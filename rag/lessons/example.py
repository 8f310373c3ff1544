"""What is learned at a time: one question or claim about a stretch of an article."""

from dataclasses import dataclass

from index.articles import Article
from rag import prompts

__all__ = ["Example", "Group", "answered", "claimed", "whole_article"]


@dataclass(frozen=True)
class Example:
    """A question or claim, whether the stretch states it, and the answer to learn.

    ``answer`` is None when the verdict is all there is to say, and empty when no good wording is known: then only
    the verdict is learned.
    """

    prompt: str
    found: bool
    answer: str | None = None


Group = tuple[str, list[Example]]
"""The beginning of a prompt, a stretch of an article, and the examples that go on from it."""


def whole_article(article: Article) -> str:
    """Return the beginning of a prompt with a whole article, its headings too."""
    return prompts.article_part([article.text[block.start : block.end] for block in article.blocks])


def answered(asked: str, said: str, found: bool) -> Example:
    """Return a sentence as an answer to what ``prompts.question_part`` gave."""
    return Example(prompts.answer_part(asked, said), found)


def claimed(said: str, found: bool) -> Example:
    """Return a sentence as a claim."""
    return Example(prompts.claim_part(said), found)
