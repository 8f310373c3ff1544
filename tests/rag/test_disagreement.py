"""Two articles of which one denies what the other says, before a model that takes each for the other."""

from collections.abc import Iterator

import pytest

from index import Article
from rag.answers import Answer
from rag.chain import Query, run
from rag.events import Finished
from rag.evidence import Evidence
from rag.models import Piece
from rag.prompts import FOUND
from rag.settings import Settings
from rag.sources import Excerpt

ELEVEN = "At the bridge eleven workers lost their lives."
NONE = "At the bridge no workers lost their lives."


class Agreeing:
    """Says what the article says, and agrees with whatever it is asked."""

    name, builtin, ready, settings = "agreeing", True, True, Settings()

    def __init__(self, found_second: float) -> None:
        self.found_second = found_second
        self.found: dict[str, float] = {}

    def stream(self, article: str, rest: str, *, remember: bool) -> Iterator[Piece]:
        yield Piece(f"{FOUND}\n", self.finds(article))
        yield Piece(ELEVEN if ELEVEN in article else NONE)

    def has_read(self, article: str) -> bool:
        return False

    def agrees(self, article: str, rest: str, *, remember: bool) -> float:
        return 0.95 if "Answer: " in rest or "Claim: " in rest else self.finds(article)

    def finds(self, article: str) -> float:
        return self.found.setdefault(article, self.found_second if self.found else 0.95)


def ask(model: Agreeing, *texts: str) -> Answer:
    articles = tuple(Article.from_text(text, title=f"Paper {n}") for n, text in enumerate(texts, start=1))
    evidence = Evidence([Excerpt(article, 0, len(article.text), 0.5) for article in articles])
    *_, last = run(Query("Did workers lose their lives?", articles), model, lambda *_: evidence)  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    return last.answer


@pytest.mark.parametrize("found_second", [0.95, 0.3, 0.01])
@pytest.mark.parametrize("texts", [(ELEVEN, NONE), (NONE, ELEVEN)])
def test_a_denial_is_not_cited_for_what_it_denies(texts: tuple[str, str], found_second: float) -> None:
    answer = ask(Agreeing(found_second), *texts)
    assert answer.text == f"“Paper 1” says: {texts[0]} “Paper 2” says: {texts[1]}"
    assert [(c.sentence, c.quote) for c in answer.citations] == list(enumerate(texts))


def test_articles_that_agree_are_cited_together() -> None:
    other = f"It was so. {ELEVEN}"
    answer = ask(Agreeing(0.95), ELEVEN, other)
    assert answer.text == ELEVEN
    assert {c.title for c in answer.citations} == {"Paper 1", "Paper 2"}
