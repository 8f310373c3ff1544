"""The library's search as a LangChain retriever."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.library import Library
from index.search import Hit


class HybridRetriever(BaseRetriever):
    """Passages by meaning and by words.

    The metadata of a document has ``article_id``, ``start``, ``end``, ``heading``, ``title``, ``page`` and
    ``score``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library = Field(exclude=True, repr=False)
    k: int = 5
    """How many documents at most."""
    article_ids: list[str] | None = None
    """The articles to search; all if None."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **kwargs: Any
    ) -> list[Document]:
        hits = self.library.search(query, k=self.k if k is None else k, article_ids=self.article_ids)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    passage = hit.passage
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "article_id": passage.article_id,
            "start": passage.start,
            "end": passage.end,
            "heading": passage.heading,
            "title": passage.title,
            "page": passage.page,
            "score": hit.score,
        },
    )
