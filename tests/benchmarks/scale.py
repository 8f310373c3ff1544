"""What a library costs as it grows: filling, adding one article, searching, memory and disk.

Vectors and texts are synthetic: random directions, and words as frequent as words are. llama-index's default
store and txtai's index, as it comes and with its words as well, are measured on the same texts and vectors.
Each size runs in a process of its own, so that memory can be told.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from tests.benchmarks.figures import percentile
from tests.benchmarks.record import RESULTS
from tests.benchmarks.tables import show

SIZES = (1_000, 10_000, 100_000)
DIMENSIONS = 384
_PASSAGES = 500
"""In each article that the library is filled with."""
_SMALL = 20
"""In the article whose adding is timed."""
_QUESTIONS = 100
_VOCABULARY = [
    "".join(random.Random(number).choices("aeioubdfgklmnprstv", k=3 + number % 6))  # noqa: S311 - no secret
    for number in range(20_000)
]
_WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(_VOCABULARY))))


class Synthetic(Embeddings):
    """A direction for each text, always the same."""

    name = "synthetic"
    max_tokens = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """One token for each word."""
        return [len(text.split()) for text in texts]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """A vector."""
        seed = int.from_bytes(text.encode()[-64:], "little")
        vector = np.random.default_rng(seed).standard_normal(DIMENSIONS)
        made: list[float] = (vector / np.linalg.norm(vector)).tolist()
        return made


def paragraph(number: int) -> str:
    """A paragraph of 80 words, as frequent as words are."""
    draw = random.Random(number)  # noqa: S311 - no secret
    return " ".join(draw.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=79)) + f" {number}."


def question(number: int) -> str:
    """A question of nine words."""
    draw = random.Random(-number)  # noqa: S311 - no secret
    return "what is " + " ".join(draw.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=7)) + "?"


def measure(system: str, size: int) -> dict[str, float]:
    """The figures of one system at one size, in this process."""
    import psutil

    process = psutil.Process()
    with TemporaryDirectory(ignore_cleanup_errors=True) as kept:
        before = process.memory_info().rss
        start = time.perf_counter()
        add, search, close = SYSTEMS[system](Path(kept), size)
        filled = time.perf_counter() - start
        search(question(0))  # what is loaded once is not timed
        one = _timed(lambda: add(size, _SMALL))
        times = [_timed(lambda n=n: search(question(n))) for n in range(1, _QUESTIONS + 1)]
        memory = process.memory_info().rss - before
        close()
        disk = sum(file.stat().st_size for file in Path(kept).rglob("*") if file.is_file())
    return {
        "passages": size,
        "fill seconds": filled,
        "add one article ms": one * 1e3,
        "search p50 ms": percentile(times, 0.5) * 1e3,
        "search p95 ms": percentile(times, 0.95) * 1e3,
        "memory MB": memory / 1e6,
        "disk MB": disk / 1e6,
    }


Parts = tuple[Callable[[int, int], object], Callable[[str], object], Callable[[], None]]


def _ours(kept: Path, size: int) -> Parts:
    from index import Article, Library

    library = Library(kept, embeddings=Synthetic())

    def add(first: int, count: int) -> object:
        text = "\n\n".join(map(paragraph, range(first, first + count)))
        return library.add(Article.from_text(text, title=str(first)))

    for first in range(0, size, _PASSAGES):
        add(first, min(_PASSAGES, size - first))
    return add, lambda text: library.search(text, k=5), library.close


def _llama_index(kept: Path, size: int) -> Parts:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.schema import TextNode

    vectors = Synthetic()

    class Model(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return vectors.embed_query(text)

        def _get_query_embedding(self, query: str) -> list[float]:
            return vectors.embed_query(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return vectors.embed_query(query)

    index = VectorStoreIndex(nodes=[], embed_model=Model())

    def add(first: int, count: int) -> object:
        texts = list(map(paragraph, range(first, first + count)))
        index.insert_nodes([TextNode(text=text, embedding=vectors.embed_query(text)) for text in texts])
        return None

    add(0, size)
    retriever = index.as_retriever(similarity_top_k=5)
    return add, retriever.retrieve, lambda: index.storage_context.persist(str(kept))


def _txtai(kept: Path, size: int, *, hybrid: bool = False) -> Parts:
    from txtai import Embeddings as Index

    vectors = Synthetic()
    index = Index(
        {
            "method": "external",
            "transform": lambda texts: np.array(vectors.embed_documents(texts), dtype=np.float32),
            "content": False,
            **({"hybrid": True} if hybrid else {}),
        }
    )

    def add(first: int, count: int) -> object:
        return index.upsert([(number, paragraph(number), None) for number in range(first, first + count)])

    index.index((number, paragraph(number), None) for number in range(size))
    return add, lambda text: index.search(text, 5), lambda: index.save(str(kept))


SYSTEMS: dict[str, Callable[[Path, int], Parts]] = {
    "article-chat": _ours,
    "llama-index": _llama_index,
    "txtai": _txtai,
    "txtai, hybrid": partial(_txtai, hybrid=True),
}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(out: Path, sizes: Sequence[int] = SIZES) -> list[dict[str, Any]]:
    """Measure all systems at all sizes, print a table, and keep the figures.

    Args:
        out: The JSON file to write.
        sizes: How many passages.
    """
    rows = []
    for system in SYSTEMS:
        for size in sizes:
            command = [sys.executable, "-m", "tests.benchmarks.scale", "--one", system, "--sizes", str(size)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append({"system": system, **json.loads(done.stdout.splitlines()[-1])})
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    show("Cost and size (synthetic vectors)", list(rows[0]), [list(row.values()) for row in rows])
    return rows


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="how many passages")
    parser.add_argument("--out", type=Path, default=RESULTS / "scale.json", help="JSON file to write")
    parser.add_argument("--one", choices=SYSTEMS, help="measure one system at one size, and print JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.sizes[0])))
    else:
        run(options.out, options.sizes)


if __name__ == "__main__":
    main()
