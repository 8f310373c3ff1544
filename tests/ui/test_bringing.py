"""What a reader is told of an article that the page was given. No model answers here."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index import Library
from rag import ArticleChat, Settings
from tests.index import documents
from tests.index.test_library import BAKERY, HARBOUR, Letters
from ui.desk import Desk, Reader

Bring = Callable[..., dict[str, Any]]


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bring]:
    """Brings something and gives the event that tells of it."""
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path))
    chat = ArticleChat(Settings(), Library(tmp_path / "library", embeddings=Letters()))
    desk, reader = Desk(chat, uploaded=lambda _: True), Reader("local", local=True)

    def bring(content: str | bytes, name: str | None = None) -> dict[str, Any]:
        data = {"text": content}
        if name is not None:
            path = tmp_path / f"sent-{name}"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            data = {"path": str(path), "name": name}
        job = desk.bring(reader, data)["job"]
        seen: list[dict[str, Any]] = []
        while not (news := asyncio.run(desk.follow(reader, {"job": job, "after": len(seen)})))["done"]:
            seen += news["events"]
        return [*seen, *news["events"]][-1]

    yield bring
    chat.close()


def test_another_article_of_the_same_file_name_is_told(bring: Bring) -> None:
    assert bring(f"The harbour\n\n{HARBOUR}", "news.txt")["former"] is None
    harbour = bring(f"The harbour\n\n{HARBOUR}", "news.txt")
    assert harbour["former"] is None
    added = bring(f"The bakery\n\n{BAKERY}", "news.txt")
    assert added["former"] == {"id": harbour["article"]["id"], "title": "The harbour"}
    assert {row["title"] for row in added["articles"]} >= {"The harbour", "The bakery"}


def test_texts_that_were_pasted_are_told_nothing(bring: Bring) -> None:
    assert [bring(text)["former"] for text in (HARBOUR, BAKERY)] == [None, None]


def test_pages_without_text_are_told(bring: Bring) -> None:
    paper = documents.pdf([["The council met in the old hall of the town."], [], []], pictures=[2, 3])
    assert bring(paper, "paper.pdf")["note"].startswith("Pages 2, 3 are pictures without text")
