"""What is kept of an answer whose words do not all pass."""

from collections.abc import Iterator

from index import seed_article
from rag.answers import Answer
from rag.chain import Query, run
from rag.events import Finished
from rag.models import Piece
from rag.prompts import GRAMMAR, OPENING
from rag.rescue import beginnings, quoting_grammar
from rag.retrieval import whole
from rag.settings import Settings

SEED = seed_article()
QUOTE = SEED.text[SEED.text.index("According to internal") : SEED.text.index(" Scale AI has long served")]


class WrongModel:
    """Sure that the article answers, and wrong unless it is held to the article's sentences."""

    name, builtin, ready, settings = "wrong", True, True, Settings()

    def __init__(self, found: float, reply: str) -> None:
        self.found, self.reply = found, reply

    def stream(self, article: str, rest: str, *, remember: bool, grammar: str = GRAMMAR) -> Iterator[Piece]:
        yield Piece(OPENING, self.found)
        yield Piece(self.reply if grammar == GRAMMAR else QUOTE)

    def supports(self, article: str, claim: str, *, remember: bool) -> float:
        return 0.9 if "CEO" in claim else 0.01


def ask(model: WrongModel) -> Answer:
    *_, last = run(Query("What does Google think?", (SEED,)), model, lambda *_: whole(SEED))  # type: ignore[arg-type]  # only what the chain calls
    assert isinstance(last, Finished)
    return last.answer


def test_the_half_of_a_sentence_that_is_true_is_kept() -> None:
    answer = ask(WrongModel(0.9, "Alexandr Wang is the CEO of Scale AI, and he is 45 years old."))
    assert answer.text == "Alexandr Wang is the CEO of Scale AI."
    assert answer.status == "partial"
    assert "45" in answer.retracted[0]


def test_a_sentence_is_not_cut_to_half_a_condition() -> None:
    assert not list(beginnings("If Google leaves Scale AI as its customer, the startup will lose revenue."))


def test_where_its_own_words_fail_a_sure_model_is_held_to_the_articles() -> None:
    answer = ask(WrongModel(0.9, "Google owns Meta and Scale AI."))
    assert (answer.text, answer.status) == (QUOTE, "answered")
    assert answer.citations[0].quote == QUOTE


def test_an_unsure_model_is_not_asked_to_quote() -> None:
    assert ask(WrongModel(0.3, "Google owns Meta and Scale AI.")).status == "not_in_article"


def test_the_grammar_holds_marks_of_quotation() -> None:
    grammar = quoting_grammar(whole(SEED), OPENING)
    assert grammar.startswith('root ::= "Found\\n" ("Meta’s headline-making')
    assert "“superintelligence” AI team" in grammar
