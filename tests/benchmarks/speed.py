"""How fast it is: ``make bench-speed ARGS="--squad FOLDER"``. See README.md beside this file."""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import asking, indexing, peer_model, processes
from tests.benchmarks.asking import Budget
from tests.benchmarks.ours import ArticleChatSystem
from tests.benchmarks.peers import PEERS
from tests.benchmarks.record import RESULTS
from tests.benchmarks.replies import System
from tests.benchmarks.speed_tables import SHOW
from tests.benchmarks.tables import note

ITEMS = ("seed", "long", "cold", "index", "memory", "four", "growth")
NEED_SQUAD = {"long", "index", "growth"}


def main() -> None:
    """Measure what was asked for, print it as it comes, and write it down after each item."""
    options = _options()
    path = RESULTS / "speed.json"
    path.parent.mkdir(exist_ok=True)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > 0.5:
        note(f"The machine is busy (load {load:.1f}): only the ratios mean something.")
    for item in options.items:
        found = _measure(item, options)
        report[item] = {
            "when": time.strftime("%Y-%m-%d %H:%M:%S"),
            "machine": _machine(),
            "load": load,
            **found,
        }
        SHOW[item](found["figures"])
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    note(f"Written to {path}.")


def _options() -> argparse.Namespace:
    def several(*allowed: str) -> Callable[[str], list[str]]:
        def parse(text: str) -> list[str]:
            chosen = [] if text in ("", "none") else text.split(",")
            if unknown := set(chosen) - set(allowed):
                raise argparse.ArgumentTypeError(f"not one of {', '.join(allowed)}: {', '.join(unknown)}")
            return chosen

        return parse

    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--squad", type=Path, help="the folder of the SQuAD articles (*.json)")
    add("--items", type=several(*ITEMS), default=list(ITEMS), help=f"of {','.join(ITEMS)}")
    add("--peers", type=several(*PEERS), default=list(PEERS), help=f"of {','.join(PEERS)}, or 'none'")
    add("--limit", type=int, default=20, help="questions of the items that ask (default: %(default)s)")
    add("--runs", type=int, default=3, help="repetitions of the others (default: %(default)s)")
    add("--minutes", type=float, default=15, help="at most, for each item (default: %(default)s)")
    options = parser.parse_args()
    if options.squad is None and NEED_SQUAD & set(options.items):
        parser.error(f"--squad FOLDER is needed for {', '.join(sorted(NEED_SQUAD & set(options.items)))}")
    return options


def _measure(item: str, options: argparse.Namespace) -> dict[str, Any]:
    budget = Budget(options.minutes)
    start = time.perf_counter()
    names = [ArticleChatSystem.name, *options.peers]
    if item in ("seed", "long"):
        systems: list[System] = [ArticleChatSystem()]
        systems += [PEERS[name]() for name in options.peers]
        try:
            if item == "seed":
                figures = asking.seed(systems, options.limit, budget)
            else:
                figures = asking.long(systems, options.squad, options.limit, budget)
        finally:
            for system in systems:
                system.close()
            peer_model.stop_peer_server()
    elif item == "cold":
        figures = processes.cold(options.peers, options.runs, budget)
    elif item == "index":
        figures = indexing.indexing(options.squad, options.runs, budget)
    elif item == "memory":
        figures = processes.memory(options.peers, options.limit)
    elif item == "four":
        figures = asking.four(names, options.runs, budget)
    else:
        lengths = asking.LENGTHS if options.limit >= len(asking.LENGTHS) else asking.LENGTHS[: options.limit]
        figures = asking.growth(names, options.squad, lengths, budget)
    return {"seconds": round(time.perf_counter() - start), "figures": figures}


def _machine() -> dict[str, Any]:
    return {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}


if __name__ == "__main__":
    main()
