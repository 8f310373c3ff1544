"""Conversations kept on this computer: one JSON file each, so that a damaged one costs only itself."""

import hashlib
import json
import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

from index.errors import ArticleChatError, StoreError
from index.paths import data_dir

__all__ = ["Conversations", "history"]

logger = logging.getLogger(__name__)

_ID = re.compile(r"[0-9a-f]{32}")
_TITLE_LENGTH = 80

_TEXTS = ("id", "reader", "title", "created", "updated")
_LISTS = ("articles", "turns")
# The rest of a turn may be missing, as in earlier versions.
_TURN = {"id", "question", "state", "job", "answer", "error"}

Record = dict[str, Any]


class Conversations:
    """Conversations on disk, each seen only by the reader who had it.

    A conversation is ``{"id", "reader", "title", "created", "updated", "articles", "turns"}``; a turn is
    ``{"id", "question", "state", "job", "answer", "checked", "retractions", "error", "rating"}``, its state one of
    ``running``, ``done``, ``stopped`` and ``failed``, its answer what ``Answer.to_dict()`` gave, and ``checked`` the
    events of the sentences that were verified before it was stopped or failed.

    Args:
        folder: Where they are kept; ``conversations`` in the data directory if None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.RLock()

    def create(self, reader: str, articles: list[str]) -> Record:
        """Begin a conversation about these articles. It is written when its first question is asked.

        Args:
            reader: Who has it: ``"local"``, or the secret that a browser keeps.
            articles: Ids of the articles that it is about.

        Returns:
            The conversation.
        """
        now = _now()
        return {
            "id": secrets.token_hex(16),
            "reader": _shelf(reader),
            "title": "",
            "created": now,
            "updated": now,
            "articles": list(articles),
            "turns": [],
        }

    def get(self, reader: str, conversation_id: str) -> Record:
        """Read one conversation.

        Args:
            reader: Who has it.
            conversation_id: Its id.

        Returns:
            The conversation.

        Raises:
            ArticleChatError: If this reader has no such conversation, or its file is damaged.
        """
        path = self._path(reader, conversation_id)
        with self._lock:
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                raise ArticleChatError("That conversation is not on this computer any more.") from None
            except (OSError, ValueError) as error:
                raise StoreError(f"The conversation in {path} cannot be read: {error}.") from error
        if not _is_whole(record):
            raise StoreError(f"The conversation in {path} is damaged. Erase it, or remove the file.")
        return record

    def save(self, record: Record) -> None:
        """Write a conversation, all of it or nothing.

        Args:
            record: What :meth:`create` or :meth:`get` returned, changed.

        Raises:
            StoreError: If it cannot be written.
        """
        if record["turns"]:
            record["title"] = " ".join(record["turns"][0]["question"].split())[:_TITLE_LENGTH]
        path = self._root() / record["reader"] / f"{_checked(record['id'])}.json"
        with self._lock:
            _write(path, json.dumps(record, ensure_ascii=False, indent=1))

    def change(self, reader: str, conversation_id: str, change: Callable[[Record], None]) -> Record:
        """Read, change and write a conversation, with nobody else writing in between.

        Args:
            reader: Who has it.
            conversation_id: Its id.
            change: Changes the record it is given, in place.

        Returns:
            The conversation as it is now.

        Raises:
            ArticleChatError: If there is no such conversation, or it cannot be written.
        """
        with self._lock:
            record = self.get(reader, conversation_id)
            change(record)
            record["updated"] = _now()
            self.save(record)
            return record

    def list(self, reader: str) -> list[Record]:
        """What this reader has, without the turns, the latest first.

        Args:
            reader: Who has them.

        Returns:
            For each its ``id``, ``title``, ``updated``, ``articles`` and the number of its ``questions``.
        """
        rows = []
        for path in (self._root() / _shelf(reader)).glob("*.json"):
            try:
                record = self.get(reader, path.stem)
            except ArticleChatError as error:
                logger.warning("%s", error)
                continue
            row = {key: record[key] for key in ("id", "title", "updated", "articles")}
            rows.append({**row, "questions": len(record["turns"])})
        return sorted(rows, key=lambda row: row["updated"], reverse=True)

    def erase(self, reader: str, conversation_id: str | None = None) -> None:
        """Erase a conversation from this computer, or all that this reader has.

        Args:
            reader: Who has them.
            conversation_id: Which one; all of them if None.

        Raises:
            StoreError: If a file cannot be removed.
        """
        folder = self._root() / _shelf(reader)
        with self._lock:
            paths = (
                list(folder.glob("*.json"))
                if conversation_id is None
                else [self._path(reader, conversation_id)]
            )
            for path in paths:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise StoreError(f"{path} cannot be erased: {error.strerror}.") from error

    def _root(self) -> Path:
        return self._folder or data_dir() / "conversations"

    def _path(self, reader: str, conversation_id: str) -> Path:
        return self._root() / _shelf(reader) / f"{_checked(conversation_id)}.json"


def history(turns: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The turns of a conversation that have an answer, as the ``history`` that ``rag.answer`` takes.

    Args:
        turns: Turns of a conversation, in order.

    Returns:
        Pairs of question and answer.
    """
    return [(t["question"], t["answer"]["text"]) for t in turns if t["state"] == "done" and t["answer"]]


def _is_whole(record: Any) -> TypeGuard[Record]:
    """Whether this has all that a conversation and its turns have."""
    return (
        isinstance(record, dict)
        and all(isinstance(record.get(key), str) for key in _TEXTS)
        and all(isinstance(record.get(key), list) for key in _LISTS)
        and all(isinstance(turn, dict) and turn.keys() >= _TURN for turn in record["turns"])
    )


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner may read, all of it or nothing.

    Args:
        path: The file; its folder is made if need be.
        text: What it shall hold.

    Raises:
        StoreError: If it cannot be written. What was there before is then still there.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{path} cannot be written: {error.strerror or error}.") from error


def _shelf(reader: str) -> str:
    """The folder of a reader. A browser's secret is not written down: whoever reads the disk cannot use it."""
    return "local" if reader == "local" else hashlib.sha256(reader.encode()).hexdigest()[:32]


def _checked(conversation_id: str) -> str:
    """Ids become file names: nothing but an id of ours gets that far."""
    if not isinstance(conversation_id, str) or not _ID.fullmatch(conversation_id):
        raise ArticleChatError("There is no such conversation.")
    return conversation_id


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
