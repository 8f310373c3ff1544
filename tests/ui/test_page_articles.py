"""Other articles on the page: brought, read, asked, removed; and whatever they contain, only ever shown as text."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from index import Article, Library, SentenceEmbeddings
from index.articles import Part
from tests.ui.conftest import (
    TWO_VIEWS,
    VIEWS,
    WHY,
    Site,
    Visit,
    ask,
    late,
    open_page,
    serving,
    violations,
)

BEES = "Bees dance.\n\nThe waggle dance of the honeybee tells the others how far away the flowers are."
DANCE = "The waggle dance of the honeybee tells the others how far away the flowers are."


def articles(page: Page) -> None:
    page.get_by_role("button", name="Articles").click()
    expect(page.get_by_role("dialog", name="Articles")).to_be_visible()


def send(page: Page, text: str, title: str = "") -> None:
    """Give the text of an article, and do not wait for it."""
    articles(page)
    page.get_by_label("Or paste its text").fill(text)
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Add and open").click()


def paste(page: Page, text: str, title: str) -> None:
    send(page, text, title)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=15_000)


def open_kept(page: Page, site: Site, article: Article) -> None:
    """Put an article into the library and open it on the page."""
    site.chat.library.add(article)
    articles(page)
    page.get_by_role("dialog").get_by_role(
        "button", name=re.compile("^" + re.escape(article.title[:20]))
    ).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@VIEWS
def test_paste_ask_switch_and_remove(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width)
    site.replies["What does the dance tell?"] = f"Found\n{DANCE}"
    paste(page, f"{BEES} {width}", f"Bees {width}")
    expect(page.get_by_role("heading", name=f"Bees {width}")).to_be_visible()
    if width < 760:
        page.get_by_role("tab", name="Ask").click()
    ask(page, "What does the dance tell?")
    page.get_by_test_id("citation").first.click()
    expect(page.locator("mark").first).to_contain_text("The waggle dance of the honeybee")

    # Another article is another conversation; the first one finds its way back to its article.
    articles(page)
    page.get_by_role("button", name=re.compile("^Meta's Scale AI deal")).click()
    expect(page.get_by_role("heading", name="Meta's Scale AI deal")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name=re.compile("^What does the dance tell")).first.click()
    if width < 760:
        page.get_by_role("tab", name="Article").click()
    expect(page.get_by_role("heading", name=f"Bees {width}")).to_be_visible()

    articles(page)
    page.get_by_role("button", name=f"Remove: Bees {width}").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("dialog", name="Articles")).not_to_contain_text(f"Bees {width}")
    assert all(info.title != f"Bees {width}" for info in site.chat.library.articles())


@TWO_VIEWS
def test_bring_a_file(visit: Visit, site: Site, tmp_path: Path, width: int, scheme: str) -> None:
    file = tmp_path / "bees.md"
    file.write_text(
        f"# On the dance of bees\n\n{DANCE} It was decoded by Karl von Frisch.\n", encoding="utf-8"
    )
    page = visit(site.url, width, scheme)
    articles(page)
    page.get_by_label("Choose a file").set_input_files(file)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("article")).to_contain_text("Karl von Frisch")
    expect(page.get_by_role("heading", name="On the dance of bees").first).to_be_visible()


def drop(page: Page, selector: str, **files: str) -> None:
    """Drop files of these contents on a part of the page."""
    transfer = page.evaluate_handle(
        """files => { const data = new DataTransfer();
        for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name + ".txt"));
        return data; }""",
        files,
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(selector, event, {"dataTransfer": transfer})


def bring_file(page: Page, file: Path, wings: str) -> None:
    """Bring a file that says how many wings a bee has. Its title is its name, without the ending."""
    file.write_text(f"{file.stem}\n\nA bee has {wings} wings, as anybody can count.")
    articles(page)
    page.get_by_label("Choose a file").set_input_files(file)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=30_000)
    expect(page.locator("#ac-toast")).to_contain_text(f"Ready: {file.stem}")


@VIEWS
def test_what_a_reader_should_know_of_a_file_is_said(
    visit: Visit, site: Site, tmp_path: Path, width: int, scheme: str
) -> None:
    file = tmp_path / f"Wings {width} {scheme}.txt"
    page = visit(site.url, width, scheme)
    expect(page.locator("#ac-small")).to_contain_text("Answers come", timeout=60_000)  # else that is told
    offer = page.get_by_role("group", name="came from a file of the same name. Is this its new version?")
    rows = page.locator("#ac-articles-rows li", has_text=file.stem)
    bring_file(page, file, "two")
    expect(offer).to_be_hidden()
    bring_file(page, file, "four")
    expect(offer).to_contain_text(f"“{file.stem}”")
    expect(page.locator("#ac-say")).to_contain_text("came from a file of the same name")
    assert violations(page) == []
    articles(page)
    rows.nth(1).locator(".open").click()
    expect(page.get_by_role("article")).to_contain_text("two wings")
    expect(offer).to_be_hidden()
    articles(page)
    rows.nth(0).locator(".open").click()
    offer.get_by_role("button", name="Keep both").click()
    expect(offer).to_be_hidden()
    expect(rows).to_have_count(2)

    bring_file(page, file, "four")
    offer.get_by_role("button", name="Replace the former one").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ac-toast")).to_have_text("Replaced.")
    expect(offer).to_be_hidden()
    expect(page.get_by_role("region", name="The article")).to_be_focused()
    articles(page)
    expect(rows).to_have_count(1)
    rows.locator(".open").click()
    expect(page.get_by_role("article")).to_contain_text("four wings")


def test_who_may_not_remove_an_article_replaces_none(visit: Visit, site: Site, tmp_path: Path) -> None:
    with serving(site.chat, shared=True) as url:
        page = visit(url)
        for wings in ("two", "four"):
            bring_file(page, tmp_path / "Shared.txt", wings)
        expect(page.locator("#ac-toast")).to_contain_text("came from a file of the same name")
        expect(page.locator("#ac-replace")).to_be_hidden()


def test_a_file_can_be_dropped_anywhere(visit: Visit, site: Site) -> None:
    page = visit(site.url)
    drop(page, "#ac-talk", dance=f"{DANCE} It was dropped beside its place.", other="Another text.")
    expect(page.locator("#ac-bring-problem")).to_have_text("One file at a time, please.")
    page.get_by_role("button", name="Close").click()
    drop(page, "#ac-talk", dance=f"{DANCE} It was dropped beside its place.")
    expect(page.get_by_role("article")).to_contain_text("dropped beside its place")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", b"  \n", "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "picture"),
        ("noise.txt", bytes(range(256)) * 8, "not text"),
    ],
)
def test_a_file_that_is_no_article(
    visit: Visit, site: Site, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    page = visit(site.url)
    articles(page)
    page.get_by_label("Choose a file").set_input_files(file)
    expect(page.locator("#ac-bring-problem")).to_contain_text(problem)
    expect(page.locator("#ac-bring-problem")).to_contain_text(name)
    expect(page.get_by_role("button", name="Add and open")).to_be_enabled()


@TWO_VIEWS
def test_an_article_on_its_way_can_be_given_up(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    page = visit(site.url, width, scheme)
    articles(page)
    page.get_by_label("Or paste its text").fill("Cranes fly in wedges.\n\nThey sleep on one leg.")
    stop = page.get_by_role("dialog").get_by_role("button", name="Cancel")
    expect(stop).to_be_hidden()
    with late(monkeypatch, SentenceEmbeddings, "embed_documents") as release:
        page.get_by_role("button", name="Add and open").click()
        expect(page.locator("#ac-bring-step")).to_contain_text("Reading the article")
        stop.focus()
        page.keyboard.press("Enter")
        release.set()
        expect(page.locator("#ac-bring-problem")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Add and open")).to_be_focused()
    expect(page.get_by_label("Or paste its text")).not_to_be_empty()  # it may be sent again
    assert not any("Cranes" in info.title for info in site.chat.library.articles())


@TWO_VIEWS
def test_nothing_to_bring(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    articles(page)
    page.get_by_role("button", name="Add and open").click()
    expect(page.locator("#ac-bring-problem")).to_contain_text("Choose a file")
    expect(page.get_by_label("Or its web address")).to_be_hidden()  # off unless it was allowed


@TWO_VIEWS
def test_several_articles_at_once(visit: Visit, site: Site, width: int, scheme: str) -> None:
    page = visit(site.url, width, scheme)
    paste(page, f"{BEES} Together.", "Bees together")
    articles(page)
    page.get_by_role("checkbox", name="Ask Meta's Scale AI deal").check()
    page.get_by_role("button", name="Close").click()
    if width < 760:
        page.get_by_role("tab", name="Ask").click()
    expect(page.get_by_role("textbox", name="Ask the article")).to_have_attribute(
        "placeholder", "Ask these 2 articles"
    )
    ask(page, WHY)
    sources = page.get_by_role("list", name="Sources")
    expect(sources).to_contain_text("Meta's Scale AI deal")
    expect(page.locator("article h2")).to_have_text("Bees together")
    page.get_by_test_id("citation").first.click()  # the article that is cited comes forward
    expect(page.get_by_role("heading", name="Meta's Scale AI deal")).to_be_visible()
    expect(page.locator("mark").first).to_be_in_viewport()
    shelf = page.locator("#ac-shelf")
    shelf.get_by_role("button", name="Bees together").click()
    expect(page.get_by_role("heading", name="Bees together")).to_be_visible()
    shelf.get_by_role("button", name="Meta's Scale AI deal").click()  # what was marked in it still is
    expect(page.locator("article mark").first).to_be_visible()


def test_what_is_typed_while_an_article_is_brought_stays(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(site.url)
    text = page.get_by_label("Or paste its text")
    with late(monkeypatch, SentenceEmbeddings, "embed_documents") as release:
        send(page, "Terns fly from pole to pole.\n\nThey see two summers a year.")
        expect(page.locator("#ac-bring-step")).to_be_visible()
        text.fill("Something else")
        release.set()
        expect(page.get_by_role("dialog")).to_have_count(0)
    articles(page)
    expect(text).to_have_value("Something else")


def test_that_an_article_could_not_be_brought_is_said_where_the_reader_is(
    visit: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(site.url)
    with late(monkeypatch, Library, "add") as release:
        send(page, "Gulls\n\nThey steal chips.")
        expect(page.locator("#ac-bring-step")).to_be_visible()
        page.get_by_role("button", name="Close").click()
        monkeypatch.setattr(Library, "get", lambda *_: 1 / 0)
        monkeypatch.setattr(Library, "articles", lambda *_: 1 / 0)
        release.set()
        expect(page.locator("#ac-toast")).to_contain_text("ZeroDivisionError")


@TWO_VIEWS
def test_pages_of_a_pdf_are_named(visit: Visit, site: Site, width: int, scheme: str) -> None:
    site.replies["What do eels do?"] = "Found\nEels swim to the Sargasso Sea to spawn."
    article = Article.from_parts(
        [
            Part("heading", "Eels", 1, page=1),
            Part("paragraph", "Nobody knew for long where eels come from and where they go.", page=1),
            Part("paragraph", "Eels swim to the Sargasso Sea to spawn.", page=4),
        ],
        source="eels.pdf",
    )
    page = visit(site.url, width, scheme)
    open_kept(page, site, article)
    expect(page.get_by_role("article")).to_contain_text("p. 4")
    if width < 760:
        page.get_by_role("tab", name="Ask").click()
    ask(page, "What do eels do?")
    cite = page.get_by_test_id("citation").first
    expect(cite).to_have_text("1 p. 4")
    cite.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("p. 4")


def test_nothing_in_an_article_or_an_answer_becomes_html(visit: Visit, site: Site) -> None:
    attack = (
        "The bold claim is <img src=x onerror=alert(1)> and <script>alert(2)</script> and "
        "<a href='javascript:alert(3)'>here</a>."
    )
    site.replies["What is the bold claim?"] = f"Found\n{attack}"
    page = visit(site.url)
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    paste(page, f"An attack.\n\n{attack}\n\nAnother paragraph.", "<img src=x onerror=alert(4)>")
    ask(page, "What is the bold claim?")
    site.replies["<img src=x onerror=alert(5)>"] = "Missing"
    ask(page, "<img src=x onerror=alert(5)>")
    open_page(page, site.url)
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="Close").click()
    articles(page)
    assert page.locator(".ac img, .ac script, .ac a[href^='javascript']").count() == 0
    expect(page.get_by_role("article")).to_contain_text("<script>alert(2)</script>")


def test_links_of_an_article_lead_only_to_the_web(visit: Visit, site: Site) -> None:
    page = visit(site.url)
    for number, (url, shown) in enumerate(
        [("javascript:alert(1)", 0), ("data:text/html,x", 0), ("https://example.org/eels", 1)]
    ):
        part = Part("paragraph", f"This is text number {number}, and it came from some place.")
        open_kept(page, site, Article.from_parts([part], title=f"Linked {number}", source="x", url=url))
        expect(page.get_by_role("heading", name=f"Linked {number}")).to_be_visible()
        expect(page.locator("article .by a")).to_have_count(shown)


def test_offsets_count_characters_and_not_what_the_browser_counts(visit: Visit, site: Site) -> None:
    sentence = "The 🐝 dances and the flower 🌸 is found."
    site.replies["What is found?"] = f"Found\n{sentence}"
    page = visit(site.url)
    paste(page, f"Signs 🐝🐝🐝 of the times.\n\nMany 🦋 fly here 😀. {sentence} Then it is night.", "Signs")
    ask(page, "What is found?")
    page.get_by_test_id("citation").first.click()
    marked = page.locator("mark").evaluate("element => element.firstChild.textContent")
    assert marked == sentence


def test_right_to_left_long_words_and_code(visit: Visit, site: Site) -> None:
    article = Article.from_parts(
        [
            Part("heading", "نحل العسل", 1),
            Part("paragraph", "ترقص نحلة العسل لتخبر الأخريات بمكان الأزهار البعيدة عن الخلية."),
            Part("paragraph", "Donaudampfschifffahrtsgesellschaft" * 12),
            Part("code", "def dance():\n    return '" + "waggle" * 60 + "'"),
            Part("list", "- one thing\n- another thing"),
            Part("table", "Bee | Distance\n--- | ---\nfirst | 100 m"),
        ],
        title="نحل العسل",
        source="bees",
    )
    for width in (1280, 390):
        page = visit(site.url, width)
        open_kept(page, site, article)
        paragraph = page.locator("article p.b").first
        assert paragraph.evaluate("element => getComputedStyle(element).direction") == "rtl"
        for box in (page.locator("#ac-scroll"), page.locator("body")):
            assert box.evaluate("element => element.scrollWidth <= element.clientWidth")
        expect(page.locator("article li")).to_have_count(2)
        expect(page.locator("article td")).to_have_text(["first", "100 m"])
        expect(page.locator("article pre")).to_contain_text("    return")


@TWO_VIEWS
def test_empty_cells_keep_their_columns(visit: Visit, site: Site, width: int, scheme: str) -> None:
    article = Article.from_parts(
        [
            Part("paragraph", "What each of the bees brought home in the course of the day is listed here."),
            Part("table", "Bee | Morning | Evening\n | 10 | 20\nMaja |  | 30\nWilli | 40 | "),
            Part("table", "| Bee | Day |\n| --- | --- |\n|  | 5 |\n| Flip | |"),
        ],
        title="Nectar",
        source="bees",
    )
    page = visit(site.url, width, scheme)
    open_kept(page, site, article)

    def rows(number: int) -> list[list[str]]:
        found: list[list[str]] = (
            page.locator("article table")
            .nth(number)
            .evaluate("table => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))")
        )
        return found

    assert rows(0) == [
        ["Bee", "Morning", "Evening"],
        ["", "10", "20"],
        ["Maja", "", "30"],
        ["Willi", "40", ""],
    ]
    assert rows(1) == [["Bee", "Day"], ["", "5"], ["Flip", ""]]


def test_a_title_that_the_text_begins_with_stands_there_once(visit: Visit, site: Site) -> None:
    site.replies["What does the dance tell?"] = f"Found\n{DANCE}"
    page = visit(site.url)
    paste(page, f"# The dance of the bees\n\n{DANCE}", "")
    expect(page.get_by_role("heading", name="The dance of the bees")).to_have_count(1)
    expect(page.locator("article h2")).to_have_text("The dance of the bees")
    ask(page, "What does the dance tell?")
    page.get_by_test_id("citation").first.click()
    assert page.locator("mark").evaluate("element => element.firstChild.textContent") == DANCE
