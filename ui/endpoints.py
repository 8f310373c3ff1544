"""What programs call over HTTP: the same answers as ``rag.answer``, as JSON.

The docstrings are the API's, and what an agent is told over MCP. Gradio reads one line of each argument.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, TypeVar

import rag
from index import Article, seed_article
from ui.articles import article_row, find_articles
from ui.bringing import TEXT_LIMIT
from ui.jobs import explain
from ui.quick_gradio import gr

__all__ = ["Endpoints"]

Function = TypeVar("Function", bound=Callable[..., Any])


class Endpoints:
    """The named endpoints over one chat.

    Args:
        chat: Gives the chat in use, which the settings may exchange.
        under_way: What a question is answered within, so that nothing else takes the model from it meanwhile.
    """

    def __init__(
        self, chat: Callable[[], rag.ArticleChat], under_way: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._chat = chat
        self._under_way = under_way

    def declare(self, concurrency: int = 4) -> None:
        """Declare them in the current ``gr.Blocks``.

        Args:
            concurrency: How many questions are answered at once.
        """
        limits = {"concurrency_limit": concurrency, "concurrency_id": "model"}
        gr.events.api(self._ask(), api_name="ask", **limits)
        gr.events.api(self._answer(), api_name="answer", **limits)
        gr.events.api(self._articles(), api_name="articles", concurrency_limit=4)
        gr.events.api(self._add_article(), api_name="add_article", concurrency_limit=1)

    def _ask(self) -> Callable[..., Iterator[dict[str, Any]]]:
        def ask(
            question: str, articles: list[str] | None = None, history: list[list[str]] | None = None
        ) -> Iterator[dict[str, Any]]:
            """Follow an answer while it is made, to show its words as they come. Agents use "answer" instead.

            Each event is a JSON object with a "kind": "step" (what is being done), "draft" (words not verified
            yet), "checked" (a verified sentence with its citations), "retracted" (a sentence taken back, with
            the reason) and at last "finished", whose "answer" is what "answer" returns.

            Args:
                question: The question, in any words.
                articles: Ids of what to ask, as "articles" lists them; what comes with the program if left out.
                history: Earlier pairs of question and answer, oldest first: they tell who "he" or "it" is.
            """
            try:
                with self._under_way():
                    chat = self._chat()
                    asked = find_articles(articles, chat.library)
                    for event in chat.stream(question, article=asked, history=_pairs(history)):
                        yield event.to_dict()
            except Exception as error:
                raise _readable(error) from error

        return ask

    def _answer(self) -> Callable[..., dict[str, Any]]:
        @_with_readable_errors
        def answer(
            question: str, articles: list[str] | None = None, history: list[list[str]] | None = None
        ) -> dict[str, Any]:
            """Answer a question from the words of an article, or say that the article does not answer it.

            Use it whenever a claim must rest on the article and not on memory. Returns a JSON object: "status" is
            "answered", "partial" or "not_in_article"; "text" is the answer; "citations" has, for each of its
            "sentences", the exact words ("quote", with "start" and "end" in the article's text) that carry it.
            "unanswered" has what else was asked and the article does not say.
            If the status is "not_in_article", do not answer from elsewhere as though the article said so:
            "passages" has the closest words.

            Args:
                question: One question, in any words, or two or three at once.
                articles: Ids of what to ask, as "articles" lists them; what comes with the program if left out.
                history: Earlier pairs of question and answer, oldest first: they tell who "he" or "it" is.
            """
            with self._under_way():
                chat = self._chat()
                asked = find_articles(articles, chat.library)
                return chat.answer(question, article=asked, history=_pairs(history)).to_dict()

        return answer

    def _articles(self) -> Callable[..., list[dict[str, Any]]]:
        @_with_readable_errors
        def articles() -> list[dict[str, Any]]:
            """List the articles that can be asked: for each its "id", "title", "author", "date" and "words"."""
            seed = seed_article()
            others = self._chat().library.articles()
            rows = {seed.id: article_row(seed)} | {info.id: article_row(info) for info in others}
            return list(rows.values())

        return articles

    def _add_article(self) -> Callable[..., dict[str, Any]]:
        @_with_readable_errors
        def add_article(text: str, title: str | None = None) -> dict[str, Any]:
            """Add an article by its text, so that it can be asked. Adding the same text again changes nothing.

            Args:
                text: The whole text, plain or Markdown.
                title: What to call it; its first words if left out.
            """
            if len(text) > TEXT_LIMIT:
                raise rag.QuestionError("That is more text than one article can have.")
            article = Article.from_text(text, title=title or None, source="api")
            self._chat().library.add(article)
            return article_row(article)

        return add_article


def _pairs(history: list[list[str]] | None) -> list[tuple[str, str]]:
    pairs = [tuple(pair) for pair in history or ()]
    if any(len(pair) != 2 or not all(isinstance(part, str) for part in pair) for pair in pairs):
        raise rag.QuestionError('history is a list of pairs: [["question", "answer"], ...].')
    return [(question, answer) for question, answer in pairs]


def _readable(error: Exception) -> gr.Error:
    return gr.Error(explain(error), print_exception=False)


def _with_readable_errors(function: Function) -> Function:
    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise _readable(error) from error

    return wrapped  # type: ignore[return-value]  # wraps() keeps the signature, which mypy cannot see
