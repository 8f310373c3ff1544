"""The small model that points at the sentences of an article that answer."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, ArticleError
from rag.evidence import Evidence
from rag.lessons.articles import articles
from rag.pointer import point
from rag.pointer.texts import of_articles, of_stories
from rag.retrieval import whole
from rag.sources import Excerpt
from tests.processes import run_python

TITLE = "The late ship"
TEXT = [
    "The ferry company said on Friday that its new ship would not sail before June.",
    "A fire in the yard had destroyed the cabins in autumn.",
    "The company had wanted to open the summer timetable with it.",
    "Passengers who booked get their money back, or a place on an older ship.",
    "The mayor of Osby said that the summer was lost for the hotels.",
]


def surest(question: str) -> str:
    (odds,) = point(question, [(TITLE, TEXT)])
    assert len(odds) == len(TEXT)
    return TEXT[odds.index(max(odds))]


def test_what_shares_no_word_with_the_question_is_pointed_at() -> None:
    assert surest("Are customers refunded?") == TEXT[3]
    assert surest("What went wrong at the shipyard?") == TEXT[1]


def test_what_the_text_does_not_say_is_less_sure() -> None:
    told, untold = (
        max(point(question, [(TITLE, TEXT)])[0])
        for question in ("When will the ship sail?", "How many cabins did the ship have?")
    )
    assert told > untold + 1


def test_a_text_of_any_length_gets_a_number_for_each_sentence() -> None:
    assert point("Anything?", []) == []
    none, long = point("Anything? " * 200, [(TITLE, []), (TITLE * 20, [*TEXT * 9, "so " * 2000])])
    assert (none, len(long)) == ([], 46)


def test_texts_that_are_read_together_get_what_each_gets_alone() -> None:
    texts = [(TITLE, TEXT[:3]), ("Another title", TEXT), (TITLE, TEXT[3:])]
    together = point("Why is the ship late?", texts)
    assert together == [odds for text in texts for odds in point("Why is the ship late?", [text])]
    assert [len(odds) for odds in together] == [3, 5, 2]


def test_passages_that_overlap_have_a_number_for_each_sentence_once() -> None:
    article = Article.from_text(" ".join(TEXT), title=TITLE)
    middle = article.text.index(TEXT[2])
    ends = [(0, middle + len(TEXT[2])), (middle, len(article.text))]
    evidence = Evidence([Excerpt(article, start, end) for start, end in ends])
    odds = evidence.pointed("Are customers refunded?")
    assert len(odds) == len(evidence.sources) == len(TEXT)
    assert evidence.sources[odds.index(max(odds))].text == TEXT[3]


def test_many_who_are_the_first_to_ask_share_one_model() -> None:
    code = """
import threading
from rag.pointer import model
built = []
weights = model._weights
model._weights = lambda: (built.append(1), weights())[1]
asking = [threading.Thread(target=model.point, args=(f"Who {n}?", [("", ["So."])])) for n in range(6)]
[one.start() for one in asking]
[one.join() for one in asking]
print(len(built))
"""
    assert run_python(code).stdout == "1\n"


def test_the_sentences_of_an_article_come_in_the_order_of_how_surely_they_answer() -> None:
    evidence = whole(Article.from_text(" ".join(TEXT), title=TITLE))
    closest = evidence.closest("Are customers refunded?", 50)
    assert len(closest) == len(TEXT)
    assert closest[0].text == TEXT[3]
    assert [source.score for source in closest] == sorted((s.score for s in closest), reverse=True)
    assert evidence.closest("What does the mayor say?", 1)[0].text == TEXT[4]


def test_a_sentence_that_cannot_be_seen_gets_a_number_too() -> None:
    (odds,) = point("When did it burn?", [(TITLE, ["\u200b", "The mill burnt in 1911.", "\u200e"])])
    assert all(map(math.isfinite, odds))
    assert max(odds) == odds[1]


@settings(max_examples=60, deadline=None)
@given(
    text=st.text("\u200b\u200e\u00ad\ufeff\u0301\ue000 \n.?aé文", max_size=40) | st.text(max_size=80),
    question=st.text(max_size=20),
)
def test_whatever_a_text_is_made_of_its_closest_sentences_are_found(text: str, question: str) -> None:
    try:
        article = Article.from_text(text)
    except ArticleError:
        return
    closest = whole(article).closest(question, 50)
    assert closest
    assert [source.score for source in closest] == sorted((s.score for s in closest), reverse=True)
    for source in closest:
        assert math.isfinite(source.score)
        assert article.text[source.start : source.end] == source.cite(0.0).quote


def test_the_articles_it_learned_from_can_be_read_again() -> None:
    for samples in (list(of_articles(articles())), list(of_stories())):
        assert len(samples) > 1_000
        for sample in samples[::9]:
            assert sample.question
            for passage, sentence in sample.answers | sample.open:
                assert sample.passages[passage][sentence]
        assert 0.2 < sum(not sample.answers for sample in samples) / len(samples) < 0.4
