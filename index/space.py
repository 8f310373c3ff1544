"""What belongs to one embedding model: the passages it was given, their vectors, and their words.

The vectors of different models lie in different tables, so they never meet.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.database import Database
from index.lexical import FtsQuery, searchable
from index.splitting import Passage

if TYPE_CHECKING:
    import numpy as np

_SCHEMA = """
CREATE TABLE passages_{0} (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, article_id TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, heading TEXT, page INTEGER, digest TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX passages_{0}_by_article ON passages_{0} (article_id);
CREATE INDEX passages_{0}_by_digest ON passages_{0} (digest);
CREATE VIRTUAL TABLE words_{0} USING fts5 (article, body, tokenize = 'porter unicode61 remove_diacritics 2');
"""
_MANY = 500
"""More article ids than this are not written into a query but compared afterwards."""


@dataclass(frozen=True)
class Row:
    """A passage as it is stored."""

    passage: Passage
    digest: str
    """Of the text that was embedded, so that the same text need not be embedded again."""
    vector: bytes
    """In float16, which moves a cosine by less than 0.001."""


@dataclass(frozen=True)
class Change:
    """One entry of the list that a vector index follows."""

    seq: int
    article_id: str
    removed: bool


class Space:
    """The passages of one embedding model."""

    def __init__(self, database: Database, model: str) -> None:
        """Find the space of a model, or make it."""
        self._database = database
        with database.read() as connection:
            found = connection.execute("SELECT number FROM spaces WHERE model = ?", (model,)).fetchone()
        if found is None:
            with database.write() as connection:
                connection.execute("INSERT OR IGNORE INTO spaces (model) VALUES (?)", (model,))
                found = connection.execute("SELECT number FROM spaces WHERE model = ?", (model,)).fetchone()
                schema = _SCHEMA.format(found[0]).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")
                schema = schema.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS")
                schema = schema.replace("VIRTUAL TABLE", "VIRTUAL TABLE IF NOT EXISTS")
                for statement in schema.split(";")[:-1]:
                    connection.execute(statement)
        self.number: int = found[0]
        self.collection = f"article-chat-{database.id}-{self.number}"
        self._passages = f"passages_{self.number}"
        self._words = f"words_{self.number}"

    # Writing, inside a transaction of the caller's

    def put(self, connection: sqlite3.Connection, article_id: str, rows: Iterable[Row]) -> None:
        """Keep the passages of an article in the place of those that it had."""
        self.delete(connection, self.number, article_id)
        for row in rows:
            p = row.passage
            number = connection.execute(
                f"INSERT INTO {self._passages} VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
                (p.id, p.article_id, p.start, p.end, p.heading, p.page, row.digest, row.vector),
            ).lastrowid
            connection.execute(
                f"INSERT INTO {self._words} (rowid, article, body) VALUES (?, ?, ?)",
                (number, p.article_id, searchable(p.context)),
            )
        connection.execute("INSERT INTO changes VALUES (NULL, ?, ?, 0)", (self.number, article_id))

    @staticmethod
    def delete(connection: sqlite3.Connection, number: int, article_id: str) -> None:
        """Remove the passages of an article from the space of that number."""
        rows = f"SELECT number FROM passages_{number} WHERE article_id = ?"
        connection.execute(f"DELETE FROM words_{number} WHERE rowid IN ({rows})", (article_id,))
        if connection.execute(f"DELETE FROM passages_{number} WHERE article_id = ?", (article_id,)).rowcount:
            connection.execute("INSERT INTO changes VALUES (NULL, ?, ?, 1)", (number, article_id))

    # Reading

    def vectors_of(self, digests: Sequence[str]) -> dict[str, bytes]:
        """The vectors that are here already for texts of these digests."""
        query = f"SELECT digest, vector FROM {self._passages} WHERE digest = ?"
        with self._database.read() as connection:
            found = (connection.execute(query, (digest,)).fetchone() for digest in digests)
            return dict(row for row in found if row is not None)

    def missing(self) -> list[str]:
        """The articles of the library that have no passages here, because they came with another model."""
        query = f"SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM {self._passages}) ORDER BY added"
        with self._database.read() as connection:
            return [row[0] for row in connection.execute(query)]

    def count(self, article_ids: Sequence[str] | None = None) -> int:
        """How many passages there are, of all articles or of some."""
        with self._database.read() as connection:
            if article_ids is None:
                return int(connection.execute(f"SELECT count(*) FROM {self._passages}").fetchone()[0])
            query = f"SELECT count(*) FROM {self._passages} WHERE article_id = ?"
            return sum(connection.execute(query, (article_id,)).fetchone()[0] for article_id in article_ids)

    def vectors(self, article_id: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the passages and their vectors in float32, of one article or of all."""
        import numpy as np

        where, values = ("", ()) if article_id is None else ("WHERE article_id = ?", (article_id,))
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT number, vector FROM {self._passages} {where} ORDER BY number", values
            )
            pairs = rows.fetchall()
        numbers = np.array([number for number, _ in pairs], dtype=np.int64)
        matrix = np.frombuffer(b"".join(vector for _, vector in pairs), dtype=np.float16)
        return numbers, matrix.astype(np.float32).reshape(len(pairs), -1 if pairs else 0)

    def vectors_at(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """The vectors of some passages."""
        import numpy as np

        query = f"SELECT number, vector FROM {self._passages} WHERE number = ?"
        with self._database.read() as connection:
            found = (connection.execute(query, (number,)).fetchone() for number in numbers)
            return {r[0]: np.frombuffer(r[1], np.float16).astype(np.float32) for r in found if r is not None}

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """The passages of these numbers; those that are gone meanwhile are left out."""
        query = f"""
            SELECT p.id, p.article_id, p.start, p."end", substr(a.text, p.start + 1, p."end" - p.start), p.heading,
                a.title, p.page
            FROM {self._passages} p JOIN articles a ON a.id = p.article_id WHERE p.number = ?
        """
        with self._database.read() as connection:
            found = {number: connection.execute(query, (number,)).fetchone() for number in numbers}
        return {number: Passage(*row) for number, row in found.items() if row is not None}

    def search_words(
        self, query: FtsQuery, count: int, article_ids: Sequence[str] | None
    ) -> dict[int, float]:
        """The passages with the best BM25 for the words of a question, and its value, higher is better."""
        expression, join, values = query.expression(article_ids), "", []
        if expression is not None and article_ids is not None and len(article_ids) > _MANY:
            expression = query.expression(None)
            join = (
                f"JOIN {self._passages} p ON p.number = w.rowid JOIN json_each(?) j ON j.value = p.article_id"
            )
            values = [json.dumps(list(article_ids))]
        if expression is None:
            return {}
        sql = f"""
            SELECT w.rowid, -bm25({self._words}, 0, 1) AS score FROM {self._words} w {join}
            WHERE {self._words} MATCH ? ORDER BY score DESC, w.rowid LIMIT ?
        """
        with self._database.read() as connection:
            return dict(connection.execute(sql, (*values, expression, count)).fetchall())

    # The changes that a vector index follows

    def latest(self) -> int:
        """The number of the latest change here."""
        with self._database.read() as connection:
            query = "SELECT coalesce(max(seq), 0) FROM changes WHERE space = ?"
            return int(connection.execute(query, (self.number,)).fetchone()[0])

    def changes(self, after: int) -> list[Change]:
        """The changes after the one of that number, oldest first."""
        query = "SELECT seq, article_id, removed FROM changes WHERE space = ? AND seq > ? ORDER BY seq"
        with self._database.read() as connection:
            rows = connection.execute(query, (self.number, after))
            return [Change(seq, article_id, bool(removed)) for seq, article_id, removed in rows]

    def followed(self, collection: str) -> int:
        """The latest change that a collection has followed, 0 for a new one."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT seq FROM followed WHERE collection = ?", (collection,)
            ).fetchone()
        return row[0] if row else 0

    def follow(self, collection: str, seq: int) -> None:
        """Note how far a collection has followed."""
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (collection, seq))
