"""Which words of which articles a question is answered from."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from index import Article, ArticleInfo
from rag.conversation import search_query
from rag.evidence import READ, SEARCH_COUNTS, Evidence
from rag.overview import is_overview, leads
from rag.sections import named_section
from rag.sources import Excerpt

if TYPE_CHECKING:
    from index import Library

__all__ = ["WHOLE_ARTICLE", "Asked", "gather", "opened", "outline", "short", "whole"]

Asked = Article | ArticleInfo
"""What is asked: an article, or one of the library, whose text is loaded only if it is read."""

WHOLE_ARTICLE = 3_200
"""Characters. An article up to this length is read whole: its beginning of the prompt never changes, and is kept."""

CANDIDATES = 8

_BEGINNING, _LEADS = 600, 7
"""Characters of a long article's beginning, and sentences of the rest, that stand for it as a whole: with some 130
characters each they are as long as ``READ``."""

MOST_ARTICLES = 3
"""How many articles are read for one question."""


def short(articles: Sequence[Asked]) -> Article | None:
    """Return the article that the model reads whole, if a single one is asked that is short enough."""
    match articles:
        case [Article() as only] if len(only.text) <= WHOLE_ARTICLE:
            return only
    return None


def whole(article: Article, library: "Library | None" = None) -> Evidence:
    """Return a whole article as evidence, a block at a time.

    Headings stay out: they announce what is said, in words that no sentence may repeat, and are no evidence.

    Args:
        article: The article.
        library: Whose embedding model tells how near its sentences come to a question in meaning.
    """
    blocks = [block for block in article.blocks if block.kind != "heading"] or article.blocks
    excerpts = [Excerpt(article, block.start, block.end) for block in blocks]
    return Evidence(excerpts, whole=True, library=library)


@lru_cache(maxsize=16)
def opened(article: Article, library: "Library") -> Evidence:
    """Return a whole article as evidence, the same for every question: its sentences are found and embedded once.

    Args:
        article: The article.
        library: Whose embedding model is used.
    """
    return whole(article, library)


def outline(article: Article, library: "Library | None" = None) -> Evidence:
    """Return the beginning of a long article and what later paragraphs begin with, to its end: what a question about it
    as a whole is answered from."""
    every = whole(article)
    start, end = every.excerpts[0].start, every.sources[0].end
    for source in every.sources:
        if source.end <= start + _BEGINNING:
            end = source.end
    later = [lead for lead in leads(every, _LEADS) if lead.start >= end]
    excerpts = [Excerpt(article, start, end), *(Excerpt(article, lead.start, lead.end) for lead in later)]
    return Evidence(excerpts, whole=True, library=library)


def _likeliest(query: str, found: Sequence[Excerpt], *, pointing: bool) -> list[Excerpt]:
    """Return the stretches that most likely answer, as many as fit, the best first."""
    every = Evidence(found)
    pairs = list(zip(every.sources, every.pointed(query), strict=True)) if pointing else []
    odds = [max((one for source, one in pairs if source in excerpt), default=0.0) for excerpt in found]
    likely = [one + SEARCH_COUNTS * excerpt.score for one, excerpt in zip(odds, found, strict=True)]
    ranked = [found[number] for number in sorted(range(len(found)), key=lambda number: -likely[number])]
    chosen: list[Excerpt] = []
    room = READ
    for excerpt in ranked:
        room -= len(excerpt.text)
        if chosen and room < 0:
            break
        chosen.append(excerpt)
    # However much the first article fills, what the next ones say is heard: they may say otherwise.
    best: dict[str, Excerpt] = {}
    for excerpt in ranked:
        best.setdefault(excerpt.article.id, excerpt)
    chosen += [excerpt for excerpt in list(best.values())[:MOST_ARTICLES] if excerpt not in chosen]
    return sorted(chosen, key=ranked.index)


def gather(
    question: str,
    earlier: tuple[str, str] | None,
    articles: Sequence[Asked],
    library: "Library",
    *,
    pointing: bool = True,
) -> Evidence:
    """Find the passages that a question is answered from.

    Args:
        question: What is asked.
        earlier: The question and the answer before it, if it may be about these.
        articles: Where to search. All but a single short one are in the library.
        library: Where passages are found.
        pointing: Whether the pointer says which passages are best; without it the search does, in a tenth of the time.

    Returns:
        A section that the question names; the whole article if it is short; else the best passages that fit, best
        first.
    """
    named = None
    match articles:
        case [Article() as only]:
            named = named_section(question, only, library)
            if named and not named.cut:
                return named
    if article := short(articles):
        return opened(article, library)
    query = search_query(question, earlier)
    hits = library.search(query, k=CANDIDATES, article_ids=[article.id for article in articles])
    given = {article.id: article for article in articles if isinstance(article, Article)}
    read = {
        article_id: given.get(article_id) or library.get(article_id)
        for article_id in {hit.passage.article_id for hit in hits}
    }
    found = [
        Excerpt(read[hit.passage.article_id], hit.passage.start, hit.passage.end, hit.score) for hit in hits
    ]
    evidence = Evidence(_likeliest(query, found, pointing=pointing), library=library)
    if named:
        evidence.outline = named
    elif len(articles) == 1 and read and is_overview(query, evidence):
        [article] = read.values()
        evidence.outline = outline(article, library)
    return evidence
