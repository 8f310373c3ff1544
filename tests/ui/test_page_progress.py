"""What takes a while says how far it is: to be seen, and to be heard."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from index import SentenceEmbeddings, seed_article
from rag import ArticleChat, Event, Settings, Step
from tests.ui.conftest import TWO_VIEWS, VIEWS, WHY, Site, Visit, answered, ask, late, serving, violations
from ui.preparing import Preparing, Typed


@VIEWS
def test_the_model_that_is_being_loaded(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    chat = ArticleChat(Settings(model=site.model.model, base_url=site.model.url), site.chat.library)
    release = threading.Event()

    def warm(article: Any, progress: Any) -> None:
        progress("Loading the language model", 0.4)
        release.wait(30)

    monkeypatch.setattr(chat, "warm", warm)
    with serving(chat) as url:
        page = visit(url, width, scheme, reduced_motion="reduce")
        bar = page.get_by_role("progressbar", name="Loading the language model")
        expect(bar).to_have_attribute("aria-valuenow", "40")
        expect(page.locator("#ac-small")).to_have_text("Loading the language model · 40 %")
        expect(page.locator("#ac-say")).to_have_text("Loading the language model, 40 %")
        assert violations(page) == []
        release.set()
        expect(page.locator("#ac-say")).to_contain_text("Ready. Answers come from this article only")
        expect(bar).to_have_count(0)
        page.context.close()


@TWO_VIEWS
def test_an_article_that_must_be_read_before_it_is_asked(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    """As when it was added with another embedding model."""
    page = visit(site.url, width, scheme, reduced_motion="reduce")
    release = threading.Event()
    whole = site.chat.stream

    def stream(*args: Any, **options: Any) -> Iterator[Event]:
        yield Step("indexing", "Reading the article", 0.55)
        release.wait(30)
        yield from whole(*args, **options)

    monkeypatch.setattr(site.chat, "stream", stream)
    ask(page, WHY, wait=False)
    bar = page.get_by_role("progressbar", name="Reading the article")
    expect(bar).to_have_attribute("aria-valuenow", "55")
    expect(page.locator(".turn .step")).to_have_text("Reading the article · 55 %")
    expect(page.locator("#ac-say")).to_have_text("Reading the article, 55 %")
    assert violations(page) == []
    release.set()
    answered(page)
    expect(page.get_by_role("progressbar")).to_have_count(0)


@TWO_VIEWS
def test_an_article_that_is_brought(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme, reduced_motion="reduce")
    page.get_by_role("button", name="Articles").click()
    drawer = page.get_by_role("dialog", name="Articles")
    drawer.get_by_label("Or paste its text").fill(f"Plovers run along the shore {width}.")
    with late(monkeypatch, SentenceEmbeddings, "embed_documents") as release:
        drawer.get_by_role("button", name="Add and open").click()
        expect(drawer.get_by_role("progressbar", name="Reading the article")).to_be_visible()
        expect(drawer.get_by_role("status")).to_contain_text("Reading the article")
        assert violations(page) == []
        release.set()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=15_000)


def test_what_is_typed_is_prepared_for_before_it_is_asked(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Typed | None] = []
    monkeypatch.setattr(Preparing, "typing", lambda _, typed: told.append(typed))
    page = visit(site.url)
    box = page.get_by_role("textbox", name="Ask the article")
    box.press_sequentially("Why might", delay=100)
    page.wait_for_timeout(1200)
    assert told == []  # of two words nothing can be told
    box.press_sequentially(" Google leave Scale?", delay=100)
    page.wait_for_timeout(1200)
    assert 2 <= len(told) <= 5
    assert told[-1]
    assert told[-1].question == WHY
    assert [article.title for article in told[-1].articles] == [seed_article().title]
    box.press("Enter")
    answered(page)
    assert told[-1] is None  # what was asked is not prepared for any more
