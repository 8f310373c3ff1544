"""The picture in the README, made from the real page and the built-in model: ``python docs/screenshots.py``.

Needs Chromium (``CHROMIUM`` names it, else /usr/bin/chromium) and the packages of the dev group.
"""

import os
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from rag import ArticleChat
from ui.page import serve

HERE = Path(__file__).parent


def main() -> None:
    """Ask two questions, one that the article answers and one that it does not, and take the picture."""
    page_server = serve(ArticleChat(), port=7899, open_browser=False, block=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto("http://127.0.0.1:7899")
        box = page.get_by_role("textbox", name="Ask the article")
        for number, question in enumerate(
            ("Who will lead Meta's new AI team?", "When was Scale AI founded?"), 1
        ):
            expect(box).to_be_enabled(timeout=180_000)
            box.fill(question)
            box.press("Enter")
            expect(page.get_by_test_id("bot")).to_have_count(number, timeout=180_000)
            expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=180_000)
            page.wait_for_timeout(3_000)
        page.get_by_test_id("citation").first.click()
        page.wait_for_timeout(1_500)
        page.screenshot(path=HERE / "page.png")
        browser.close()
    page_server.close()


if __name__ == "__main__":
    main()
