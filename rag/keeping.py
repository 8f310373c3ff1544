"""How the language model's files are kept: one process makes them at a time, and what goes wrong is said plainly."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.indexing import Progress
from rag.errors import ModelError

__all__ = ["check_space", "locked", "plain_errors"]


@contextmanager
def locked(target: Path, progress: Progress) -> Iterator[None]:
    """Let no other process make the same file meanwhile.

    Args:
        target: The file.
        progress: Told if another process makes it, which is waited for.
    """
    lock = FileLock(target.with_name(target.name + ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("Waiting for another Article Chat to prepare the language model", 0.0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def check_space(directory: Path, needed: int) -> None:
    """Make sure of room before it is used up.

    Args:
        directory: Where something is to be written.
        needed: How many bytes.

    Raises:
        OSError: If there is less.
    """
    if shutil.disk_usage(directory).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def plain_errors(directory: Path, size: int) -> Iterator[None]:
    """Turn the system's errors into messages for the reader.

    Args:
        directory: Where something is written.
        size: How many bytes that needs.

    Raises:
        ModelError: In place of the system's error.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelError(
                f"The disk is full: the language model needs {size / 1e9:.2f} GB in {directory}. "
                "Make room there, or choose another folder with ARTICLE_CHAT_HOME."
            ) from error
        raise ModelError(
            f"The language model cannot be kept in {directory}: {error.strerror or error}. "
            "Choose another folder with ARTICLE_CHAT_HOME."
        ) from error
