"""HTML: the article of a page, found by trafilatura, without navigation, advertisements and comments."""

import re
from typing import Any

from index.articles import Article
from index.encoding import decode
from index.errors import ArticleError
from index.loaders import blocks
from index.loaders.signs import write_out
from index.loaders.spans import LONG_CELL
from index.loaders.walls import is_wall

_NAMED_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_NAMES = {"lb": "br", "list": "ul", "item": "li", "row": "tr", "cell": "td", "quote": "blockquote"}
"""What HTML calls what trafilatura calls otherwise."""
_SHOWN = "//body//text()[not({})]".format(
    " or ".join(f"ancestor::{tag}" for tag in ("script", "style", "nav", "header", "footer"))
)
_STRUCTURE = ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl")
_DATES = "//time[ancestor::p or ancestor::li or ancestor::td or ancestor::th or ancestor::dd]"
_WHOLE = 0.8
"""An extraction with this share of the letters of another has lost no more than what stands around an article."""
_SHORT = 150
"""Letters; an article with fewer tells of another one."""


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
        raise ArticleError(
            f"{source} is no page in HTML that can be read. If it is text, give it a name that ends with .txt."
        )
    shown = _prepare(page)
    _join_articles(page)
    found, body = _extract(page, url)
    if body is not None and _has_lost_its_structure(body):
        marked = _mark_article(page, body)
        brief = not marked and len(body) < 2
        again, its_body = _extract(page, url, brief) if marked or brief else (None, None)
        if its_body is not None and _length(its_body) >= _length(body) * (_WHOLE if brief else 1):
            found, body = again, its_body
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


def _extract(page: Any, url: str | None, brief: bool = False) -> tuple[Any, Any]:
    """What trafilatura knows of the article of a page, and the article's body.

    Of a page with few letters, which a page in Chinese has even if it says much, trafilatura takes all text as one
    paragraph, unless the page is known to be ``brief``.
    """
    import trafilatura

    config = trafilatura.settings.use_config()
    if brief:
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    found = trafilatura.bare_extraction(
        page,
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        config=config,
        # The extensive search takes a year that the article speaks of for the date of the article.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    return found, getattr(found, "body", None)


def _length(body: Any) -> int:
    return len("".join("".join(body.itertext()).split()))


def _has_lost_its_structure(body: Any) -> bool:
    return next(body.iter("head", "list"), None) is None


def _mark_article(page: Any, body: Any) -> bool:
    """Mark what has all found paragraphs as the article, if there are headings or lists among them.

    Of a page that names no place for its article trafilatura takes the paragraphs alone.
    """
    texts = {" ".join("".join(paragraph.itertext()).split()) for paragraph in body.iter("p")} - {""}
    places = [list(p.iterancestors()) for p in page.iter("p") if blocks.words(p) in texts]
    common = set(places[0]).intersection(*places) if places else set()
    holder = next((place for place in (places or [[]])[0] if place in common), None)
    if holder is None or next(holder.iter(*_STRUCTURE), None) is None:
        return False
    if holder.tag == "body":
        article = holder.makeelement("article")
        article.text, holder.text = holder.text, None
        article.extend(list(holder))
        holder.append(article)
    else:
        holder.tag = "article"
    return True


def _join_articles(page: Any) -> None:
    """Make one article of those that stand side by side, of which trafilatura takes the first or the longest.

    What is short beside the first, or all links, only points at other pages.
    """
    first = next(page.iter("article"), None)
    if first is None:
        return
    least = max(_SHORT, _prose(first) / 3)
    others = [other for other in first.itersiblings("article") if _prose(other) >= least]
    if not others:
        return
    whole = first.makeelement("article")
    parts = [first, *first.itersiblings()]
    first.addprevious(whole)
    whole.extend(parts[: parts.index(others[-1]) + 1])
    for part in whole.iterchildren("article"):
        part.tag = "div"


def _prose(element: Any) -> int:
    return len(blocks.words(element)) - sum(len(blocks.words(link)) for link in element.iter("a"))


def _prepare(page: Any) -> str:
    """Write a page so that trafilatura loses no text of it, and give the text that is shown on it."""
    write_out(page)
    for element in list(page.iter("noscript", "rt", "rp")):
        element.drop_tree()  # "Please enable JavaScript" is there for programs that run none; how a word is said
    for label in page.xpath("//li//label"):
        label.drop_tag()  # of what can be ticked off, such as an ingredient
    for caption in list(page.iter("figcaption")):
        _become_paragraph(caption)
    for figure in page.iter("figure"):
        figure.tag = "div"
    for speaker in page.xpath("//blockquote//footer"):
        _become_paragraph(speaker)
    for time in page.xpath(_DATES):  # where trafilatura reads when the article is of, and leaves out the rest
        text = blocks.words(time)
        time.set("datetime", time.get("datetime") or text)
        for child in list(time):
            time.remove(child)
        time.text, time.tail = None, f"{text}{time.tail or ''}"
    for section in page.iter("section"):
        if any(text and text.strip() for text in (section.text, *(child.tail for child in section))):
            section.tag = "div"  # of a section trafilatura drops the text that is in no block of its own
    for cell in page.iter("td", "th"):  # and of a cell the lists
        if next(cell.iter("table", "h1", "h2", "h3"), None) is None:
            text = blocks.words(cell)
            if len(cell) and len(text) < LONG_CELL:
                for child in list(cell):
                    cell.remove(child)
                cell.text = text
    return " ".join(" ".join(page.xpath(_SHOWN)).split())


def _become_paragraph(element: Any) -> None:
    text = blocks.words(element)
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "p", text, tail


def _as_html(body: Any) -> Any:
    for element in body.iter():
        if element.tag == "head":
            element.tag = "h" + (re.sub(r"[^1-6]", "", element.get("rend") or "")[:1] or "2")
        elif element.get("rend") == "dl":
            element.tag = "dl"
        elif (element.get("rend") or "")[:3] in ("dt-", "dd-"):
            element.tag = element.get("rend")[:2]
        elif element.tag == "code" and (element.getparent() is body or "\n" in (element.text or "")):
            element.tag = "pre"
        else:
            element.tag = _NAMES.get(element.tag, element.tag)
    return body
