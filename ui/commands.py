"""What each command does: find the articles, hand the question to ``rag``, show what comes back."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from threading import Event, Thread
from typing import TYPE_CHECKING

from index.errors import ArticleChatError, ArticleError
from rag.errors import SettingsError
from rag.settings import Settings
from ui.bringing import unread_pages
from ui.cli import ANSWERED, FAILURE, NOT_IN_ARTICLE, complain
from ui.quick_torch import import_torch
from ui.sources import chosen, files_of, full_id, load_any
from ui.terminal import Progress, Screen, plain

if TYPE_CHECKING:
    from index import Article, ArticleInfo, Library
    from rag import Answer, ArticleChat

__all__ = ["add", "ask", "chat", "download", "feedback", "list_articles", "remove", "serve"]

_NAMED = 5
"""How many articles a conversation names when it begins."""


def ask(options: Namespace) -> int:
    """Answer one question."""
    screen = Screen()
    with _open_chat(options) as chat:
        Thread(target=import_torch, args=(chat,), daemon=True).start()
        with closing(chat.stream(options.question, article=chosen(options, chat.library))) as events:
            if not options.json:
                return _code(screen.show(events))
            answer = screen.follow(events)
        print(answer.to_json())
    return _code(answer)


def chat(options: Namespace) -> int:
    """Hold a conversation: a question a line, until the end of input."""
    if "-" in (options.article or ()):
        raise SettingsError(
            "The questions come from standard input: give the article as a file or an address."
        )
    screen = Screen()
    with _open_chat(options) as chat:
        articles = chosen(options, chat.library)
        with screen.progress() as report:
            import_torch(chat)
            opened = chat.open(articles, progress=report)
            chat.warm(articles, progress=report)
        watching = sys.stdin.isatty()
        if watching:
            more = f" and {len(opened) - _NAMED} more" if len(opened) > _NAMED else ""
            print(plain(", ".join(article.title for article in opened[:_NAMED]) + more))
            print("Ask, and press Enter. Ctrl-C stops an answer, Ctrl-D ends the conversation.\n")
        history: list[tuple[str, str]] = []
        code = ANSWERED
        for question in _questions(watching):
            try:
                with closing(chat.stream(question, article=articles, history=history)) as events:
                    answer = screen.show(events)
            except ArticleChatError as error:
                complain(str(error))
                code = FAILURE
            except KeyboardInterrupt:
                if not watching:
                    raise
                print("Stopped.")
            else:
                history.append((question, answer.text))
                code = _code(answer)
            print()
    # Where a person talks, ending the conversation is no failure; a script asks about the last question.
    return ANSWERED if watching else code


def serve(options: Namespace) -> int:
    """Open the page, until Ctrl-C."""
    from ui.page import serve as serve_page

    with _open_chat(options) as chat, suppress(KeyboardInterrupt):
        page = serve_page(
            chat,
            host=options.host,
            port=options.port,
            open_browser=options.open,
            allow_url=options.allow_url,
            shared=options.shared,
            mcp=options.mcp,
        )
        try:
            print(f"Article Chat is at {page.local_url} (Ctrl-C ends it)", flush=True)
            Event().wait()
        finally:
            page.close(verbose=False)
    return ANSWERED


def add(options: Namespace) -> int:
    """Read articles and keep them."""
    sources: list[str] = []
    failed = 0
    for source in options.sources:
        try:
            sources += files_of(source)
        except ArticleError as error:  # the others are still wanted
            failed += 1
            complain(str(error))
    wanted = len(sources) + failed
    if options.title and wanted > 1:
        raise SettingsError("--title names one article; add several without it.")
    with _open_library() as library, Screen().progress() as report:
        for number, source in enumerate(sources, 1):
            where = f"{number} of {len(sources)}: " if len(sources) > 1 else ""
            try:
                article = load_any(source, title=options.title)
                new = library.add(article, progress=_named(report, f"{where}{article.title}"))
            except ArticleError as error:
                failed += 1
                complain(str(error))
            else:
                known = "" if new else "  (was there already)"
                print(plain(f"{article.id}  {_named_by(article)}{known}"), flush=True)
                if unread := unread_pages(article):
                    complain(f"{source}: {unread}")
    if failed and wanted > 1:
        complain(f"{failed} of {wanted} could not be added.")
    return FAILURE if failed else ANSWERED


def _named(report: Progress, name: str) -> Progress:
    return lambda what, done: report(f"{name}: {what}", done)


def list_articles(options: Namespace) -> int:
    """List the articles that were added."""
    with _open_library() as library:
        infos = library.articles()
    if options.json:
        from dataclasses import asdict

        print(json.dumps([asdict(info) for info in infos], ensure_ascii=False, indent=2, default=str))
        return ANSWERED
    for info in infos:
        print(plain(f"{info.id}  {info.words:>7} words  {_named_by(info)}  ({info.source})"))
    return ANSWERED


def _named_by(article: "Article | ArticleInfo") -> str:
    """An article's title, with who wrote it and when if that is known."""
    return ", ".join(filter(None, [article.title, article.author and f"by {article.author}", article.date]))


def remove(options: Namespace) -> int:
    """Remove articles and everything made of them."""
    from rag import ArticleChat

    with closing(ArticleChat(Settings.from_env())) as chat:
        # All of them are found before one is removed: a mistyped id removes nothing.
        ids = [full_id(chat.library, wanted) for wanted in options.ids]
        for article_id in dict.fromkeys(ids):
            chat.remove(article_id)
    return ANSWERED


def feedback(options: Namespace) -> int:
    """Show what readers thought of answers, or erase it."""
    from ui.feedback import erase
    from ui.feedback import feedback as rated

    if options.erase:
        count = erase()
        print(f"Erased: {count} {'rating' if count == 1 else 'ratings'}, with their questions and answers.")
        return ANSWERED
    entries = rated(options.rating)
    if options.json:
        print(json.dumps(entries, ensure_ascii=False, indent=2))
        return ANSWERED
    for entry in entries:
        print(plain(f"{entry['time']}  {entry['rating']:<4}  {entry['question']}\n    {entry['answer']}\n"))
    return ANSWERED


def download(options: Namespace) -> int:
    """Download the built-in model's file."""
    from rag.weights import MODEL_URL, download_model

    with Screen().progress() as report:
        path = download_model(options.url or MODEL_URL, report)
    print(path)
    return ANSWERED


@contextmanager
def _open_chat(options: Namespace) -> Iterator["ArticleChat"]:
    key = None
    if options.api_key_env:
        key = os.environ.get(options.api_key_env)
        if not key:
            raise SettingsError(
                f"The environment variable {options.api_key_env} is not set: it should have the key."
            )
    settings = Settings.from_env(
        model=options.model, base_url=options.base_url, api_key=key, strictness=options.strictness
    )
    from rag import ArticleChat

    with closing(ArticleChat(settings)) as chat:
        yield chat


@contextmanager
def _open_library() -> Iterator["Library"]:
    from rag import ArticleChat

    # The settings choose the embedding model and the Chroma server; no language model is started.
    with closing(ArticleChat(Settings.from_env())) as chat:
        yield chat.library


def _questions(watching: bool) -> Iterator[str]:
    """The lines of standard input; at a terminal with a prompt, and a line that can be edited."""
    if not watching:
        yield from filter(None, map(str.strip, sys.stdin))
        return
    with suppress(ImportError):  # Windows has none
        import_module(
            "readline"
        )  # being imported is all that it takes for input() to have editing and history
    while True:
        try:
            question = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if question:
            yield question


def _code(answer: "Answer") -> int:
    return NOT_IN_ARTICLE if answer.status == "not_in_article" else ANSWERED
