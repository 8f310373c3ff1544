"""The vector index of a space: Chroma, in the process or on a server.

Chroma follows the database, so that it can be thrown away and made again. One process at a time owns the
directory of the local Chroma, since two would damage it; the others compare vectors themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from index.errors import StoreError
from index.space import Change, Space

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from filelock import FileLock

    _Entry = tuple[str, np.ndarray, str]

_BATCH = 2000
_LOCK_SECONDS = 600
_SERVER_SECONDS = 60


class VectorIndex:
    """Approximate nearest neighbours among all passages of a space."""

    def __init__(self, space: Space, directory: Path, url: str | None = None) -> None:
        """
        Args:
            space: What to index.
            directory: The directory of the local Chroma. A lock lies beside it.
            url: The address of a Chroma server instead, ``http://[token@]host[:port][/tenant[/database]]``.
        """
        self._space = space
        self._directory = directory
        self._url = url
        self._guard = threading.RLock()
        self._lock: FileLock | None = None
        self._client: ClientAPI | None = None
        self._collection: Collection | None = None

    def refresh(self) -> bool:
        """Bring the index up to date with the database.

        Returns:
            Whether it can be used: False while another process owns the local one.

        Raises:
            StoreError: if Chroma cannot be opened or reached.
        """
        with self._guard:
            if self._client is None and not self._open():
                return False
            self._follow()
            return True

    def search(
        self, vector: Sequence[float], count: int, article_ids: Sequence[str] | None
    ) -> dict[int, float]:
        """The passages nearest to a vector, by number, and their cosines.

        Raises:
            StoreError: if Chroma cannot be reached, or :meth:`refresh` did not say that it can be used.
        """
        collection = self._collection
        if collection is None:
            raise StoreError("The vector index is not open.")
        where: dict[str, Any] | None = None
        if article_ids is not None:
            where = {"article_id": {"$in": list(article_ids)}}
        try:
            found = collection.query(
                query_embeddings=list(vector), n_results=count, where=where, include=["distances"]
            )
        except Exception as error:  # Chroma raises its own errors, httpx's, and plain ones
            raise self._failure(error) from error
        distances = found["distances"] or [[]]
        return {int(n): 1 - away for n, away in zip(found["ids"][0], distances[0], strict=True)}

    def close(self) -> None:
        """Let go of Chroma, so that another process may own it."""
        with self._guard:
            self._collection = None
            if self._client is not None:
                self._client.close()  # type: ignore[attr-defined]  # every client has it
                for session in _sessions(self._client):
                    session.close()
                self._client = None
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def _open(self) -> bool:
        from filelock import FileLock, Timeout

        self._directory.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._directory.with_suffix(".lock"), thread_local=False)
        if self._url is None:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return False
        self._lock = lock
        try:
            self._connect()
        except Exception as error:
            self.close()
            raise self._failure(error) from error
        return True

    def _connect(self) -> None:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if self._url is None:
            self._client = chromadb.PersistentClient(self._directory, settings=settings)
        else:
            self._client = chromadb.HttpClient(**_address(self._url), settings=settings)
            for session in _sessions(self._client):
                session.timeout = _SERVER_SECONDS

    def _follow(self) -> None:
        """Apply the changes that the database has seen. Applying one twice does no harm."""
        assert self._client is not None
        assert self._lock is not None
        try:
            collection = self._client.get_or_create_collection(
                self._space.collection, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
            self._collection = collection
            name = str(collection.id)
            if self._space.followed(name) >= self._space.latest():
                return
            with self._lock.acquire(timeout=_LOCK_SECONDS):
                self._apply(collection, name, self._space.changes(after=self._space.followed(name)))
        except StoreError:
            raise
        except Exception as error:
            raise self._failure(error) from error

    def _apply(self, collection: Any, name: str, changes: Sequence[Change]) -> None:
        waiting: list[_Entry] = []
        for change in changes:
            if change.removed:
                self._put(collection, waiting)
                collection.delete(where={"article_id": change.article_id})
            else:
                waiting += self._entries(change.article_id)
            if change.removed or len(waiting) >= _BATCH or change is changes[-1]:
                self._put(collection, waiting)
                self._space.follow(name, change.seq)

    def _entries(self, article_id: str) -> list[_Entry]:
        numbers, matrix = self._space.vectors(article_id)
        return [
            (str(number), vector, article_id) for number, vector in zip(numbers.tolist(), matrix, strict=True)
        ]

    @staticmethod
    def _put(collection: Any, waiting: list[_Entry]) -> None:
        """Send what waits, in batches that Chroma takes."""
        while waiting:
            batch, waiting[:_BATCH] = waiting[:_BATCH], []
            collection.upsert(
                ids=[number for number, _, _ in batch],
                embeddings=[vector for _, vector, _ in batch],
                metadatas=[{"article_id": article_id} for _, _, article_id in batch],
            )

    def _failure(self, error: Exception) -> StoreError:
        if self._url is not None:
            server = urlsplit(self._url)
            return StoreError(
                f"The Chroma server at {server.hostname}:{server.port or _port(server.scheme)} cannot be used "
                f"({_first_line(error)}). Check that it runs, its address, token, tenant and database."
            )
        return StoreError(
            f"The vector index {self._directory} cannot be used ({_first_line(error)}). If the disk is not "
            "full, delete that directory: it is made again from the library, and nothing is lost."
        )


def _sessions(client: ClientAPI) -> Iterator[httpx.Client]:
    """The connections of a server's client, which waits for ever and never closes them if it is left alone."""
    for part in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(part, "_server", None), "_session", None)
        if session is not None:
            yield session


def _address(url: str) -> dict[str, Any]:
    """The arguments of ``HttpClient`` for an address.

    Raises:
        StoreError: if it is no address of a server.
    """
    server = urlsplit(url)
    if server.scheme not in ("http", "https") or not server.hostname:
        raise StoreError(
            f"{url!r} is not the address of a Chroma server. It looks like http://localhost:8000."
        )
    address: dict[str, Any] = {
        "host": server.hostname,
        "port": server.port or _port(server.scheme),
        "ssl": server.scheme == "https",
    }
    if server.username:
        token = unquote(server.username)
        address["headers"] = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token}
    names = [unquote(name) for name in server.path.split("/") if name]
    address.update(zip(("tenant", "database"), names, strict=False))
    return address


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 8000


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0][:200]
