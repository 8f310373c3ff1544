"""Measure what the checks find in answers whose rightness is known, and fit ``rag.confidence`` to it.

    python -m rag.adapter.calibrate measure --squad FILE --articles FILE --out signals.jsonl
    python -m rag.adapter.calibrate fit signals.jsonl

The questions must be about articles that the adapter was not trained on: it is too sure of those.

``--articles`` takes a line of JSON for each article: ``title``, ``text`` and ``questions`` with ``q``, ``history``,
``keys`` (groups of strings, of each of which a right answer has one; none if the article does not answer) and ``bad``
(strings of wrong answers).
"""

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import Article, Library, sentences
from rag.conversation import search_query
from rag.inquiry import Inquiry, Query
from rag.lessons.squad import read_squad
from rag.models import LanguageModel
from rag.rescue import instead
from rag.retrieval import gather
from rag.settings import Settings
from rag.verify import MIN_SCORES

_PER_ARTICLE = 40


@dataclass(frozen=True)
class Asked:
    """A question about an article, with what a right answer has in it."""

    article: Article
    question: str
    earlier: tuple[str, str] | None
    keys: list[list[str]]
    bad: list[str]

    def judge(self, sentence: str) -> bool:
        """Whether a sentence is right: it has something of what was asked for, and nothing wrong."""
        said = sentence.casefold()
        return any(_has(said, group) for group in self.keys) and not _has(said, self.bad)


def _has(said: str, strings: list[str]) -> bool:
    return any(string.casefold() in said for string in strings)


def from_squad(path: Path) -> Iterator[Asked]:
    """Read some questions of each article of a SQuAD file; half have no answer, where there are so many."""
    rng = random.Random(5)  # noqa: S311 - repeatable data, not a secret
    for title, data in read_squad(path).items():
        article = Article.from_text("\n\n".join(data["paragraphs"]), title=title.replace("_", " "))
        for answerable in (True, False):
            pool = [item for item in data["questions"] if item["answerable"] is answerable]
            for item in rng.sample(pool, min(len(pool), _PER_ARTICLE // 2)):
                yield Asked(article, item["question"].strip(), None, [item["answers"]], [])


def from_articles(path: Path) -> Iterator[Asked]:
    """Read articles with their questions."""
    for line in path.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        article = Article.from_text(data["text"], title=data["title"])
        for item in data["questions"]:
            earlier = tuple(item["history"][-1]) if item["history"] else None
            yield Asked(article, item["q"], earlier, item["keys"], item["bad"])


def measure(asked: Asked, model: LanguageModel, library: Library) -> Iterator[dict[str, Any]]:
    """Let the model answer, however unsure it is, and give what the checks find in each sentence that might be said."""
    library.add(asked.article, rename=False)
    evidence = gather(asked.question, asked.earlier, [asked.article], library)
    inquiry = Inquiry(Query(asked.question, (asked.article,), asked.earlier), evidence, model)
    text = "".join(piece.text for piece in inquiry.begin(writing=True))
    tried = [text[start:end] for start, end in sentences(text)]
    for sentence in tried.copy():
        verdict = inquiry.check(sentence)
        tried += [] if verdict.sources else instead(sentence, verdict)
    tried += [source.text for source in evidence.closest(search_query(asked.question, asked.earlier), 1)]
    for sentence in dict.fromkeys(tried):
        yield {
            "article": asked.article.title,
            "question": asked.question,
            "said": sentence,
            "right": asked.judge(sentence),
            "signals": inquiry.check(sentence).signals,
        }


def fit(rows: list[dict[str, Any]]) -> None:
    """Print the weights, and how well the probability tells the model's right sentences from its wrong ones.

    The weights come from all articles, the figures from those that the weights had not seen.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # it has no stubs
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]  # as above
    from sklearn.model_selection import GroupKFold, cross_val_predict  # type: ignore[import-untyped]  # as above

    from rag.confidence import logit

    rows = [row for row in rows if row["signals"]]
    x = np.array([[*map(logit, row["signals"][:3]), row["signals"][3]] for row in rows])
    y = np.array([row["right"] for row in rows])
    groups = [row["article"] for row in rows]
    model = LogisticRegression(C=1.0)
    unseen = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(5), method="predict_proba")[:, 1]
    model.fit(x, y)
    print("weights:", [round(float(w), 2) for w in (*model.intercept_, *model.coef_[0])])
    print(f"{len(rows)} sentences, {y.mean():.2f} right, AUC {roc_auc_score(y, unseen):.3f}")
    for name, column in zip(("found", "relevance", "states", "coverage"), x.T, strict=True):
        print(f"  {name:10} alone: AUC {roc_auc_score(y, column):.3f}")
    for limit in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        kept = unseen >= limit
        print(f"  at {limit}: {kept[y].mean():.2f} of the right are kept, {kept[~y].mean():.2f} of the wrong")


def main() -> None:
    """Run one of the two steps."""
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    first = steps.add_parser("measure")
    first.add_argument("--squad", type=Path, nargs="*", default=[])
    first.add_argument("--articles", type=Path, nargs="*", default=[])
    first.add_argument("--out", type=Path, required=True)
    steps.add_parser("fit").add_argument("signals", type=Path)
    options = parser.parse_args()
    if options.step == "fit":
        fit([json.loads(line) for line in options.signals.read_text().splitlines()])
        return
    MIN_SCORES["lenient"] = 0.0  # nothing is declined but what no check can save
    model, library = (
        LanguageModel(Settings(strictness="lenient")),
        Library(options.out.with_suffix(".library")),
    )
    asked = [one for path in options.squad for one in from_squad(path)]
    asked += [one for path in options.articles for one in from_articles(path)]
    with options.out.open("w") as out:
        for one in tqdm(asked):
            for row in measure(one, model, library):
                out.write(json.dumps(row) + "\n")
            out.flush()
    model.close()
    library.close()


if __name__ == "__main__":
    main()
