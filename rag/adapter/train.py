"""Train the reader's adapter: low-rank changes (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685) to the model.

    python -m rag.adapter.train --squad FOLDER --sentences sentences.jsonl --out adapter.gguf

All examples about one stretch are packed behind it in one sequence: each sees the stretch and itself, none sees
another. So the stretch is computed once for some fifteen examples, and only the upper layers, which are the ones
that change, need gradients. That makes it half an hour's work of two cores.
"""

import argparse
import itertools
import math
import random
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from rag import prompts
from rag.adapter import stories
from rag.adapter.base import TRAINED_ON, load_model, load_tokenizer, read_squad
from rag.adapter.example import Example
from rag.adapter.examples import Examples

FIRST_LAYER = 12
RANK = 4
SCALE = 2.0
RATE = 5e-4
GROUPS_PER_STEP = 2
VERDICT_WEIGHT = 1.0
ANSWER_WEIGHT = 0.6
_END = "<|im_end|>"
_GGUF_NAMES = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}


class LowRank(nn.Module):
    """A linear layer plus ``SCALE`` times the product of two thin matrices."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., in) to (..., out)."""
        change = (x @ self.a.T.to(x.dtype)) @ (self.b.T * SCALE).to(x.dtype)
        return self.base(x) + change  # type: ignore[no-any-return]  # nn.Module returns Any


class Trainer:
    """The base model with its adapter, and one step of training."""

    def __init__(self) -> None:
        torch.manual_seed(1)
        self.tokenizer, self.model = load_tokenizer(), load_model()
        self.changes: dict[str, LowRank] = {}
        for number, layer in enumerate(self.model.model.layers):
            if number < FIRST_LAYER:
                continue
            for part in (layer.self_attn, layer.mlp):
                for name in _GGUF_NAMES:
                    if hasattr(part, name):
                        change = LowRank(getattr(part, name))
                        setattr(part, name, change)
                        self.changes[f"blk.{number}.{_GGUF_NAMES[name]}.weight"] = change
        self.parameters = [p for change in self.changes.values() for p in (change.a, change.b)]

    def loss(self, stretch: str, examples: list[Example]) -> torch.Tensor:
        """Return the mean loss of the examples about a stretch."""
        ids, segments, positions, targets = self._pack(stretch, examples)
        hidden = self._hidden(ids, segments, positions)
        where, what, weight = (torch.tensor(column) for column in zip(*targets, strict=True))
        logits = functional.linear(hidden[where], self.model.lm_head.weight).float()
        losses = functional.cross_entropy(logits, what, reduction="none")
        return (losses * weight).sum() / len(examples)

    def _pack(
        self, stretch: str, examples: list[Example]
    ) -> tuple[list[int], list[int], list[int], list[Any]]:
        """Return token ids, the example of each (0: the stretch), positions, and (position, token, weight) to learn."""
        ids = self._ids(f"<|im_start|>system\n{prompts.SYSTEM}{_END}\n<|im_start|>user\n{stretch}")
        shared = len(ids)
        segments, positions, targets = [0] * shared, list(range(shared)), []
        for number, example in enumerate(examples, 1):
            asked = self._ids(f"{example.prompt}{_END}\n<|im_start|>assistant\n")
            said = prompts.FOUND if example.found else prompts.MISSING
            said += f"\n{example.answer}" if example.answer else ""
            reply = self._ids(said if example.answer == "" else said + _END)
            first = len(ids) + len(asked) - 1
            share = ANSWER_WEIGHT / max(1, len(reply) - 1)
            targets += [(first + k, token, share if k else VERDICT_WEIGHT) for k, token in enumerate(reply)]
            piece = asked + reply[:-1]
            ids += piece
            segments += [number] * len(piece)
            positions += range(shared, shared + len(piece))
        return ids, segments, positions, targets

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False).input_ids
        return ids

    def _hidden(self, ids: list[int], segments: list[int], positions: list[int]) -> torch.Tensor:
        """Return the last hidden states, (tokens, width); no example sees another."""
        segment = torch.tensor(segments)
        seen = torch.ones(len(ids), len(ids), dtype=torch.bool).tril()
        seen &= (segment[None] == 0) | (segment[None] == segment[:, None])
        mask = torch.zeros(seen.shape, dtype=self.model.dtype).masked_fill(~seen, -math.inf)[None, None]
        core = self.model.model
        with torch.no_grad():
            hidden = core.embed_tokens(torch.tensor([ids]))
            rotation = core.rotary_emb(hidden, torch.tensor([positions]))
            for layer in core.layers[:FIRST_LAYER]:
                hidden = layer(hidden, attention_mask=mask, position_embeddings=rotation)
        for layer in core.layers[FIRST_LAYER:]:
            hidden = layer(hidden, attention_mask=mask, position_embeddings=rotation)
        last: torch.Tensor = core.norm(hidden)[0]
        return last

    def load(self, path: Path) -> None:
        """Start from an adapter that ``save`` wrote."""
        import gguf

        stored = {tensor.name: torch.tensor(tensor.data).float() for tensor in gguf.GGUFReader(path).tensors}
        for name, change in self.changes.items():
            change.a.data = stored[f"{name}.lora_a"].reshape(change.a.shape)
            change.b.data = stored[f"{name}.lora_b"].reshape(change.b.shape)

    def save(self, path: Path) -> None:
        """Write the adapter in llama.cpp's format, in half precision."""
        import gguf
        import numpy as np

        writer = gguf.GGUFWriter(path, "qwen2")
        writer.add_string("general.type", "adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", SCALE * RANK)
        for name, change in self.changes.items():
            writer.add_tensor(f"{name}.lora_a", change.a.detach().numpy().astype(np.float16))
            writer.add_tensor(f"{name}.lora_b", change.b.detach().numpy().astype(np.float16))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def average(one: Path, other: Path, out: Path) -> None:
    """Write the mean of two adapters of which one went on from the other (Wortsman et al. 2022, "Robust fine-tuning of
    zero-shot models", https://arxiv.org/abs/2109.01903): it keeps what the first could and the second unlearned."""
    trainer = Trainer()
    trainer.load(one)
    halves = [parameter.detach().clone() / 2 for parameter in trainer.parameters]
    trainer.load(other)
    for parameter, half in zip(trainer.parameters, halves, strict=True):
        parameter.data = parameter.detach() / 2 + half
    trainer.save(out)


def main() -> None:
    """Go once through the paragraphs of the training articles and twice through the stories, and write the adapter."""
    from tqdm import trange

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--squad", type=Path, nargs="*", default=[], help="folders of articles as JSON, or published files"
    )
    parser.add_argument("--sentences", type=Path, help="what rag.adapter.teach wrote of them")
    parser.add_argument("--start", type=Path, help="an adapter to go on from")
    parser.add_argument(
        "--average", type=Path, nargs=2, help="write the mean of two adapters, and train nothing"
    )
    parser.add_argument(
        "--paragraphs", type=int, nargs="*", default=[], help="how many paragraphs of each; all by default"
    )
    parser.add_argument("--passes", type=int, default=1, help="how often through the stories")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.average:
        one, other = options.average
        average(one, other, options.out)
        return
    groups = []
    for path, most in itertools.zip_longest(options.squad, options.paragraphs):
        examples = Examples(read_squad(path, TRAINED_ON), options.sentences, options.seed)
        groups += [examples.group(*item) for item in examples.schedule()[:most]]
    for repeat in range(options.passes):
        groups += stories.groups(random.Random(options.seed + repeat))  # noqa: S311 - repeatable data, not a secret
    random.Random(options.seed).shuffle(groups)  # noqa: S311 - as above
    trainer = Trainer()
    if options.start:
        trainer.load(options.start)
    optimizer = torch.optim.AdamW(trainer.parameters, lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    steps = len(groups) // GROUPS_PER_STEP
    for step in (bar := trange(steps)):
        rate = options.rate * min(1, (step + 1) / 8) * (0.475 * (1 + math.cos(math.pi * step / steps)) + 0.05)
        for parameters in optimizer.param_groups:
            parameters["lr"] = rate
        for group in groups[step * GROUPS_PER_STEP : (step + 1) * GROUPS_PER_STEP]:
            loss = trainer.loss(*group) / GROUPS_PER_STEP
            loss.backward()
        nn.utils.clip_grad_norm_(trainer.parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 20 == 19:
            trainer.save(options.out)
        bar.set_postfix(loss=f"{loss.item() * GROUPS_PER_STEP:.3f}")
    trainer.save(options.out)


if __name__ == "__main__":
    main()
