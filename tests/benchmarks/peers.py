"""The systems that Article Chat is compared with, by name.

``python -m tests.benchmarks.peers NAME FILE QUESTION...`` asks one of them in a process of its own, as a
user's script would, and prints a JSON object for each answer.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.llama_index_engine import LlamaIndexEngine
from tests.benchmarks.plain_chain import PlainChain
from tests.benchmarks.replies import System

PEERS: dict[str, Callable[..., System]] = {"plain-chain": PlainChain, "llama-index": LlamaIndexEngine}


def main() -> None:
    """Answer the questions of the command line."""
    name, file, *questions = sys.argv[1:]
    system = PEERS[name]()
    path = Path(file)
    system.open([(path.stem, path.read_text(encoding="utf-8"))])
    for question in questions:
        print(json.dumps(system.ask(question).to_dict(), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
