"""Train what tells questions about the whole article from others (``rag.scope``).

    python -m rag.adapter.scope --out rag/scope.npz

Learns from the questions of the training stories, where ``S:`` marks those about the whole, from ``about_whole.txt``
and from ``out_of_scope.txt``; takes seconds.
"""

import argparse
from pathlib import Path

import numpy as np

from index.minilm import MiniLM
from rag.adapter import stories

_HERE = Path(__file__).parent
_DECAY = 3e-3


def main() -> None:
    """Fit the logistic regression, say how well it does on stories left out, and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    told = [
        (q.question, q.about_whole, n % 5)
        for n, story in enumerate(stories.stories())
        for q in story.questions
    ]
    for number, line in enumerate((_HERE / "about_whole.txt").read_text(encoding="utf-8").splitlines()):
        told.append((line, True, number % 5))
    for number, line in enumerate((_HERE / "out_of_scope.txt").read_text(encoding="utf-8").splitlines()):
        told.append((line, False, number % 5))
    encoder = MiniLM()
    x = np.stack([encoder.query(question) for question, _, _ in told])
    y = np.array([float(whole) for _, whole, _ in told])
    fold = np.array([number for _, _, number in told])
    wrong = []
    for left_out in range(5):
        weights, bias = _fit(x[fold != left_out], y[fold != left_out])
        said = x @ weights + bias > 0
        wrong += [n for n in np.flatnonzero(fold == left_out) if said[n] != y[n]]
    missed = sum(y[n] == 1 for n in wrong)
    print(
        f"left out: {missed} of {int(y.sum())} missed, {len(wrong) - missed} of {int((1 - y).sum())} wrongly taken"
    )
    for n in wrong:
        print("   ", int(y[n]), told[n][0])
    weights, bias = _fit(x, y)
    np.savez_compressed(options.out, weights=weights.astype(np.float32), bias=np.float32(bias))


def _fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit by Newton's method, with both kinds weighing the same."""
    ones = np.hstack([x, np.ones((len(x), 1))])
    share = np.where(y == 1, 0.5 / max(1, y.sum()), 0.5 / max(1, (1 - y).sum()))
    decay = np.full(ones.shape[1], _DECAY)
    decay[-1] = 0
    w = np.zeros(ones.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-ones @ w))
        gradient = ones.T @ (share * (p - y)) + decay * w
        hessian = ones.T @ (ones * (share * p * (1 - p))[:, None]) + np.diag(decay + 1e-9)
        w -= np.linalg.solve(hessian, gradient)
    return w[:-1], float(w[-1])


if __name__ == "__main__":
    main()
