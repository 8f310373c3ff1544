"""The articles that a command is about: files, addresses, standard input, and those in the library."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ArticleError

if TYPE_CHECKING:
    from index.articles import Article
    from index.library import Library
    from rag.retrieval import Asked

__all__ = ["chosen", "files_of", "full_id", "load_any"]

_SHORTEST = 4  # characters of an id: fewer are a slip, and may begin the only one there is


def chosen(options: Namespace, library: "Library") -> "list[Asked] | None":
    """The articles to ask.

    Args:
        options: The command's ``--article`` and ``--all``.
        library: Where the added ones are.

    Returns:
        The articles; None for the one that comes with Article Chat.

    Raises:
        ArticleError: If one cannot be found or read, or none was added.
    """
    if options.all:
        added = library.articles()
        if not added:
            raise ArticleError("No article was added yet. Add one with: article-chat add FILE")
        return [*added]
    if not options.article:
        return None
    known = library.articles() if any(map(_looks_like_id, options.article)) else []
    entries = {info.id: info for info in known}
    return [entries.get(source) or load_any(source) for source in options.article]


def _looks_like_id(source: str) -> bool:
    return len(source) == 16 and all(c in "0123456789abcdef" for c in source)


def files_of(source: str) -> list[str]:
    """List what a source stands for.

    Args:
        source: A file, an address, ``-``, or a folder.

    Returns:
        The files of a folder and of those in it that may be articles, by name; else the source alone.

    Raises:
        ArticleError: If a folder has none.
    """
    from index.loading import SUFFIXES

    folder = Path(source)
    if not folder.is_dir():
        return [source]
    found = sorted(
        str(file) for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()
    )
    if not found:
        raise ArticleError(f"{source} has no files that can be read ({', '.join(SUFFIXES)}).")
    return found


def load_any(source: str, title: str | None = None) -> "Article":
    """Read an article from a file, an address, or standard input if ``source`` is ``-``.

    Args:
        source: A path, an address or ``-``.
        title: Its title; found in the text if None.

    Returns:
        The article.

    Raises:
        ArticleError: If it cannot be read.
    """
    from index.loading import load, read

    if source != "-":
        return load(source, title=title, allow_url=True)
    data = sys.stdin.buffer.read()
    if not data.strip():
        raise ArticleError("Standard input is empty: there is no article to read.")
    return read(data, source="standard input", title=title)


def full_id(library: "Library", wanted: str) -> str:
    """Find the id that begins with ``wanted``.

    Args:
        library: Where to look.
        wanted: An id or its beginning, at least 4 characters.

    Returns:
        The whole id.

    Raises:
        ArticleError: If it is too short, or there is none, or more than one.
    """
    if len(wanted) < _SHORTEST:
        raise ArticleError(
            f"{wanted!r} is too short: give at least {_SHORTEST} characters of an id. 'article-chat list' shows them."
        )
    matching: list[str] = [info.id for info in library.articles() if info.id.startswith(wanted)]
    if len(matching) == 1:
        return matching[0]
    many = "begins several ids" if matching else "is the id of no article"
    raise ArticleError(f"{wanted!r} {many}. 'article-chat list' shows them.")
