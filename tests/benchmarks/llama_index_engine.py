"""The other peer: llama-index's default query engine (``VectorStoreIndex.as_query_engine``), for speed only.

Chunks of 1,024 tokens, the two closest, its own prompts. Only ``llama-index-core`` is installed, with the
model behind a class of this file: its OpenAI packages hold back the ``openai`` package that LangChain needs.
"""

from collections.abc import Sequence
from typing import Any

from tests.benchmarks.plain_chain import timed
from tests.benchmarks.record import code_version
from tests.benchmarks.replies import Reply, Turn


class LlamaIndexEngine:
    """llama-index's defaults as a system to compare with."""

    name = "llama-index"

    def __init__(self, slots: int = 1) -> None:
        self.version = code_version(
            "tests/benchmarks/llama_index_engine.py", "tests/benchmarks/peer_model.py"
        )
        self._slots = slots
        self._index: Any = None
        self._engine: Any = None

    def index(self, texts: Sequence[tuple[str, str]]) -> int:
        """Split, embed and store articles in memory, and return how many nodes they became."""
        from llama_index.core import Document, VectorStoreIndex

        documents = [Document(text=text, metadata={"title": title}) for title, text in texts]
        self._index = VectorStoreIndex.from_documents(documents, embed_model=embedding())
        return len(self._index.docstore.docs)

    def open(self, texts: Sequence[tuple[str, str]]) -> None:
        """Index the articles and make the query engine."""
        self.index(texts)
        self._engine = self._index.as_query_engine(llm=_model(self._slots), streaming=True)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """Answer one question; the history is not used."""

        def pieces() -> Any:  # retrieval happens before the stream is handed over: it belongs to the time
            yield from self._engine.query(question).response_gen

        return timed(pieces())

    def close(self) -> None:
        """Forget the articles."""
        self._index = self._engine = None


def _model(slots: int) -> Any:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse, CompletionResponse, LLMMetadata
    from llama_index.core.llms import CustomLLM
    from openai import OpenAI

    from tests.benchmarks import peer_model

    client = OpenAI(base_url=peer_model.peer_server(slots), api_key="none", max_retries=0)

    class Served(CustomLLM):
        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(
                context_window=peer_model.CONTEXT, num_output=peer_model.MAX_TOKENS, is_chat_model=True
            )

        def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
            return CompletionResponse(text=self.chat([ChatMessage(content=prompt)]).message.content or "")

        def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
            for part in self.stream_chat([ChatMessage(content=prompt)]):
                yield CompletionResponse(text=part.message.content, delta=part.delta)

        def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
            last: ChatResponse = list(self.stream_chat(messages))[-1]
            return last

        def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Any:
            said: Any = [{"role": m.role.value, "content": m.content or ""} for m in messages]
            stream: Any = client.chat.completions.create(
                model=peer_model.MODEL,
                messages=said,
                temperature=0,
                max_tokens=peer_model.MAX_TOKENS,
                stream=True,
            )
            text = ""
            for chunk in stream:
                delta = chunk.choices[0].delta.content or "" if chunk.choices else ""
                text += delta
                yield ChatResponse(message=ChatMessage(role="assistant", content=text), delta=delta)

    return Served()


def embedding() -> Any:
    """llama-index's interface to the embedding model that the peers share."""
    from llama_index.core.embeddings import BaseEmbedding

    from tests.benchmarks import peer_model

    class Plain(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return peer_model.embed([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return peer_model.embed(texts)

        def _get_query_embedding(self, query: str) -> list[float]:
            return peer_model.embed([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return Plain()
