"""The suites of questions that quality is measured on, and how their answers are scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import battery, squad
from tests.benchmarks.replies import Reply, Turn

SEED_TITLE = "Meta's Scale AI deal"

Row = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """One question, and what is needed to score its answer."""

    id: str
    question: str
    history: tuple[Turn, ...]
    data: Any


@dataclass(frozen=True)
class Group:
    """Questions that are asked over the same open articles."""

    suite: str
    name: str
    texts: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    score: Callable[[Item, Reply], Row] = field(repr=False)


def sample(items: Sequence[Item], count: int | None) -> list[Item]:
    """So many of the items, evenly spread over kinds and order; all of them for None."""
    if count is None or count >= len(items):
        return list(items)
    ordered = sorted(items, key=lambda item: getattr(item.data, "answerable", False))
    return [ordered[int((n + 0.5) * len(ordered) / count)] for n in range(count)]


def battery_suite(half: str | None) -> list[Group]:
    """The questions over the seed article."""
    text = battery.SEED.read_text(encoding="utf-8")
    items = tuple(
        Item(case["id"], case["question"], tuple((q, a) for q, a in case["history"]), case)
        for case in battery.cases(half)
    )
    shown = _loaded(text).text

    def score(item: Item, reply: Reply) -> Row:
        verdict = battery.judge(item.data, reply, shown)
        return {
            "kind": item.data["kind"],
            "passed": verdict.passed,
            "invented": verdict.invented,
            "reasons": list(verdict.reasons),
        }

    return [Group("battery", "seed", ((SEED_TITLE, text),), items, score)]


def squad_suite(folder: Path, half: str | None) -> list[Group]:
    """The data set's questions, each asked over its own article."""
    groups = []
    for name in squad.names(half):
        source = squad.source(folder, name)
        items = _items(squad.questions(folder, name))
        groups.append(Group("squad", name, ((source.title, source.text),), items, _scorer({name: source})))
    return groups


def distractors_suite(folder: Path, half: str | None) -> list[Group]:
    """The same questions, asked over all eight articles at once."""
    sources = {name: squad.source(folder, name) for name in squad.names(None)}
    items = _items([q for name in squad.names(half) for q in squad.questions(folder, name)])
    texts = tuple((source.title, source.text) for source in sources.values())
    return [Group("distractors", "all eight", texts, items, _scorer(sources))]


def _items(questions: Sequence[squad.Question]) -> tuple[Item, ...]:
    return tuple(Item(q.id, q.question, (), q) for q in questions)


def _scorer(sources: dict[str, squad.Source]) -> Callable[[Item, Reply], Row]:
    loaded = {name: _loaded(source.text) for name, source in sources.items()}

    def score(item: Item, reply: Reply) -> Row:
        q: squad.Question = item.data
        abstained = reply.status == "not_in_article"
        answers = reply.status in ("answered", "partial")
        row: Row = {
            "article": q.article,
            "answerable": q.answerable,
            "abstained": abstained,
            "right": answers and squad.contains_answer(reply.text, q.answers),
            "f1": squad.token_f1(reply.text, q.answers) if answers else 0.0,
            "error": reply.status == "error",
        }
        if q.answerable and answers and reply.citations is not None:
            article = loaded[q.article]
            start, end = sources[q.article].span(q.paragraph, article.text)
            inside = [
                c["article_id"] == article.id and c["start"] < end and start < c["end"]
                for c in reply.citations
            ]
            row |= {"cited": any(inside), "inside": sum(inside), "citations": len(inside)}
        return row

    return score


def _loaded(text: str) -> Any:
    from index import Article

    return Article.from_text(text)
