"""What a model writes, piece by piece, as the verdict that it begins with and as drafts of sentences."""

from collections.abc import Generator, Iterator

from index import sentences
from rag import prompts
from rag.events import Draft
from rag.models import Piece

__all__ = ["drafts", "first_word"]


def first_word(pieces: Generator[Piece]) -> tuple[float, Generator[Piece]]:
    """Read the first word, which says whether the article answers, and give its probability and the rest."""
    head, found = "", None
    for piece in pieces:
        head += piece.text
        found = piece.found if found is None else found
        word = head.lstrip(' "*')
        if len(word) >= len(prompts.MISSING) or "\n" in word:
            break
    word = head.lstrip(' "*')
    if word.startswith(prompts.MISSING):
        # The built-in model never writes this: its first word is forced, and only its probability counts.
        found = min(found, 0.49) if found is not None else 0.0
        rest = ""
    else:
        rest = word.removeprefix(prompts.FOUND).lstrip(' ".:*\n-')
    chained = _chain_pieces(rest, pieces)
    next(chained)  # a generator that has not begun would not close what it is to give
    return (1.0 if found is None else found), chained


def _chain_pieces(head: str, pieces: Generator[Piece]) -> Generator[Piece]:
    try:
        yield Piece("")
        if head:
            yield Piece(head)
        yield from pieces
    finally:
        pieces.close()


def drafts(pieces: Iterator[Piece]) -> Iterator[Draft]:
    """Turn the model's pieces into drafts of numbered sentences."""
    text, sent, number = "", 0, 0
    for piece in pieces:
        text += piece.text
        spans = sentences(text)
        while len(spans) > number + 1:  # a sentence is over when the next one has begun
            end = spans[number][1]
            if end > sent:
                yield Draft(number, text[sent:end])
            sent, number = spans[number + 1][0], number + 1
        if len(text) > sent and text[sent:].strip():
            yield Draft(number, text[sent:])
            sent = len(text)
