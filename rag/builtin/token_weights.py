"""The built-in model's weights of its tokens: what it reads for each, and how likely each comes next.

Both are the same weights. The likeliest tokens are looked for by four bits of each weight and compared by all eight:
less has to be in memory, and is passed over for each token that is written.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from weakref import finalize

import numpy as np
import torch
from torch.nn import functional

from index.threads import threads
from rag.builtin.integers import eight_bits, four_bits

__all__ = ["TokenWeights", "write"]

_ROWS, _SCALES, _COARSE = "tokens.rows", "tokens.scales", "tokens.onnx"

_BLOCK = 128
"""How many weights of four bits share a scale."""

_SURE = 8
"""How many of the likeliest by four bits are compared by eight: in 2,600 places the likeliest one was among four."""


class TokenWeights:
    """The weights of all tokens, for one thread at a time. Of those of eight bits only what is used comes to memory."""

    def __init__(self, directory: Path) -> None:
        """Open what ``write`` wrote.

        Args:
            directory: Where.

        Raises:
            OSError: If files are missing.
            ValueError: If they do not belong together.
            Exception: Of ONNX Runtime, if a file is damaged or there is no memory for it.
        """
        from index import runtime

        self._scales = torch.from_numpy(np.fromfile(directory / _SCALES, np.float32))
        rows = directory / _ROWS
        self._width, rest = divmod(rows.stat().st_size, len(self._scales))
        if rest:
            raise ValueError("files do not belong together")
        self._coarse = runtime.session(str(directory / _COARSE), threads())
        self._rows = rows.open("rb", buffering=0)
        self._close = finalize(self, self._rows.close)  # also if nobody closes the model

    def states(self, tokens: Sequence[int]) -> torch.Tensor:
        """Return what is read for tokens, (tokens, width)."""
        rows = np.empty((len(tokens), self._width), np.int8)
        # If they were mapped to memory, the system would bring sixteen pages around each.
        for row, token in zip(rows, tokens, strict=True):
            self._rows.seek(token * self._width)
            self._rows.readinto(row.data)
        return torch.from_numpy(rows).float().mul_(self._scales[list(tokens), None])

    def odds(self, states: torch.Tensor, tokens: Sequence[int]) -> torch.Tensor:
        """Return the log-odds of some tokens as the next one, (states, tokens).

        Args:
            states: Last hidden states, (states, width).
            tokens: Which.
        """
        return functional.linear(states, self.states(tokens))

    def likeliest(self, states: torch.Tensor, count: int = 1) -> list[list[int]]:
        """Return the likeliest next tokens after each state, the likeliest one first.

        Args:
            states: Last hidden states, (states, width).
            count: How many.

        Raises:
            RuntimeError: If there is no memory for it.
        """
        try:
            (odds,) = self._coarse.run(None, {"states": states.numpy()})
        except Exception as error:  # ONNX Runtime has no narrower one
            raise RuntimeError(str(error)) from error
        likely = torch.from_numpy(odds).topk(max(count, _SURE)).indices
        weights = self.states(likely.flatten().tolist()).unflatten(0, likely.shape)
        best = (weights @ states[..., None]).squeeze(-1).topk(count).indices
        found: list[list[int]] = likely.gather(1, best).tolist()
        return found

    def close(self) -> None:
        """Let go of them."""
        self._close()
        with suppress(AttributeError):  # it was closed before
            del self._coarse


def write(weights: Iterator[torch.Tensor], directory: Path) -> None:
    """Write the weights as they are computed with.

    Args:
        weights: Some rows at a time, one for each token.
        directory: Where to.

    Raises:
        OSError: If they cannot be written.
    """
    scales, coarse, coarse_scales = [], [], []
    with (directory / _ROWS).open("wb") as file:
        for some in weights:
            rows, scale = eight_bits(some)
            file.write(rows.numpy().data)
            scales.append(scale)
            bits, scale = four_bits(some, _BLOCK)
            coarse.append(bits)
            coarse_scales.append(scale)
    torch.cat(scales).numpy().tofile(directory / _SCALES)
    _write_model(torch.cat(coarse).numpy(), torch.cat(coarse_scales).numpy(), directory)


def _write_model(bits: np.ndarray, scales: np.ndarray, directory: Path) -> None:
    """Write what finds the likeliest tokens by weights of four bits."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    from index.runtime import FORMAT, MICROSOFT, OPERATORS

    outputs, blocks, _ = bits.shape
    width = blocks * _BLOCK
    eight = 4  # the bits that states get, as the runtime numbers it
    # https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
    product = helper.make_node(
        "MatMulNBits",
        ["states", "bits", "scales"],
        ["odds"],
        domain=MICROSOFT,
        N=outputs,
        K=width,
        bits=4,
        block_size=_BLOCK,
        accuracy_level=eight,
    )
    given, wanted = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["tokens", size])]
        for name, size in (("states", width), ("odds", outputs))
    )
    constants = [numpy_helper.from_array(bits, "bits"), numpy_helper.from_array(scales, "scales")]
    model = helper.make_model(
        helper.make_graph([product], "tokens", given, wanted, constants),
        opset_imports=OPERATORS,
        ir_version=FORMAT,
    )
    onnx.save(model, directory / _COARSE, save_as_external_data=True, location=f"{_COARSE}.data")
