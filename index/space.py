"""What belongs to one embedding model: the passages it was given, their vectors, and their words.

Each space has tables of its own, so vectors of different models never meet.
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

# In all SQL here, @ stands for the number of the space.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS passages_@ (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, article_id TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading TEXT, page INTEGER,
    digest TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_@_by_article ON passages_@ (article_id);
CREATE INDEX IF NOT EXISTS passages_@_by_digest ON passages_@ (digest);
CREATE VIRTUAL TABLE IF NOT EXISTS words_@
    USING fts5 (article, body, tokenize = 'porter unicode61 remove_diacritics 2');
"""
_PASSAGE = """
SELECT p.id, p.article_id, p.start, p."end", substr(a.text, p.start + 1, p."end" - p.start), p.heading,
    a.title, p.page
FROM passages_@ p JOIN articles a ON a.id = p.article_id WHERE p.number = ?
"""
_WORDS = """
SELECT rowid, -bm25(words_@, 0, 1) AS score FROM words_@ WHERE words_@ MATCH ?
ORDER BY score DESC, rowid LIMIT ?
"""
_WORDS_OF_MANY = """
SELECT w.rowid, -bm25(words_@, 0, 1) AS score FROM words_@ w JOIN passages_@ p ON p.number = w.rowid
WHERE words_@ MATCH ? AND p.article_id IN (SELECT value FROM json_each(?))
ORDER BY score DESC, w.rowid LIMIT ?
"""
_COUNT_WORD = "SELECT count(*) FROM (SELECT 1 FROM words_@ WHERE words_@ MATCH ? LIMIT ?)"
_MANY = 20
"""More articles than this are not written into a query for words but compared afterwards, which is faster then."""
_MOST_COMPARED = 15_000
"""Among more passages than this, words are left out that so many have: BM25 takes a second for a million passages."""


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
        find = "SELECT number FROM spaces WHERE model = ?"
        with database.read() as connection:
            found = connection.execute(find, (model,)).fetchone()
        if found is None:
            with database.write() as connection:
                connection.execute("INSERT OR IGNORE INTO spaces (model) VALUES (?)", (model,))
                found = connection.execute(find, (model,)).fetchone()
                for statement in _SCHEMA.split(";")[:-1]:
                    connection.execute(_sql(statement, found[0]))
        self.number: int = found[0]
        self.collection = f"article-chat-{database.id}-{self.number}"

    # Writing, inside a transaction of the caller's

    def put(self, connection: sqlite3.Connection, article_id: str, rows: Iterable[Row]) -> None:
        """Keep the passages of an article in the place of those that it had."""
        self.delete(connection, self.number, article_id)
        passage = _sql("INSERT INTO passages_@ VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", self.number)
        words = _sql("INSERT INTO words_@ (rowid, article, body) VALUES (?, ?, ?)", self.number)
        for row in rows:
            p = row.passage
            values = (p.id, p.article_id, p.start, p.end, p.heading, p.page, row.digest, row.vector)
            number = connection.execute(passage, values).lastrowid
            connection.execute(words, (number, p.article_id, searchable(p.context)))
        connection.execute("INSERT INTO changes VALUES (NULL, ?, ?, 0)", (self.number, article_id))

    @staticmethod
    def delete(connection: sqlite3.Connection, number: int, article_id: str) -> None:
        """Remove the passages of an article from the space of that number."""
        words = "DELETE FROM words_@ WHERE rowid IN (SELECT number FROM passages_@ WHERE article_id = ?)"
        connection.execute(_sql(words, number), (article_id,))
        passages = _sql("DELETE FROM passages_@ WHERE article_id = ?", number)
        if connection.execute(passages, (article_id,)).rowcount:
            connection.execute("INSERT INTO changes VALUES (NULL, ?, ?, 1)", (number, article_id))

    @staticmethod
    def forget_words(connection: sqlite3.Connection, number: int) -> None:
        """Leave no word of removed passages in the index, which otherwise goes when it is merged some day."""
        connection.execute(_sql("INSERT INTO words_@ (words_@) VALUES ('optimize')", number))

    # Reading

    def count(self, article_ids: Sequence[str] | None = None) -> int:
        """How many passages there are, of all articles or of some."""
        if article_ids is None:
            return int(self._rows("SELECT count(*) FROM passages_@")[0][0])
        query = "SELECT count(*) FROM passages_@ WHERE article_id IN (SELECT value FROM json_each(?))"
        return int(self._rows(query, json.dumps(article_ids))[0][0])

    def missing(self) -> list[str]:
        """The articles of the library that have no passages here, because they came with another model."""
        query = """
            SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM passages_@) ORDER BY added, rowid
        """
        return [row[0] for row in self._rows(query)]

    def known_vectors(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The vectors that are here already for texts of these digests."""
        query = """
            SELECT digest, vector FROM passages_@
            WHERE digest IN (SELECT value FROM json_each(?)) GROUP BY digest
        """
        return dict(self._rows(query, json.dumps(list(digests))))

    def vector_size(self) -> int | None:
        """How many numbers a vector has here; None while there is none."""
        rows = self._rows("SELECT length(vector) / 2 FROM passages_@ LIMIT 1")
        return int(rows[0][0]) if rows else None

    def vectors(self, article_id: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the passages and their vectors in float32, of one article or of all."""
        if article_id is None:
            return _matrix(self._rows("SELECT number, vector FROM passages_@ ORDER BY number"))
        query = "SELECT number, vector FROM passages_@ WHERE article_id = ? ORDER BY number"
        return _matrix(self._rows(query, article_id))

    def vectors_of(self, article_ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the passages and their vectors, of several articles."""
        query = "SELECT number, vector FROM passages_@ WHERE article_id IN (SELECT value FROM json_each(?))"
        return _matrix(self._rows(query, json.dumps(article_ids)))

    def vectors_at(self, numbers: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
        """The numbers and vectors of those of these passages that are still here."""
        query = "SELECT number, vector FROM passages_@ WHERE number IN (SELECT value FROM json_each(?))"
        return _matrix(self._rows(query, json.dumps(list(numbers))))

    def passage(self, number: int) -> Passage | None:
        """The passage of that number; None if it is gone meanwhile."""
        rows = self._rows(_PASSAGE, number)
        return Passage(*rows[0]) if rows else None

    def search_words(
        self, query: FtsQuery, count: int, article_ids: Sequence[str] | None, among: int
    ) -> dict[int, float]:
        """The passages that fit the words of a question best, by number, and their BM25, higher is better.

        Args:
            query: What to look for.
            count: How many passages at most.
            article_ids: Where to look; everywhere if None.
            among: How many passages there are (:meth:`count`).
        """
        many = article_ids is not None and len(article_ids) > _MANY
        if among > _MOST_COMPARED:
            query = self._telling(query)
        expression = query.expression(None if many else article_ids)
        if expression is None:
            return {}
        if many:
            return dict(self._rows(_WORDS_OF_MANY, expression, json.dumps(article_ids), count))
        return dict(self._rows(_WORDS, expression, count))

    def _telling(self, query: FtsQuery) -> FtsQuery:
        """A question's rarest words, as many as keep the passages to compare few: common words tell least."""
        found = {
            word: self._rows(_COUNT_WORD, FtsQuery((word,)).expression(None), _MOST_COMPARED)[0][0]
            for word in query.words
        }
        kept: list[str] = []
        room = _MOST_COMPARED
        for word in sorted(query.words, key=lambda word: found[word]):
            room -= found[word]
            if kept and room < 0:
                break
            kept.append(word)
        return query.only(kept)

    # The changes that a vector index follows

    def latest(self) -> int:
        """The number of the latest change here, 0 before the first."""
        query = "SELECT seq FROM changes WHERE space = ? ORDER BY seq DESC LIMIT 1"
        rows = self._rows(query, self.number)
        return int(rows[0][0]) if rows else 0

    def changes(self, after: int) -> list[Change]:
        """The changes after the one of that number, oldest first."""
        query = "SELECT seq, article_id, removed FROM changes WHERE space = ? AND seq > ? ORDER BY seq"
        rows = self._rows(query, self.number, after)
        return [Change(seq, article_id, bool(removed)) for seq, article_id, removed in rows]

    def followed(self, collection: str) -> int:
        """The latest change that a collection has followed, 0 for a new one."""
        rows = self._rows("SELECT seq FROM followed WHERE collection = ?", collection)
        return int(rows[0][0]) if rows else 0

    def follow(self, collection: str, seq: int) -> None:
        """Note how far a collection has followed."""
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (collection, seq))

    def _rows(self, query: str, *values: object) -> list[tuple]:
        with self._database.read() as connection:
            return connection.execute(_sql(query, self.number), values).fetchall()


def _sql(query: str, number: int) -> str:
    return query.replace("_@", f"_{number}")


def _matrix(rows: Sequence[tuple]) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    numbers = np.array([number for number, _ in rows], dtype=np.int64)
    matrix = np.frombuffer(b"".join(vector for _, vector in rows), dtype=np.float16)
    return numbers, matrix.astype(np.float32).reshape(len(rows), -1 if rows else 0)
