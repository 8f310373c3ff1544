"""The built-in model in PyTorch, dequantised from the very file that answers, with low-rank changes to be trained.

Its forward pass is that of Qwen2 (https://arxiv.org/abs/2407.10671); the changes are LoRA's (Hu et al. 2021,
https://arxiv.org/abs/2106.09685). Several examples may follow one beginning in a sequence: each sees the beginning and
itself, none sees another.
"""

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

__all__ = ["Reader", "load_tokenizer"]

FIRST_LAYER, LAYERS = 8, 28
RANK = 8
SCALE = 2.0
DROPOUT = 0.05
HEADS, KEY_HEADS, HEAD_WIDTH = 12, 2, 128
_ROTATION, _EPSILON = 1e6, 1e-6
_CHANGED = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")


def load_tokenizer() -> Any:
    """Return the model's tokenizer."""
    from transformers import AutoTokenizer

    from rag.weights import builtin_model

    path = builtin_model()
    return AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)


class Reader(nn.Module):
    """The model with its adapter; its weights take 4 GB of a graphics card, or 7 of memory without one."""

    def __init__(self, device: str) -> None:
        import gguf
        from gguf.quants import dequantize

        from rag.weights import builtin_model

        super().__init__()
        # cuDNN's attention gave gradients that are not numbers where examples are masked from each other (torch 2.11).
        torch.backends.cuda.enable_cudnn_sdp(False)
        self.dtype = torch.bfloat16 if device == "cuda" else torch.float32
        self.tensors = {
            tensor.name: torch.tensor(dequantize(tensor.data, tensor.tensor_type)).to(device, self.dtype)
            for tensor in gguf.GGUFReader(builtin_model()).tensors
        }
        self.a, self.b = nn.ParameterDict(), nn.ParameterDict()
        for layer in range(FIRST_LAYER, LAYERS):
            for name in _CHANGED:
                out, into = self.tensors[f"blk.{layer}.{name}.weight"].shape
                key = f"{layer}_{name}"
                start = torch.randn(RANK, into) / math.sqrt(into)
                self.a[key] = nn.Parameter(start.to(device))
                self.b[key] = nn.Parameter(torch.zeros(out, RANK, device=device))

    def hidden(self, ids: torch.Tensor, segments: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        """Return the last hidden states.

        Args:
            ids: The tokens, (sequences, tokens).
            segments: To which example each belongs, 0 for the beginning that all of its sequence see; the same shape.
            positions: Where each stands after that beginning; the same shape.

        Returns:
            (sequences, tokens, width).
        """
        count = ids.shape[1]
        seen = torch.ones(count, count, dtype=torch.bool, device=ids.device).tril()
        seen = seen & ((segments[:, None, :] == 0) | (segments[:, None, :] == segments[:, :, None]))
        mask = torch.zeros(seen.shape, dtype=self.dtype, device=ids.device).masked_fill_(~seen, -1e4)[:, None]
        rates = _ROTATION ** -(torch.arange(0, HEAD_WIDTH, 2, device=ids.device) / HEAD_WIDTH)
        angles = (positions[:, :, None] * rates).repeat(1, 1, 2)[:, None]
        turn = angles.cos().to(self.dtype), angles.sin().to(self.dtype)
        with torch.no_grad():
            states = self.tensors["token_embd.weight"][ids]
            for layer in range(FIRST_LAYER):
                states = self._layer(states, layer, mask, turn)
        for layer in range(FIRST_LAYER, LAYERS):
            states = self._layer(states, layer, mask, turn)
        return self._norm(states, "output_norm.weight")

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """Return the log-odds of each token as the next one, (states, vocabulary)."""
        return functional.linear(states, self.tensors["output.weight"]).float()

    def _layer(
        self, states: torch.Tensor, layer: int, mask: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        read = self._norm(states, f"blk.{layer}.attn_norm.weight")
        query = _turned(_heads(self._linear(read, layer, "attn_q"), HEADS), turn)
        key = _turned(_heads(self._linear(read, layer, "attn_k"), KEY_HEADS), turn)
        value = _heads(self._linear(read, layer, "attn_v"), KEY_HEADS)
        key, value = (part.repeat_interleave(HEADS // KEY_HEADS, 1) for part in (key, value))
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        states = states + self._linear(found.transpose(1, 2).flatten(2), layer, "attn_output")
        read = self._norm(states, f"blk.{layer}.ffn_norm.weight")
        gate = functional.silu(self._linear(read, layer, "ffn_gate"))
        return states + self._linear(gate * self._linear(read, layer, "ffn_up"), layer, "ffn_down")

    def _norm(self, states: torch.Tensor, name: str) -> torch.Tensor:
        exact = states.float()
        scale = torch.rsqrt(exact.pow(2).mean(-1, keepdim=True) + _EPSILON)
        return (exact * scale).to(self.dtype) * self.tensors[name]

    def _linear(self, states: torch.Tensor, layer: int, name: str) -> torch.Tensor:
        full = f"blk.{layer}.{name}"
        found = functional.linear(states, self.tensors[f"{full}.weight"], self.tensors.get(f"{full}.bias"))
        key = f"{layer}_{name}"
        if key not in self.a:
            return found
        thin = functional.linear(
            functional.dropout(states, DROPOUT, self.training), self.a[key].to(self.dtype)
        )
        return found + functional.linear(thin, (self.b[key] * SCALE).to(self.dtype))

    def save(self, path: Path) -> None:
        """Write the adapter in llama.cpp's format, in half precision."""
        import gguf
        import numpy as np

        writer = gguf.GGUFWriter(path, "qwen2")
        writer.add_string("general.type", "adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", SCALE * RANK)
        for key in self.a:
            layer, _, name = key.partition("_")
            for end, thin in (("a", self.a[key]), ("b", self.b[key])):
                tensor = thin.detach().cpu().numpy().astype(np.float16)
                writer.add_tensor(f"blk.{layer}.{name}.weight.lora_{end}", tensor)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def _heads(states: torch.Tensor, count: int) -> torch.Tensor:
    """Return states as (sequences, heads, tokens, width of a head)."""
    heads: torch.Tensor = states.unflatten(-1, (count, HEAD_WIDTH))
    return heads.transpose(1, 2)


def _turned(states: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return states with their places told by rotation (Su et al. 2021, https://arxiv.org/abs/2104.09864)."""
    one, other = states.chunk(2, -1)
    return states * turn[0] + torch.cat([-other, one], -1) * turn[1]
