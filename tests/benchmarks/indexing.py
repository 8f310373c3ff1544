"""Speed of indexing: an article of 50,000 words from its file to ready, ours and the plain chain's."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from tests.benchmarks import peer_model, texts
from tests.benchmarks.asking import Budget
from tests.benchmarks.figures import spread
from tests.benchmarks.plain_chain import PlainChain

WORDS = 50_000


def indexing(folder: Path, runs: int, budget: Budget, words: int = WORDS) -> dict[str, Any]:
    """Index the same file anew in each run, models and libraries being loaded."""
    found: dict[str, list[dict[str, float]]] = {"article-chat": [], "plain-chain": []}
    with TemporaryDirectory(ignore_cleanup_errors=True) as kept:
        file = Path(kept) / "long.txt"
        file.write_text(texts.of_length(folder, words)[1], encoding="utf-8")
        peer_model.embed(["loaded before anything is timed"])
        for run in tqdm(range(runs), desc="indexing"):
            if run and budget.over():
                break
            found["article-chat"].append(_ours(file, Path(kept) / f"library-{run}"))
            found["plain-chain"].append(_plain(file))
    return {
        name: {key: spread([run[key] for run in measured]) for key in measured[0]}
        for name, measured in found.items()
    }


def _ours(file: Path, folder: Path) -> dict[str, float]:
    from index import Article, Library, load, split

    library = Library(folder)
    library.add(Article.from_text("Loaded before anything is timed."))
    start = time.perf_counter()
    article = load(file)
    library.add(article)
    seconds = time.perf_counter() - start
    library.close()
    passages = split(article)
    return _figures(seconds, [article.text[p.start : p.end] for p in passages])


def _plain(file: Path) -> dict[str, float]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    chain = PlainChain()
    start = time.perf_counter()
    text = file.read_text(encoding="utf-8")
    chain.index([(file.stem, text)])
    seconds = time.perf_counter() - start
    chain.close()
    chunks = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50).split_text(text)
    return _figures(seconds, chunks)


def _figures(seconds: float, passages: list[str]) -> dict[str, float]:
    tokens = sum(len(ids) for ids in peer_model.embedder().tokenizer(passages, truncation=False)["input_ids"])
    return {
        "seconds": seconds,
        "passages": float(len(passages)),
        "passages_per_second": len(passages) / seconds,
        "tokens_per_second": tokens / seconds,
    }
