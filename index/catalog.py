"""The articles of a library, as they are kept in its database."""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass

from index.articles import Article, Block
from index.database import Database
from index.errors import ArticleError, StoreError
from index.space import Row, Space

_INFO = "id, title, source, words, added, author, date"


@dataclass(frozen=True)
class ArticleInfo:
    """What a list of the library shows of an article, whose text is not loaded."""

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
        """Keep an article with its passages. What its file or address held before is removed."""
        blocks = json.dumps([astuple(block) for block in article.blocks])
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(article.id, article.title, article.source, article.author, article.date, article.url),
                    *(article.text, blocks, article.word_count, time.time()),
                ),
            )
            self._claim(connection, article)
            changed = (
                "UPDATE articles SET title = ?1, blocks = ?2 WHERE id = ?3 AND (title, blocks) != (?1, ?2)"
            )
            if connection.execute(changed, (article.title, blocks, article.id)).rowcount:
                # Passages are read with title and heading: other models read them again when they are asked.
                self._delete_passages(connection, article.id)
            space.put(connection, article.id, rows)

    def claim(self, article: Article) -> None:
        """Note that a known text came from the article's file or address; what that held before is removed."""
        held = "SELECT 1 FROM sources WHERE source = ? AND article_id = ?"
        with self._database.read() as connection:
            if connection.execute(held, (article.source, article.id)).fetchone():
                return
        if is_place(article.source):
            with self._database.write() as connection:
                self._claim(connection, article)

    def _claim(self, connection: sqlite3.Connection, article: Article) -> None:
        if not is_place(article.source):
            return
        holds = "SELECT article_id FROM sources WHERE source = ? AND article_id != ?"
        former = connection.execute(holds, (article.source, article.id)).fetchone()
        connection.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (article.source, article.id))
        # A text that was pasted is from now on that file's.
        nowhere = "id = ? AND NOT EXISTS (SELECT 1 FROM sources s WHERE s.source = articles.source)"
        moved = (article.source, article.url, article.id)
        connection.execute(f"UPDATE articles SET source = ?, url = ? WHERE {nowhere}", moved)
        if former is not None:
            self._leave(connection, former[0], article.source)

    def _leave(self, connection: sqlite3.Connection, article_id: str, source: str) -> None:
        """A file or address has another text now: the former one goes, unless another has it too."""
        other = connection.execute(
            "SELECT source FROM sources WHERE article_id = ?", (article_id,)
        ).fetchone()
        if other is None:
            self._delete(connection, article_id)
            return
        [place] = other
        url = place if place.startswith(("http://", "https://")) else None
        connection.execute(
            "UPDATE articles SET source = ?, url = ? WHERE id = ? AND source = ?",
            (place, url, article_id, source),
        )

    def delete(self, article_id: str) -> None:
        """Remove an article and everything of it, in every space.

        Raises:
            ArticleError: if there is no such article.
        """
        with self._database.write() as connection:
            if not self._delete(connection, article_id):
                raise ArticleError(f"There is no article {article_id!r} in the library.")
        with suppress(StoreError):  # a full disk has no room for this, and the article is gone already
            with self._database.write() as connection:
                for number in _spaces(connection):
                    Space.forget_words(connection, number)
            self._database.empty_log()

    @classmethod
    def _delete(cls, connection: sqlite3.Connection, article_id: str) -> bool:
        cls._delete_passages(connection, article_id)
        connection.execute("DELETE FROM sources WHERE article_id = ?", (article_id,))
        return connection.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount > 0

    @staticmethod
    def _delete_passages(connection: sqlite3.Connection, article_id: str) -> None:
        for number in _spaces(connection):
            Space.delete(connection, number, article_id)

    def all(self) -> list[ArticleInfo]:
        """All articles, the latest last."""
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT {_INFO} FROM articles ORDER BY added, rowid")
            return [ArticleInfo(*row) for row in rows]

    def info(self, article_id: str) -> ArticleInfo | None:
        """What a list shows of the article of that id, if it is here."""
        with self._database.read() as connection:
            row = connection.execute(f"SELECT {_INFO} FROM articles WHERE id = ?", (article_id,)).fetchone()
        return ArticleInfo(*row) if row else None

    def covered(self, article_ids: Collection[str]) -> bool:
        """Whether these are all the articles that there are, or more."""
        with self._database.read() as connection:
            [count] = connection.execute("SELECT count(*) FROM articles").fetchone()
            if len(article_ids) < count:
                return False
            every = connection.execute("SELECT id FROM articles")
            return set(article_ids).issuperset(article_id for (article_id,) in every)

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


def _spaces(connection: sqlite3.Connection) -> list[int]:
    return [number for (number,) in connection.execute("SELECT number FROM spaces")]


def is_place(source: str) -> bool:
    """Whether the source is a file or an address, of which a library keeps one version."""
    return "/" in source or "\\" in source
