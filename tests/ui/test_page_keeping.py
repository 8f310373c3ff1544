"""Conversations on the page: kept, come back to, exported, erased; each reader has his own."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rag import Checked, Event, ModelError
from tests.ui.conftest import (
    CONFLICT,
    FOUNDED,
    TWO_VIEWS,
    VIEWS,
    WHY,
    Site,
    Visit,
    answered,
    ask,
    free_port,
    kept,
    open_page,
    serving,
)


def history(page: Page) -> None:
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("dialog", name="Conversations")).to_be_visible()


@TWO_VIEWS
def test_reload_keeps_the_conversation(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    ask(page, FOUNDED)
    page.get_by_role("textbox", name="Ask the article").fill("not sent yet")
    open_page(page, site.url)
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.get_by_test_id("declined")).to_be_visible()
    expect(page.get_by_role("textbox", name="Ask the article")).to_have_value("not sent yet")
    page.get_by_test_id("citation").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()


@VIEWS
def test_reload_in_the_middle_of_an_answer(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.model.pause = 0.15
    page = visit(site.url, width, scheme)
    ask(page, WHY, wait=False)
    expect(page.locator(".s.prov").first).to_be_visible()
    asked = len(site.model.requests)
    open_page(page, site.url)
    expect(page.get_by_test_id("stop-button")).to_be_visible()
    answered(page)
    expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
    expect(page.locator(".turn")).to_have_count(1)
    assert len(site.model.requests) == asked  # the same answer went on: it was not asked again


def test_a_page_that_was_closed_lets_the_model_rest(visit: Visit, site: Site) -> None:
    from ui import asking

    site.model.pause = 0.2
    patience = asking._PATIENCE
    asking._PATIENCE = 0.5
    try:
        page = visit(site.url)
        ask(page, WHY, wait=False)
        expect(page.locator(".s.prov").first).to_be_visible()
        page.context.close()
        deadline = time.monotonic() + 10
        kept = visit(site.url)
        while time.monotonic() < deadline:
            history(kept)
            kept.get_by_role("button", name=re.compile("^" + re.escape(WHY))).first.click()
            if kept.locator(".halt").count():
                break
            open_page(kept, site.url)
        expect(kept.locator(".halt")).to_contain_text("Stopped.")
    finally:
        asking._PATIENCE = patience


def test_conversations_outlive_the_program(visit: Visit, site: Site) -> None:
    port = free_port()
    with serving(site.chat, port) as url:
        page = visit(url)
        ask(page, WHY)
        page.goto(
            "about:blank"
        )  # a page that is open asks on, and the browser notes each refusal as an error
    with serving(site.chat, port) as url:
        open_page(page, url)
        expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
        ask(page, FOUNDED)
        expect(page.locator(".turn")).to_have_count(2)


@TWO_VIEWS
def test_new_open_and_erase(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, FOUNDED)
    page.get_by_role("button", name="New", exact=True).click()
    ask(page, WHY)
    page.get_by_role("button", name="New", exact=True).click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("mark")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Ask the article")).to_be_focused()
    ask(page, FOUNDED)

    history(page)
    page.get_by_role("button", name=re.compile("^" + re.escape(WHY))).first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("user")).to_have_text(WHY)

    history(page)
    rows = page.locator("#ac-history-rows li")
    count = rows.count()
    page.locator(".row.now").get_by_role("button", name="Erase: ").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(rows).to_have_count(count - 1)
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".turn")).to_have_count(0)

    history(page)
    page.get_by_role("button", name="Erase all conversations").click()
    page.get_by_role("button", name="Cancel").click()
    expect(rows).to_have_count(count - 1)
    page.get_by_role("button", name="Erase all conversations").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(rows).to_have_count(0)
    open_page(page, site.url)
    expect(page.locator(".turn")).to_have_count(0)


@TWO_VIEWS
def test_export_as_markdown(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    ask(page, FOUNDED)
    history(page)
    with page.expect_download() as download:
        page.locator(".row.now").get_by_role("button", name="Export as Markdown").click()
    assert download.value.suggested_filename == "Why-might-Google-leave-Scale.md"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith(f"# {WHY}\n")
    assert f"{CONFLICT} \\[1\\]" in text
    assert "> \\[1\\] “According to internal sources cited by The Information" in text
    assert "**The article does not say.**" in text


def test_two_readers_at_once(visit: Visit, site: Site) -> None:
    site.model.pause = 0.1
    one, two = visit(site.url), visit(site.url, 390, "dark")
    ask(one, WHY, wait=False)
    ask(two, FOUNDED, wait=False)
    answered(two)
    answered(one)
    expect(one.get_by_test_id("bot")).to_contain_text("conflict of interest")
    expect(two.get_by_test_id("declined")).to_be_visible()
    expect(one.locator(".turn")).to_have_count(1)
    expect(two.locator(".turn")).to_have_count(1)


def test_readers_from_elsewhere_see_only_their_own(visit: Visit, site: Site) -> None:
    proxied = {"extra_http_headers": {"X-Forwarded-For": "203.0.113.7"}}
    ask(visit(site.url), WHY)  # at this computer
    one, two = visit(site.url, **proxied), visit(site.url, **proxied)
    ask(one, FOUNDED)
    history(two)
    expect(two.locator("#ac-history-rows li")).to_have_count(0)
    history(one)
    expect(one.locator("#ac-history-rows li")).to_have_count(1)
    one.get_by_role("button", name="Close").click()
    one.get_by_role("button", name="Settings").click()
    expect(one.get_by_role("button", name="Apply")).to_be_disabled()


def test_asking_again_does_not_erase_what_another_tab_added(visit: Visit, site: Site) -> None:
    first, second = visit(site.url), visit(site.url)
    ask(first, WHY)
    history(second)
    second.get_by_role("button", name=re.compile("^" + re.escape(WHY))).first.click()
    expect(second.get_by_test_id("bot")).to_have_count(1)
    ask(first, FOUNDED)
    second.get_by_role("button", name="Ask again", exact=True).click()
    expect(second.get_by_test_id("error")).to_contain_text("in another tab")
    assert kept()[0] == [WHY, FOUNDED]


@TWO_VIEWS
def test_what_was_verified_stays_when_an_answer_breaks_off(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    whole = site.chat.stream

    def broken(*args: Any, **options: Any) -> Iterator[Event]:
        for event in whole(*args, **options):
            yield event
            if isinstance(event, Checked):
                raise ModelError("The model is gone.")

    page = visit(site.url, width, scheme)
    with monkeypatch.context() as patch:
        patch.setattr(site.chat, "stream", broken)
        ask(page, WHY, wait=False)
        expect(page.get_by_test_id("error")).to_contain_text("The model is gone.")
    for _ in range(2):  # after a reload as well
        expect(page.locator(".turn .text")).to_contain_text("conflict of interest")
        open_page(page, site.url)
