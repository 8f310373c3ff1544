"""A model that says and judges what a test wants, where what the chain makes of it is looked at."""

from collections.abc import Iterator

from index import seed_article
from rag.answers import Answer
from rag.chain import Query, run
from rag.events import Event, Finished
from rag.models import Piece
from rag.prompts import FOUND
from rag.retrieval import whole
from rag.settings import Settings

SEED = seed_article()


class Scripted:
    """Says what it is told to."""

    name, builtin, ready, settings = "wrong", True, True, Settings()

    def __init__(self, found: float, reply: str, right: str = "CEO") -> None:
        self.found, self.reply, self.right = found, reply, right

    def stream(self, article: str, rest: str, *, remember: bool) -> Iterator[Piece]:
        yield Piece(f"{FOUND}\n", self.found)
        yield Piece(self.reply)

    def has_read(self, article: str) -> bool:
        return False

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        return 0.9 if self.right in rest else 0.01


def events(model: Scripted, question: str, earlier: tuple[str, str] | None = None) -> list[Event]:
    return [*run(Query(question, (SEED,), earlier), model, lambda *_: whole(SEED))]  # type: ignore[arg-type]  # only what the chain calls


def ask(
    model: Scripted, question: str = "What does Google think?", earlier: tuple[str, str] | None = None
) -> Answer:
    *_, last = events(model, question, earlier)
    assert isinstance(last, Finished)
    return last.answer
