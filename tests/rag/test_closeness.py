"""Which sentences of an article come closest to a question."""

from index import Article
from index.embedding import SentenceEmbeddings
from rag.retrieval import whole

TEXT = (
    "The ferry company said on Friday that its new ship would not sail before June. "
    "A fire in the yard had destroyed the cabins in autumn. "
    "The company had wanted to open the summer timetable with it. "
    "Passengers who booked get their money back, or a place on an older ship. "
    "The mayor of Osby said that the summer was lost for the hotels."
)
ARTICLE = Article.from_text(TEXT, title="The late ship")
EVIDENCE = whole(ARTICLE, SentenceEmbeddings())


def test_meaning_finds_what_shares_no_word_with_the_question() -> None:
    asked = "Are customers refunded?"
    assert EVIDENCE.closest(asked, 1)[0].text.startswith("Passengers who booked")
    assert not whole(ARTICLE).closest(asked, 1)[0].text.startswith("Passengers"), (
        "words alone find it as well"
    )


def test_words_find_a_name() -> None:
    assert EVIDENCE.closest("What about Osby?", 1)[0].text.startswith("The mayor of Osby")


def test_as_many_as_there_are() -> None:
    assert len(EVIDENCE.closest("Anything at all?", 50)) == 5
    one = whole(Article.from_text("One sentence only.", title="One"), SentenceEmbeddings())
    assert [source.text for source in one.closest("Anything at all?")] == ["One sentence only."]
