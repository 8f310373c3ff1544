"""HTML: the article of a page, found by trafilatura, without navigation, advertisements and comments."""

import re
from typing import Any

from index.articles import Article
from index.encoding import decode
from index.errors import ArticleError
from index.loaders import blocks
from index.loaders.walls import is_wall

_NAMED_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_NAMES = {"lb": "br", "list": "ul", "item": "li", "row": "tr", "cell": "td", "quote": "blockquote"}
"""What HTML calls what trafilatura calls otherwise."""
_SHOWN = "//body//text()[not({})]".format(
    " or ".join(f"ancestor::{tag}" for tag in ("script", "style", "nav", "header", "footer"))
)
_LONG_CELL = 300
"""Characters. A cell with more is one of those that only place what is on a page."""


def read(
    data: bytes, source: str, title: str | None = None, *, url: str | None = None, charset: str = ""
) -> Article:
    """The article of an HTML page.

    Raises:
        ArticleError: if there is none: an empty page, a paywall or cookie wall, a page made by JavaScript.
    """
    import trafilatura

    named = _NAMED_CHARSET.search(data[:2048])
    charset = charset or (named.group(1).decode() if named else "")
    page = trafilatura.load_html(decode(data, source, charset))
    if page is None:
        raise ArticleError(f"{source} is no page in HTML that can be read.")
    shown = _prepare(page)
    found = trafilatura.bare_extraction(
        page,
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # The extensive search takes a year that the article speaks of for the date of the article.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    body: Any = getattr(found, "body", None)
    if found is not None and body is not None and any(text.strip() for text in body.itertext()):
        known = {name: getattr(found, name, None) or None for name in ("author", "date")}
        heading = title or getattr(found, "title", None)
        article = Article.from_parts(
            blocks.parts(_as_html(body)), title=heading, source=source, url=url, **known
        )
        if not is_wall(article.text, shown):
            return article
    raise ArticleError(
        f"No article was found in {source}. The page may be behind a paywall, a cookie wall or a check for "
        "robots, or be made by JavaScript. Open it in a browser, copy the text, and paste that."
    )


def _prepare(page: Any) -> str:
    """Write a page so that trafilatura loses no text of it, and give the text that is shown on it."""
    blocks.mark_raised(page)
    for element in list(page.iter("noscript")):
        element.drop_tree()  # "Please enable JavaScript" is there for programs that run none
    for section in page.iter("section"):
        if any(text and text.strip() for text in (section.text, *(child.tail for child in section))):
            section.tag = "div"  # of a section trafilatura drops the text that is in no block of its own
    for cell in page.iter("td", "th"):  # and of a cell the lists
        if next(cell.iter("table", "h1", "h2", "h3"), None) is None:
            text = blocks.words(cell)
            if len(cell) and len(text) < _LONG_CELL:
                for child in list(cell):
                    cell.remove(child)
                cell.text = text
    return " ".join(" ".join(page.xpath(_SHOWN)).split())


def _as_html(body: Any) -> Any:
    for element in body.iter():
        if element.tag == "head":
            element.tag = "h" + (re.sub(r"[^1-6]", "", element.get("rend") or "")[:1] or "2")
        elif element.tag == "code" and (element.getparent() is body or "\n" in (element.text or "")):
            element.tag = "pre"
        else:
            element.tag = _NAMES.get(element.tag, element.tag)
    return body
