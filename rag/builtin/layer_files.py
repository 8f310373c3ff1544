"""The built-in model's layers as files: weights that oneDNN arranged are kept as they are, and mapped to memory.

torch has no public way to make such weights of bytes. What it compiles has one (AOTInductor's interface for C,
``torch/csrc/inductor/aoti_torch/c/shim.h``), to have weights in files too; torch is pinned to a version that has it.
"""

import ctypes
import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

import torch

from rag.builtin.products import arranged, way

__all__ = ["Tensors", "arrangement", "load", "save"]

Tensors = dict[str, torch.Tensor]

_LIBRARY = {"win32": "torch_cpu.dll", "darwin": "libtorch_cpu.dylib"}.get(sys.platform, "libtorch_cpu.so")

_BYTES, _SHAPE, _ARRANGED = ".bytes", ".shape", ".arranged"
"""What the names of an arranged weight's parts end with: its bytes, its shape, and how it is arranged."""


def arrangement() -> str:
    """Return what tells how weights are arranged here from how they are on other processors."""
    sample = torch.arange(64 * 64).remainder(251).sub(125).to(torch.int8).unflatten(0, (64, 64))
    weight = arranged(sample)
    content = _content(weight) if weight.is_mkldnn else weight
    return f"{way().name.lower()}-{hashlib.sha256(content.numpy().data).hexdigest()[:8]}"


def save(tensors: Tensors, file: Path) -> None:
    """Write tensors to a file.

    Args:
        tensors: By their names; some may be arranged weights (``rag.builtin.products``).
        file: Where to.

    Raises:
        OSError: If it cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    plain = {name: tensor for name, tensor in tensors.items() if not tensor.is_mkldnn}
    for name in tensors.keys() - plain.keys():
        weight = tensors[name]
        plain[name + _BYTES] = _content(weight)
        plain[name + _SHAPE] = torch.tensor(weight.shape)
        plain[name + _ARRANGED] = torch.ops.mkldnn._get_mkldnn_serialized_md(weight)
    try:
        save_file(plain, file)
    except SafetensorError as error:
        raise OSError(str(error)) from error


def load(file: Path) -> Tensors:
    """Map a file to memory.

    Args:
        file: What ``save`` wrote.

    Returns:
        The tensors by their names. The bytes of arranged weights are among them, for these do not hold them.

    Raises:
        OSError: If the file is missing or cannot be read.
        RuntimeError: If an arranged weight is none.
        Exception: Of safetensors, if it is damaged.
    """
    from safetensors.torch import load_file

    tensors = load_file(file)
    for part in [part for part in tensors if part.endswith(_ARRANGED)]:
        name = part.removesuffix(_ARRANGED)
        how, shape = tensors.pop(part), tensors.pop(name + _SHAPE)
        tensors[name] = _arranged(tensors[name + _BYTES], shape.tolist(), how)
    return tensors


def _content(weight: torch.Tensor) -> torch.Tensor:
    """Return the bytes of an arranged weight, which must outlive them."""
    size = torch.ops.mkldnn._nbytes(weight)
    content = (ctypes.c_uint8 * size).from_address(torch.ops.mkldnn.data_ptr(weight))
    return torch.frombuffer(content, dtype=torch.uint8)


def _arranged(content: torch.Tensor, shape: list[int], how: torch.Tensor) -> torch.Tensor:
    """Return the weight that has these bytes, which must outlive it."""
    library, handle = _torch(), ctypes.c_void_p()
    sizes = (ctypes.c_int64 * len(shape))(*shape)
    failed = library.aoti_torch_create_tensor_from_blob_v2(
        ctypes.c_void_p(content.data_ptr()),
        ctypes.c_int64(len(shape)),
        sizes,
        sizes,  # strides, which it has none of
        ctypes.c_int64(0),
        library.aoti_torch_dtype_int8(),
        library.aoti_torch_device_type_cpu(),
        0,
        ctypes.byref(handle),
        library.aoti_torch_layout__mkldnn(),
        ctypes.c_void_p(how.data_ptr()),
        ctypes.c_int64(len(how)),
    )
    if failed:
        raise RuntimeError("weights cannot be used as they were arranged")
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.argtypes, capsule.restype = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p], ctypes.py_object
    # Of its two functions for this, the one for a single tensor keeps it for ever.
    found: list[torch.Tensor] = torch._C._aoti.alloc_tensors_by_stealing_from_void_ptrs(
        [capsule(handle, None, None)]
    )
    return found[0]


@cache
def _torch() -> Any:
    return ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / _LIBRARY))
