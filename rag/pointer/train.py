"""Train the pointer: all layers but the first of the embedding model, and what makes a number of a sentence.

    python -m rag.pointer.train --squad FILE --dev FOLDER --qed FILE --clapnq FILE FILE --out pointer.safetensors

Two passages are read for a question, one that answers it if there is one, and one with as many of its words.
"""

import argparse
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional

from index import minilm
from index.minilm import DIMENSIONS, model_directory, token_ids
from rag.lessons import natural, wording
from rag.lessons.articles import articles
from rag.lessons.squad import to_learn
from rag.pointer import model as reader
from rag.pointer import texts
from rag.pointer.texts import Sample
from rag.words import content_words

RATE, BATCH, WARM_UP = 2e-4, 32, 60
PASSAGES = 2
FROZEN = 1  # layers from below
RANK = 64
_AT_ONCE = 32
_EACH = 0.3  # what each sentence's own loss counts beside that of the choice among all
_OTHERS = 0.5  # and in it, those that do not answer


class Trainer(nn.Module):
    """The model as torch trains it."""

    def __init__(self) -> None:
        from transformers import BertModel

        super().__init__()
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.layers = BertModel.from_pretrained(str(model_directory()), add_pooling_layer=False)
        self.layers.eval()  # without dropout
        self.layers.embeddings.requires_grad_(False)
        for layer in self.layers.encoder.layer[:FROZEN]:
            layer.requires_grad_(False)
        self.head = nn.Linear(2 * DIMENSIONS, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.to(self.device)

    def forward(self, passages: Sequence[reader.Tokens]) -> list[torch.Tensor]:
        """Return the log-odds of each sentence of each passage."""
        longest = max(len(ids) for ids, _ in passages)
        ids, seen = (
            torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=self.device)
            for rows in ([row for row, _ in passages], [[1] * len(row) for row, _ in passages])
        )
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            states = self.layers(ids, attention_mask=seen).last_hidden_state.float()
        rows = [
            torch.cat([states[number, start:end].mean(0), states[number, end]])
            for number, (_, spans) in enumerate(passages)
            for start, end in spans
        ]
        odds: torch.Tensor = self.head(torch.stack(rows)).squeeze(-1)
        return list(odds.split([len(spans) for _, spans in passages]))

    def save(self, path: Path) -> None:
        """Write what was changed: of each matrix as two thin ones, whose product is nearest to the change (Eckart and
        Young 1936), in half precision."""
        before = minilm.weights()
        tensors = {"head.weight": self.head.weight[0], "head.bias": self.head.bias[0]}
        for name, weight in self.layers.state_dict().items():
            change = weight.cpu() - torch.tensor(before[name])
            if not change.any():
                continue
            if weight.ndim == 2:
                left, sizes, right = torch.linalg.svd(change, full_matrices=False)
                root = sizes[:RANK].sqrt()
                tensors[f"{name}.up"] = left[:, :RANK] * root
                tensors[f"{name}.down"] = root[:, None] * right[:RANK]
            else:
                tensors[name] = weight
        save_file(
            {name: t.detach().cpu().numpy().astype(np.float16, order="C") for name, t in tensors.items()},
            path,
        )


def loss(sample: Sample, passages: Sequence[int], odds: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the loss of the choice among all sentences and none, and of each sentence by itself."""
    places = [(p, n) for p, row in zip(passages, odds, strict=True) for n in range(len(row))]
    every = torch.cat(list(odds))
    answers = torch.tensor([place in sample.answers for place in places], device=every.device)
    counts = torch.tensor([place not in sample.open for place in places], device=every.device)
    none = every.new_zeros(1)
    right = torch.logsumexp(every[answers], 0) if answers.any() else none[0]
    choice = torch.logsumexp(torch.cat([none, every[counts]]), 0) - right
    alone = functional.binary_cross_entropy_with_logits(every, answers.float(), reduction="none")
    return choice + _EACH * (alone * torch.where(answers, 1.0, _OTHERS) * counts).sum()


def choose(sample: Sample, rng: random.Random) -> list[int]:
    """Return which passages are read: one with an answer, or where it was asked, and others that share its words."""
    count = PASSAGES + (rng.random() < 0.2)
    answering = sorted({p for p, _ in sample.answers}) or sorted(sample.home)
    chosen = rng.sample(answering, min(len(answering), count - 1 if sample.answers else 1))
    unsure = {p for p, _ in sample.open} if sample.home else set()
    asked = set(content_words(sample.question))
    shared = {
        p: len(asked & set(content_words(" ".join(passage)))) + 2 * rng.random()
        for p, passage in enumerate(sample.passages)
        if p not in chosen and p not in unsure
    }
    rest = sorted(shared, key=lambda p: -shared[p])
    if rng.random() < 0.25:
        rng.shuffle(rest)
    return chosen + rest[: count - len(chosen)]


def tokens(sample: Sample, question: str, passages: Sequence[int]) -> list[reader.Tokens]:
    """Return what is read."""
    head = reader.head(question, sample.title)
    return [
        reader.joined(head, [token_ids(s, None, ends=False) for s in sample.passages[p]]) for p in passages
    ]


def as_typed(question: str, rng: random.Random) -> str:
    """Return a question as people type them."""
    return question.lower().rstrip("?") if rng.random() < 0.08 else wording.as_typed(question, rng)


def train(samples: list[Sample], passes: float, rng: random.Random, out: Path) -> None:
    """Go through the samples so often, and write the pointer, now and then as well."""
    from tqdm import trange

    trainer = Trainer()
    rates = [
        {"params": [p for p in trainer.layers.parameters() if p.requires_grad], "lr": RATE},
        {"params": list(trainer.head.parameters()), "lr": 10 * RATE},
    ]
    optimizer = torch.optim.AdamW(rates, weight_decay=0.01)
    steps = math.ceil(passes * len(samples) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
    )
    order: list[Sample] = []
    for step in (bar := trange(steps)):
        if len(order) < BATCH:
            order = rng.sample(samples, len(samples))
        batch = [order.pop() for _ in range(BATCH)]
        chosen = [choose(sample, rng) for sample in batch]
        read = [tokens(s, as_typed(s.question, rng), p) for s, p in zip(batch, chosen, strict=True)]
        total = torch.stack(list(map(loss, batch, chosen, _forward(trainer, read)))).mean()
        total.backward()
        nn.utils.clip_grad_norm_(trainer.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        schedule.step()
        if step % 100 == 99:
            trainer.save(out)
        bar.set_postfix(loss=f"{float(total.detach()):.3f}")
    trainer.save(out)


def _forward(trainer: Trainer, read: Sequence[Sequence[reader.Tokens]]) -> list[list[torch.Tensor]]:
    """Return the log-odds for each sample's passages; those of about the same length are computed together."""
    places = [(s, p) for s, passages in enumerate(read) for p in range(len(passages))]
    places.sort(key=lambda place: len(read[place[0]][place[1]][0]))
    found: dict[tuple[int, int], torch.Tensor] = {}
    for first in range(0, len(places), _AT_ONCE):
        part = places[first : first + _AT_ONCE]
        found.update(zip(part, trainer([read[s][p] for s, p in part]), strict=True))
    return [[found[s, p] for p in range(len(passages))] for s, passages in enumerate(read)]


def main() -> None:
    """Read what there is to learn from, and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, help="SQuAD's training set, as published")
    parser.add_argument(
        "--dev", type=Path, help="a folder with the development articles that training may see"
    )
    parser.add_argument("--most", type=int, default=4500, help="questions of both")
    parser.add_argument("--qed", type=Path, nargs="*", default=[])
    parser.add_argument("--clapnq", type=Path, nargs="*", default=[])
    parser.add_argument("--passes", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)  # noqa: S311 - repeatable data, not a secret
    samples = [*texts.of_articles(articles()), *texts.of_stories()]
    asked = list(texts.of_squad(to_learn(options.squad, options.dev)))
    samples += rng.sample(asked, min(len(asked), options.most))
    passages = [passage for file in options.qed for passage in natural.qed(file)]
    passages += [passage for file in options.clapnq for passage in natural.clapnq(file)]
    samples += map(texts.of_passage, passages)
    train(samples, options.passes, rng, options.out)


if __name__ == "__main__":
    main()
