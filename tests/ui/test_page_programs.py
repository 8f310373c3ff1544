"""What programs get from the page's server, and what other web sites do not."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from gradio.utils import get_function_description
from playwright.sync_api import expect

from index import ArticleChatError, seed_article
from tests.processes import ROOT, command, environment
from tests.ui.conftest import CONFLICT, FOUNDED, WHY, Site, Visit, ask, free_port, open_page, serving
from ui.desk import Desk, Reader
from ui.endpoints import Endpoints

if TYPE_CHECKING:
    from gradio_client import Client
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def client(site: Site) -> "Iterator[Client]":
    from gradio_client import Client

    client = Client(site.url, verbose=False, analytics_enabled=False)
    yield client
    client.close()


def test_answer_is_the_same_json_as_in_python(client: "Client", site: Site) -> None:
    from rag import Answer

    given = client.predict(WHY, api_name="/answer")
    expected = site.chat.answer(WHY).to_dict()
    for one in (given, expected):
        one["timings"] = {}
    assert Answer.from_dict(given) == Answer.from_dict(expected)
    text = seed_article().text
    assert all(text[c["start"] : c["end"]] == c["quote"] for c in given["citations"])


def test_ask_streams_every_event(client: "Client") -> None:
    job = client.submit(WHY, api_name="/ask")
    job.result(timeout=60)
    events: list[dict[str, Any]] = job.outputs()
    kinds = [event["kind"] for event in events]
    assert kinds[-1] == "finished"
    assert {"step", "draft", "checked"} <= set(kinds)
    drafted = "".join(e["text"] for e in events if e["kind"] == "draft" and e["sentence"] == 0)
    assert drafted.strip() == CONFLICT
    assert events[-1]["answer"]["status"] == "answered"


def test_declining_errors_and_history(client: "Client", site: Site) -> None:
    from gradio_client.exceptions import AppError

    assert client.predict(FOUNDED, api_name="/answer")["status"] == "not_in_article"
    with pytest.raises(AppError, match="question"):
        client.predict("  ", api_name="/answer")
    with pytest.raises(AppError, match="no article"):
        client.predict(WHY, ["/etc/passwd"], api_name="/answer")
    with pytest.raises(AppError, match="pairs"):
        client.predict(WHY, None, [["only one"]], api_name="/answer")
    client.predict(WHY, None, [["Who is Wang?", "Scale AI’s CEO."]], api_name="/answer")
    assert "Who is Wang?" in site.model.prompt()


def test_articles_can_be_added_and_asked(client: "Client", site: Site) -> None:
    added = client.predict(
        "The heron waits for the fish.\n\nIt is patient.", "Herons", api_name="/add_article"
    )
    assert added["title"] == "Herons"
    assert added in client.predict(api_name="/articles")
    site.replies["Who waits?"] = "Found\nThe heron waits for the fish."
    answer = client.predict("Who waits?", [added["id"]], api_name="/answer")
    assert answer["citations"][0]["article_id"] == added["id"]


def test_the_endpoints_are_documented(client: "Client") -> None:
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/ask", "/answer", "/articles", "/add_article"}
    for endpoint in endpoints.values():
        assert len(endpoint["description"]) > 40
    assert [p["parameter_name"] for p in endpoints["/answer"]["parameters"]] == [
        "question",
        "articles",
        "history",
    ]


@pytest.mark.parametrize("name", ["_ask", "_answer", "_add_article"])
def test_what_an_agent_is_told_of_an_argument_is_a_whole_sentence(site: Site, name: str) -> None:
    """Gradio, which tells it, reads one line of each."""
    endpoint = getattr(Endpoints(lambda: site.chat, nullcontext), name)()
    _, told, _ = get_function_description(endpoint)
    assert told
    assert all(text.endswith(".") for text in told.values()), told


def test_an_answer_to_a_program_is_finished_though_the_model_is_exchanged(site: Site) -> None:
    from rag import ArticleChat, Settings

    chat = ArticleChat(Settings(model=site.model.model, base_url=site.model.url), site.chat.library)
    desk, reader = Desk(chat), Reader("local", local=True)
    ask = Endpoints(lambda: desk.chat, desk.under_way)._ask()
    events = ask(WHY)
    kinds = [next(events)["kind"] for _ in range(3)]
    other = {"model": site.model.model, "base_url": site.model.url.replace("127.0.0.1", "localhost")}
    desk.configure(reader, other)
    assert desk.chat is not chat
    time.sleep(1.5)  # an idle one would be ended in less
    answer = [event for event in events if event["kind"] == "finished"][-1]["answer"]
    assert "finished" not in kinds
    assert answer["status"] == "answered"
    end = time.monotonic() + 10
    while not chat.model._closed and time.monotonic() < end:
        time.sleep(0.05)
    assert chat.model._closed  # and then the old one goes


def test_the_settings_lead_to_their_description(browser: "Browser", site: Site) -> None:
    page = (
        browser.new_page()
    )  # Gradio asks for what we switched off, and the browser notes each refusal as an error
    open_page(page, site.url)
    expect(page.locator("footer")).to_be_hidden()  # Gradio's own has nothing that the page lacks
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("link", name="the named endpoints of this page").click()
    described = page.get_by_role("heading", name=re.compile("Answer a question from the words"))
    expect(described).to_be_visible()
    described.click(trial=True)  # nothing lies over it
    page.close()


def test_the_example_of_the_readme(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```py\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    site.replies["How much did Meta invest in Scale AI?"] = "Found\nMeta invested $14.3 billion in Scale AI."
    assert "http://127.0.0.1:7860" in code
    exec(code.replace("http://127.0.0.1:7860", site.url), {})  # noqa: S102 - it is ours
    assert "answered Meta invested $14.3 billion in Scale AI." in capsys.readouterr().out


def test_other_sites_are_turned_away(site: Site) -> None:
    call = {"data": [WHY]}
    url = f"{site.url}/gradio_api/call/answer"
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
    ):
        assert httpx.post(url, json=call, headers=headers).status_code == 403, headers
    assert httpx.get(site.url, headers={"Host": "evil.example:7860"}).status_code == 403
    assert httpx.post(url, json=call).status_code == 200
    assert httpx.post(url, json=call, headers={"Origin": site.url}).status_code == 200


def test_the_page_loads_nothing_from_elsewhere(site: Site) -> None:
    policy = httpx.get(site.url).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_no_file_of_the_computer_can_be_read(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    for path in (secret, Path("/etc/passwd"), Path(os.environ["ARTICLE_CHAT_HOME"]) / "feedback.jsonl"):
        assert httpx.get(f"{site.url}/gradio_api/file={path}").status_code in (403, 404)
    reply = _page_call(site, {"action": "bring", "path": str(secret), "name": "x.txt"})
    assert "not uploaded" in reply["error"]


def test_only_known_actions_and_own_ids(site: Site) -> None:
    assert "Reload" in _page_call(site, {"action": "load"})["error"]
    assert "Reload" in _page_call(site, {"action": "__class__"})["error"]
    assert _page_call(site, {"action": "conversation", "id": "../../local/x"})["error"]
    assert _page_call(site, {"action": "follow", "job": "x"})["error"]
    assert _page_call(site, {"action": "bring", "url": "http://127.0.0.1/"})["error"].startswith(
        "Web addresses"
    )


def test_strangers_change_nothing_and_hide_nothing(site: Site) -> None:
    stranger = {"X-Forwarded-For": "203.0.113.9"}
    for action in ({"action": "configure", "model": "builtin"}, {"action": "remove", "id": "x"}):
        assert "sits at the computer" in _page_call(site, {**action, "reader": "s" * 40}, stranger)["error"]
    assert "browser" in _page_call(site, {"action": "state"}, stranger)["error"]


def test_behind_a_proxy_that_says_nothing_of_itself_nobody_is_local(site: Site) -> None:
    with serving(site.chat, shared=True) as url:
        shared = Site(url, site.model, site.chat)
        for action in ({"action": "configure", "model": "builtin"}, {"action": "remove", "id": "x"}):
            assert "sits at the computer" in _page_call(shared, {**action, "reader": "s" * 40})["error"]
        assert "browser" in _page_call(shared, {"action": "state"})["error"]
        assert _page_call(shared, {"action": "state", "reader": "s" * 40})["local"] is False
        assert httpx.get(url, headers={"Host": "articles.example"}).status_code == 200  # the proxy's own name


def test_a_key_is_never_sent_to_another_address(site: Site) -> None:
    from rag import ArticleChat, Settings

    chat = ArticleChat(Settings(model="small", base_url=site.model.url, api_key="secret"), site.chat.library)
    desk, reader = Desk(chat), Reader("local", local=True)
    state = desk.configure(reader, {"model": "small", "base_url": site.model.url, "strictness": "strict"})
    assert state["settings"]["has_key"]
    assert "secret" not in str(state)
    desk.configure(reader, {"model": "small", "base_url": "http://127.0.0.1:9/v1"})
    assert desk.chat.settings.api_key is None


def _page_call(site: Site, data: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Call what the page's script calls, as a program that pretends to be it."""
    config = httpx.get(f"{site.url}/config").json()
    component = next(c for c in config["components"] if c["props"].get("elem_id") == "article-chat")
    body = {"data": data, "component_id": component["id"], "fn_name": "page_call", "session_hash": "test"}
    reply: dict[str, Any] = httpx.post(
        f"{site.url}/gradio_api/component_server/", json=body, headers=headers
    ).json()
    return reply


def test_a_taken_port_is_a_clear_error(site: Site) -> None:
    port = int(site.url.rpartition(":")[2])
    with pytest.raises(ArticleChatError, match=f"{port}.*--port"), serving(site.chat, port):
        pass


def test_mcp_without_its_package_is_a_clear_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(ArticleChatError, match=re.escape("gradio[mcp]")), serving(site.chat, mcp=True):
        pass


async def test_agents_ask_over_mcp(site: Site) -> None:
    """Only where ``gradio[mcp]`` is installed, which the tests do not need."""
    pytest.importorskip("mcp")
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    with serving(site.chat, mcp=True) as url:
        async with (
            streamable_http_client(f"{url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            assert {"answer", "ask", "articles", "add_article"} == set(tools)
            assert "do not answer from elsewhere" in str(tools["answer"].description)
            for question, status in ((WHY, "answered"), (FOUNDED, "not_in_article")):
                told = await session.call_tool("answer", {"question": question})
                assert f"'status': '{status}'" in getattr(told.content[0], "text", "")
            assert (await session.call_tool("answer", {"question": " "})).isError


def test_serve_is_up_before_the_model(visit: Visit, site: Site) -> None:
    """In a process of its own, as a person starts it; the model's address is wrong, which the page says."""
    port = free_port()
    arguments = command(
        "serve", "--port", str(port), "--model", "small", "--base-url", "http://127.0.0.1:9/v1"
    )
    begun = time.monotonic()
    with subprocess.Popen(arguments, env=environment(), stderr=subprocess.PIPE) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            while time.monotonic() < begun + 60:
                try:
                    httpx.get(url)
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            took = time.monotonic() - begun
            page = visit(url)
            expect(page.get_by_role("heading", name="Meta's Scale AI deal")).to_be_visible()
            ask(page, WHY)
            expect(page.get_by_test_id("error")).to_contain_text("cannot be reached")
            open_page(page, url)
            expect(page.get_by_test_id("error")).to_contain_text("cannot be reached")
            page.context.close()
        finally:
            process.terminate()
            errors = process.stderr.read().decode() if process.stderr else ""
    assert "Traceback" not in errors
    assert took < 15  # under 4 on an idle machine; a busy one must not fail the test
