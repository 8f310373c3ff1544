"""Which words of which articles a question is answered from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index import Article
from rag.evidence import Evidence, Excerpt

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from index import Library
    from index.library import Hit

__all__ = ["WHOLE_ARTICLE", "gather", "is_short", "whole"]

WHOLE_ARTICLE = 3_200
"""Characters. An article up to this length is read whole: its beginning of the prompt never changes, and is kept."""

READ = 1_500
"""Characters of a longer article that the model reads for one question; reading them is what takes the time."""

CANDIDATES = 8

MOST_ARTICLES = 3
"""How many articles are read for one question."""


def is_short(articles: Sequence[Article]) -> bool:
    """Whether the model reads these articles whole."""
    return len(articles) == 1 and len(articles[0].text) <= WHOLE_ARTICLE


def whole(article: Article, embeddings: "Embeddings | None" = None) -> Evidence:
    """Return a whole article as evidence, a block at a time.

    Headings stay out: they announce what is said, in words that no sentence may repeat, and are no evidence.

    Args:
        article: The article.
        embeddings: By what its closest sentences are found, besides by their words.
    """
    blocks = [block for block in article.blocks if block.kind != "heading"] or article.blocks
    excerpts = [Excerpt(article, block.start, block.end) for block in blocks]
    return Evidence(excerpts, whole=True, embeddings=embeddings)


def gather(query: str, articles: Sequence[Article], library: "Library") -> Evidence:
    """Find the passages that a question is answered from.

    Args:
        query: What to search for.
        articles: Where to search. All but a single short one are in the library.
        library: Where passages are found.

    Returns:
        The whole article if it is short; else the best passages that fit, best first.
    """
    if is_short(articles):
        return whole(articles[0], library.embeddings)
    by_id = {article.id: article for article in articles}
    hits = library.search(query, k=CANDIDATES, article_ids=list(by_id))
    chosen: list[Hit] = []
    room = READ
    for hit in hits:
        room -= hit.passage.end - hit.passage.start
        if chosen and room < 0:
            break
        chosen.append(hit)
    # However much the first article fills, what the next ones say is heard: they may say otherwise.
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.article_id, hit)
    chosen += [hit for hit in list(best.values())[:MOST_ARTICLES] if hit not in chosen]
    chosen.sort(key=hits.index)
    return Evidence(
        [
            Excerpt(by_id[hit.passage.article_id], hit.passage.start, hit.passage.end, hit.score)
            for hit in chosen
        ],
        embeddings=library.embeddings,
    )
