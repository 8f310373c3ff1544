"""Where the built-in model's files are, which are made on the first start."""

import hashlib
import os
import shutil
from pathlib import Path

from index.indexing import Progress
from rag.adapter import ADAPTER
from rag.keeping import check_space, locked, plain_errors
from rag.weights import QWEN, builtin_model

__all__ = ["TOKENIZER", "prepared"]

TOKENIZER = "tokenizer.json"

_SIZE = 1_690_000_000
_NAME = "qwen2.5-coder-1.5b-instruct-int8"
_VERSION = "2"  # of the form that the files have


def prepared(progress: Progress) -> Path:
    """Give the directory of the model as it is computed with, making it on the first start.

    Args:
        progress: Called with what is going on and how much of it is done, from 0 to 1.

    Raises:
        ModelError: If the model's parts are missing or damaged, or there is no room for it.
    """
    digest = hashlib.sha256(f"{QWEN.sha256} {_VERSION}".encode())
    digest.update(ADAPTER.read_bytes())
    model = builtin_model(progress)
    models = model.parent
    target = models / f"{_NAME}-{digest.hexdigest()[:12]}"
    with plain_errors(models, _SIZE):
        if not target.is_dir():
            with locked(models / _NAME, progress):  # one for every version of it
                if not target.is_dir():  # whoever held the lock before may just have made it
                    _make(model, target, progress)
    return target


def _make(model: Path, target: Path, progress: Progress) -> None:
    from rag.builtin.conversion import convert

    partial = target.with_name(f"{_NAME}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # of one that was killed
    check_space(target.parent, _SIZE)
    partial.mkdir()
    try:
        convert(model, partial, progress)
        os.replace(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    for former in target.parent.glob(f"{_NAME}-*"):  # of another adapter, or in another form
        if former != target:
            shutil.rmtree(former, ignore_errors=True)  # another process may use it
