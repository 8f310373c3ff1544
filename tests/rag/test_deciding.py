"""How much of a long article is read to know whether it answers."""

from collections.abc import Iterator

from index import Article
from rag.chain import Query, run
from rag.events import Finished
from rag.evidence import Evidence
from rag.models import Piece
from rag.sources import Excerpt
from tests.rag.scripted import Scripted

MILLS = [
    "The old mill stood at the brook. Each of its owners came from another family.",
    "It was closed in 1911, when nobody needed it any more.",
    "The families did not like it. Two of them went to court. The case took years.",
]
CHURCH = "The church stands on a hill. Its tower was built by masons from the coast."


class Noting(Scripted):
    """Notes what it reads, and finds so surely that it answers."""

    def __init__(self, found: float) -> None:
        super().__init__(found, "Nothing.")
        self.read: list[str] = []

    def stream(self, article: str, rest: str, *, remember: bool) -> Iterator[Piece]:
        self.read.append(article)
        return super().stream(article, rest, remember=remember)


def read_for(question: str, found_there: float = 0.01) -> list[str]:
    """Return what is read of an article of two passages for a question that it does not answer."""
    article = Article.from_text("\n\n".join([" ".join(MILLS), CHURCH]), title="The valley")
    end = len(" ".join(MILLS))
    assert article.text[end : end + 2] == "\n\n"
    found = [Excerpt(article, 0, end, 0.03), Excerpt(article, end + 2, len(article.text), 0.02)]
    model = Noting(found_there)
    *_, last = run(Query(question, (article,)), model, lambda *_: Evidence(found))  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    assert last.answer.status == "not_in_article"
    return model.read


def test_where_no_sentence_is_likely_only_the_closest_one_is_read_with_its_neighbours() -> None:
    [read] = read_for("Who scored the most goals for Brazil?")
    assert not all(part in read for part in MILLS)


def test_what_an_unlikely_sentence_seems_to_answer_is_asked_of_a_whole_passage() -> None:
    closest, passage = read_for("Who scored the most goals for Brazil?", found_there=0.99)[:2]
    assert closest not in passage
    assert all(part in passage for part in MILLS)


def test_a_likely_sentence_that_cannot_stand_alone_is_read_with_its_passage() -> None:
    first = read_for("When was the mill closed?")[0]
    assert all(part in first for part in MILLS)
