"""The embeddings, beside sentence-transformers and as LangChain's interface."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from index import SentenceEmbeddings, StoreError, minilm_onnx, seed_article, split
from index.minilm import MiniLM, model_directory
from tests.processes import environment, run_python

TEXTS = [
    *[passage.context for passage in split(seed_article())],
    "Why?",
    "Ein Satz mit Umlauten: Größe, Äpfel; 今天天气很好。",
    "word " * 400,
    "",
]


class TestUnit(EmbeddingsUnitTests):
    """LangChain's own tests of the class."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SentenceEmbeddings


class TestBuiltIn(EmbeddingsIntegrationTests):
    """LangChain's own tests on the built-in model."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SentenceEmbeddings


class TestOther(EmbeddingsIntegrationTests):
    """LangChain's own tests on a model that is given by its directory."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SentenceEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"model": str(model_directory())}


@pytest.fixture(scope="module")
def reference() -> SentenceEmbeddings:
    """The same weights, run by sentence-transformers."""
    return SentenceEmbeddings(model_directory())


def test_vectors_are_those_of_sentence_transformers(
    embeddings: SentenceEmbeddings, reference: SentenceEmbeddings
) -> None:
    expected = np.array(reference.embed_documents(TEXTS))
    documents = np.array(embeddings.embed_documents(TEXTS))
    cosines = (documents * expected).sum(axis=1)
    assert cosines.min() > 0.97
    queries = np.array([embeddings.embed_query(text) for text in TEXTS])
    np.testing.assert_allclose(queries, expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(documents, axis=1), 1, atol=1e-5)


def test_weights_of_seven_bits_give_nearly_the_same_vectors(
    monkeypatch: pytest.MonkeyPatch, reference: SentenceEmbeddings
) -> None:
    """As on a processor that does not multiply those of eight bits rightly."""
    found = []
    for largest in (127, 63):
        monkeypatch.setattr(minilm_onnx, "largest_weight", lambda largest=largest: largest)
        found.append(MiniLM().documents(TEXTS))
    assert (found[1] * np.array(reference.embed_documents(TEXTS))).sum(axis=1).min() > 0.97
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_weights_have_seven_bits_where_products_of_eight_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def run(self, *_: object) -> list[np.ndarray]:
            return [np.full((1, 32, 32), 16.0, np.float32)]

    assert minilm_onnx.largest_weight.__wrapped__() in (127, 63)
    monkeypatch.setattr(minilm_onnx._Graph, "session", lambda *_: Wrong())
    assert minilm_onnx.largest_weight.__wrapped__() == 63


def test_in_single_precision_passages_have_the_same_vectors(
    monkeypatch: pytest.MonkeyPatch, reference: SentenceEmbeddings
) -> None:
    """As the pointer is computed."""
    monkeypatch.setattr(minilm_onnx, "largest_weight", lambda: None)
    np.testing.assert_allclose(MiniLM().documents(TEXTS), reference.embed_documents(TEXTS), atol=1e-5)


def test_a_passage_has_one_vector_whatever_it_is_embedded_with(embeddings: SentenceEmbeddings) -> None:
    alone = [embeddings.embed_documents([text])[0] for text in TEXTS]
    np.testing.assert_array_equal(embeddings.embed_documents(TEXTS), alone)


def test_tokens_are_counted_alike(embeddings: SentenceEmbeddings, reference: SentenceEmbeddings) -> None:
    assert embeddings.count_tokens(TEXTS) == reference.count_tokens(TEXTS)
    assert embeddings.max_tokens == reference.max_tokens == 256
    assert embeddings.embed_documents([]) == reference.embed_documents([]) == []


@pytest.mark.parametrize("name", ["embeddings", "reference"])
def test_threads_get_what_one_alone_gets(name: str, request: pytest.FixtureRequest) -> None:
    model: SentenceEmbeddings = request.getfixturevalue(name)
    questions = [f"What happened in {year}?" for year in range(2000, 2024)]
    alone = [model.embed_query(question) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(model.embed_query, questions))
        list(threads.map(model.embed_documents, [TEXTS[:3]] * 8))
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match="/no/such/model"):
        SentenceEmbeddings("/no/such/model").embed_query("Why?")


@pytest.mark.parametrize(
    ("what", "unneeded"),
    [
        ("embed_query('Why?')", "onnx onnxruntime torch transformers sentence_transformers"),
        ("embed_documents(['Because.'])", "torch transformers sentence_transformers"),
    ],
)
def test_what_is_embedded_needs_no_library_that_takes_long(what: str, unneeded: str) -> None:
    code = (
        f"import sys; from index import SentenceEmbeddings; SentenceEmbeddings().{what}; "
        f"print([name for name in {unneeded.split()} if name in sys.modules])"
    )
    assert run_python(code).stdout == "[]\n"


def test_the_runtime_reports_nothing(tmp_path: Path) -> None:
    """It would keep a number for this machine, and what it has not sent yet, in the user's cache."""
    code = "from index import SentenceEmbeddings; SentenceEmbeddings().embed_documents(['Because.'])"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    run_python(code, env=environment() | home)
    assert not list(tmp_path.rglob("*onnxruntime*"))


def test_prompts_that_a_model_does_not_name_can_be_given(reference: SentenceEmbeddings) -> None:
    model = model_directory()
    prompted = SentenceEmbeddings(model, query_prompt="query:", document_prompt="passage: ")
    np.testing.assert_allclose(
        [prompted.embed_query("Why?"), *prompted.embed_documents(["Because."])],
        [reference.embed_query("query: Why?"), *reference.embed_documents(["passage: Because."])],
        atol=1e-6,
    )
    assert prompted.max_tokens < reference.max_tokens  # a passage leaves room for its prompt
    names = {e.name for e in (reference, prompted, SentenceEmbeddings(model, query_prompt="search:"))}
    assert len(names) == 3
