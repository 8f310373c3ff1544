"""An article becomes passages: a few whole sentences each, small enough for the embedding model."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from index.articles import Article, Block, is_beginning

Span = tuple[int, int]
Unit = tuple[Span, int]
CountTokens = Callable[[Sequence[str]], list[int]]

MAX_TOKENS = 256
_CONTEXT_TOKENS = 40
"""What the title, the heading and the marks of a text's ends may take of a passage's tokens."""
_CONTEXT_WIDTH = 140
"""The title and the heading are cut to this: so many letters of English make some 35 tokens."""
_ENDS = 2
_SMALL = 60
"""A paragraph below this many tokens is joined with the next of its section."""
_FILL = 160
"""Joining stops at this many tokens."""
_SPACE = re.compile(r"[^\S\n]")
_MARKER = re.compile(
    r"\W*(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]|\W+|.*\b(?:e\.g|i\.e|cf|ca|approx|viz|bzw|dvs|env|esim|tj"
    r"|[Ss]ra|[Ss]rta|Mme|Mlle|[Dd]ott|[Ss]ig|[Aa]vv|[Dd]hr|[Mm]evr|Ing|г|ул|т)\."
)
"""What is no sentence by itself, or ends with what is no end of one: in other languages than English too."""
_ORDINAL = re.compile(r".*\b\d{1,2}\.")
_MONTH = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jahrhundert)\b"
    r"|(?:\d{1,2}\. ?)?\d{4}\b"
)
"""What "3." belongs to as it does to all that begins with a small letter: "3. Mai", "3. května", "3. 5. 2020"."""


@dataclass(frozen=True)
class Passage:
    """A few sentences of an article, ``article.text[start:end]``, and where they stand."""

    id: str
    article_id: str
    start: int
    end: int
    text: str
    heading: str | None
    title: str
    page: int | None

    @property
    def context(self) -> str:
        """The text with the title and the heading that it stands under, as it is embedded and searched."""
        above = _above(self.title, self.heading)
        return f"{above}\n{self.text}" if above else self.text


def sentences(text: str) -> list[Span]:
    """The sentences of a text, as ``(start, end)`` without the white space around them.

    Every character that is not white space is in exactly one sentence.
    """
    from sentencex import get_sentence_boundaries

    # It cuts after an initial as if every space were one byte, and fails in the middle of one that is not.
    plain = _SPACE.sub(" ", text)
    spans: list[Span] = []
    for boundary in get_sentence_boundaries("en", plain):
        start, end = boundary["start_index"], boundary["end_index"]
        piece = text[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if start >= end:
            continue
        # "1." and "e.g." are no sentences: what follows on the same line belongs to them.
        if spans and "\n" not in text[spans[-1][1] : start] and _goes_on(text, spans[-1], start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _goes_on(text: str, span: Span, start: int) -> bool:
    """Whether what was taken for a sentence goes on where the next one seemed to start."""
    if _ORDINAL.fullmatch(text, *span) and (text[start].islower() or _MONTH.match(text, start)):
        return True
    return _MARKER.fullmatch(text, *span) is not None


def split(article: Article, count: CountTokens | None = None, limit: int = MAX_TOKENS) -> list[Passage]:
    """The passages of an article, in reading order.

    A passage ends where a paragraph ends unless the paragraph is too long, and then where a sentence ends.
    Short paragraphs and the items of a list go together. No passage goes past a heading.

    Args:
        article: The article to split.
        count: Counts the tokens of each text as the embedding model does; that of the default model if not
            given.
        limit: The tokens that a passage may have with its title and heading.
    """
    if count is None:
        from index.minilm import count_tokens

        count = count_tokens
    sections = [section for section in _sections(article) if section]
    above = [_above(article.title, _heading(article, section[0].start)) for section in sections]
    rooms = [limit - max(_CONTEXT_TOKENS, tokens + _ENDS) for tokens in count(above)]
    spans = [
        span
        for section, room in zip(sections, rooms, strict=True)
        for span in _pack(article.text, section, count, max(room, limit // 4))
    ]
    if not spans:  # nothing but headings
        [units] = _sentences_in(article.text, [(0, len(article.text))], count)
        spans = list(_divide(article.text, units, count, limit - _CONTEXT_TOKENS))
    return [_passage(article, span) for span in spans]


def _heading(article: Article, start: int) -> str | None:
    return None if article.block_at(start).kind == "byline" else article.heading_at(start)


def _above(title: str, heading: str | None) -> str:
    """The title and the heading; of long ones the beginning, and of the heading at least its half."""
    if is_beginning(title):  # it would draw every passage to what the first one says
        title = ""
    if not heading:
        return _shortened(title, _CONTEXT_WIDTH)
    heading = _shortened(heading, max(_CONTEXT_WIDTH // 2, _CONTEXT_WIDTH - _width(title)))
    title = _shortened(title, _CONTEXT_WIDTH - _width(heading))
    return f"{title} – {heading}" if title else heading


def _shortened(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    widths = accumulate(map(_width, text))
    cut = text[: next(n for n, so_far in enumerate(widths) if so_far >= width)]
    return (cut.rsplit(None, 1)[0] if " " in cut else cut) + "…"


def _width(text: str) -> int:
    """The length, in which a letter that is not English counts as four: it often is a token by itself."""
    return sum(1 if character.isascii() else 4 for character in text)


def _sections(article: Article) -> Iterator[list[Block]]:
    """Runs of blocks without a heading or byline between them."""
    section: list[Block] = []
    for block in article.blocks:
        if block.kind in ("heading", "byline"):
            yield section
            section = []
        else:
            section.append(block)
        if block.kind == "byline":
            yield [block]
    yield section


def _pack(text: str, section: list[Block], count: CountTokens, room: int) -> Iterator[Span]:
    spans = [(block.start, block.end) for block in section]
    sizes = _sizes(text, spans, count)
    long = [span for span, size in zip(spans, sizes, strict=True) if size > room]
    units = dict(zip(long, _sentences_in(text, long, count), strict=True))
    open_span: Span | None = None
    open_tokens = 0
    for span, size in zip(spans, sizes, strict=True):
        if open_span is not None:
            joined = open_tokens + size
            if joined <= room and (open_tokens < _SMALL or (size < _SMALL and joined <= _FILL)):
                open_span, open_tokens = (open_span[0], span[1]), joined
                continue
            yield open_span
            open_span = None
        if size <= room:
            open_span, open_tokens = span, size
        else:
            yield from _divide(text, units[span], count, room)
    if open_span is not None:
        yield open_span


def _divide(text: str, units: Sequence[Unit], count: CountTokens, room: int) -> Iterator[Span]:
    """A paragraph that is too long, in pieces of about the same size that end where sentences end."""
    pieces = list(_fitting(text, units, count, room))
    total = sum(size for _, size in pieces)
    target = total / -(-total // room)
    (start, end), filled = pieces[0][0], 0
    for (first, last), size in pieces:
        if filled and (filled + size > room or filled + size / 2 > target):
            yield start, end
            start, filled = first, 0
        end = last
        filled += size
    yield start, end


def _sentences_in(text: str, spans: Sequence[Span], count: CountTokens) -> list[list[Unit]]:
    """The sentences of each span and the tokens of each: all are counted at once, which is quicker."""
    found = [[(start + a, start + b) for a, b in sentences(text[start:end])] for start, end in spans]
    sizes = iter(_sizes(text, list(chain.from_iterable(found)), count))
    return [[(sentence, next(sizes)) for sentence in each] for each in found]


def _fitting(text: str, units: Sequence[Unit], count: CountTokens, room: int) -> Iterator[Unit]:
    """Sentences and their tokens; one that is too long is halved at white space until it fits."""
    waiting = list(units)[::-1]
    while waiting:
        (first, last), size = waiting.pop()
        if last - first < 2 or size <= room:
            yield (first, last), size
            continue
        middle = (first + last) // 2
        gaps = [m.start() + first for m in re.finditer(r"\s+", text[first:last])]
        cut = min(gaps, key=lambda gap: abs(gap - middle)) if gaps else middle
        if not first < cut < last:
            cut = middle
        rest = cut + len(text[cut:last]) - len(text[cut:last].lstrip())
        halves = [(rest, last), (first, cut)]
        waiting += zip(halves, _sizes(text, halves, count), strict=True)


def _sizes(text: str, spans: Sequence[Span], count: CountTokens) -> list[int]:
    return count([text[start:end] for start, end in spans])


def _passage(article: Article, span: Span) -> Passage:
    start, end = span
    name = f"{article.id}:{start}:{end}:{article.title}"
    return Passage(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        article_id=article.id,
        start=start,
        end=end,
        text=article.text[start:end],
        heading=_heading(article, start),
        title=article.title,
        page=article.page_at(start),
    )
