"""What an answer looks like where it is hard: half a sentence, overlapping marks, long words, small screens."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index import seed_article
from rag import Answer, Citation, Finished
from tests.ui.conftest import (
    FOUNDED,
    INVENTS,
    ROLE,
    TWO_VIEWS,
    VIEWS,
    WHY,
    Site,
    Visit,
    answered,
    ask,
    open_page,
)


def last(page: Page) -> Any:
    return page.locator(".turn").last


BEGINNING = "Google views Meta’s partnership with Scale AI as a potential conflict of interest"
HALF = f"{BEGINNING}, and Larry Page founded a bakery in Nevada in 1931."


@TWO_VIEWS
def test_a_sentence_of_which_only_the_beginning_is_kept_says_so(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    site.replies["What is half true?"] = f"Found\n{HALF} {ROLE}"
    page = visit(site.url, width, scheme)
    ask(page, "What is half true?", wait=False)
    expect(last(page).locator(".s.gone")).to_have_text(HALF)
    answered(page)
    expect(last(page).locator(".text")).to_contain_text(f"{BEGINNING}.")
    expect(last(page).locator(".text")).not_to_contain_text("bakery")
    expect(last(page)).to_contain_text("Answered in part")
    open_page(page, site.url)
    last(page).get_by_text("One sentence was taken back").click()
    expect(last(page).locator(".taken s")).to_have_text(HALF)
    expect(last(page).locator(".taken")).to_contain_text("The article has no sentence that says this.")


@VIEWS
def test_only_the_source_that_was_chosen_last_stays_lit(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    ask(page, WHY)
    ask(page, INVENTS)
    first, second = (turn.get_by_test_id("citation") for turn in page.locator(".turn").all())
    first.nth(0).click()
    expect(first.nth(0)).to_have_class(re.compile(r"\bon\b"))
    if width < 760:
        page.get_by_role("tab", name="Ask").click()
    second.nth(1).click()
    expect(second.nth(1)).to_have_class(re.compile(r"\bon\b"))
    if width < 760:
        page.get_by_role("tab", name="Ask").click()
    page.mouse.move(2, 2)
    expect(first.nth(0)).not_to_have_class(re.compile(r"\bon\b"))
    # The same number in another turn is another source.
    first.nth(1).hover()
    page.mouse.move(2, 2)
    expect(first.nth(1)).not_to_have_class(re.compile(r"\bon\b"))
    expect(second.nth(1)).to_have_class(re.compile(r"\bon\b"))


def test_of_marks_that_overlap_the_inner_one_leads_back(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = seed_article()
    start = article.text.index("According to internal sources")

    def cited(sentence: int, begin: int, end: int) -> Citation:
        return Citation(article.id, article.title, begin, end, article.text[begin:end], 1.0, sentence)

    word = article.text.index("Google", start)
    citations = (cited(0, start, start + 120), cited(1, word, word + len("Google")))
    made = Answer(WHY, "One. Two.", "answered", ("One.", "Two."), citations)
    page = visit(site.url)
    monkeypatch.setattr(site.chat, "stream", lambda *_, **__: (event for event in [Finished(made)]))
    ask(page, WHY)
    page.locator("mark mark[data-source='2']").click()
    expect(last(page).get_by_test_id("citation").nth(1)).to_be_focused()


@VIEWS
def test_closest_passages_are_short_and_of_one_colour_with_their_words(
    visit: Visit, site: Site, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    ask(page, FOUNDED)
    near = last(page).locator(".near")
    heights = near.locator("span").evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert len(heights) == 3
    assert max(heights) < 50  # two lines
    near.nth(1).click()
    expect(near.nth(1)).to_have_class(re.compile("c0"))
    expect(page.locator("mark[data-source='2']").first).to_have_class(re.compile("c0"))
    assert near.nth(1).locator("span").evaluate("one => one.scrollHeight <= one.clientHeight + 1")


def test_stopping_on_a_phone_does_not_raise_the_keyboard(visit: Visit, site: Site) -> None:
    site.model.stall.set()
    page = visit(site.url, 390, "dark")
    ask(page, WHY, wait=False)
    page.locator(".s.prov").first.wait_for()
    page.get_by_test_id("stop-button").click()
    expect(last(page).locator(".halt")).to_be_visible()
    expect(page.get_by_role("textbox", name="Ask the article")).not_to_be_focused()


@VIEWS
def test_right_to_left_and_very_long_words_stay_in_their_place(
    visit: Visit, site: Site, width: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = seed_article()
    page = visit(site.url, width, scheme)
    texts = {
        "لماذا قد تترك جوجل شركة سكيل؟": "ترى جوجل في شراكة ميتا مع سكيل تضاربا محتملا في المصالح.",
        "谷歌为什么可能离开Scale公司并寻找其他供应商呢": "谷歌认为Meta与ScaleAI的合作关系存在潜在的利益冲突"
        * 6,
        "Donaudampfschifffahrt" * 12: "Rindfleischetikettierungsüberwachungsaufgaben" * 12,
    }
    for question, text in texts.items():
        source = Citation(article.id, article.title, 0, 60, article.text[:60], 1.0, 0)
        made = Finished(Answer(question, text, "answered", (text,), (source,)))
        with monkeypatch.context() as patch:
            patch.setattr(site.chat, "stream", lambda *_, made=made, **__: (event for event in [made]))
            ask(page, question)
    page.locator(".turn").first.hover()
    for box in ("#ac-talk", "body"):
        assert page.locator(box).evaluate("element => element.scrollWidth <= element.clientWidth")
    for part in (".q", ".text"):
        assert page.locator(part).first.evaluate("element => getComputedStyle(element).direction") == "rtl"
    right = page.locator("#ac-talk").evaluate("element => element.getBoundingClientRect().right")
    for cite in page.get_by_test_id("citation").all():
        box = cite.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= right
