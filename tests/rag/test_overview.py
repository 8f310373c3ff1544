"""What is asked about an article as a whole."""

from pathlib import Path

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from index import Article, Library, seed_article
from rag.events import Checked, Finished
from rag.overview import is_overview, leads, most_points
from rag.retrieval import gather, opened, whole
from tests.rag.scripted import Scripted, ask, events

pytestmark = pytest.mark.usefixtures("nothing_pointed_at")

FIRST = "Meta’s $14.3 billion investment in Scale AI has sent ripples across the AI industry."
LEADS = ("According to internal sources", "This strategic reshuffling", "Despite Google")


def judging(*answering: str) -> Scripted:
    model = Scripted(0.99, FIRST)
    model.agrees = lambda _, rest, **__: 0.99 if any(said in rest for said in (FIRST, *answering)) else 0.05  # type: ignore[method-assign, assignment]
    return model


def test_a_summary_has_what_the_paragraphs_begin_with() -> None:
    seen = events(judging(*LEADS), "Summarise this, please")
    said = [event.text for event in seen if isinstance(event, Checked)]
    assert said[0] == FIRST
    assert [text.startswith(lead) for text, lead in zip(said[1:], LEADS, strict=True)] == [True] * 3
    assert isinstance(last := seen[-1], Finished)
    assert last.answer.sentences == tuple(said)
    assert {citation.sentence for citation in last.answer.citations} == {0, 1, 2, 3}


def test_each_sentence_of_a_summary_has_a_number_of_its_own() -> None:
    model = judging(*LEADS, "The deal could enable Meta")
    model.reply = "A shoemaker of Ohio founded this university."  # what was written fails: its place is taken
    said = [event.sentence for event in events(model, "Summarise this, please") if isinstance(event, Checked)]
    assert len(said) > 1
    assert len(set(said)) == len(said)


def test_a_summary_has_no_more_sentences_than_are_asked_for() -> None:
    assert len(ask(judging(*LEADS), "Sum it up in two sentences").sentences) == 2
    assert len(ask(judging(*LEADS), "Sum it up in one sentence").sentences) == 1
    assert most_points("3 bullet points") == 3


def test_a_summary_is_one_in_the_middle_of_a_conversation_too() -> None:
    asked: list[str] = []
    model = judging(*LEADS)
    agrees = model.agrees
    model.agrees = lambda article, rest, **how: asked.append(rest) or agrees(article, rest, **how)  # type: ignore[method-assign, func-returns-value, assignment]
    earlier = ("Who leads Scale?", "Alexandr Wang leads Scale.")
    assert len(ask(model, "Give me a summary of the article", earlier).sentences) == 4
    assert not any("Wang leads" in rest for rest in asked)
    ask(model, "Will he say more of the article?", earlier)
    assert any("Wang leads" in rest for rest in asked)


def test_a_paragraph_that_does_not_answer_is_left_out() -> None:
    assert len(ask(judging(LEADS[1]), "Summarise this, please").sentences) == 2


def test_a_question_about_something_in_the_article_gets_its_answer_alone() -> None:
    assert ask(judging(*LEADS), "What has sent ripples across the industry?").text == FIRST


def test_the_first_sentences_that_tell_something_from_the_beginning_to_the_end() -> None:
    paragraphs = [
        f"Look at this. In the year {year} something happened that took everybody by surprise."
        for year in range(1900, 1910)
    ]
    evidence = whole(Article.from_text("\n\n".join(paragraphs), title="Years"), Library())
    assert [source.text.split()[3] for source in leads(evidence, 4)] == ["1900", "1903", "1906", "1909"]


def test_what_points_nowhere_in_particular() -> None:
    evidence = whole(seed_article(), Library())
    for question in ("Sum it up", "What is this about? Answer in two sentences", "Explain this to a child"):
        assert is_overview(question, evidence)
    for question in ("What has Scale said?", "Is Google thinking about leaving?", "Is Wang married?"):
        assert not is_overview(question, evidence)


def test_a_long_article_as_a_whole_is_its_beginning_and_what_its_paragraphs_begin_with(
    tmp_path: Path,
) -> None:
    opening = "The harbour of Osby was built for the herring trade. It closed in 1971."
    years = [
        f"In the year {year} the harbour of Osby took another {year - 1700} ships. The weather was fair." * 2
        for year in range(1800, 1830)
    ]
    article = Article.from_text("\n\n".join([opening, *years]), title="Osby")
    with Library(tmp_path / "library") as library:
        library.add(article)
        asked = gather("Can you sum it up?", None, [article], library).outline
        assert asked is not None
        assert asked.texts[0].startswith(opening)
        assert asked.texts[-1].startswith("In the year 1829")
        assert len(" ".join(asked.texts)) < 2_000
        assert gather("How many ships came to Osby in 1807?", None, [article], library).outline is None


def test_the_sentences_of_an_article_are_embedded_once_by_a_model_of_any_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []
    embed = DeterministicFakeEmbedding.embed_documents

    def note(self: DeterministicFakeEmbedding, texts: list[str]) -> list[list[float]]:
        embedded.extend(texts)
        return embed(self, texts)

    monkeypatch.setattr(DeterministicFakeEmbedding, "embed_documents", note)
    article = Article.from_text(
        "The mill burnt down in 1911. Nobody was hurt, and the miller moved to Dresden."
    )
    with Library(tmp_path / "library", embeddings=DeterministicFakeEmbedding(size=8)) as library:
        for question in ("Sum it up", "Tell me everything"):
            evidence = gather(question, None, [article], library)
            is_overview(question, evidence)
        assert evidence is opened(article, library)
    assert embedded == [source.text for source in evidence.sources]
