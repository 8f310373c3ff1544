"""Questions about a section of an article, which they name by its heading: "What is the part 'Outlook' about?"."""

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from index import Article
from rag.evidence import Evidence, Excerpt
from rag.words import fold, tokens

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

__all__ = ["named_section"]

_READ = 1_500
"""Characters of a section that the model reads, from its beginning."""

_POINTS_AT = frozenset("section chapter part heading headed headline titled entitled".split())
_QUOTED = re.compile(r"[\"'](.+?)[\"'](?!\w)")


def named_section(question: str, article: Article, embeddings: "Embeddings | None" = None) -> Evidence | None:
    """Return the section that a question names by its heading.

    A question may have the words of a heading and not mean the section: it has to quote them, or say that it does.

    Args:
        question: What is asked.
        article: The article.
        embeddings: By what the closest sentences are found, besides by their words.

    Returns:
        The section with its heading as evidence; None if the question names none.
    """
    asked = tokens(question)
    quoted = {_words(text) for text in _QUOTED.findall(fold(question))}
    found = ""
    for number, block in enumerate(article.blocks):
        heading = article.text[block.start : block.end]
        words = _words(heading)
        if block.kind != "heading" or len(words) <= len(found) or words == _words(article.title):
            continue
        if words in quoted or (f" {words} " in f" {' '.join(asked)} " and not _POINTS_AT.isdisjoint(asked)):
            found, at = words, number
    if not found:
        return None
    above = article.blocks[at]
    below = takewhile(lambda b: b.kind != "heading" or b.level > above.level, article.blocks[at + 1 :])
    paragraphs = [block for block in below if block.kind not in ("heading", "byline")]
    read = [block for block in paragraphs if block.end <= above.end + _READ] or paragraphs[:1]
    if not read:
        return None
    heading = article.text[above.start : above.end]
    excerpts = [Excerpt(article, block.start, block.end) for block in read]
    return Evidence(excerpts, heading=heading, embeddings=embeddings)


def _words(text: str) -> str:
    return " ".join(tokens(text))
