"""An article that a reader brings to the page: pasted text, a file that was sent, or a web address."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import Article, ArticleInfo
from index.errors import ArticleChatError, ArticleError
from ui.articles import article_rows
from ui.render import article_json

if TYPE_CHECKING:
    from index import Library
    from ui.jobs import Job

__all__ = ["TEXT_LIMIT", "bring", "brought", "unread_pages"]

TEXT_LIMIT = 20_000_000  # characters pasted; a file's size is bounded by the server
_PASTED = "pasted"


def brought(
    data: Mapping[str, Any], *, uploaded: Callable[[str], bool], allow_url: bool
) -> Callable[[], Article]:
    """Find out what is brought, without reading it yet.

    Args:
        data: The form: ``title`` and one of ``path`` with ``name``, ``url``, ``text``.
        uploaded: Whether a path is that of a file which the page uploaded.
        allow_url: Whether web addresses are read.

    Returns:
        What reads it. It raises :class:`ArticleError` if that cannot be done.

    Raises:
        ArticleChatError: If it is not allowed, or too long.
    """
    title = str(data.get("title") or "").strip()[:300] or None
    if (path := data.get("path")) is not None:
        if not uploaded(str(path)):
            raise ArticleChatError("That file was not uploaded from this page.")
        return partial(_read_upload, Path(str(path)), Path(str(data.get("name") or path)).name, title)
    if url := str(data.get("url") or "").strip():
        if not allow_url:
            raise ArticleChatError("Web addresses are off. Start with `article-chat serve --allow-url`.")
        return partial(_load_url, url, title)
    text = str(data.get("text") or "")
    if len(text) > TEXT_LIMIT:
        raise ArticleChatError("That is more text than one article can have. Bring it as a file.")
    return partial(Article.from_text, text, title=title, source=_PASTED)


def bring(read: Callable[[], Article], library: "Library", job: "Job") -> None:
    """Read an article and keep it, saying through the job how far it is and at last what was added.

    Args:
        read: What reads it.
        library: Where it is kept.
        job: Hears of it. If it is stopped before the article is there, nothing is kept.

    Raises:
        ArticleError: If it cannot be read.
        ArticleChatError: If the job was stopped.
        StoreError: If it cannot be kept.
    """
    job.say({"kind": "step", "name": "reading", "detail": "Reading the article", "progress": None})
    article = read()

    def progress(detail: str, share: float | None = None) -> None:
        if job.stopped and share != 1:  # then it is there
            raise ArticleChatError("Cancelled: the article was not added.")
        job.say({"kind": "step", "name": "indexing", "detail": detail, "progress": share})

    progress("Reading the article")
    new = library.add(article, progress=progress)
    former = _same_file(article, library.articles())
    added = {"article": article_json(article), "new": new, "note": unread_pages(article), "former": former}
    job.say({"kind": "added", **added, "articles": article_rows(library)})


def unread_pages(article: Article) -> str:
    """Say which pages of an article that was just read could not be, if any."""
    if not article.unread:
        return ""
    pages = ", ".join(map(str, article.unread))
    those = f"Page {pages} is a picture" if len(article.unread) == 1 else f"Pages {pages} are pictures"
    return f"{those} without text, perhaps scanned: nothing of that can be found. Text recognition (ocrmypdf) helps."


def _same_file(article: Article, others: Iterable[ArticleInfo]) -> dict[str, str] | None:
    """Find the latest other article that came from a file of the same name, if one did.

    A browser does not tell the folder: it may be a former version or something else, and only the reader knows.
    """
    same = [o for o in others if o.source == article.source != _PASTED and o.id != article.id]
    return {"id": same[-1].id, "title": same[-1].title} if same else None


def _load_url(url: str, title: str | None) -> Article:
    from index import load  # what reads web pages is not needed before there is one

    return load(url, title=title, allow_url=True)


def _read_upload(path: Path, name: str, title: str | None) -> Article:
    """Read an uploaded file and remove the copy: it lives on in the library, or not at all."""
    from index.loading import MAX_BYTES, read

    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArticleError(f"{name} is too large: at most {MAX_BYTES / 1e6:.0f} MB. Split it into parts.")
        return read(path.read_bytes(), source=name, title=title)
    finally:
        path.unlink(missing_ok=True)
