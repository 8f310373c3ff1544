"""Asking on the page: what is shown while the answer is made, where it says so, and what can be done with it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index import seed_article
from tests.ui.conftest import (
    CONFLICT,
    FOUNDED,
    INVENTION,
    INVENTS,
    ROLE,
    SUGGESTED,
    TWO_VIEWS,
    VIEWS,
    WHY,
    Site,
    Visit,
    answered,
    ask,
    suggest,
)
from ui.desk import Desk


def last(page: Page) -> Any:
    return page.locator(".turn").last


@VIEWS
def test_every_sentence_points_at_its_words(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    expect(last(page).get_by_test_id("bot")).to_contain_text("conflict of interest")
    cites = last(page).get_by_test_id("citation")
    expect(cites).to_have_count(2)
    expect(last(page)).to_contain_text("Both sentences found in the article")

    cites.nth(1).click()
    mark = page.locator("mark[data-source='2']")
    expect(mark).to_be_in_viewport()
    expect(mark).to_have_class(re.compile("on"))
    expect(mark).to_contain_text("However, Meta’s new role as both a major investor and strategic partner")
    # The same colour on both sides.
    colour = "element => getComputedStyle(element).backgroundColor"
    page.wait_for_function(
        "([a, b]) => getComputedStyle(a).backgroundColor === getComputedStyle(b).backgroundColor",
        arg=[mark.element_handle(), cites.nth(1).element_handle()],
    )
    assert mark.evaluate(colour) != cites.nth(0).evaluate(colour)

    if width < 760:
        expect(page.get_by_role("tab", name="Article")).to_have_attribute("aria-selected", "true")
        page.get_by_role("button", name="Back to the answer").click()
        expect(page.get_by_role("tab", name="Ask")).to_have_attribute("aria-selected", "true")
    else:
        mark.click()
    expect(cites.nth(1)).to_be_focused()


@VIEWS
def test_of_two_questions_the_one_that_is_not_answered_is_named(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    ask(page, f"{WHY} {FOUNDED}")
    bot = last(page).get_by_test_id("bot")
    expect(bot).to_contain_text("conflict of interest")
    expect(bot).to_contain_text(f"The article does not say: “{FOUNDED}”")
    expect(last(page)).to_contain_text("Answered in part")
    expect(last(page).get_by_test_id("citation")).to_have_count(2)
    page.reload()
    expect(last(page).get_by_test_id("bot")).to_contain_text(f"The article does not say: “{FOUNDED}”")


@TWO_VIEWS
def test_the_keyboard_leads_to_the_words_and_back(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    cite = last(page).get_by_test_id("citation").first
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if cite.evaluate("element => element === document.activeElement"):
            break
    expect(page.get_by_role("tooltip")).to_contain_text("According to internal sources")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()
    page.keyboard.press("Enter")
    back = page.get_by_role("link", name="Source 1, back to the answer")
    expect(back).to_be_focused()
    expect(back).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(cite).to_be_focused()


@VIEWS
def test_hovering_shows_the_quote_and_lights_both_sides(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    last(page).get_by_test_id("citation").first.hover()
    expect(page.get_by_role("tooltip")).to_contain_text(
        "According to internal sources cited by The Information"
    )
    expect(page.locator("mark[data-source='1']")).to_have_class(re.compile("on"))
    if width < 760:  # the quote fits the screen; there is no hovering on the other side
        box = page.get_by_role("tooltip").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        return
    page.locator("mark[data-source='2']").hover()
    expect(page.get_by_role("tooltip")).to_be_hidden()
    expect(last(page).get_by_test_id("citation").nth(1)).to_have_class(re.compile("on"))


@VIEWS
def test_what_the_article_does_not_say(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, FOUNDED)
    card = last(page).get_by_test_id("declined")
    expect(card).to_contain_text("The article does not say.")
    near = card.get_by_role("button").first
    quote = near.inner_text().strip("“”\n ")
    near.click()
    mark = page.locator("mark[data-source='1']").first
    expect(mark).to_be_in_viewport()
    assert mark.inner_text()[:20] == quote[:20]


@VIEWS
def test_something_is_shown_at_once_and_words_settle(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    site.model.pause = 0.08
    page = visit(site.url, width, scheme)
    ask(page, WHY, wait=False)
    # Before half a second is over, whatever the program does.
    expect(last(page).get_by_test_id("user")).to_have_text(WHY, timeout=500)
    expect(last(page).locator(".step, .s")).not_to_have_count(0, timeout=500)
    provisional = last(page).locator(".s.prov")
    expect(provisional.first).to_be_visible()
    expect(last(page).locator(".step")).to_contain_text("not checked yet")
    faint = provisional.first.evaluate("element => getComputedStyle(element).color")
    answered(page)
    expect(provisional).to_have_count(0)
    settled = last(page).locator(".s").first
    page.wait_for_function(
        "([element, faint]) => getComputedStyle(element).color !== faint",
        arg=[settled.element_handle(), faint],
    )


@VIEWS
def test_a_sentence_that_is_taken_back_says_why(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, INVENTS, wait=False)
    expect(last(page).locator(".s.gone")).to_have_text(INVENTION)
    answered(page)
    expect(last(page).locator(".text")).not_to_contain_text("2016")
    expect(last(page).locator(".text")).to_contain_text(ROLE[:40])
    expect(last(page)).to_contain_text("Answered in part")
    note = last(page).get_by_text("One sentence was taken back")
    note.click()
    expect(last(page).locator(".taken")).to_contain_text(INVENTION)
    assert len(last(page).locator(".taken p").inner_text()) > len(INVENTION) + 10  # and a reason


@VIEWS
def test_stop_and_ask_again(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.model.pause = 0.3
    page = visit(site.url, width, scheme)
    ask(page, WHY, wait=False)
    expect(last(page).locator(".s.prov").first).to_be_visible()
    page.get_by_test_id("stop-button").click()
    expect(last(page).locator(".halt")).to_contain_text("Stopped.")
    expect(page.get_by_test_id("ask-button")).to_be_visible()
    site.model.pause = 0.0
    page.get_by_role("button", name="Ask again", exact=True).click()
    answered(page)
    expect(page.locator(".turn")).to_have_count(1)
    expect(last(page).get_by_test_id("bot")).to_contain_text("conflict of interest")


@TWO_VIEWS
def test_escape_stops(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.model.pause = 0.3
    page = visit(site.url, width, scheme)
    ask(page, WHY, wait=False)
    page.keyboard.press("Escape")
    expect(last(page).locator(".halt")).to_be_visible()


@TWO_VIEWS
def test_retry_and_edit_replace_what_followed(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    ask(page, FOUNDED)
    last(page).get_by_role("button", name="Ask again", exact=True).click()
    answered(page)
    expect(page.locator(".turn")).to_have_count(2)

    page.locator(".turn").first.hover()
    page.get_by_role("button", name="Edit and ask again").first.click()
    box = page.get_by_role("textbox", name="Edit the question")
    expect(box).to_be_focused()
    expect(box).to_have_value(WHY)
    box.press("Escape")
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Edit and ask again").first.click()
    box.fill(INVENTS)
    box.press("Enter")
    # What followed is erased from the disk too: not without a word.
    expect(page.get_by_role("dialog")).to_contain_text("The question after this one will be erased")
    page.get_by_role("button", name="Cancel").last.click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(box).to_have_value(INVENTS)
    box.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Ask again").click()
    answered(page)
    expect(page.locator(".turn")).to_have_count(1)
    expect(last(page).get_by_test_id("user")).to_have_text(INVENTS)


@TWO_VIEWS
def test_copy_takes_the_quotes_along(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, WHY)
    last(page).get_by_role("button", name="Copy with quotes").click()
    expect(page.get_by_text("Copied, with its quotes.").first).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"{CONFLICT} [1] {ROLE} [2]\n\n[1] “According to internal sources")
    assert "(Meta's Scale AI deal)" in text


@TWO_VIEWS
def test_thumbs_are_kept_with_what_they_are_about(visit: Visit, site: Site, width: int, scheme: str) -> None:
    from ui.feedback import feedback

    page = visit(site.url, width, scheme)
    ask(page, WHY)
    bad = last(page).get_by_role("button", name="Bad answer")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "true")
    entry = feedback("bad")[-1]
    assert entry["question"] == WHY
    assert CONFLICT in entry["answer"]
    assert entry["citations"][0]["quote"].startswith("According to")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "false")
    assert all(other["turn"] != entry["turn"] for other in feedback())


@TWO_VIEWS
def test_suggestions_are_asked_with_a_click_and_not_offered_twice(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    suggest(monkeypatch, SUGGESTED)
    page = visit(site.url, width, scheme)
    page.get_by_role("list", name="Suggested questions").get_by_role("button", name=SUGGESTED).click()
    answered(page)
    expect(last(page).get_by_test_id("user")).to_have_text(SUGGESTED)
    expect(last(page)).to_contain_text("Found in the article")
    expect(page.get_by_role("group", name="Suggested questions")).to_be_hidden()


def test_without_a_finger_to_swipe_with_all_suggestions_are_in_view(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = [
        f"What does the article say, number {i}, of what the partners want of it, and of each other?"
        for i in range(4)
    ]
    suggest(monkeypatch, *long, starts=[0] * 4)
    page = visit(site.url)
    ask(page, WHY)
    group = page.get_by_role("group", name="Suggested questions")
    expect(group.get_by_role("button")).to_have_count(3)
    for question in long[:3]:
        expect(group.get_by_role("button", name=question)).to_be_in_viewport(ratio=1)
    assert group.evaluate("element => element.scrollHeight - element.clientHeight") == 0, "one is cut off"
    assert group.evaluate("element => element.clientHeight") < 200


@VIEWS
def test_suggestions_follow_what_was_answered(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    """Four are offered; after an answer three whose words lie closest, and last what it has told already."""
    text = seed_article().text
    told, after = text.index("According to internal sources"), text.index("Scale AI has long served")
    questions = ["Far?", "Farther?", "Told already?", "Right after?", "Near?", "Nearer?"]
    suggest(
        monkeypatch,
        *questions,
        starts=[len(text) - 300, len(text) - 100, told + 5, after, after + 900, after + 600],
    )
    page = visit(site.url, width, scheme)
    offered = page.get_by_role("list", name="Suggested questions").get_by_role("button")
    expect(offered).to_have_text(questions[:4])
    ask(page, WHY)
    chips = page.get_by_role("group", name="Suggested questions").get_by_role("button")
    expect(chips).to_have_text(["Right after?", "Nearer?", "Near?"])
    site.replies["Right after?"] = f"Found\n{ROLE}"
    chips.first.click()
    answered(page)
    expect(chips.filter(has_text="Right after?")).to_have_count(0)  # it was asked
    expect(chips).to_have_count(3)


@TWO_VIEWS
def test_suggestions_appear_while_they_are_made_and_keep_the_focus(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    row = {"article_id": seed_article().id, "start": 0, "end": 9}
    rows = [{**row, "question": "First?"}]
    more = True
    monkeypatch.setattr(Desk, "suggestions", lambda *_: {"suggestions": list(rows), "more": more})
    page = visit(site.url, width, scheme)
    first = page.get_by_role("button", name="First?")
    first.focus()
    rows.append({**row, "question": "Second?"})
    expect(page.get_by_role("button", name="Second?")).to_be_visible()
    expect(first).to_be_focused()
    more = False


@VIEWS
def test_an_error_of_the_model_is_shown_and_survived(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    site.model.key = "another"
    try:
        ask(page, WHY)
        expect(last(page).get_by_test_id("error")).to_contain_text("did not accept the key")
        expect(page.get_by_test_id("ask-button")).to_be_enabled()
    finally:
        site.model.key = ""
    last(page).get_by_role("button", name="Try again").click()
    expect(last(page).get_by_test_id("bot")).to_contain_text("conflict of interest")
    expect(page.locator(".turn")).to_have_count(1)


@TWO_VIEWS
def test_a_defect_inside_is_shown_and_survived(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    with monkeypatch.context() as patch:
        patch.setattr(site.chat, "stream", lambda *args, **options: 1 / 0)
        ask(page, WHY)
    expect(last(page).get_by_test_id("error")).to_contain_text("ZeroDivisionError")
    expect(page.locator("body")).not_to_contain_text("Traceback")
    ask(page, WHY)
    expect(last(page).get_by_test_id("bot")).to_contain_text("conflict of interest")


@pytest.mark.parametrize("question", ["", "   \n "])
def test_nothing_is_asked_without_a_question(visit: Visit, site: Site, question: str) -> None:
    page = visit(site.url)
    ask(page, question, wait=False)
    expect(page.get_by_text("Type a question first.").first).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_shift_enter_is_a_new_line(visit: Visit, site: Site) -> None:
    page = visit(site.url)
    box = page.get_by_role("textbox", name="Ask the article")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")
    expect(page.locator(".turn")).to_have_count(0)
