"""The peer: the retrieval chain of the LangChain tutorial, on the same model and embedding weights.

Split at 500 characters with 50 of overlap, Chroma, the four closest chunks, the stock prompt. Like the
tutorial's first part it does not know the turns before.
"""

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from tests.benchmarks.record import code_version
from tests.benchmarks.replies import Reply, Turn, declines

# Word for word rlm/rag-prompt of the LangChain hub.
PROMPT = (
    "You are an assistant for question-answering tasks. Use the following pieces of retrieved context to "
    "answer the question. If you don't know the answer, just say that you don't know. Use three sentences "
    "maximum and keep the answer concise.\nQuestion: {question} \nContext: {context} \nAnswer:"
)


class PlainChain:
    """The tutorial's chain as a system to compare with."""

    name = "plain-chain"

    def __init__(self, slots: int = 1) -> None:
        self.version = code_version("tests/benchmarks/plain_chain.py", "tests/benchmarks/peer_model.py")
        self._slots = slots
        self._store: Any = None
        self._chain: Any = None

    def index(self, texts: Sequence[tuple[str, str]]) -> int:
        """Split, embed and store articles in a new collection, and return how many chunks they became."""
        from langchain_chroma import Chroma
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        documents = [Document(text, metadata={"title": title}) for title, text in texts]
        chunks = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50).split_documents(documents)
        self._drop()
        self._store = Chroma(collection_name=f"plain-{uuid.uuid4().hex}", embedding_function=embeddings())
        for at in range(0, len(chunks), 5000):  # Chroma takes no more than 5,461 at once
            self._store.add_documents(chunks[at : at + 5000])
        return len(chunks)

    def open(self, texts: Sequence[tuple[str, str]]) -> None:
        """Index the articles and build the chain."""
        from langchain_core.output_parsers import StrOutputParser
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_core.runnables import RunnablePassthrough
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        from tests.benchmarks import peer_model

        self.index(texts)
        model = ChatOpenAI(
            model=peer_model.MODEL,
            base_url=peer_model.peer_server(self._slots),
            api_key=SecretStr("none"),
            temperature=0,
            max_tokens=peer_model.MAX_TOKENS,
            max_retries=0,
        )
        context = self._store.as_retriever(search_kwargs={"k": 4}) | (
            lambda found: "\n\n".join(document.page_content for document in found)
        )
        self._chain = (
            {"context": context, "question": RunnablePassthrough()}
            | ChatPromptTemplate.from_messages([("human", PROMPT)])
            | model
            | StrOutputParser()
        )

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """Answer one question; the history is not used."""
        return timed(self._chain.stream(question))

    def close(self) -> None:
        """Forget the articles."""
        self._drop()

    def _drop(self) -> None:
        if self._store is not None:
            self._store.delete_collection()
            self._store = None


def timed(pieces: Iterator[str]) -> Reply:
    """Collect a streamed answer of a system without statuses, with the times of its first and last words."""
    start = time.perf_counter()
    first = None
    text = ""
    for piece in pieces:
        text += piece
        if first is None and text.strip():
            first = time.perf_counter() - start
    total = time.perf_counter() - start
    status = "not_in_article" if declines(text) else "answered"
    return Reply(text.strip(), status, first or total, total, sign_seconds=first or total)


def embeddings() -> Any:
    """LangChain's interface to the embedding model that the peers share."""
    from langchain_core.embeddings import Embeddings

    from tests.benchmarks import peer_model

    class Plain(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return peer_model.embed(texts)

        def embed_query(self, text: str) -> list[float]:
            return peer_model.embed([text])[0]

    return Plain()
