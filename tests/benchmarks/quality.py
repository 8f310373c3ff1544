"""How good the answers are: ``make bench-quality ARGS="--squad FOLDER"``. See README.md beside this file."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tests.benchmarks import suites
from tests.benchmarks.ours import ArticleChatSystem
from tests.benchmarks.peers import PEERS
from tests.benchmarks.record import RESULTS, Record
from tests.benchmarks.replies import Reply, System
from tests.benchmarks.summary import summarise
from tests.benchmarks.tables import note, show_quality

SUITES = ("battery", "squad", "distractors", "retrieval")


def main() -> None:
    """Ask what has not been asked yet, then print and write the figures."""
    options = _options()
    half = None if options.half == "all" else options.half
    if "retrieval" in options.suite:
        _retrieval(options.squad)
    groups = _groups(options, half)
    if not groups:
        return
    systems: list[System] = [] if options.only_peers else [ArticleChatSystem()]
    systems += [PEERS[name]() for name in options.peers]
    record = Record(RESULTS / "quality.jsonl")
    asked = _ask(systems, groups, record, options)
    report = {
        "half": options.half,
        "when": time.strftime("%Y-%m-%d %H:%M:%S"),
        "versions": {system.name: system.version for system in systems},
        "suites": {},
    }
    for suite in dict.fromkeys(group.suite for group in groups):
        rows = {system.name: [r for r in asked[system.name] if r["suite"] == suite] for system in systems}
        figures = {name: summarise(suite, found) for name, found in _same_questions(rows).items() if found}
        report["suites"][suite] = figures
        show_quality(suite, f"{suite}, {options.half} half", figures)
        if options.show:
            _show_failures(rows)
    path = RESULTS / f"quality-{options.half}.json"
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    note(f"Written to {path}; every answer is in {RESULTS / 'quality.jsonl'}.")


def _options() -> argparse.Namespace:
    def several(allowed: tuple[str, ...]) -> Callable[[str], list[str]]:
        def parse(text: str) -> list[str]:
            chosen = [] if text in ("", "none") else text.split(",")
            if unknown := set(chosen) - set(allowed):
                raise argparse.ArgumentTypeError(f"not one of {', '.join(allowed)}: {', '.join(unknown)}")
            return chosen

        return parse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, help="the folder of the SQuAD articles (*.json)")
    parser.add_argument("--half", choices=("report", "tune", "all"), default="report")
    add = parser.add_argument
    add("--suite", type=several(SUITES), default=list(SUITES[:3]), help=f"of {','.join(SUITES)}")
    add("--limit", type=int, help="questions of each article, evenly spread; all by default")
    add("--peers", type=several(tuple(PEERS)), default=["plain-chain"], help="or 'none'")
    add("--peer-limit", type=int, default=15, help="as --limit, for the slow peers; 0 for all")
    add("--only-peers", action="store_true", help="do not ask Article Chat")
    add("--show", action="store_true", help="print what failed (look at the tune half only)")
    options = parser.parse_args()
    if options.squad is None and set(options.suite) - {"battery"}:
        parser.error("--squad FOLDER is needed for every suite but the battery")
    return options


def _groups(options: argparse.Namespace, half: str | None) -> list[suites.Group]:
    groups = []
    if "battery" in options.suite:
        groups += suites.battery_suite(half)
    if "squad" in options.suite:
        groups += suites.squad_suite(options.squad, half)
    if "distractors" in options.suite:
        groups += suites.distractors_suite(options.squad, half)
    return groups


def _wanted(system: System, group: suites.Group, options: argparse.Namespace) -> list[suites.Item]:
    items = suites.sample(group.items, options.limit)
    if system.name in PEERS and options.peer_limit:
        # The battery and the distractors are one group each: as many as from the four articles of a half.
        return suites.sample(items, options.peer_limit * (1 if group.suite == "squad" else 4))
    return items


def _ask(
    systems: list[System], groups: list[suites.Group], record: Record, options: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """Ask every system everything that is not on record, and judge all of it."""
    rows: dict[str, list[dict[str, Any]]] = {system.name: [] for system in systems}
    total = sum(len(_wanted(system, group, options)) for system in systems for group in groups)
    with tqdm(total=total, unit="q") as bar:
        for group in groups:
            for system in systems:
                bar.set_description(f"{system.name}, {group.suite}, {group.name}")
                opened = False
                for item in _wanted(system, group, options):
                    key = (system.name, system.version, group.suite, item.id)
                    kept = record.get(*key)
                    if kept is None:
                        if not opened:
                            system.open(group.texts)
                            opened = True
                        reply = _careful(system, item)
                        kept = {"question": item.question, **reply.to_dict()}
                        if reply.status != "error":  # an error is asked again next time
                            record.put(kept, *key)
                    reply = Reply(**{k: v for k, v in kept.items() if k in Reply.__dataclass_fields__})
                    score = group.score(item, reply)
                    rows[system.name].append({"suite": group.suite, "id": item.id, **kept, **score})
                    bar.update()
        for system in systems:
            system.close()
    return rows


def _careful(system: System, item: suites.Item) -> Reply:
    try:
        return system.ask(item.question, item.history)
    except Exception as error:  # one failure must not lose a run of hours; it counts as a wrong answer
        tqdm.write(f"{system.name}: {item.id}: {type(error).__name__}: {error}", file=sys.stderr)
        return Reply("", "error", 0.0, 0.0)


def _same_questions(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Beside a peer that was asked fewer questions, ours on those alone."""
    ours = rows.get(ArticleChatSystem.name, [])
    table = dict(rows)
    for name, found in rows.items():
        ids = {row["id"] for row in found}
        if ours and found and len(ids) < len(ours):
            same = [row for row in ours if row["id"] in ids]
            table[f"{ArticleChatSystem.name}, the {len(same)} of {name}"] = same
    return table


def _show_failures(rows: dict[str, list[dict[str, Any]]]) -> None:
    for name, found in rows.items():
        for row in found:
            right = row["abstained"] if row.get("answerable") is False else row.get("right")
            if not row.get("passed", right):
                why = "; ".join(row.get("reasons", [])) or f"answerable: {row.get('answerable')}"
                note(f"{name} {row['id']}: {row['question']}\n    {row['status']}: {row['text']}\n    {why}")


def _retrieval(folder: Path) -> None:
    """Run the benchmark of the search, which has its own tables."""
    command = [sys.executable, "-m", "tests.benchmarks.retrieval", "--squad", str(folder)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
