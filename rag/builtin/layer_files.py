"""The built-in model's layers as files: weights that oneDNN arranged are kept as they are, and mapped to memory.

torch has no public way to make such weights of bytes. What it compiles has one (AOTInductor's interface for C,
``torch/csrc/inductor/aoti_torch/c/shim.h``), to have weights in files too; torch is pinned to a version that has it.
"""

import ctypes
import hashlib
from pathlib import Path

import torch

from rag.builtin.products import arranged, library, way

__all__ = ["Tensors", "arrangement", "load", "save"]

Tensors = dict[str, torch.Tensor]

_BYTES, _PLACE, _ARRANGED = ".bytes", ".place", ".arranged"
"""What the names of an arranged weight's parts end with: its bytes, where they are, and how they are arranged."""

_WEIGHTS = ".weights"
"""What the name of the file of these bytes ends with: they begin at multiples of 64 there, as processors like it."""

_capsule = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
    ("PyCapsule_New", ctypes.pythonapi)
)


def arrangement() -> str:
    """Return what tells how weights are arranged here from how they are on other processors."""
    sample = torch.arange(64 * 64).remainder(251).sub(125).to(torch.int8).unflatten(0, (64, 64))
    weight = arranged(sample)
    content = _content(weight) if weight.is_mkldnn else weight
    return f"{way().name.lower()}-{hashlib.sha256(content.numpy().data).hexdigest()[:8]}"


def save(tensors: Tensors, file: Path) -> None:
    """Write tensors to a file, and the bytes of arranged weights to another one beside it.

    Args:
        tensors: By their names; some may be arranged weights (``rag.builtin.products``).
        file: Where to.

    Raises:
        OSError: If they cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    plain = {name: tensor for name, tensor in tensors.items() if not tensor.is_mkldnn}
    if len(plain) < len(tensors):
        with file.with_suffix(_WEIGHTS).open("wb") as weights:
            for name in [name for name in tensors if name not in plain]:
                content = _content(tensors[name])
                plain[name + _PLACE] = torch.tensor([weights.tell(), len(content)])
                plain[name + _ARRANGED] = torch.ops.mkldnn._get_mkldnn_serialized_md(tensors[name])
                weights.write(content.numpy().data)
    try:
        save_file(plain, file)
    except SafetensorError as error:
        raise OSError(str(error)) from error


def load(file: Path) -> Tensors:
    """Map what ``save`` wrote to memory.

    Args:
        file: Its first argument.

    Returns:
        The tensors by their names. The bytes of arranged weights are among them, for these do not hold them.

    Raises:
        OSError: If a file is missing or cannot be read.
        ValueError: If the files do not belong together.
        Exception: Of safetensors, if one is damaged.
    """
    from safetensors.torch import load_file

    tensors = load_file(file)
    parts = [part for part in tensors if part.endswith(_ARRANGED)]
    if not parts:
        return tensors
    weights = file.with_suffix(_WEIGHTS)
    size = weights.stat().st_size
    content = torch.from_file(str(weights), size=size, dtype=torch.uint8)
    for part in parts:
        name = part.removesuffix(_ARRANGED)
        start, length = tensors.pop(name + _PLACE).tolist()
        if start + length > size:
            raise ValueError("files do not belong together")
        own = tensors[name + _BYTES] = content[start : start + length]
        tensors[name] = _arranged(own, tensors.pop(part))
    return tensors


def _content(weight: torch.Tensor) -> torch.Tensor:
    """Return the bytes of an arranged weight, which must outlive them."""
    size = torch.ops.mkldnn._nbytes(weight)
    content = (ctypes.c_uint8 * size).from_address(torch.ops.mkldnn.data_ptr(weight))
    return torch.frombuffer(content, dtype=torch.uint8)


def _arranged(content: torch.Tensor, how: torch.Tensor) -> torch.Tensor:
    """Return the weight that has these bytes, which must outlive it."""
    handle = ctypes.c_void_p()
    failed = library().aoti_torch_create_tensor_from_blob_v2(
        ctypes.c_void_p(content.data_ptr()),
        ctypes.c_int64(0),  # dimensions, which its arrangement tells
        None,
        None,
        ctypes.c_int64(0),
        library().aoti_torch_dtype_int8(),
        library().aoti_torch_device_type_cpu(),
        0,
        ctypes.byref(handle),
        library().aoti_torch_layout__mkldnn(),
        ctypes.c_void_p(how.data_ptr()),
        ctypes.c_int64(len(how)),
    )
    if failed:
        raise ValueError("weights cannot be used as they were arranged")
    # Of torch's two functions for this, the one for a single tensor keeps it for ever.
    made: list[torch.Tensor] = torch._C._aoti.alloc_tensors_by_stealing_from_void_ptrs(
        [_capsule(handle, None, None)]
    )
    return made[0]
