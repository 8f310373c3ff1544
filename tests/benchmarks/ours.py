"""Article Chat itself as one of the systems that are compared."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.record import RESULTS, code_version
from tests.benchmarks.replies import Reply, Turn

_TYPED = 4.3
"""Characters that people type in a second: 52 words a minute (Dhakal et al., Observations on Typing from 136 Million
Keystrokes, CHI 2018)."""

_LOOK = 1.0  # seconds between two looks of the page at what is typed


class ArticleChatSystem:
    """Ours, through the same stream of events that the page shows."""

    name = "article-chat"

    def __init__(self, library: Path | None = None) -> None:
        from rag.settings import Settings

        self._settings = Settings.from_env()
        code = code_version("rag/**/*", "index/**/*")
        self.version = f"{code}:{self._settings.model}:{self._settings.strictness}"
        self._folder = library or RESULTS / "library"
        self._chat: Any = None
        self._articles: list[Any] = []

    def open(self, texts: Sequence[tuple[str, str]]) -> None:
        """Load, index and warm up, as opening an article on the page does."""
        from index import Article, seed_article

        seed = seed_article()
        loaded = [Article.from_text(text, title=title, source=f"benchmark: {title}") for title, text in texts]
        self._articles = [seed if article.id == seed.id else article for article in loaded]
        self.chat.open(self.article)

    def read_ahead(self) -> None:
        """Let the model read the open article ahead, as the page does while nobody asks."""
        self.chat.read_ahead(self.article)

    def forget(self) -> None:
        """Let it forget what it has read and judged of any article, by starting anew."""
        from rag.builtin.memory import forget_prefixes

        self.close()
        forget_prefixes()

    @property
    def chat(self) -> Any:
        """The one ``ArticleChat``, made when first needed."""
        if self._chat is None:
            from index import Library
            from rag.chat import ArticleChat

            self._chat = ArticleChat(self._settings, Library(self._folder))
        return self._chat

    @property
    def article(self) -> Any:
        """What is asked about: one article, or the list of all that are open."""
        return self._articles[0] if len(self._articles) == 1 else self._articles

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Id and text of each open article, in which the offsets of citations count."""
        return [(article.id, article.text) for article in self._articles]

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """Answer a question, noting when something was first shown."""
        start = time.perf_counter()
        sign = first = None
        answer = None
        for event in self.chat.stream(question, article=self.article, history=list(history)):
            now = time.perf_counter() - start
            sign = now if sign is None else sign
            if first is None and event.kind in ("draft", "checked", "finished"):
                first = now
            if event.kind == "finished":
                answer = event.answer
        total = time.perf_counter() - start
        if answer is None:
            raise RuntimeError(f"no answer came for {question!r}")
        keep = ("article_id", "start", "end", "score", "sentence")
        return Reply(
            answer.text,
            answer.status,
            first or total,
            total,
            [{name: getattr(citation, name) for name in keep} for citation in answer.citations],
            answer.confidence,
            dict(answer.timings),
            sign,
        )

    def close(self) -> None:
        """Close the model and the library."""
        if self._chat is not None:
            self._chat.close()
            self._chat = None


class Typing:
    """Article Chat asked by somebody who types the question on the page; the time counts from its last character."""

    def __init__(self, ours: ArticleChatSystem) -> None:
        self.name = f"{ours.name}, typed"
        self._ours = ours

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Reply:
        """Type a question, and ask it."""
        from ui.preparing import Preparing, Typed

        preparing = Preparing(lambda: False)
        for typed in range(int(_TYPED * _LOOK), len(question), int(_TYPED * _LOOK)):
            time.sleep(_LOOK)
            if len(question[:typed].split()) > 2:
                preparing.typing(Typed(self._ours.chat, question[:typed], [self._ours.article], history))
        preparing.typing(None)
        return self._ours.ask(question, history)
