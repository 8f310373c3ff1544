"""Measure the pointer, or the reader's adapter, on the articles that nothing is trained on.

    python -m rag.lessons.measure pointer
    python -m rag.lessons.measure adapter --limit 5

needs ``pip install tqdm`` besides the program. The adapter judges the short articles, which are read whole, and some
three sentences for each question; a judgement takes a second on two cores.

A sentence that may or may not pass as an answer counts neither way, nor does a question that has only such ones.
"""

import argparse
import random
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from index.splitting import sentences
from rag import prompts
from rag.conversation import search_query
from rag.lessons.articles import KEPT_APART, Numbered, articles
from rag.lessons.questions import Question
from rag.models import LanguageModel
from rag.pointer import point
from rag.retrieval import short, whole
from rag.settings import Settings
from rag.words import share

SURE = (0.5, 2.0)
"""Log-odds from which it is told how often the pointer is right; from the first one ``rag.quotes`` believes it."""

Judged = tuple[bool, float]
"""Whether something is right, and a number that should be higher if it is."""


class Pointed(NamedTuple):
    """The log-odds of the sentence that the pointer ranks first, and how many it ranks before all that answer; None if
    the article does not answer."""

    odds: float
    rank: int | None


def pointed(numbered: Numbered, item: Question) -> Pointed:
    """Let the pointer read an article for a question."""
    texts = [numbered.text(number) for number in numbered.places]
    (found,) = point(search_query(item.question, item.earlier), [(numbered.article.title, texts)])
    odds = {n: one for n, one in zip(numbered.places, found, strict=True) if n not in item.near}
    ranked = sorted(odds, key=lambda number: -odds[number])
    rank = next((place for place, number in enumerate(ranked) if number in item.answers), None)
    return Pointed(odds[ranked[0]], rank)


def judged(numbered: Numbered, item: Question, model: LanguageModel) -> tuple[Judged, list[Judged]]:
    """Let the model judge whether an article answers a question, and which sentences do.

    Args:
        numbered: The article.
        item: The question.
        model: The built-in model.

    Returns:
        The judgement on the article, and those on sentences: on the answer in words and the article's own that answer,
        on the wrong ones, and on the one of the article's others that shares most words with the question.
    """
    article = prompts.article_part(whole(numbered.article).texts)
    asked = prompts.question_part(item.question, item.earlier)

    def judge(rest: str) -> float:
        found = model.agrees(article, rest, remember=True)
        assert found is not None  # only other models say nothing
        return found

    tried = [(True, item.said[start:end]) for start, end in sentences(item.said)]
    tried += [(True, numbered.text(number)) for number in sorted(item.answers)]
    tried += [(False, said) for said in item.wrong]
    if not item.about_whole:
        query = search_query(item.question, item.earlier)
        others = [numbered.text(n) for n in numbered.places if n not in item.answers | item.near]
        tried.append((False, max(others, key=lambda text: share(query, text))))
    gate = (bool(item.said), judge(asked))
    return gate, [(right, judge(prompts.answer_part(asked, said))) for right, said in tried]


def auc(every: Sequence[Judged]) -> float:
    """Return how probably something right has a higher number than something that is not."""
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]  # it has no stubs

    return float(roc_auc_score(*zip(*every, strict=True)))


def of_pointer(every: Sequence[Pointed]) -> list[str]:
    """Return what the pointer is worth, in lines."""
    ranks = [one.rank for one in every if one.rank is not None]
    lines = [
        f"{len(every)} questions, {len(ranks)} with an answer",
        f"{sum(rank < 1 for rank in ranks) / len(ranks):.3f}  a sentence that answers is first",
        f"{sum(rank < 3 for rank in ranks) / len(ranks):.3f}  one is among the first three",
        f"{auc([(one.rank is not None, one.odds) for one in every]):.3f}  AUC: is there an answer",
    ]
    for limit in SURE:
        right = [one.rank == 0 for one in every if one.odds >= limit]
        kept = sum(right) / max(1, len(right))
        lines.append(f"{kept:.3f}  the first answers, of {len(right)} with log-odds of {limit} or more")
    return lines


def main() -> None:
    """Measure one of the two."""
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description="Measure a small model on the articles kept apart.")
    parser.add_argument("model", choices=("pointer", "adapter"))
    parser.add_argument("--limit", type=int, default=1_000, help="questions of each article")
    options = parser.parse_args()
    adapter = options.model == "adapter"
    rng = random.Random(1)  # noqa: S311 - the same questions each time, not a secret
    asked: list[tuple[Numbered, Question]] = []
    for numbered in articles(KEPT_APART):
        if adapter and not short([numbered.article]):
            continue
        clear = [item for item in numbered.questions if item.said or not item.near]
        items = [item for item in clear if adapter or not item.about_whole]
        asked += [(numbered, item) for item in rng.sample(items, min(len(items), options.limit))]
    if adapter:
        with closing(LanguageModel(Settings())) as model:
            found = [judged(numbered, item, model) for numbered, item in tqdm(asked)]
        gates, tried = [gate for gate, _ in found], [one for _, some in found for one in some]
        lines = [
            f"{auc(gates):.3f}  AUC: does the article answer, {len(gates)} questions",
            f"{auc(tried):.3f}  AUC: does the sentence answer, {len(tried)} sentences",
        ]
    else:
        lines = of_pointer([pointed(numbered, item) for numbered, item in tqdm(asked)])
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
