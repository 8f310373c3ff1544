"""Short lines below each other that look like headings and are facts, names or a table of contents.

A heading stands in no passage, so a line that is taken for one by mistake is never found. A real heading that
another follows at once has no text of its own: to take it for a paragraph costs little.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.articles import Block

_MANY = 3
"""So many headings in a row are none, unless each is a section of the one before."""


def false_headings(text: str, blocks: Sequence[Block], alike: bool) -> set[int]:
    """The numbers of those headings that are paragraphs: "Founded: 1870" above "Mayor: Anna Berg".

    A title and the heading of the first section below it stay what they are.

    Args:
        text: The text.
        blocks: Its blocks.
        alike: Whether the last of them would be a heading too, if anything stood below it.
    """
    found: set[int] = set()
    for run in _runs(blocks, alike):
        many = len(run) >= _MANY
        lines = run[1:] if run[0] == 0 and _opens_with_title(text, blocks, run) else run
        if len(run) > 1 and not _nested(blocks, lines):
            found.update(n for n in lines[:-1] if many or _tells(text, blocks[n]))
            if _ends_like_the_others(text, blocks, run):
                found.add(run[-1])
    return found


def _runs(blocks: Sequence[Block], alike: bool) -> Iterator[list[int]]:
    """Headings without anything between them, by number."""
    run: list[int] = []
    for number, block in enumerate(blocks):
        if block.kind == "heading" or (alike and number == len(blocks) - 1):
            run.append(number)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _opens_with_title(text: str, blocks: Sequence[Block], run: Sequence[int]) -> bool:
    if len(run) == 1:
        return True
    first, second = blocks[run[0]], blocks[run[1]]
    two, apart = len(run) == 2, not _touch(text, first, second)
    if _tells(text, first) and _tells(text, second):
        return two and apart  # "Riga: A History", and below it "Introduction: Why Riga"
    return two or apart or _tells(text, second)


def _ends_like_the_others(text: str, blocks: Sequence[Block], run: Sequence[int]) -> bool:
    """Whether the last line is no heading either, although there is text below it."""
    before, last = blocks[run[-2]], blocks[run[-1]]
    many, touches = len(run) >= _MANY, _touch(text, before, last)
    if _tells(text, before) and _tells(text, last):
        return many or touches
    below = blocks[run[-1] + 1 : run[-1] + 2]
    return many and touches and not any(_touch(text, last, block) for block in below)


def _tells(text: str, block: Block) -> bool:
    """Whether a line says something of something: "Founded: 1870", "Carol White, Treasurer"."""
    return any(mark in text[block.start : block.end] for mark in (":", ","))


def _touch(text: str, upper: Block, lower: Block) -> bool:
    """Whether there is no blank line between two blocks."""
    return text.count("\n", upper.end, lower.start) < 2


def _nested(blocks: Sequence[Block], run: Sequence[int]) -> bool:
    """Whether each is numbered as a section of the one before: "2 Methods", "2.1 Data", "2.1.1 Sources"."""
    levels = [blocks[number].level for number in run]
    return run[0] > 0 and all(upper < lower for upper, lower in pairwise(levels))
