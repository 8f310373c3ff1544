"""A reader who is quicker than the article that is being opened: what is typed or asked meanwhile is not lost."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index import Article
from tests.ui.conftest import FOUNDED, WHY, Site, Visit, answered, ask, kept, late
from ui.desk import Desk, Reader

pytestmark = pytest.mark.usefixtures("nothing_kept")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The program takes its time to open an article or a conversation, until this is set."""
    with late(monkeypatch, Desk, "article", "conversation") as release:
        yield release


def storks(page: Page, site: Site, name: str) -> None:
    """Choose an article that takes its time to be opened, and be too impatient to watch the drawer."""
    text = f"The {name} of the stork.\n\nStorks nest on the roof of the town hall."
    site.chat.library.add(Article.from_text(text, title=name, source="birds"))
    site.replies["Where do storks nest?"] = "Found\nStorks nest on the roof of the town hall."
    page.get_by_role("button", name="Articles").click()
    page.get_by_role("button", name=re.compile(f"^{name}")).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_question_that_is_asked_while_an_article_is_opened_is_asked_of_it(
    visit: Visit, site: Site, opened: threading.Event
) -> None:
    page = visit(site.url)
    storks(page, site, "Nest")
    ask(page, "Where do storks nest?", wait=False)
    expect(page.get_by_role("textbox", name="Ask the article")).to_have_value("Where do storks nest?")
    opened.set()
    answered(page)
    expect(page.locator("article h2")).to_have_text("Nest")
    expect(page.get_by_test_id("bot")).to_contain_text("town hall")
    expect(page.get_by_role("textbox", name="Ask the article")).to_have_value("")
    assert kept() == [["Where do storks nest?"]]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_typed_while_an_article_is_opened_stays(
    visit: Visit, site: Site, opened: threading.Event, width: int
) -> None:
    page = visit(site.url, width)
    storks(page, site, f"Plumage {width}")
    box = page.get_by_role("textbox", name="Ask the article")
    box.click()
    page.keyboard.type("Where do ")
    opened.set()
    expect(page.locator("article h2")).to_have_text(f"Plumage {width}")
    page.keyboard.type("storks nest?")  # what is being typed keeps the focus, and on a phone its tab
    expect(box).to_have_value("Where do storks nest?")
    expect(box).to_be_visible()


def test_a_question_that_is_asked_while_the_page_is_restored_goes_on_there(
    visit: Visit, site: Site, opened: threading.Event
) -> None:
    page = visit(site.url)
    ask(page, WHY)
    page.reload()
    box = page.get_by_role("textbox", name="Ask the article")
    expect(page.locator("article h2")).to_be_visible()
    box.fill(FOUNDED)
    box.press("Enter")
    opened.set()
    expect(page.get_by_test_id("user")).to_have_text([WHY, FOUNDED])
    answered(page)
    assert kept() == [[WHY, FOUNDED]]


def test_a_question_stays_when_the_article_cannot_be_opened(
    visit: Visit, site: Site, opened: threading.Event
) -> None:
    page = visit(site.url)
    storks(page, site, "Flight")
    ask(page, "Where do storks nest?", wait=False)
    for info in site.chat.library.articles():
        if info.title == "Flight":
            site.chat.library.remove(info.id)
    opened.set()
    expect(page.locator("#ac-toast")).to_contain_text("no article")
    expect(page.get_by_role("textbox", name="Ask the article")).to_have_value("Where do storks nest?")
    assert kept() == []


def test_the_question_can_be_typed_as_soon_as_an_article_is_open(visit: Visit, site: Site) -> None:
    page = visit(site.url)
    page.get_by_role("button", name="Articles").click()
    page.get_by_role("button", name=re.compile("^Meta's Scale AI deal")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.type("Why?")
    expect(page.get_by_role("textbox", name="Ask the article")).to_have_value("Why?")


def test_of_two_articles_that_are_chosen_quickly_the_second_stays(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooks, swifts = (
        Article.from_text(f"{name} nest in spring.\n\nThey leave in autumn.", title=name, source="birds")
        for name in ("Rooks", "Swifts")
    )
    release, told = threading.Event(), threading.Event()
    find = Desk.article

    def article(desk: Desk, reader: Reader, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("id") == rooks.id:
            release.wait(20)
            told.set()
        return find(desk, reader, data)

    monkeypatch.setattr(Desk, "article", article)
    site.chat.library.add(rooks)
    site.chat.library.add(swifts)
    page = visit(site.url)
    page.get_by_role("button", name="Articles").click()
    page.get_by_role("button", name=re.compile("^Rooks")).click()
    page.get_by_role("button", name=re.compile("^Swifts")).click()
    expect(page.locator("article h2")).to_have_text("Swifts")
    with page.expect_response(lambda response: "rooks" in response.text().lower()):
        release.set()
    assert told.is_set()
    page.wait_for_timeout(200)
    expect(page.locator("article h2")).to_have_text("Swifts")
    expect(page.get_by_role("dialog")).to_have_count(0)
