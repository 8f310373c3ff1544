"""What an article is: its text, and the blocks that the text is made of.

Every offset in Article Chat counts characters of :attr:`Article.text`, which is the cleaned text that
readers are shown.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Literal

from index.errors import ArticleError

BlockKind = Literal["heading", "paragraph", "byline", "list", "table", "code", "footnote"]

_TITLE_LENGTH = 80
_CUT = "…"
_HALVES = re.compile(r"[\ud800-\udfff]")
"""Halves of a pair of surrogates. One alone is no character: neither the tokenizer nor the database takes it."""


@dataclass(frozen=True)
class Block:
    """One block of an article's text: ``article.text[block.start:block.end]``."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Depth of a heading, from 1; 0 for every other kind."""
    page: int | None = None


@dataclass(frozen=True)
class Part:
    """One block as a loader found it, before the text has offsets."""

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None


@dataclass(frozen=True)
class Article:
    """An article: cleaned text, its structure, and what is known about it.

    The id is made from the content, so that the same text is the same article wherever it came from.
    """

    id: str
    title: str
    source: str
    text: str
    blocks: tuple[Block, ...]
    author: str | None = None
    date: str | None = None
    url: str | None = None
    unread: tuple[int, ...] = field(default=(), compare=False)
    """The pages that are pictures without text, known when a PDF was just loaded; a library does not keep it."""

    @classmethod
    def from_text(cls, text: str, *, title: str | None = None, source: str = "text") -> "Article":
        """Make an article of plain text or Markdown, recognising headings, lists, tables and the byline.

        Args:
            text: The article. Plain text keeps every character except for line endings and outer white space;
                Markdown loses its markup and keeps its structure.
            title: Its title; found in the text when not given.
            source: Where it came from, for people to read.

        Raises:
            ArticleError: if the text is empty or is not text at all.
        """
        from index.structure import clean, looks_like_markdown, parse_plain

        if "\0" in text:
            raise ArticleError(
                "This is not text but binary data. Give a text file or another supported format."
            )
        text = clean(text)
        if not text:
            raise ArticleError("The article is empty: there is no text to ask about.")
        if looks_like_markdown(text):
            from index.markdown import read_markdown

            return read_markdown(text, title=title, source=source)
        return cls._build(text, parse_plain(text), title=title, source=source)

    @classmethod
    def from_parts(
        cls,
        parts: Iterable[Part],
        *,
        title: str | None = None,
        source: str,
        author: str | None = None,
        date: str | None = None,
        url: str | None = None,
    ) -> "Article":
        """Make an article of the blocks that a loader found, joined into one text.

        Raises:
            ArticleError: if there is no text in the parts.
        """
        from index.structure import is_byline, visible

        full = [part for part in parts if visible(part.text)]
        chunks: list[str] = []
        blocks: list[Block] = []
        offset = 0
        for number, part in enumerate(full):
            text = part.text.strip()
            kind = part.kind
            if kind == "paragraph" and is_byline(text, number, len(full)):
                kind = "byline"
            if blocks:
                together = kind == "list" and blocks[-1].kind == "list"
                separator = "\n" if together else "\n\n"
                chunks.append(separator)
                offset += len(separator)
            blocks.append(Block(kind, offset, offset + len(text), part.level, part.page))
            chunks.append(text)
            offset += len(text)
        if not blocks:
            raise ArticleError("The article is empty: there is no text to ask about.")
        return cls._build(
            "".join(chunks), tuple(blocks), title=title, source=source, author=author, date=date, url=url
        )

    @classmethod
    def _build(
        cls,
        text: str,
        blocks: tuple[Block, ...],
        *,
        title: str | None,
        source: str,
        author: str | None = None,
        date: str | None = None,
        url: str | None = None,
    ) -> "Article":
        text = _HALVES.sub("\ufffd", text)
        return cls(
            id=hashlib.sha256(text.encode()).hexdigest()[:16],
            title=_HALVES.sub("\ufffd", title or "").strip() or _find_title(text, blocks),
            source=_HALVES.sub("\ufffd", source),
            text=text,
            blocks=blocks,
            author=_HALVES.sub("\ufffd", author or "") or _find_author(text, blocks),
            date=date,
            url=url,
        )

    @cached_property
    def word_count(self) -> int:
        """How many words the article has, as white space separates them."""
        return len(self.text.split())

    @cached_property
    def has_own_title(self) -> bool:
        """Whether the title was given with the text, and is not just what the text begins with."""
        return self.title != _find_title(self.text, self.blocks)

    @cached_property
    def _starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    @cached_property
    def _headings(self) -> list[tuple[int, str]]:
        return [(b.start, self.text[b.start : b.end]) for b in self.blocks if b.kind == "heading"]

    def page_at(self, offset: int) -> int | None:
        """The page that the character at ``offset`` stands on, where the source has pages."""
        return self.block_at(offset).page

    def block_at(self, offset: int) -> Block:
        """The block that has the character at ``offset``, or the nearest before it."""
        return self.blocks[max(0, bisect_right(self._starts, offset) - 1)]

    def heading_at(self, offset: int) -> str | None:
        """The nearest heading at or above ``offset``."""
        position = bisect_right(self._headings, offset, key=lambda heading: heading[0]) - 1
        return self._headings[position][1] if position >= 0 else None


def seed_article() -> Article:
    """The article that comes with Article Chat."""
    text = (resources.files("seeds") / "meta-scale-ai.txt").read_text(encoding="utf-8")
    return Article.from_text(text, title="Meta's Scale AI deal", source="seed article")


def is_beginning(title: str) -> bool:
    """Return whether a title is only what a text without one begins with: it is cut off."""
    return title.endswith(_CUT)


def _find_title(text: str, blocks: tuple[Block, ...]) -> str:
    """The first heading when the article opens with it, otherwise the beginning of the text."""
    first = blocks[0]
    line = text[first.start : first.end].split("\n", 1)[0].strip()
    if first.kind != "heading" and len(line) > _TITLE_LENGTH:
        return line[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:.") + _CUT
    return line


def _find_author(text: str, blocks: tuple[Block, ...]) -> str | None:
    for block in blocks:
        if block.kind == "byline":
            return re.sub(r"^(?:written\s+)?by\s+", "", text[block.start : block.end], flags=re.IGNORECASE)
    return None
