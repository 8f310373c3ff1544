"""The packages that carry the built-in model's bytes: found by their metadata, never imported."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import FileHash, PackageNotFoundError, distribution
from pathlib import Path

from rag.errors import ModelError

__all__ = ["Part", "damaged", "find"]


@dataclass(frozen=True)
class Part:
    """One installed part: its package, its file, and the hash that the installer recorded for it."""

    package: str
    path: Path
    recorded: FileHash | None


def find(packages: Sequence[str], version: str) -> list[Part]:
    """Find each package's ``.bin`` file.

    Args:
        packages: The packages' names, in the order in which their files make up the model.
        version: The version that all of them must have.

    Returns:
        The parts, in the same order.

    Raises:
        ModelError: If any of them is not installed in that version. The message has the command.
    """
    found = [_locate(package, version) for package in packages]
    parts = [part for part in found if part is not None]
    missing = [package for package, part in zip(packages, found, strict=True) if part is None]
    if not missing:
        return parts
    if len(missing) == len(packages):
        what = "The built-in language model is not installed."
    else:
        listed = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        what = f"Parts of the built-in language model are not installed (version {version}): {listed}."
    few = " ".join(f"{package}=={version}" for package in missing)
    some = len(missing) <= 3 and len(missing) < len(packages)
    command = f"pip install {few}" if some else 'pip install "article-chat[builtin]"'
    raise ModelError(
        f"{what} Install it with: {command}; download it with: article-chat model download; "
        "or use another model (--model, --base-url)."
    )


def damaged(parts: Sequence[Part]) -> list[Part]:
    """Name the parts whose file is not what their installer wrote.

    Only for the message: the installer's record is as untrusted as it; the whole file's checksum decides.
    """
    return [part for part in parts if part.recorded is not None and _differs(part.path, part.recorded)]


def _locate(package: str, version: str) -> Part | None:
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        return None
    files = [file for file in installed.files or () if file.suffix == ".bin"]
    if installed.version != version or len(files) != 1:
        return None
    path = Path(str(installed.locate_file(files[0])))
    return Part(package, path, files[0].hash) if path.is_file() else None


def _differs(path: Path, recorded: FileHash) -> bool:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, recorded.mode).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != recorded.value
