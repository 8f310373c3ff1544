"""A reader who goes elsewhere while something is under way: nothing late is in the way, nothing is lost unsaid."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index import Article
from index.errors import ArticleChatError
from tests.ui.conftest import (
    FOUNDED,
    TWO_VIEWS,
    WHY,
    Site,
    Visit,
    answered,
    ask,
    kept,
    late,
    open_page,
    serving,
)
from ui.asking import Asking
from ui.jobs import Jobs

pytestmark = pytest.mark.usefixtures("nothing_kept")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The program takes its time with a question, until this is set."""
    with late(monkeypatch, Asking, "ask") as release:
        yield release


def history(page: Page) -> None:
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("dialog", name="Conversations")).to_be_visible()


def test_a_late_reply_does_not_bring_its_conversation_back(
    visit: Visit, site: Site, held: threading.Event
) -> None:
    page = visit(site.url)
    ask(page, WHY, wait=False)
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.get_by_test_id("ask-button")).to_be_visible()
    ask(page, FOUNDED, wait=False)
    held.set()
    answered(page)
    expect(page.get_by_test_id("user")).to_have_text([FOUNDED])
    assert sorted(kept()) == [[FOUNDED], [WHY]]
    open_page(page, site.url)
    expect(page.get_by_test_id("user")).to_have_text([FOUNDED])


def test_stop_and_ask_at_once_is_one_conversation(visit: Visit, site: Site, held: threading.Event) -> None:
    page = visit(site.url)
    ask(page, WHY, wait=False)
    page.get_by_test_id("stop-button").click()
    ask(page, FOUNDED, wait=False)
    expect(page.get_by_test_id("user")).to_have_text([WHY, FOUNDED])
    held.set()
    answered(page)
    assert kept() == [[WHY, FOUNDED]]


def test_an_impatient_reader_leaves_one_question(visit: Visit, site: Site, held: threading.Event) -> None:
    page = visit(site.url)
    ask(page, WHY, wait=False)
    for _ in range(2):
        page.get_by_test_id("stop-button").click()
        page.locator(".halt").get_by_role("button", name="Ask again").click()
    held.set()
    answered(page)
    expect(page.get_by_test_id("user")).to_have_text([WHY])
    assert kept() == [[WHY]]


@TWO_VIEWS
def test_the_present_conversation_goes_on_when_it_is_chosen(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    site.model.stall.set()
    page = visit(site.url, width, scheme)
    ask(page, WHY, wait=False)
    page.locator(".s.prov").first.wait_for()
    history(page)
    page.locator(".row.now .open").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stop-button")).to_be_visible()
    expect(page.locator(".halt")).to_have_count(0)
    page.get_by_test_id("stop-button").click()


def test_an_import_that_ends_late_leaves_the_answer_alone(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    add_at_once = site.chat.library.add

    def add_late(article: Article, **options: Any) -> bool:
        if article.title == "Late":
            release.wait(20)
        return add_at_once(article, **options)

    monkeypatch.setattr(site.chat.library, "add", add_late)
    page = visit(site.url)
    page.get_by_role("button", name="Articles").click()
    page.get_by_label("Or paste its text").fill("It comes late.\n\nBut in the end it comes.")
    page.get_by_label("Title").fill("Late")
    page.get_by_role("button", name="Add and open").click()
    page.get_by_role("button", name="Close").click()
    site.model.stall.set()
    ask(page, WHY, wait=False)
    page.locator(".s.prov").first.wait_for()
    release.set()
    expect(page.locator("#ac-toast")).to_contain_text("Ready, under Articles: Late")
    expect(page.get_by_test_id("stop-button")).to_be_visible()
    expect(page.get_by_role("heading", name="Meta's Scale AI deal")).to_be_visible()
    page.get_by_test_id("stop-button").click()


def test_a_conversation_about_an_article_that_came_or_went_elsewhere(visit: Visit, site: Site) -> None:
    page = visit(site.url)
    article = Article.from_text("Storks nest on chimneys.\n\nThey come back in March.", title="Storks")
    site.chat.library.add(article)
    other = visit(site.url)
    other.get_by_role("button", name="Articles").click()
    other.get_by_role("button", name=re.compile("^Storks")).click()
    expect(other.get_by_role("heading", name="Storks").first).to_be_visible()
    ask(other, "Where do storks nest?")

    history(page)
    page.locator("#ac-history-rows .open").first.click()
    expect(page.get_by_role("heading", name="Storks").first).to_be_visible()
    page.get_by_role("button", name="New", exact=True).click()

    site.chat.library.remove(article.id)
    history(page)
    page.locator("#ac-history-rows .open").first.click()
    expect(page.locator("#ac-toast")).to_contain_text("The article of this conversation was removed")
    expect(page.get_by_role("heading", name="Meta's Scale AI deal")).to_be_visible()


@TWO_VIEWS
def test_a_page_that_names_another_model_does_not_ask(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    from rag import ArticleChat, Settings

    chat = ArticleChat(Settings(model=site.model.model, base_url=site.model.url), site.chat.library)
    with serving(chat) as url:
        page, other = visit(url, width, scheme), visit(url, width, scheme)
        expect(page.locator("#ac-small")).to_contain_text("small at 127.0.0.1")
        other.get_by_role("button", name="Settings").click()
        other.locator("#ac-address").fill(site.model.url.replace("127.0.0.1", "localhost"))
        other.get_by_role("button", name="Apply").click()
        expect(other.get_by_role("dialog")).to_have_count(0)
        expect(other.locator("#ac-small")).to_contain_text("small at localhost")

        asked = len(site.model.requests)
        ask(page, WHY)
        expect(page.get_by_test_id("error")).to_contain_text("Not asked, because the model was changed")
        expect(page.get_by_test_id("error")).to_contain_text("small at localhost")
        expect(page.locator("#ac-small")).to_contain_text("small at localhost")
        assert all(WHY not in str(request) for request in site.model.requests[asked:])
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
        assert kept() == [[WHY]]

        other.get_by_role("button", name="Settings").click()
        other.locator("#ac-address").fill(site.model.url)
        other.get_by_role("button", name="Apply").click()
        expect(other.locator("#ac-small")).to_contain_text("small at 127.0.0.1")
        page.evaluate("dispatchEvent(new Event('focus'))")  # as when the reader comes back to this tab
        expect(page.locator("#ac-small")).to_contain_text("small at 127.0.0.1")


def test_a_question_that_finds_no_room_is_replaced_when_asked_again(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise ArticleChatError("Too many questions are waiting for an answer.")

    page = visit(site.url)
    with monkeypatch.context() as patch:
        patch.setattr(Jobs, "start", full)
        ask(page, WHY)
        expect(page.get_by_test_id("error")).to_contain_text("Too many questions")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
    assert kept() == [[WHY]]


@TWO_VIEWS
def test_a_question_that_must_wait_says_so(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    admit = Jobs._admit
    room = threading.Event()
    monkeypatch.setattr(Jobs, "_admit", lambda jobs, job: room.is_set() and admit(jobs, job))
    ask(page, WHY, wait=False)
    expect(page.locator(".turn .step")).to_contain_text("Waiting for its turn")
    room.set()
    answered(page)
    expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")


@TWO_VIEWS
def test_a_lost_connection_is_waited_for(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.model.pause = 0.15
    page = visit(site.url, width, scheme)
    ask(page, WHY, wait=False)
    page.locator(".s.prov").first.wait_for()
    # As a proxy does whose program has gone; the browser would report a refused connection as an error of the page.
    page.route("**/component_server/**", lambda route: route.fulfill(json={"detail": "Bad gateway"}))
    expect(page.locator(".turn .step")).to_contain_text("The connection is lost. Trying again")
    page.unroute("**/component_server/**")
    answered(page)
    expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
    expect(page.locator(".turn")).to_have_count(1)


@TWO_VIEWS
def test_a_start_that_fails_can_be_tried_again(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    from rag import ArticleChat, ModelError, Settings

    def fail(*_: Any, **__: Any) -> None:
        raise ModelError("The model's file is damaged. Get it again.")

    chat = ArticleChat(Settings(model=site.model.model, base_url=site.model.url), site.chat.library)
    with monkeypatch.context() as patch:
        patch.setattr(chat, "warm", fail)
        with serving(chat) as url:
            page = visit(url, width, scheme)
            expect(page.locator("#ac-small [role=alert]")).to_contain_text("The model's file is damaged")
            page.locator("#ac-small").get_by_role("button", name="Try again").click()
            expect(page.locator("#ac-small [role=alert]")).to_contain_text("The model's file is damaged")
            patch.undo()
            page.locator("#ac-small").get_by_role("button", name="Try again").click()
            expect(page.locator("#ac-small")).to_contain_text("Answers come from this article only")
            ask(page, WHY)
            expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
