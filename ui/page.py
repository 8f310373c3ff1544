"""The page: Gradio's server, queue and API, and in its one component a page of our own (``ui/assets``)."""

import socket
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from anyio import to_thread
from starlette.middleware import Middleware

import rag
from index.errors import ArticleChatError
from ui.desk import Desk, Reader
from ui.endpoints import Endpoints
from ui.jobs import explain
from ui.quick_gradio import gr
from ui.security import Guard, is_loopback

__all__ = ["build", "serve"]

_MAX_FILE_SIZE = "50mb"  # as index.loading takes
_QUEUE = 32  # requests of programs that may wait
_SCRIPTS = ("text.js", "article.js", "cites.js", "answer.js", "talk.js", "panels.js", "page.js")
_ACTIONS = (
    "state", "loading", "article", "articles", "suggestions", "conversation", "conversations", "erase", "export",
    "typing", "ask", "stop", "follow", "rate", "bring", "cancel", "remove", "configure", "settings",
)  # fmt: skip


class Page(gr.Blocks):
    """The page as Gradio has it.

    Attributes:
        desk: What is behind it.
    """

    desk: Desk


def build(chat: rag.ArticleChat, *, allow_url: bool = False, shared: bool = False) -> Page:
    """Build the page, without serving it.

    Args:
        chat: Answers the questions. It is started when the page is first looked at.
        allow_url: Whether articles may be brought by their web address.
        shared: Whether nobody counts as who sits at this computer.

    Returns:
        Blocks to ``launch()`` or to mount; :func:`serve` also guards and bounds them.
    """
    page = Page(title="Article Chat", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600))
    desk = Desk(chat, allow_url=allow_url, uploaded=lambda path: path in page.upload_file_set)
    with page:
        gr.HTML(
            html_template=_asset("page.html"),
            head=f"<style>{_asset('page.css')}</style>",
            js_on_load="\n".join(_asset(name) for name in _SCRIPTS),
            server_functions=[_page_call(desk, shared)],
            apply_default_css=False,
            elem_id="article-chat",
        )
        Endpoints(lambda: desk.chat, desk.under_way).declare()
    page.queue(max_size=_QUEUE, default_concurrency_limit=4)
    page.desk = desk
    return page


def serve(
    chat: rag.ArticleChat,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    allow_url: bool = False,
    shared: bool = False,
    mcp: bool = False,
) -> Page:
    """Serve the page in the background. The model loads there too and the page shows how far it is.

    Args:
        chat: Answers the questions.
        host: The address to listen on; the default reaches only this computer.
        port: The port to listen on.
        open_browser: Whether to show the page in the reader's browser.
        allow_url: Whether articles may be brought by their web address.
        shared: Whether nobody counts as who sits at this computer: behind a proxy all would seem to.
        mcp: Whether to be an MCP server too, at ``/gradio_api/mcp/``. Needs ``gradio[mcp]``.

    Returns:
        The running page; ``close()`` ends it.

    Raises:
        ArticleChatError: If the port is taken, or MCP's package is missing.
    """
    _check(host, port, mcp=mcp)
    page = build(chat, allow_url=allow_url, shared=shared)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            show_error=True,
            ssr_mode=False,
            pwa=False,
            enable_monitoring=False,
            run_history=False,
            footer_links=[
                "api"
            ],  # without it there is no description of the endpoints; page.css hides the footer
            max_file_size=_MAX_FILE_SIZE,
            mcp_server=mcp,
            theme=_theme(),
            # A proxy may pass on the name that it is called by.
            app_kwargs={"middleware": [Middleware(Guard, loopback=is_loopback(host) and not shared)]},
        )
    except OSError as error:  # somebody was quicker
        raise _taken(host, port) from error
    page.desk.load()
    return page


def _page_call(desk: Desk, shared: bool) -> Any:
    async def page_call(data: dict[str, Any], request: gr.Request) -> dict[str, Any]:
        """What the page's script calls. An error is an answer too, so that the page can show it and go on."""
        try:
            action = data.get("action")
            if action not in _ACTIONS:
                raise ArticleChatError("The page is older than the program. Reload it.")
            perform = partial(getattr(desk, action), _reader(data, request, shared), data)
            return await (perform() if action == "follow" else to_thread.run_sync(perform))
        except Exception as error:
            return {"error": explain(error)}

    return page_call


def _reader(data: dict[str, Any], request: Any, shared: bool) -> Reader:
    """Who sits at this computer shares what it keeps; who comes over the network has a shelf of their own."""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    if request.client and is_loopback(request.client.host) and not (shared or forwarded):
        return Reader("local", local=True)
    secret = str(data.get("reader") or "")
    if len(secret) < 32:
        raise ArticleChatError(
            "This browser keeps no data for the page, so that it cannot be told from others."
        )
    return Reader(secret, local=False)


def _theme() -> gr.themes.Base:
    """Gradio's own colours, seen for a moment while the page starts, and no font from elsewhere."""
    fonts = ["system-ui", "sans-serif"]
    return gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#fbfaf7",
        body_background_fill_dark="#171614",
        body_text_color="#1d1c1a",
        body_text_color_dark="#ece9e2",
    )


def _check(host: str, port: int, *, mcp: bool) -> None:
    """Find out what is wrong before Gradio starts half of itself."""
    if mcp and not _installed("mcp"):
        raise ArticleChatError("The MCP server needs one more package: pip install 'gradio[mcp]'.")
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except OSError as error:
        raise _taken(host, port) from error


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # it was switched off for this process
        return False


def _taken(host: str, port: int) -> ArticleChatError:
    return ArticleChatError(
        f"Nothing can listen at {host}:{port}: the port is taken, or the address is not of this computer. "
        "Choose another with --port."
    )


def _asset(name: str) -> str:
    return files("ui").joinpath("assets", name).read_text(encoding="utf-8")
