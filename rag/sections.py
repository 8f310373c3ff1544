"""Questions about a section of an article, which they name by its heading: "What is the part 'Outlook' about?"."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from index import Article, sentences
from rag.evidence import READ, Evidence
from rag.sources import Excerpt
from rag.words import fold, spaced

if TYPE_CHECKING:
    from index import Library
    from index.articles import Block

__all__ = ["named_section"]

_QUOTED = re.compile(r"(?<!\w)([\"'])(.+?)\1(?!\w)")
_POINTS_AT = (
    "(?:section|chapter|part|heading|headed|titled|entitled|called)(?: (?:the|on|about|called|titled))*"
)
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,5}\.)\s*(?=\D)")


def named_section(question: str, article: Article, library: "Library | None" = None) -> Evidence | None:
    """Return the section that a question names by its heading.

    A question may have the words of a heading and not mean the section: it has to quote several of them, or to say what
    they are: "the part Outlook".

    Args:
        question: What is asked.
        article: The article.
        library: Whose embedding model tells how near its sentences come to a question in meaning.

    Returns:
        The section with its heading as evidence; None if the question names none.
    """
    asked = spaced(question)
    quoted = {spaced(text) for _, text in _QUOTED.findall(fold(question))}
    title = spaced(article.title)
    longest, found = "", None
    for number, block in enumerate(article.blocks):
        if block.kind != "heading":
            continue
        heading = article.text[block.start : block.end]
        for words in {spaced(heading), spaced(_NUMBER.sub("", heading))}:
            if len(words) <= len(longest) or words == title or not _names(asked, quoted, words):
                continue
            if section := _below(article, article.blocks[number:], library):
                longest, found = words, section
    return found


def _names(asked: str, quoted: set[str], heading: str) -> bool:
    """Whether a question names a heading; all are given as words with one space between them."""
    words = re.escape(heading)
    return (heading in quoted and " " in heading) or bool(
        re.search(rf"\b{_POINTS_AT} {words}\b|\b{words} (?:section|chapter)\b", asked)
    )


def _below(article: Article, blocks: Sequence["Block"], library: "Library | None") -> Evidence | None:
    """Return what stands under the first of some blocks, from its beginning; None if nothing does."""
    above = blocks[0]
    below = takewhile(lambda block: block.kind != "heading" or block.level > above.level, blocks[1:])
    every = [block for block in below if block.kind not in ("heading", "byline")]
    if not every:
        return None
    read = [Excerpt(article, block.start, block.end) for block in every if block.end <= above.end + READ]
    if not read:  # the first paragraph alone is longer
        start = every[0].start
        whole = [end for _, end in sentences(article.text[start : start + READ])][:-1]
        read = [Excerpt(article, start, start + (whole[-1] if whole else READ))]
    heading = article.text[above.start : above.end]
    return Evidence(read, heading=heading, cut=read[-1].end < every[-1].end, library=library)
