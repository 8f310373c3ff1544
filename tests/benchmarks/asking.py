"""Speed of answers: over the seed article, over a long one, for four people at once, and by length."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from tests.benchmarks import peer_model, texts
from tests.benchmarks.figures import spread
from tests.benchmarks.ours import ArticleChatSystem, Typing
from tests.benchmarks.peers import PEERS
from tests.benchmarks.replies import Asked, Reply, System, Turn

LENGTHS = (1_000, 3_000, 10_000, 30_000, 100_000)
PEOPLE = 4


class Budget:
    """Time that one item may take; what was measured until then is reported."""

    def __init__(self, minutes: float) -> None:
        self._end = time.monotonic() + 60 * minutes

    def over(self) -> bool:
        """Whether it is spent."""
        return time.monotonic() > self._end


def seed(systems: Sequence[System], number: int, budget: Budget) -> dict[str, Any]:
    """Warm, different questions over the seed article."""
    _open(systems, [texts.seed()])
    _interleave(systems, [(texts.WARM_UP, ())], budget, "warming up")
    return _times(_interleave(systems, [(q, ()) for q in texts.seed_questions(number)], budget, "seed"))


def long(systems: Sequence[System], folder: Path, number: int, budget: Budget) -> dict[str, Any]:
    """Warm, different questions over a long article, and a follow-up to some of them.

    The first of the systems is ours. It is asked again by somebody who types, and when it has read the article ahead.
    """
    ours = systems[0]
    assert isinstance(ours, ArticleChatSystem)
    ours.forget()
    _open(systems, [texts.long(folder)])
    _interleave(systems, [(texts.WARM_UP, ())], budget, "warming up")
    questions = [(q, ()) for q in texts.long_questions(folder, number)]
    replies = _interleave(systems, questions, budget, "long")
    turns: list[tuple[str, Sequence[Turn]]] = []
    for question in texts.long_questions(folder, max(1, number // 4), answerable=True):
        said = ours.ask(question).text
        turns += [(question, ()), (texts.FOLLOW_UP, ((question, said),))]

    def follow_up(systems: Sequence[Asked], what: str) -> dict[str, list[Reply]]:
        """Ask each question, and after it what else there is about it."""
        return {name: found[1::2] for name, found in _interleave(systems, turns, budget, what).items()}

    further = follow_up(systems, "follow-ups")
    typing = Typing(ours)
    ours.forget()
    _interleave([ours], [(texts.WARM_UP, ())], budget, "warming up")
    replies.update(_interleave([typing], questions, budget, "typed"))
    further.update(follow_up([typing], "typed follow-ups"))
    ours.forget()
    _interleave([ours], [(texts.WARM_UP, ())], budget, "warming up")
    start = time.perf_counter()
    ours.read_ahead()
    seconds = time.perf_counter() - start
    ahead = f"{ours.name}, read ahead"
    replies[ahead] = _interleave([ours], questions, budget, "read ahead")[ours.name]
    further[ahead] = follow_up([ours], "read ahead, follow-ups")[ours.name]
    return {
        "questions": _times(replies),
        "follow_ups": _times(further),
        "read_ahead_seconds": seconds,
    }


def four(names: Sequence[str], rounds: int, budget: Budget) -> dict[str, Any]:
    """Four people ask different questions over the seed article at the same moment."""
    peer_model.stop_peer_server()
    questions = texts.seed_questions(PEOPLE * rounds)
    found: dict[str, Any] = {}
    for name in names:
        system: System = PEERS[name](slots=PEOPLE) if name in PEERS else ArticleChatSystem()
        _open([system], [texts.seed()])
        people: list[list[Reply]] = [[] for _ in range(PEOPLE)]
        for turn in tqdm(range(rounds), desc=f"four at once, {name}"):
            if not budget.over():
                _together(system, questions[turn * PEOPLE : (turn + 1) * PEOPLE], people)
        system.close()
        totals = [reply.total_seconds for replies in people for reply in replies]
        found[name] = {
            "people": [_summary(replies) for replies in people],
            "all": _summary([reply for replies in people for reply in replies]),
            "slowest_to_fastest": max(totals) / min(totals) if totals else None,
        }
    peer_model.stop_peer_server()
    return found


def growth(names: Sequence[str], folder: Path, lengths: Sequence[int], budget: Budget) -> dict[str, Any]:
    """Indexing and answering, by how long the article is."""
    questions = [(q, ()) for q in texts.early_questions(folder, 3)]
    found: dict[str, Any] = {name: {} for name in names}
    for name in names:
        with TemporaryDirectory(ignore_cleanup_errors=True) as kept:
            system: System = PEERS[name]() if name in PEERS else ArticleChatSystem(Path(kept) / "library")
            _open([system], [texts.seed()])  # the models are loaded before anything is timed
            for words in tqdm(lengths, desc=f"growth, {name}"):
                if budget.over():
                    break
                start = time.perf_counter()
                system.open([texts.of_length(folder, words)])
                opened = time.perf_counter() - start
                replies = _interleave([system], questions, budget, f"{words:,} words")
                found[name][str(words)] = {"open_seconds": opened, **_summary(replies[system.name])}
            system.close()
    return found


def _open(systems: Sequence[System], articles: Sequence[texts.Text]) -> None:
    for system in systems:
        system.open(articles)


def _interleave(
    systems: Sequence[Asked], questions: Sequence[tuple[str, Sequence[Turn]]], budget: Budget, what: str
) -> dict[str, list[Reply]]:
    """Ask everyone each question in turn, another one first each time, so that all see the same machine."""
    replies: dict[str, list[Reply]] = {system.name: [] for system in systems}
    for place, (question, history) in enumerate(tqdm(questions, desc=what)):
        if budget.over():
            break
        for offset in range(len(systems)):
            system = systems[(place + offset) % len(systems)]
            replies[system.name].append(system.ask(question, history))
    return replies


def _together(system: System, questions: Sequence[str], people: list[list[Reply]]) -> None:
    ready = threading.Barrier(len(questions))

    def one(question: str, keep: Callable[[Reply], None]) -> None:
        ready.wait()
        keep(system.ask(question))

    threads = [
        threading.Thread(target=one, args=(question, replies.append))
        for question, replies in zip(questions, people, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _times(replies: dict[str, list[Reply]]) -> dict[str, Any]:
    return {name: _summary(found) for name, found in replies.items()}


def _summary(replies: Sequence[Reply]) -> dict[str, Any]:
    stages = {stage for reply in replies for stage in reply.timings}
    return {
        "sign": spread([r.sign_seconds for r in replies if r.sign_seconds is not None]),
        "first": spread([r.first_seconds for r in replies]),
        "total": spread([r.total_seconds for r in replies]),
        "declined": sum(r.status == "not_in_article" for r in replies),
        "timings": {s: spread([r.timings[s] for r in replies if s in r.timings]) for s in sorted(stages)},
    }
