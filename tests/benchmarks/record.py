"""Answers kept as they come, so that a run that was stopped goes on where it stopped."""

import hashlib
import json
from pathlib import Path
from typing import Any

RESULTS = Path("bench-results")
ROOT = Path(__file__).parents[2]


def code_version(*patterns: str) -> str:
    """A short hash of the files that the patterns name, relative to the project."""
    digest = hashlib.sha256()
    for path in sorted(p for pattern in patterns for p in ROOT.glob(pattern) if p.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


class Record:
    """A file of answers, one a line, found again by system, its version, suite and question."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._rows: dict[tuple[str, ...], dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:
                    continue  # the line that was being written when a run was stopped
                self._rows[tuple(row["key"])] = row

    def get(self, *key: str) -> dict[str, Any] | None:
        """What was recorded, or None."""
        return self._rows.get(key)

    def put(self, row: dict[str, Any], *key: str) -> None:
        """Record, on disk at once."""
        row = {"key": list(key), **row}
        self._rows[key] = row
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
