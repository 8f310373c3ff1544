"""The program in a process of its own, as a person starts it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["ROOT", "command", "environment", "run", "run_python"]

ROOT = Path(__file__).resolve().parent.parent


def environment(**changes: str) -> dict[str, str]:
    """The variables of a new process: ours, without settings or keys that somebody has set for himself."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("ARTICLE_CHAT_", "LANGSMITH_", "OPENAI_"))
    }
    if home := os.environ.get("ARTICLE_CHAT_HOME"):
        kept["ARTICLE_CHAT_HOME"] = home
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"} | changes


def command(*arguments: str) -> list[str]:
    """The words that start ``article-chat`` with this Python."""
    return [sys.executable, "-m", "ui.cli", *arguments]


def run(
    *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, timeout: float = 240
) -> "subprocess.CompletedProcess[str]":
    """Run ``article-chat`` to its end; what it prints must never hold a traceback."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        env=env or environment(),
        timeout=timeout,
        check=False,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def run_python(
    code: str, *, env: Mapping[str, str] | None = None, timeout: float = 240
) -> "subprocess.CompletedProcess[str]":
    """Run Python code in a process of its own, warnings being errors there too for what is ours."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=env or environment(),
        timeout=timeout,
        check=False,
    )
