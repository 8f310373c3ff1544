"""How often the right paragraph is found: ours, by meaning and by words alone and together, and our peers.

Every system gives an order of passages. It is read as an order of paragraphs, each counted where it first
appears, so that a peer's long chunks are not punished for their length. All use the same embedding weights.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

from tests.benchmarks import squad
from tests.benchmarks.record import RESULTS
from tests.benchmarks.tables import show

Place = tuple[str, int, int]
"""An article's name and where in its text a passage starts and ends."""
Ranked = dict[str, list[Place]]
"""For each system, its passages, the best first."""
Search = Callable[[str], Ranked]

_DEPTH = 60
_CUTS = (1, 3, 5)


def run(folder: Path, out: Path) -> dict[str, Any]:
    """Measure, print and keep the figures.

    Args:
        folder: Where the articles with questions are.
        out: The JSON file to write.
    """
    sources = [squad.source(folder, name) for name in squad.names(None)]
    figures: dict[str, Any] = {"within": {}, "among": {}}
    with TemporaryDirectory(ignore_cleanup_errors=True) as kept:
        within: dict[str, dict[str, list[int]]] = {}
        for source in tqdm(sources, desc="within one article"):
            within[source.name] = _ranks(folder, [source], Path(kept) / source.name)
        among = _ranks(folder, sources, Path(kept) / "all")
    for half in ("tune", "report"):
        names = squad.names(half)
        figures["within"][half] = {
            system: _figures([rank for name in names for rank in within[name][system]])
            for system in within[names[0]]
        }
    figures["articles"] = {
        name: {system: _figures(ranks) for system, ranks in found.items()} for name, found in within.items()
    }
    figures["among"] = {system: _figures(ranks) for system, ranks in among.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    _show(figures)
    return figures


def _ranks(folder: Path, sources: Sequence[squad.Source], kept: Path) -> dict[str, list[int]]:
    """The rank of the right paragraph for every answerable question about the sources."""
    places = {source.name: _paragraphs(source) for source in sources}
    ranks: dict[str, list[int]] = {}
    for make in (_ours, _langchain, _llama_index, _txtai):
        search, close = make(sources, kept)
        for source in sources:
            for question, paragraph in squad.answerable(folder, source.name):
                for system, passages in search(question).items():
                    rank = _rank(passages, places, (source.name, paragraph))
                    ranks.setdefault(system, []).append(rank)
        close()
    return ranks


def _paragraphs(source: squad.Source) -> list[tuple[int, int]]:
    starts, offset = [], 0
    for paragraph in source.paragraphs:
        starts.append((offset, offset + len(paragraph)))
        offset += len(paragraph) + 2
    return starts


def _rank(passages: Sequence[Place], places: dict[str, list[tuple[int, int]]], right: tuple[str, int]) -> int:
    seen: dict[tuple[str, int], None] = {}
    for name, start, end in passages:
        for number, (first, last) in enumerate(places[name]):
            if start < last and first < end:
                seen[name, number] = None
        if right in seen:
            return list(seen).index(right) + 1
    return 10**6


def _ours(sources: Sequence[squad.Source], kept: Path) -> tuple[Search, Callable[[], None]]:
    from index import Article, Library

    library = Library(kept)
    names = {}
    for source in sources:
        article = Article.from_text(source.text, title=source.title, source=source.name)
        if article.text != source.text:
            raise ValueError(f"the text of {source.name} has changed, so that paragraphs cannot be compared")
        names[article.id] = source.name
        library.add(article)

    def search(question: str) -> Ranked:
        hits = library.search(question, k=_DEPTH * 3)

        def order(key: Callable[[Any], float]) -> list[Place]:
            best = sorted(hits, key=key, reverse=True)[:_DEPTH]
            return [(names[h.passage.article_id], h.passage.start, h.passage.end) for h in best]

        return {
            "article-chat, hybrid": order(lambda hit: hit.score),
            "article-chat, by meaning": order(lambda hit: hit.dense),
            "article-chat, by words": order(lambda hit: hit.lexical),
        }

    return search, library.close


def _langchain(sources: Sequence[squad.Source], kept: Path) -> tuple[Search, Callable[[], None]]:
    """The tutorial's retriever: 1,000 characters with 200 of overlap, Chroma as it comes."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from tests.benchmarks.plain_chain import embeddings

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    documents = [Document(source.text, metadata={"name": source.name}) for source in sources]
    store = Chroma(collection_name=f"retrieval-{kept.name}", embedding_function=embeddings())
    chunks = splitter.split_documents(documents)
    store.add_documents(chunks)

    def search(question: str) -> Ranked:
        found = store.similarity_search(question, k=min(_DEPTH, len(chunks)))
        places = [(d.metadata["name"], d.metadata["start_index"], len(d.page_content)) for d in found]
        return {"LangChain": [(name, start, start + size) for name, start, size in places]}

    return search, store.delete_collection


def _llama_index(sources: Sequence[squad.Source], kept: Path) -> tuple[Search, Callable[[], None]]:
    """llama-index's retriever as it comes: chunks of 1,024 tokens with 200 of overlap."""
    from llama_index.core import Document, VectorStoreIndex

    from tests.benchmarks.llama_index_engine import embedding

    documents = [Document(text=source.text, metadata={"name": source.name}) for source in sources]
    index = VectorStoreIndex.from_documents(documents, embed_model=embedding())
    retriever = index.as_retriever(similarity_top_k=_DEPTH)

    def search(question: str) -> Ranked:
        nodes = [found.node for found in retriever.retrieve(question)]
        return {"llama-index": [(n.metadata["name"], n.start_char_idx, n.end_char_idx) for n in nodes]}

    return search, lambda: None


def _txtai(sources: Sequence[squad.Source], kept: Path) -> tuple[Search, Callable[[], None]]:
    """txtai's index as it comes, by meaning, and with its words as well; it does not split, so it gets paragraphs."""
    from txtai import Embeddings

    from tests.benchmarks.llama_index_engine import embedding

    model = embedding()
    places = [(source.name, *place) for source in sources for place in _paragraphs(source)]
    texts = [text for source in sources for text in source.paragraphs]

    def embed(batch: list[str]) -> Any:
        return np.array(model.get_text_embedding_batch(batch), dtype=np.float32)

    indexes = {}
    for name, options in (("txtai", {}), ("txtai, hybrid", {"hybrid": True})):
        indexes[name] = Embeddings({"method": "external", "transform": embed, "content": False, **options})
        indexes[name].index((number, text, None) for number, text in enumerate(texts))

    def search(question: str) -> Ranked:
        return {
            name: [places[number] for number, _ in index.search(question, _DEPTH)]
            for name, index in indexes.items()
        }

    return search, lambda: None


def _figures(ranks: Sequence[int]) -> dict[str, float]:
    found = {f"recall@{cut}": mean(rank <= cut for rank in ranks) for cut in _CUTS}
    return {"questions": len(ranks), **found, "mrr": mean(1 / rank for rank in ranks)}


def _show(figures: dict[str, Any]) -> None:
    columns = ("system", "questions", *(f"recall@{cut}" for cut in _CUTS), "MRR")
    for title, found in (
        ("The right paragraph within its article: the four that were tuned on", figures["within"]["tune"]),
        ("The right paragraph within its article: the other four", figures["within"]["report"]),
        ("The right paragraph among all eight articles", figures["among"]),
    ):
        show(title, columns, [(system, *values.values()) for system, values in found.items()])


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--squad", type=Path, required=True, help="folder of the articles with questions")
    parser.add_argument("--out", type=Path, default=RESULTS / "retrieval.json", help="JSON file to write")
    options = parser.parse_args()
    run(options.squad, options.out)


if __name__ == "__main__":
    main()
