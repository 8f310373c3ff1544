"""Train the reader's adapter.

    python -m rag.adapter.train --squad FILE --dev FOLDER --clapnq FILE FILE --qed FILE --out adapter.gguf

All examples about one stretch are packed behind it in one sequence: each sees the stretch and itself, none sees
another. So the stretch is computed once for some twenty examples.
"""

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from rag import prompts
from rag.adapter.reader import Reader, load_tokenizer
from rag.lessons import natural, stories
from rag.lessons.articles import articles
from rag.lessons.example import Example, Group
from rag.lessons.groups import of_article
from rag.lessons.paragraphs import Squad
from rag.lessons.squad import to_learn

RATE, WARM_UP = 3e-4, 30
STEPS, GROUPS_PER_STEP = 500, 8
MOST = 44  # examples of a group
ROOM = 12_000  # tokens that are computed at once
VERDICT_WEIGHT, ANSWER_WEIGHT = 1.0, 0.6
_END = "<|im_end|>"


@dataclass
class Packed:
    """A stretch with its examples, as one sequence.

    Attributes:
        ids: The tokens.
        segments: The number of each one's example; 0 is the stretch.
        positions: Where each stands after the stretch's beginning, as if there were no other example.
        targets: What is learned: place in the sequence, the token that follows there, weight.
        examples: How many there are.
    """

    ids: list[int]
    segments: list[int]
    positions: list[int]
    targets: list[tuple[int, int, float]]
    examples: int


class Trainer:
    """The model, and what it loses on groups of examples."""

    def __init__(self) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer, self.reader = load_tokenizer(), Reader(self.device)

    def backward(self, groups: Sequence[Group]) -> float:
        """Add the gradients of some groups' mean loss, and return it."""
        packed = [self._pack(*group) for group in groups]
        count, total = sum(one.examples for one in packed), 0.0
        for part in _batches(packed):
            loss = self._loss(part) / count
            loss.backward()
            total += float(loss.detach())
        return total

    def _loss(self, packed: Sequence[Packed]) -> torch.Tensor:
        """Return the summed loss of sequences, which are computed together."""
        longest = max(len(one.ids) for one in packed)
        ids, segments, positions = (
            torch.tensor([row + [end] * (longest - len(row)) for row in rows], device=self.device)
            for rows, end in (
                ([one.ids for one in packed], 0),
                ([one.segments for one in packed], -1),
                ([one.positions for one in packed], 0),
            )
        )
        states = self.reader.hidden(ids, segments, positions)
        rows, places, tokens, weights = zip(
            *((row, *target) for row, one in enumerate(packed) for target in one.targets), strict=True
        )
        logits = self.reader.logits(states[list(rows), list(places)])
        losses = functional.cross_entropy(logits, torch.tensor(tokens, device=self.device), reduction="none")
        return (losses * torch.tensor(weights, device=self.device)).sum()

    def _pack(self, stretch: str, examples: list[Example]) -> Packed:
        ids = self._ids(f"<|im_start|>system\n{prompts.SYSTEM}{_END}\n<|im_start|>user\n{stretch}")
        shared = len(ids)
        segments, positions, targets = [0] * shared, list(range(shared)), []
        for number, example in enumerate(examples[:MOST], 1):
            asked = self._ids(f"{example.prompt}{_END}\n<|im_start|>assistant\n")
            said = prompts.FOUND if example.found else prompts.MISSING
            reply = self._ids(f"{said}\n{example.answer}{_END}") if example.answer else self._ids(said)[:1]
            first = len(ids) + len(asked) - 1
            share = ANSWER_WEIGHT / max(1, len(reply) - 1)
            targets += [(first + k, token, share if k else VERDICT_WEIGHT) for k, token in enumerate(reply)]
            piece = asked + reply[:-1]
            ids += piece
            segments += [number] * len(piece)
            positions += range(shared, shared + len(piece))
        return Packed(ids, segments, positions, targets, len(examples[:MOST]))

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False).input_ids
        return ids


def _batches(packed: list[Packed]) -> Iterator[list[Packed]]:
    """Yield sequences of about the same length, as many as fit."""
    part: list[Packed] = []
    for one in sorted(packed, key=lambda one: len(one.ids)):
        if part and len(one.ids) * (len(part) + 1) > ROOM:
            yield part
            part = []
        part.append(one)
    yield part


def gather(options: argparse.Namespace, rng: random.Random) -> list[Group]:
    """Return what there is to learn, in random order; other stretches and examples at each call."""
    found = [group for numbered in articles() for group in of_article(numbered, rng)]
    found += [*stories.groups(rng), *stories.groups(rng)]
    data = to_learn(options.squad, options.dev)
    found += Squad(data, rng).groups() if data else []
    for read, files in ((natural.clapnq, options.clapnq), (natural.qed, options.qed)):
        passages = [passage for file in files for passage in read(file)]
        found += [natural.group(one, rng) for one in rng.sample(passages, min(400, len(passages)))]
    rng.shuffle(found)
    return [(stretch, examples) for stretch, examples in found if examples]


def main() -> None:
    """Train so many steps, and write the adapter, now and then as well."""
    from tqdm import trange

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, help="SQuAD's training set, as published")
    parser.add_argument(
        "--dev", type=Path, help="a folder with the development articles that training may see"
    )
    parser.add_argument("--clapnq", type=Path, nargs="*", default=[])
    parser.add_argument("--qed", type=Path, nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)  # noqa: S311 - a seed for repeatable data, not a secret
    trainer = Trainer()
    parameters = list(trainer.reader.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    groups: list[Group] = []
    for step in (bar := trange(options.steps)):
        if len(groups) < GROUPS_PER_STEP:
            groups += gather(options, rng)
        rate = RATE * min(1, (step + 1) / WARM_UP)
        rate *= 0.485 * (1 + math.cos(math.pi * step / options.steps)) + 0.03
        for part in optimizer.param_groups:
            part["lr"] = rate
        loss = trainer.backward([groups.pop() for _ in range(GROUPS_PER_STEP)])
        if nn.utils.clip_grad_norm_(parameters, 1.0).isfinite():
            optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 50 == 49:
            trainer.reader.save(options.out)
        bar.set_postfix(loss=f"{loss:.3f}")
    trainer.reader.save(options.out)


if __name__ == "__main__":
    main()
