"""The page with the built-in model: from Enter to the words that carry the answer."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from index import seed_article
from tests.ui.conftest import FOUNDED, Visit, ask, serving

if TYPE_CHECKING:
    from rag import ArticleChat

pytestmark = pytest.mark.timeout(600)


def test_ask_the_built_in_model(visit: Visit, chat: "ArticleChat") -> None:
    with serving(chat) as url:
        page = visit(url)
        page.set_default_timeout(240_000)
        expect(page.locator("#ac-small")).to_contain_text("on this computer", timeout=120_000)
        ask(page, "How much did Meta invest in Scale AI?")
        turn = page.locator(".turn").last
        expect(turn.get_by_test_id("bot")).to_contain_text("$14.3 billion")
        turn.get_by_test_id("citation").first.click()
        words = page.locator("mark[data-source='1']").first.evaluate(
            "element => element.firstChild.textContent"
        )
        assert words in seed_article().text
        assert "$14.3 billion" in words

        ask(page, FOUNDED)
        expect(page.locator(".turn").last.get_by_test_id("declined")).to_be_visible()
        page.context.close()
