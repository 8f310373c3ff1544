"""What is given as an article, and what is left of one that is removed. No model answers here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import ArticleError, Library
from rag import ArticleChat, Settings
from tests.index.test_library import HARBOUR, Letters


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ArticleChat]:
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    chat = ArticleChat(Settings(), Library(tmp_path / "library", embeddings=Letters()))
    yield chat
    chat.close()


@pytest.mark.parametrize(
    "text",
    [
        HARBOUR,
        HARBOUR.rstrip("."),
        "The mill burnt down in 1911.",
        "Was it the mill? “Yes, it was.”",
        "Two lines\nare a text",
        HARBOUR * 100,
    ],
)
def test_a_text_is_given_as_it_is(chat: ArticleChat, text: str) -> None:
    [article] = chat.open(text)
    assert article.text == text


@pytest.mark.parametrize(
    "name",
    [
        "notes.md",
        "The mill.txt",
        "the mill",
        "mill.",
        "/home/anna/all the papers of the mill/the plans and the letters of the year 1911",
        "all the papers of the mill/the plans and the letters of the year 1911.pdf",
    ],
)
def test_a_file_that_is_not_there_is_said(chat: ArticleChat, name: str) -> None:
    with pytest.raises(ArticleError, match="There is no file"):
        chat.open(name)


def test_a_file_whose_name_is_a_sentence_is_read(chat: ArticleChat, tmp_path: Path) -> None:
    (tmp_path / "The mill burnt down in 1911.").write_text(HARBOUR)
    [article] = chat.open("The mill burnt down in 1911.")
    assert article.text == HARBOUR


def test_removing_forgets_what_was_made_of_an_article(chat: ArticleChat, tmp_path: Path) -> None:
    [article] = chat.open(HARBOUR)
    chat.library.add(article)
    made = [tmp_path / "suggestions" / f"{article.id}.json", tmp_path / "prefixes" / "0123.bin"]
    others = tmp_path / "suggestions" / "0123456789abcdef.json"
    for file in (*made, others):
        file.parent.mkdir(exist_ok=True)
        file.write_text("[]")
    chat.remove(article.id)
    assert [info.id for info in chat.library.articles()] == []
    assert not any(file.exists() for file in made)
    assert others.exists()
    with pytest.raises(ArticleError, match="no article"):
        chat.remove(article.id)
