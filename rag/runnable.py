"""The chain as a LangChain ``Runnable``."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import Runnable, RunnableConfig

from rag.answers import Answer
from rag.errors import QuestionError
from rag.events import Event, Finished

if TYPE_CHECKING:
    from rag.chat import ArticleChat

__all__ = ["AnswerChain"]


class AnswerChain(Runnable[Any, Any]):
    """From a question, or a dictionary with ``question``, ``article`` and ``history``, to an ``Answer``.

    ``stream`` gives the events and, in the place of ``Finished``, the ``Answer``. ``batch`` answers side by side.
    """

    def __init__(self, chat: "ArticleChat") -> None:
        self._chat = chat

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002 - LangChain's name
        """Answer one question."""
        arguments = _arguments(input)
        answer: Answer = self._call_with_config(lambda _: self._chat.answer(**arguments), input, config)
        return answer

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002 - as above
        """Answer one question without blocking the event loop."""
        arguments = _arguments(input)

        async def ask(_: Any) -> Answer:
            return await self._chat.aanswer(**arguments)

        answer: Answer = await self._acall_with_config(ask, input, config)
        return answer

    def stream(
        self,
        input: Any,  # noqa: A002 - as above
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Iterator[Event | Answer]:
        """Give what happens, and the answer last."""
        for event in self._chat.stream(**_arguments(input)):
            yield event.answer if isinstance(event, Finished) else event

    async def astream(
        self,
        input: Any,  # noqa: A002 - as above
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Event | Answer]:
        """Give what happens, and the answer last, without blocking the event loop."""
        async for event in self._chat.astream(**_arguments(input)):
            yield event.answer if isinstance(event, Finished) else event


def _arguments(given: Any) -> dict[str, Any]:
    """Return what to call ``answer`` with."""
    if isinstance(given, str):
        return {"question": given}
    known = {"question", "article", "history"}
    if not isinstance(given, dict) or "question" not in given or given.keys() - known:
        raise QuestionError(
            "The chain takes a question, or a dictionary with 'question' and, if wanted, 'article' and 'history'."
        )
    return {name: given[name] for name in given}
