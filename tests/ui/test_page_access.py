"""The page for everyone: measured with axe, reached with the keyboard, calm where calm is asked for."""

import re

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import (
    FOUNDED,
    INVENTS,
    SUGGESTED,
    TWO_VIEWS,
    VIEWS,
    WHY,
    Site,
    Visit,
    ask,
    suggest,
    violations,
)


@VIEWS
def test_axe_finds_nothing(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    suggest(monkeypatch, SUGGESTED)
    page = visit(site.url, width, scheme)
    page.get_by_role("list", name="Suggested questions").wait_for()
    assert violations(page) == []
    ask(page, INVENTS)
    ask(page, FOUNDED)
    site.model.key = "another"
    ask(page, WHY)
    site.model.key = ""
    assert violations(page) == []
    page.get_by_role("button", name="Try again").click()
    page.get_by_test_id("citation").last.wait_for()
    page.get_by_test_id("citation").last.click()
    assert violations(page) == []
    for name in ("Conversations", "Articles", "Settings"):
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        if name == "Settings":
            page.get_by_text("Another model").click()
        assert violations(page) == []
        page.keyboard.press("Escape")


@VIEWS
def test_axe_finds_nothing_while_an_answer_is_made(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.model.stall.set()
    page = visit(site.url, width, scheme, reduced_motion="reduce")
    ask(page, WHY, wait=False)
    page.locator(".s.prov").first.wait_for()
    assert violations(page) == []
    page.get_by_test_id("stop-button").click()


@TWO_VIEWS
def test_everything_can_be_reached_with_the_keyboard(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const e = document.activeElement;
                const outlined = getComputedStyle(e).outlineStyle !== "none" || e.matches("textarea");
                return outlined ? e.ariaLabel || e.textContent : "NO FOCUS RING: " + e.outerHTML }"""
        )
        reached.append(name)
    assert not [name for name in reached if name.startswith("NO FOCUS RING: <") and "body" not in name[:40]]
    article = "The article" if width > 760 else "Ask"  # on a phone it is behind its tab
    for wanted in ("New", "Conversations", "Articles", "Settings", article, "Copy with quotes", "Ask again",
                   "Good answer", "Bad answer", "Edit and ask again", "Ask the article", "Ask"):  # fmt: skip
        assert wanted in reached, f"{wanted} was not reached: {reached}"
    assert any(name.startswith("Source 1") for name in reached)


@TWO_VIEWS
def test_dialogs_give_the_focus_back(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    opener = page.get_by_role("button", name="Settings")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


@TWO_VIEWS
def test_readers_who_listen_are_told(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    told = page.locator("#ac-say")
    expect(told).to_have_attribute("aria-live", "polite")
    ask(page, WHY)
    expect(told).to_contain_text("Answer: Google views")
    ask(page, FOUNDED)
    expect(told).to_contain_text("The article does not say.")
    site.model.key = "another"
    ask(page, WHY)
    site.model.key = ""
    expect(page.locator("#ac-alert")).to_contain_text("did not accept the key")


def test_what_is_told_over_an_open_drawer_is_seen_and_heard_there(visit: Visit, site: Site) -> None:
    page = visit(site.url, 390)
    page.get_by_role("button", name="Articles").click()
    drawer = page.get_by_role("dialog", name="Articles")
    drawer.get_by_role("checkbox").first.click()  # the only one that is asked
    told = drawer.get_by_text("At least one article is asked.")
    expect(told.first).to_be_visible()
    assert told.first.evaluate(
        """element => { const { x, y, width, height } = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"""
    )
    expect(drawer.get_by_role("status")).to_have_text("At least one article is asked.")
    drawer.get_by_role("button", name="Close").click()
    ask(page, WHY)
    expect(page.locator("#ac-say")).to_contain_text("Answer: Google views")


@TWO_VIEWS
def test_reduced_motion(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.model.stall.set()
    page = visit(site.url, width, scheme, reduced_motion="reduce")
    ask(page, WHY, wait=False)
    page.locator(".s.prov").first.wait_for()
    assert page.evaluate("document.querySelector('.ac').getAnimations({subtree: true}).length") == 0
    page.get_by_test_id("stop-button").click()


def test_a_phone_has_two_tabs(visit: Visit, site: Site) -> None:
    page = visit(site.url, 390)
    expect(page.get_by_role("tabpanel", name="Ask")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Article")).to_be_hidden()
    tab = page.get_by_role("tab", name="Ask")
    tab.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Article")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Article")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Scale AI deal"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@TWO_VIEWS
def test_settings_in_words(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    expect(dialog.get_by_role("radio", name="Another model")).to_be_checked()
    expect(dialog.get_by_label("Address")).to_have_value(site.model.url)
    dialog.get_by_text("Rather say nothing").click()
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog).to_be_hidden()
    assert site.chat.settings.strictness == "strict"
    ask(page, WHY)
    expect(page.get_by_test_id("bot")).to_contain_text("conflict of interest")
    page.get_by_role("button", name="Settings").click()
    dialog.get_by_text("Weigh it").click()
    dialog.get_by_label("Address").fill("nowhere")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog.locator("#ac-settings-problem")).to_contain_text("nowhere")
    dialog.get_by_label("Address").fill(site.model.url)
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog).to_be_hidden()
    assert site.chat.settings.strictness == "balanced"
