"""The articles of a library, as they are kept in its database."""

import json
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from index.articles import Article, Block
from index.database import Database
from index.errors import ArticleError
from index.space import Row, Space


@dataclass(frozen=True)
class ArticleInfo:
    """What a list of the library shows of an article."""

    id: str
    title: str
    source: str
    words: int
    added: float
    """When it was added, in seconds since 1970."""
    author: str | None
    date: str | None


class Catalog:
    """Adding, removing and listing articles. Each change happens whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, article: Article, space: Space, rows: Iterable[Row]) -> None:
        """Keep an article with its passages. What came from the same file or address before is removed."""
        blocks = json.dumps([astuple(block) for block in article.blocks])
        with self._database.write() as connection:
            if _is_place(article.source):
                former = "SELECT id FROM articles WHERE source = ? AND id != ?"
                for (article_id,) in connection.execute(former, (article.source, article.id)).fetchall():
                    self._delete(connection, article_id)
            connection.execute(
                "INSERT OR IGNORE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(article.id, article.title, article.source, article.author, article.date, article.url),
                    *(article.text, blocks, article.word_count, time.time()),
                ),
            )
            space.put(connection, article.id, rows)

    def delete(self, article_id: str) -> None:
        """Remove an article and everything of it, in every space.

        Raises:
            ArticleError: if there is no such article.
        """
        with self._database.write() as connection:
            if not self._delete(connection, article_id):
                raise ArticleError(f"There is no article {article_id!r} in the library.")

    @staticmethod
    def _delete(connection: sqlite3.Connection, article_id: str) -> bool:
        for (number,) in connection.execute("SELECT number FROM spaces").fetchall():
            Space.delete(connection, number, article_id)
        return connection.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount > 0

    def all(self) -> list[ArticleInfo]:
        """All articles, the latest last."""
        columns = "id, title, source, words, added, author, date"
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT {columns} FROM articles ORDER BY added, rowid")
            return [ArticleInfo(*row) for row in rows]

    def get(self, article_id: str) -> Article | None:
        """The article of that id, if it is here."""
        columns = "id, title, source, text, blocks, author, date, url"
        with self._database.read() as connection:
            row = connection.execute(f"SELECT {columns} FROM articles WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            return None
        number, title, source, text, blocks, author, date, url = row
        structure = tuple(Block(*block) for block in json.loads(blocks))
        return Article(number, title, source, text, structure, author, date, url)


def _is_place(source: str) -> bool:
    """Whether the source is a file or an address, of which a library keeps one version."""
    return "/" in source or "\\" in source
