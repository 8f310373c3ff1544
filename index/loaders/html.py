"""HTML: the article of a page, found by trafilatura, without navigation, advertisements and comments."""

import re
from collections.abc import Iterator
from typing import Any

from index.articles import Article, Part
from index.encoding import decode
from index.errors import ArticleError

_NAMED_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_WALL = re.compile(
    r"captcha|are you (?:a )?(?:human|robot)|enable javascript|javascript is (?:disabled|required)|"
    r"access denied|subscribe to (?:continue|read)|subscribers only|already a subscriber|"
    r"log ?in to (?:continue|read)|accept (?:all )?cookies|cookie (?:consent|settings|policy)|paywall",
    re.IGNORECASE,
)
_WALL_WORDS = 120
"""A page with fewer words that speaks of a wall shows the wall, not the article."""


def read(
    data: bytes, source: str, title: str | None = None, *, url: str | None = None, charset: str = ""
) -> Article:
    """The article of an HTML page.

    Raises:
        ArticleError: if there is none: an empty page, a paywall or cookie wall, a page made by JavaScript.
    """
    import trafilatura

    named = _NAMED_CHARSET.search(data[:2048])
    found = trafilatura.bare_extraction(
        decode(data, source, charset or (named.group(1).decode() if named else "")),
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
    )
    body: Any = getattr(found, "body", None)
    parts = list(_parts(body)) if body is not None else []
    if parts and found is not None:
        known = {name: getattr(found, name, None) or None for name in ("author", "date")}
        heading = title or getattr(found, "title", None)
        article = Article.from_parts(parts, title=heading, source=source, url=url, **known)
        walled = article.word_count < _WALL_WORDS and _WALL.search(data.decode("utf-8", "replace"))
        if not walled:
            return article
    raise ArticleError(
        f"No article was found in {source}. The page may be behind a paywall, a cookie wall or a check for "
        "robots, or be made by JavaScript. Open it in a browser, copy the text, and paste that."
    )


def _parts(body: Any) -> Iterator[Part]:
    """The parts of trafilatura's tree, which has ``head``, ``p``, ``list``, ``table``, ``quote`` and
    ``code``.
    """
    for element in body:
        match element.tag:
            case "head":
                level = re.sub(r"\D", "", element.get("rend") or "")
                yield Part("heading", _text(element), int(level or 2))
            case "list":
                for item in element.iter("item"):
                    yield Part("list", "• " + _text(item))
            case "table":
                rows = (" | ".join(_text(cell) for cell in row.iter("cell")) for row in element.iter("row"))
                yield Part("table", "\n".join(row for row in rows if row.strip(" |")))
            case "code":
                yield Part("code", "".join(element.itertext()))
            case "quote" | "div" if any(child.tag in ("p", "head", "list", "quote") for child in element):
                yield from _parts(element)
            case "graphic" | "lb":
                pass
            case _:
                yield Part("paragraph", _text(element))


def _text(element: Any) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
