"""Other models than the built-in one: what their servers refuse, and what they write besides an answer."""

from collections.abc import Iterator

import pytest

from index import seed_article
from rag import Answer, ModelError, Settings
from rag.chain import Query, run
from rag.events import Draft, Finished
from rag.models import LanguageModel
from rag.retrieval import whole
from tests.servers import ModelServer, model_server

SEED = seed_article()
GOOD = "Google views Meta's partnership with Scale AI as a potential conflict of interest."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        server.reply = f"Found: {GOOD}"
        yield server


@pytest.fixture
def model(server: ModelServer) -> LanguageModel:
    return LanguageModel(Settings(model=server.model, base_url=server.url, api_key="right"))


def ask(model: LanguageModel) -> tuple[Answer, str]:
    """Return the answer, and all that was shown before it was checked."""
    *events, last = run(Query("How does Google see the deal?", (SEED,)), model, lambda *_: whole(SEED))
    assert isinstance(last, Finished)
    return last.answer, "".join(event.text for event in events if isinstance(event, Draft))


@pytest.mark.parametrize(
    "refused",
    [
        (403, "You are not allowed to request logprobs from this model"),
        (400, "'logprobs' is not supported with reasoning models"),
    ],
)
def test_token_probabilities_that_are_refused_are_done_without(
    server: ModelServer, model: LanguageModel, refused: tuple[int, str]
) -> None:
    server.refused = refused
    for _ in range(2):
        assert ask(model)[0].text == GOOD
    assert ["logprobs" in request for request in server.requests] == [True, False, False]


def test_what_else_is_refused_is_said(server: ModelServer, model: LanguageModel) -> None:
    server.refused = (403, "This model is not for your country")
    with pytest.raises(ModelError, match="not for your country"):
        ask(model)
    assert len(server.requests) == 1


@pytest.mark.parametrize("reply", ["", " \n", "<think>\nThe article says that", "<thi"])
def test_a_model_that_writes_no_answer_is_no_article_that_does_not_say(
    server: ModelServer, model: LanguageModel, reply: str
) -> None:
    server.reply = reply
    with pytest.raises(ModelError, match="small wrote no answer"):
        ask(model)


@pytest.mark.parametrize("verdict", ["Found:", "Found\n"])
def test_what_a_model_thinks_is_no_part_of_its_answer(
    server: ModelServer, model: LanguageModel, verdict: str
) -> None:
    server.reply = f"<think>\nGoogle paid 9 billion. Or did it?\n</think>\n\n{verdict} {GOOD}"
    answer, shown = ask(model)
    assert (answer.status, answer.text, answer.retracted) == ("answered", GOOD, ())
    assert shown.strip() == GOOD


def test_a_model_that_finds_nothing_may_think_too(server: ModelServer, model: LanguageModel) -> None:
    server.reply = "<think>\nFound it? No.\n</think>\n\nMissing"
    answer, shown = ask(model)
    assert (answer.status, answer.confidence, shown) == ("not_in_article", 0.0, "")


def test_a_model_has_room_to_think(server: ModelServer, model: LanguageModel) -> None:
    ask(model)
    assert server.requests[0]["max_completion_tokens"] >= 2_000
