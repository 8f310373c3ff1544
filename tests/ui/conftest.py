"""A page for the browser tests: the real program, over a model server that says what the test expects.

What the model itself says is tested elsewhere; here the words must be known and come quickly. ``test_page_real.py``
has the built-in model.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index import seed_article
from tests.servers import ModelServer, model_server
from ui.conversations import Conversations
from ui.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from rag import ArticleChat

WHY = "Why might Google leave Scale?"
FOUNDED = "When was Scale AI founded?"
INVENTS = "What did the model make up?"
CONFLICT = "Google views Meta’s partnership with Scale AI as a potential conflict of interest."
ROLE = (
    "Meta’s new role as both a major investor and strategic partner has prompted executives to explore "
    "alternative vendors or in-house solutions."
)
INVENTION = "Scale AI was founded in 2016 in Mountain View."
SUGGESTED = "What may become increasingly rare?"

REPLIES = {
    WHY: f"Found\n{CONFLICT} {ROLE}",
    INVENTS: f"Found\n{CONFLICT} {INVENTION} {ROLE}",
    SUGGESTED: "Found\nPartnerships with neutral data service providers may become increasingly rare.",
}

VIEWS = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
"""For what may look otherwise on a phone, or in the dark."""

TWO_VIEWS = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
"""For what may go otherwise on a phone."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, as the continuous integration has it."""
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu"]}


@dataclass
class Site:
    """A page that is being served."""

    url: str
    model: ModelServer
    chat: "ArticleChat"
    replies: dict[str, str] = field(default_factory=dict)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(chat: "ArticleChat", port: int = 0, **options: Any) -> Iterator[str]:
    """Serve the page for this chat while the block runs, and give its address."""
    from ui.page import serve

    port = port or free_port()
    page = serve(chat, port=port, open_browser=False, **options)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        page.close()


@pytest.fixture(scope="session")
def site(data_directory: Path) -> Iterator[Site]:
    """The page over a model server that knows the answers to this folder's questions."""
    from rag import ArticleChat, Settings

    with model_server() as model:
        replies = dict(REPLIES)

        def choose(prompt: str) -> str:
            asked = prompt.rpartition("Question: ")[2].strip()
            return replies.get(asked, "Missing")

        model.choose = choose
        chat = ArticleChat(Settings(model=model.model, base_url=model.url))
        with serving(chat) as url:
            yield Site(url, model, chat, replies)
        chat.close()


@pytest.fixture(autouse=True)
def _at_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """The model server answers at once, unless the test slows it down."""
    yield
    if "site" in request.fixturenames:
        model: ModelServer = request.getfixturevalue("site").model
        model.pause = 0.0
        model.stall.clear()


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Visit]:
    """Open an address in a browser of its own, as one reader. Errors on the page and remote requests fail the test."""
    problems: list[str] = []

    def note(kind: str, text: str) -> None:
        problems.append(f"{kind}: {text}")

    def go(url: str, width: int = 1280, scheme: str = "light", **options: Any) -> "Page":
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 760 else 800},
            color_scheme=scheme,
            has_touch=width < 760,
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: note("error", str(error)))
        page.on("console", lambda m: note("console", m.text) if m.type == "error" else None)
        host = url.split("/")[2]
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((f"http://{host}/", "data:", "blob:")) else note("remote", r.url)
            ),
        )
        open_page(page, url)
        return page

    yield go
    for context in browser.contexts:
        context.close()
    assert not problems


def open_page(page: "Page", url: str) -> None:
    """Go to the page and wait until it can be used."""
    page.goto(url)
    page.wait_for_selector(".ac[data-ready]", state="attached")


def ask(page: "Page", question: str, wait: bool = True) -> None:
    """Type a question and press Enter; wait for the answer."""
    box = page.get_by_role("textbox", name="Ask the article")
    box.fill(question)
    box.press("Enter")
    if wait:
        answered(page)


def answered(page: "Page") -> None:
    """Wait until the last question has its answer."""
    page.locator(".turn").last.locator(".foot, .err, .halt").first.wait_for()


def violations(page: "Page") -> list[Any]:
    """What axe finds, contrast among it. Only outside of the page proper, Gradio's own frame is not ours."""
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(v["id"], v["impact"], [n["html"][:200] for n in v["nodes"]]) for v in found]


@pytest.fixture
def nothing_kept() -> None:
    """No conversation is on disk yet."""
    Conversations().erase("local")


def kept() -> list[list[str]]:
    """The questions of each conversation on disk, the latest conversation first."""
    store = Conversations()
    return [[t["question"] for t in store.get("local", row["id"])["turns"]] for row in store.list("local")]


def suggest(monkeypatch: pytest.MonkeyPatch, *questions: str, starts: Sequence[int] = ()) -> None:
    """Suggest these questions about the article that comes with the program, as the built-in model would."""
    places = starts or range(len(questions))
    rows = [
        {"question": q, "article_id": seed_article().id, "start": start, "end": start + 1}
        for q, start in zip(questions, places, strict=True)
    ]
    monkeypatch.setattr(Desk, "suggestions", lambda *_: {"suggestions": rows, "more": False})


@contextmanager
def late(monkeypatch: pytest.MonkeyPatch, owner: type, *names: str) -> Iterator[threading.Event]:
    """Let methods of a class take their time, until the event is set or the test ends."""
    release = threading.Event()
    for name in names:
        now = getattr(owner, name)

        def wait(*args: Any, at_once: Any = now, **options: Any) -> Any:
            release.wait(20)
            return at_once(*args, **options)

        monkeypatch.setattr(owner, name, wait)
    yield release
    release.set()
