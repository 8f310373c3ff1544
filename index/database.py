"""The library's SQLite file: articles, their passages with vectors, and the words of the passages.

This file is the truth. Any number of processes may read and write it at the same time. The vector index is
made from it, follows its list of changes, and can be thrown away and made again without embedding anything.

A *space* is what belongs to one embedding model: its passages, vectors and words are tables of their own, so
vectors of different models never meet.
"""

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreError

VERSION = 1
_TIMEOUT = 60
_NOT_WRITABLE = "Make that directory writable, or set ARTICLE_CHAT_HOME to another one."
_REMEDIES = (
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), "It is damaged: move that file away and add the articles anew."),
    (
        ("SQLITE_FULL", "SQLITE_IOERR"),
        "Check that there is space on that disk and try again; nothing was lost.",
    ),
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"),
        "Another program keeps it busy: try again later.",
    ),
    (("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM"), _NOT_WRITABLE),
)
"""What helps against SQLite's errors, by what their names begin with."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT NOT NULL, author TEXT, date TEXT, url TEXT,
    text TEXT NOT NULL, blocks TEXT NOT NULL, words INTEGER NOT NULL, added REAL NOT NULL
);
-- All that a list shows, so that it need not step over the texts.
CREATE INDEX articles_listed ON articles (added, id, title, source, words, author, date);
-- The files and addresses that articles came from: several may have the same text.
CREATE TABLE sources (source TEXT PRIMARY KEY, article_id TEXT NOT NULL);
CREATE INDEX sources_by_article ON sources (article_id);
CREATE TABLE spaces (number INTEGER PRIMARY KEY, model TEXT NOT NULL UNIQUE);
CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    space INTEGER NOT NULL, article_id TEXT NOT NULL, removed INTEGER NOT NULL
);
CREATE INDEX changes_by_space ON changes (space, seq);
CREATE TABLE followed (collection TEXT PRIMARY KEY, seq INTEGER NOT NULL);
"""


class Database:
    """The library's file. Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """
        Args:
            path: The file, made when it is missing.

        Raises:
            StoreError: if it cannot be opened, is damaged, or was made by a newer version.
        """
        self.path = path
        self._local = threading.local()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._guard = threading.Lock()
        with self._errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._prepare()

    def _prepare(self) -> None:
        connection = self._connection()
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise StoreError(
                f"The library {self.path} was made by a newer version of Article Chat. Update Article Chat, "
                "or set ARTICLE_CHAT_HOME to another directory."
            )
        if version == 0:
            with self.write() as connection:
                if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else was faster
                    for statement in _SCHEMA.split(";")[:-1]:
                        connection.execute(statement)
                    connection.execute("INSERT INTO meta VALUES ('id', ?)", (uuid.uuid4().hex[:12],))
                    connection.execute(f"PRAGMA user_version = {VERSION}")
        self.id: str = connection.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()[0]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path, timeout=_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                "PRAGMA secure_delete = ON"
            )  # what is removed is overwritten, not just forgotten
            self._local.connection = connection
            with self._guard:
                self._close_those_of_ended_threads()
                self._connections.append((threading.current_thread(), connection))
        return connection

    def _close_those_of_ended_threads(self) -> None:
        """A page answers each question in a thread of its own: kept open, the files would be too many some day."""
        for thread, connection in self._connections:
            if not thread.is_alive():
                connection.close()
        self._connections = [entry for entry in self._connections if entry[0].is_alive()]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"The library {self.path} cannot be used ({error}). {_remedy(error)}") from error
        except OSError as error:
            raise StoreError(
                f"The library {self.path} cannot be used ({error.strerror or error}). {_NOT_WRITABLE}"
            ) from error

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            yield self._connection()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # a full disk has ended it already
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def empty_log(self) -> None:
        """Write the log of changes into the file and empty it, unless another process is reading just then."""
        with self.read() as connection:
            connection.execute("PRAGMA busy_timeout = 1000")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute(f"PRAGMA busy_timeout = {_TIMEOUT * 1000}")

    def latest(self) -> int:
        """The number of the latest change of any space, 0 before the first."""
        with self.read() as connection:
            return int(connection.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])

    def close(self) -> None:
        """Close the file for all threads."""
        with self._guard:
            for _, connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()


def _remedy(error: sqlite3.Error) -> str:
    """What the reader can do. That a file is damaged is said of nothing else: moving it away costs the library."""
    if "no such module" in str(error):
        return "The SQLite of this Python has no full text search (FTS5): use another Python."
    name = getattr(error, "sqlite_errorname", "")  # what Python itself finds wrong has none
    for beginnings, remedy in _REMEDIES:
        if name.startswith(beginnings):
            return remedy
    return "Leave that file where it is, close Article Chat, open it again and try once more."
