"""The articles that the page and programs can ask: the one that comes with Article Chat, and those of the library.

They are named by their ids only: a path or an address from outside would make the server read it.
"""

from typing import TYPE_CHECKING, Any

from index import Article, ArticleError, ArticleInfo, seed_article

if TYPE_CHECKING:
    from index import Library
    from rag.retrieval import Asked

__all__ = ["article_row", "article_rows", "find_article", "find_articles"]


def find_article(article_id: object, library: "Library") -> Article:
    """Find an article to read.

    Args:
        article_id: Its id.
        library: Where it is, if it is not the seed article.

    Returns:
        The article.

    Raises:
        ArticleError: If there is no such article.
    """
    seed = seed_article()
    return seed if article_id == seed.id else library.get(str(article_id))


def find_articles(ids: object, library: "Library") -> "list[Asked]":
    """Find articles to ask; the texts of those in the library are not loaded.

    Args:
        ids: A list of their ids; the seed article's if there are none.
        library: Where they are, but for the seed article.

    Returns:
        The articles, in the order of the ids.

    Raises:
        ArticleError: If there is no such article, or the ids are no list.
    """
    seed = seed_article()
    ids = ids or [seed.id]
    if not isinstance(ids, (list, tuple)):
        raise ArticleError("Articles are named by a list of their ids.")
    return [seed if i == seed.id else library.info(str(i)) for i in ids]


def article_rows(library: "Library") -> list[dict[str, Any]]:
    """List the articles for the page: the one that comes with Article Chat, then the latest first.

    Args:
        library: Where the others are.

    Returns:
        What ``article_row`` gives of each, and whether it is the seed article.
    """
    seed = seed_article()
    others = (info for info in reversed(library.articles()) if info.id != seed.id)
    rows = [article_row(seed), *map(article_row, others)]
    return [{**row, "seed": row["id"] == seed.id} for row in rows]


def article_row(article: Article | ArticleInfo) -> dict[str, Any]:
    """Return what a list shows of an article."""
    return {
        "id": article.id,
        "title": article.title,
        "author": article.author,
        "date": article.date,
        "words": article.words if isinstance(article, ArticleInfo) else article.word_count,
    }
