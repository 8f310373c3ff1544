"""Where the built-in model's files are, which are made on the first start."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from index.indexing import Progress
from rag.adapter import ADAPTER
from rag.keeping import check_space, locked, plain_errors
from rag.weights import QWEN, builtin_model

__all__ = ["NORM", "TOKENIZER", "layers", "prepared"]

TOKENIZER, NORM = "tokenizer.json", "norm.safetensors"

_ENDS_SIZE, _LAYERS_SIZE = 370_000_000, 1_320_000_000
_NAME = "qwen2.5-coder-1.5b-instruct-int8"
_VERSION = "3"  # of the form that the files have

_Convert = Callable[[Path, Path, Progress], None]


def prepared(progress: Progress) -> Path:
    """Give the directory of what comes before and after the model's layers, making it on the first start.

    Args:
        progress: Called with what is going on and how much of it is done, from 0 to 1.

    Raises:
        ModelError: If the model's parts are missing or damaged, or there is no room for it.
    """
    # Another torch may arrange the layers' weights in another way.
    digest = hashlib.sha256(f"{QWEN.sha256} {_VERSION} {version('torch').partition('+')[0]}".encode())
    digest.update(ADAPTER.read_bytes())
    models = builtin_model(progress).parent
    target = models / f"{_NAME}-{digest.hexdigest()[:12]}"
    if not target.is_dir():
        from rag.builtin.conversion import convert_ends

        with _making(models, _ENDS_SIZE + _LAYERS_SIZE, progress):
            _make(target, models / f"{_NAME}.partial", convert_ends, progress)
            for former in models.glob(f"{_NAME}-*"):  # of another adapter, or in another form
                if former != target:
                    shutil.rmtree(former, ignore_errors=True)  # another process may use it
    return target


def layers(directory: Path, progress: Progress) -> Path:
    """Give the directory of the model's layers as this processor computes them, making it if there is none.

    Args:
        directory: What ``prepared`` gave.
        progress: As there.

    Raises:
        ModelError: As there.
    """
    from rag.builtin.layer_files import arrangement  # with torch

    target = directory / f"layers-{arrangement()}"
    if not target.is_dir():
        from rag.builtin.conversion import convert_layers

        with _making(directory.parent, _LAYERS_SIZE, progress):
            _make(target, directory / "layers.partial", convert_layers, progress)
    return target


@contextmanager
def _making(models: Path, size: int, progress: Progress) -> Iterator[None]:
    """Let no other process make any version of the model meanwhile, and say plainly what goes wrong."""
    with plain_errors(models, size), locked(models / _NAME, progress):
        check_space(models, size)
        yield


def _make(target: Path, unfinished: Path, convert: _Convert, progress: Progress) -> None:
    """Make a directory, whole or not at all, if another process has not just done so."""
    if target.is_dir():
        return
    shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed
    unfinished.mkdir()
    try:
        convert(builtin_model(progress), unfinished, progress)
        for file in unfinished.iterdir():
            with file.open("r+b") as written:  # Windows does it for nobody who may only read
                # A power cut must not leave the final name on files without their content.
                os.fsync(written.fileno())
            file.chmod(0o644)
        os.replace(unfinished, target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
