"""The pictures of the README, made from the real page and the built-in model: ``make screenshots``.

Needs Chromium (``CHROMIUM`` names it, else /usr/bin/chromium) and the packages of the dev group. Nothing of the
user's conversations is shown or changed: only the model's file is taken from the data directory.
"""

import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from index import data_dir

HERE = Path(__file__).parent
URL = "http://127.0.0.1:7899"
ANSWERED = "Why might Google leave Scale?"
DECLINED = "When was Scale AI founded?"
SCALE = 2  # for screens that are finer than the picture is wide
PATIENCE = 240_000  # milliseconds: two cores, a cold start


def main() -> None:
    """Serve the page with a data directory of its own, and take the pictures."""
    models = data_dir() / "models"
    with tempfile.TemporaryDirectory() as home:
        if models.is_dir():
            (Path(home) / "models").symlink_to(models)
        os.environ["ARTICLE_CHAT_HOME"] = home
        from rag import ArticleChat
        from ui.page import serve

        chat = ArticleChat()
        server = serve(chat, port=7899, open_browser=False)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            pictures(browser)
            browser.close()
        server.close()
        chat.close()


def pictures(browser: Browser) -> None:
    """Ask two questions, and look at the answers in two widths and two schemes."""
    page = browser.new_page(
        viewport={"width": 1280, "height": 800}, color_scheme="light", device_scale_factor=SCALE
    )
    page.goto(URL)
    expect(page.locator("#ac-small")).to_contain_text("on this computer", timeout=PATIENCE)
    # They are made before anything is asked, and their chips stand under the answers.
    expect(page.locator(".hello li").nth(2)).to_be_visible(timeout=PATIENCE)
    ask(page, DECLINED, 1)
    ask(page, ANSWERED, 2)
    state = page.context.storage_state()
    cite(page)
    take(page, "page.png")
    for name, width, height, scheme in (
        ("page-dark.png", 1280, 800, "dark"),
        ("page-phone.png", 390, 844, "light"),
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            storage_state=state,
            device_scale_factor=SCALE,
        )
        other = context.new_page()
        other.goto(URL)
        other.get_by_test_id("citation").first.wait_for()
        other.locator("#ac-try button").first.wait_for()
        if width > 760:
            cite(other)
        other.wait_for_timeout(1_000)
        take(other, name)


def take(page: Page, name: str) -> None:
    """Take a picture in few colours, which makes it a third as large."""
    page.screenshot(path=HERE / name)
    with Image.open(HERE / name) as picture:
        few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(HERE / name, optimize=True)


def ask(page: Page, question: str, number: int) -> None:
    """Ask, and wait for that many answers."""
    box = page.get_by_role("textbox", name="Ask the article")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".foot")).to_have_count(number, timeout=PATIENCE)


def cite(page: Page) -> None:
    """Show where the last answer stands."""
    page.get_by_test_id("citation").first.click()
    page.mouse.move(2, 2)
    page.wait_for_timeout(1_500)


if __name__ == "__main__":
    main()
