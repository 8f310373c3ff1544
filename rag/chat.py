"""Ask articles questions: the one object that the page, the command line and Python share."""

import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, overload

from index import Article, Library
from rag import chain, prompts, retrieval
from rag.answers import Answer
from rag.conversation import History, check_question, last_turn, said_before, turns
from rag.events import Event, Finished, Step, stepped
from rag.evidence import Evidence
from rag.heap import give_back
from rag.models import LanguageModel
from rag.opening import ArticleLike, Opener, Progress
from rag.pointer import point
from rag.retrieval import Asked
from rag.settings import Settings
from rag.sources import Excerpt
from rag.suggest import Suggestions, forget

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["ArticleChat", "ArticleLike"]

READ_AHEAD = 50_000
"""Characters of the longest article whose passages the model reads ahead; more would not be kept on disk together."""


class ArticleChat:
    """Answers questions about articles. One per process is enough; it is thread-safe.

    Nothing heavy happens until the first question: the model is started and articles are indexed when needed.
    """

    def __init__(self, settings: Settings | None = None, library: Library | None = None) -> None:
        """Prepare to answer.

        Args:
            settings: Which model answers and how strict it is; from the environment if None.
            library: Where articles are kept; the data directory's if None.

        Raises:
            SettingsError: If the environment has a setting that means nothing.
        """
        self.settings = settings or Settings.from_env()
        self.library = library or _library(self.settings)
        self.model = LanguageModel(self.settings)
        self._opener = Opener(self.library)

    def answer(self, question: str, *, article: ArticleLike = None, history: History = ()) -> Answer:
        """Answer a question about an article, with citations.

        Args:
            question: What to ask.
            article: An ``Article``, a file's path, a URL or the text itself, an entry of ``library.articles()``, or
                several of these; the seed article if None.
            history: What was said before: pairs of (question, answer) or LangChain messages, oldest first.

        Returns:
            The checked answer. ``status`` is ``not_in_article`` when the article does not say.

        Raises:
            QuestionError: If the question is empty or too long.
            ArticleError: If the article cannot be read.
            ModelError: If the language model is missing or fails.
            StoreError: If the library cannot be used.
        """
        return _answer(self.stream(question, article=article, history=history))

    def stream(
        self, question: str, *, article: ArticleLike = None, history: History = ()
    ) -> Generator[Event]:
        """Answer a question, giving progress and words as they come. Arguments and errors as for ``answer``.

        Closing the iterator stops the model.

        Yields:
            Events; the last one is ``Finished``.
        """
        question = check_question(question)
        before = turns(history)
        if not self.model.ready:
            # The model's start and the article's indexing use different parts of the machine.
            threading.Thread(target=self._start_quietly, daemon=True).start()
        yield Step("indexing", "Opening the article")
        articles = yield from self._opener.steps(article)
        yield from self._run(chain.Query(question, articles, last_turn(before), said_before(before)))

    def _run(self, query: chain.Query) -> Generator[Event]:
        try:
            yield from chain.run(query, self.model, partial(retrieval.gather, library=self.library))
        finally:
            give_back()

    def _read_for(self, query: chain.Query, free: Callable[[], bool]) -> bool:
        quickly = partial(retrieval.gather, library=self.library, pointing=False)
        return chain.read_for(query, self.model, quickly, free)

    async def aanswer(self, question: str, *, article: ArticleLike = None, history: History = ()) -> Answer:
        """Answer a question without blocking the event loop; as ``answer``."""
        import anyio.to_thread

        return await anyio.to_thread.run_sync(
            lambda: self.answer(question, article=article, history=history), abandon_on_cancel=True
        )

    async def astream(
        self, question: str, *, article: ArticleLike = None, history: History = ()
    ) -> AsyncGenerator[Event]:
        """Answer a question event by event without blocking the event loop; as ``stream``."""
        async with aclosing(stepped(self.stream(question, article=article, history=history))) as events:
            async for event in events:
                yield event

    @property
    def chain(self) -> "Runnable":
        """The same as a LangChain ``Runnable``, to compose with others.

        Its input is a question, or a dictionary with ``question`` and, if wanted, ``article`` and ``history``.
        It gives an ``Answer``; streamed, the events and then the ``Answer``.
        """
        from rag.runnable import AnswerChain

        return AnswerChain(self)

    @overload
    def open(
        self, article: Asked | str | Path | None = None, progress: Progress | None = None
    ) -> tuple[Article]: ...

    @overload
    def open(self, article: ArticleLike, progress: Progress | None = None) -> tuple[Asked, ...]: ...

    def open(self, article: ArticleLike = None, progress: Progress | None = None) -> tuple[Asked, ...]:
        """Make articles ready to be asked: load them, and index those that are too long to be read whole.

        Args:
            article: As for ``answer``.
            progress: Called with what is going on and how much of it is done, from 0 to 1.

        Returns:
            The articles. Of several, the entries of the library are as they were given: their texts are not loaded.

        Raises:
            ArticleError: If one cannot be read, or none is given.
            StoreError: If the library cannot be used.
        """
        return self._opener.open(article, progress)

    def warm(self, article: ArticleLike = None, progress: Progress | None = None) -> None:
        """Start the model and let it read a short article, so that the first answer comes at once.

        Raises:
            ModelError: If the model cannot be started.
        """
        self.model.start(progress)
        point("warm", [("", ["warm"])])  # its weights are loaded once
        give_back()
        articles = self.open(article)
        if only := retrieval.short(articles):
            evidence = retrieval.opened(only, self.library)
            evidence.means("warm")  # its sentences are embedded once
            self.model.read(prompts.article_part(evidence.texts))
        else:
            self.library.search("warm", k=1)
        give_back()

    def read_ahead(self, article: Article, free: Callable[[], bool] = lambda: True) -> bool:
        """Let the built-in model read each passage of a long article, so that it need not when one is asked for.

        What it has read is kept on disk: some 6 MB for each passage. It takes a minute or two, and no other model has
        use for it.

        Args:
            article: The article.
            free: Whether nobody else needs the model; it is asked several times a second. As soon as it is false this
                ends, and goes on from there when it is called again.

        Returns:
            Whether all of it was done.

        Raises:
            ModelError: If the model fails.
            StoreError: If the embedding model cannot be loaded.
        """
        if not self.model.builtin or retrieval.short([article]) or len(article.text) > READ_AHEAD:
            return True
        for passage in self.library.passages(article):
            part = prompts.article_part(Evidence([Excerpt(article, passage.start, passage.end)]).texts)
            if not self.model.has_read(part) and not self.model.read_ahead(part, remember=True, free=free):
                return False
        return True

    def read_for(
        self,
        question: str,
        *,
        article: ArticleLike = None,
        history: History = (),
        free: Callable[[], bool] = lambda: True,
    ) -> bool:
        """Let the built-in model read what a question will be answered from while it is still being typed.

        Args:
            question: As much of it as is there.
            article: As for ``answer``.
            history: As for ``answer``.
            free: As for ``read_ahead``.

        Returns:
            Whether all of it was read. No other model has use for it.

        Raises:
            ArticleChatError: As ``answer``.
        """
        question = check_question(question)
        if not self.model.builtin:
            return True
        return self._read_for(chain.Query(question, self.open(article), last_turn(turns(history))), free)

    def suggestions(self, article: Article | str | Path | None = None) -> Suggestions:
        """Return the questions that an article answers: those that were made, and what makes more.

        Raises:
            ArticleError: If the article cannot be read.
        """
        about = self._opener.load(article)
        opened: list[tuple[Article, ...]] = []

        def ask(question: str, free: Callable[[], bool]) -> Generator[Event]:
            if not opened:  # once: an article that is removed meanwhile must not come back
                opened.append(self.open(about))
            query = chain.Query(question, opened[0])
            if self._read_for(query, free):
                yield from self._run(query)

        return Suggestions(about, self.model, ask)

    def remove(self, article_id: str) -> None:
        """Remove an article from the library, and what was made of it: its questions, and what the model has read.

        Raises:
            ArticleError: If there is no such article.
            StoreError: If the library cannot be used.
        """
        from rag.builtin.memory import forget_prefixes  # with torch

        try:
            self.library.remove(article_id)
        finally:  # its passages may be gone though their vectors could not be reached
            forget(article_id)
            forget_prefixes()

    def _start_quietly(self) -> None:
        """Start the model on the side. What goes wrong is told to whoever needs the model next."""
        with suppress(Exception):
            self.model.start()

    def close(self) -> None:
        """Stop the model and close the library."""
        self.model.close()
        self.library.close()


def _answer(events: Generator[Event]) -> Answer:
    """The answer that events end with."""
    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("the chain ended without an answer")


def _library(settings: Settings) -> Library:
    if not settings.embedding_model:  # the library's own, which comes with LangChain: not before it is needed
        return Library(chroma_url=settings.chroma_url)
    from index import SentenceEmbeddings

    embeddings = SentenceEmbeddings(
        settings.embedding_model,
        query_prompt=settings.embedding_query_prompt,
        document_prompt=settings.embedding_document_prompt,
    )
    return Library(embeddings=embeddings, chroma_url=settings.chroma_url)
