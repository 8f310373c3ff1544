"""The retriever, by LangChain's own tests and in a chain."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_tests.integration_tests import RetrieversIntegrationTests

from index import HybridRetriever, Library, SentenceEmbeddings, seed_article


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings) -> Iterator[Library]:
    """A library with the seed article."""
    path: Path = tmp_path_factory.mktemp("seeded")
    with Library(path, embeddings=embeddings) as library:
        library.add(seed_article())
        yield library


class TestStandard(RetrieversIntegrationTests):
    """LangChain's own tests."""

    @pytest.fixture(autouse=True)
    def _library(self, seeded: Library) -> None:
        self.library = seeded

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return HybridRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"library": self.library}

    @property
    def retriever_query_example(self) -> str:
        return "Why might Google leave Scale?"


def test_documents_say_where_they_stand(seeded: Library) -> None:
    article = seed_article()
    documents = seeded.retriever(k=4, article_ids=[article.id]).invoke("Who is the CEO of Scale AI?")
    assert len(documents) == 4
    for document in documents:
        place = document.metadata
        assert article.text[place["start"] : place["end"]] == document.page_content
        assert place["article_id"] == article.id
        assert place["title"] == article.title
        assert set(place) == {"article_id", "start", "end", "heading", "title", "page", "score"}


async def test_it_is_a_runnable(seeded: Library) -> None:
    chain = seeded.retriever(k=2) | RunnableLambda(len)
    assert await chain.ainvoke("Google") == 2
    assert chain.batch(["Google", "Meta"]) == [2, 2]
