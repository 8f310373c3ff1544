"""Which words of which articles a question is answered from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index import Article, sentences, split
from rag.conversation import search_query
from rag.evidence import Evidence, Excerpt
from rag.scope import about_whole

if TYPE_CHECKING:
    from index import Library

__all__ = ["WHOLE_ARTICLE", "gather", "is_kept", "passages", "whole"]

WHOLE_ARTICLE = 3_200
"""Characters. An article up to this length is read whole for a summary; of a longer one its beginnings are."""

READ_AHEAD = 60_000
"""Characters. The passages of an article up to this length are read before anybody asks, and kept."""

READ = 1_800
"""Characters that the model reads for one question of all else; reading them is what takes the time."""

PASSAGES = 4
"""At most so many passages are read for one question."""


def is_kept(articles: Sequence[Article]) -> bool:
    """Whether what the model has read of the articles is kept for the next question."""
    return len(articles) == 1 and len(articles[0].text) <= READ_AHEAD


def whole(article: Article) -> Evidence:
    """Return a whole article as evidence, a block at a time; of a long one, how its paragraphs begin.

    Headings are read, but cannot be cited: they announce what is said.
    """
    blocks = [block for block in article.blocks if block.kind != "byline"]
    spans = [(block.start, block.end, block.kind != "heading") for block in blocks]
    if len(article.text) > WHOLE_ARTICLE:
        spans = _beginnings(article)
    excerpts = [Excerpt(article, start, end, citable=citable) for start, end, citable in spans]
    return Evidence(excerpts, whole=True, keep=True)


def passages(article: Article) -> Evidence:
    """Return all passages of an article, to be read before anybody asks."""
    found = [p for p in split(article) if not _is_byline(article, p.start)]
    return Evidence([Excerpt(article, p.start, p.end) for p in found], keep=True)


def gather(
    question: str, earlier: tuple[str, str] | None, articles: Sequence[Article], library: "Library"
) -> Evidence:
    """Find what a question is answered from.

    Args:
        question: What was asked.
        earlier: The question and answer before it, if any.
        articles: Where to search. All of them are in the library.
        library: Where passages are found.

    Returns:
        The whole article for a question about the whole; else the passages that fit best, the best first.
    """
    if len(articles) == 1 and not earlier and about_whole(question):
        return whole(articles[0])
    by_id = {article.id: article for article in articles}
    keep = is_kept(articles)
    room = READ
    chosen: list[Excerpt] = []
    for hit in library.search(search_query(question, earlier), k=2 * PASSAGES, article_ids=list(by_id)):
        found, article = hit.passage, by_id[hit.passage.article_id]
        size = found.end - found.start
        if len(chosen) == PASSAGES or (chosen and size > room and not keep):
            break
        if not _is_byline(article, found.start):
            room -= size
            chosen.append(Excerpt(article, found.start, found.end, score=hit.score))
    return Evidence(chosen, keep=keep)


def _is_byline(article: Article, offset: int) -> bool:
    """Whether a passage only names the author, which is too little to be read on its own."""
    return article.block_at(offset).kind == "byline" and len(article.blocks) > 1


def _beginnings(article: Article) -> list[tuple[int, int, bool]]:
    """Return the title and the first paragraph, and as many headings and first sentences as fit, in order."""
    spans: list[tuple[int, int, bool]] = []
    room = WHOLE_ARTICLE
    for block in article.blocks:
        text = article.text[block.start : block.end]
        end = block.end
        if block.kind in ("byline", "footnote", "table", "code"):
            continue
        if block.kind != "heading" and any(citable for *_, citable in spans):
            end = block.start + sentences(text)[0][1]
        room -= end - block.start
        if room < 0:
            break
        spans.append((block.start, end, block.kind != "heading"))
    return spans or [(0, min(len(article.text), WHOLE_ARTICLE), True)]
