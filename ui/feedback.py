"""What readers thought of answers, kept on this computer so that bad ones can be gathered and looked at."""

import json
import logging
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from index.errors import StoreError
from index.paths import data_dir

__all__ = ["Rating", "erase", "feedback", "feedback_path", "rate"]

logger = logging.getLogger(__name__)

Rating = Literal["good", "bad"]

_lock = threading.Lock()


def feedback_path() -> Path:
    """The file they are in: a JSON object a line."""
    return data_dir() / "feedback.jsonl"


def rate(turn_id: str, answer: Mapping[str, Any], rating: Rating | None) -> None:
    """Note what a reader thinks of an answer; a later note about the same turn replaces an earlier one.

    Args:
        turn_id: Which turn of which conversation the answer is.
        answer: ``Answer.to_dict()``.
        rating: ``"good"``, ``"bad"``, or None to take it back.

    Raises:
        StoreError: If it cannot be written.
    """
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "turn": turn_id,
        "rating": rating,
        "question": answer["question"],
        "answer": answer["text"],
        "status": answer["status"],
        "citations": answer["citations"],
        "passages": answer["passages"],
        "confidence": answer["confidence"],
        "model": answer["model"],
    }
    path = feedback_path()
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    try:
        # One write of a whole line to a file opened for appending: lines of two processes do not mix.
        with _lock, open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", 0) as file:
            file.write(line.encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}.") from error


def feedback(rating: Rating | None = None) -> list[dict[str, Any]]:
    """What readers thought, the latest word on each answer, oldest first.

    Args:
        rating: Only these; both if None.

    Returns:
        For each its ``time``, ``turn``, ``rating``, ``question``, ``answer``, ``status``, ``citations``,
        ``passages``, ``confidence`` and ``model``.

    Raises:
        StoreError: If the file cannot be read.
    """
    path = feedback_path()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path} cannot be read: {error}.") from error
    latest: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            entry = json.loads(line)
            latest.pop(entry["turn"], None)  # so that the latest word also comes last
            latest[entry["turn"]] = entry
        except (ValueError, TypeError, KeyError):
            logger.warning("Line %d of %s is damaged and left out.", number, path)
    return [e for e in latest.values() if e["rating"] and rating in (None, e["rating"])]


def erase() -> int:
    """Erase what readers thought, with the questions, answers and quotes that it is about.

    Returns:
        How many answers had a rating.

    Raises:
        StoreError: If the file cannot be removed.
    """
    count = len(feedback())
    path = feedback_path()
    try:
        with _lock:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path} cannot be erased: {error.strerror or error}.") from error
    return count
