"""Fetching articles from the web, of which the test has a small one on loopback."""

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from index import ArticleError, load
from index.loaders import web
from index.loaders.web import Address, fetch, is_public
from index.loading import read
from tests.index import documents

_DRIPPING = 10.0
"""Seconds that the slow pages take."""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/slow"):
            self._drip()
            return
        port = self.server.server_address[1]
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/article": (200, {"Content-Type": "text/html; charset=utf-8"}, documents.HTML.encode()),
            "/moved": (302, {"Location": "/article"}, b""),
            "/nowhere": (302, {}, b""),
            "/russian": (
                200,
                {"Content-Type": "text/plain; charset=windows-1251"},
                "Гавань".encode("cp1251"),
            ),
            "/loop": (302, {"Location": "/loop"}, b""),
            "/inside": (302, {"Location": f"http://127.0.0.2:{port}/article"}, b""),
            "/file": (302, {"Location": "file:///etc/passwd"}, b""),
            "/paid": (402, {}, b""),
            "/missing": (404, {}, b""),
            "/large": (200, {"Content-Type": "text/plain"}, b"word " * 10_000),
            "/host": (200, {"Content-Type": "text/plain"}, self.headers["Host"].encode()),
        }
        status, headers, body = answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """Send the header or the body of a page so slowly that no single wait for it is long."""
        beginning = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
        if self.path == "/slow-header":
            self.wfile.write(f"{beginning}X-Long: ".encode())
        else:
            self.wfile.write(f"{beginning}Content-Length: 100\r\n\r\n".encode())
        with suppress(ConnectionError):  # the reader has gone
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(_DRIPPING / 100)
            if self.path == "/slow-header":
                self.wfile.write(b"\r\n\r\nThe text")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name it overrides has
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def only_this_machine(address: Address) -> bool:
    """Lets the test's own site through, and nothing else, not even the rest of loopback."""
    return str(address) in ("127.0.0.1", "::1")


def test_a_page_is_fetched(site: str) -> None:
    for path in ("/article", "/moved"):
        page = fetch(site + path, allowed=only_this_machine)
        assert page.url == f"{site}/article"
        article = read(page.data, source=site, url=page.url, content_type=page.content_type)
        assert article.title == "Harbour plans"
        assert article.url == page.url


def test_the_charset_of_the_server_is_heard(site: str) -> None:
    page = fetch(f"{site}/russian", allowed=only_this_machine)
    assert read(page.data, source=site, url=page.url, content_type=page.content_type).text == "Гавань"


def test_the_host_keeps_its_name(site: str) -> None:
    assert fetch(f"{site}/host", allowed=only_this_machine).data.decode() == site.removeprefix("http://")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/loop", "without end"),
        ("/inside", "not on the public web"),
        ("/file", "only http and https"),
        ("/paid", "paywall"),
        ("/missing", "status 404"),
        ("/nowhere", "status 302"),
    ],
)
def test_pages_that_cannot_be_had_are_said(site: str, path: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        fetch(site + path, allowed=only_this_machine)


def test_a_page_that_is_too_large_is_left(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MAX_BYTES", 1000)
    with pytest.raises(ArticleError, match="too large"):
        fetch(f"{site}/large", allowed=only_this_machine)


@pytest.mark.parametrize("path", ["/slow-header", "/slow-body"])
def test_a_slow_page_is_left(site: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(ArticleError, match="too long"):
        fetch(site + path, allowed=only_this_machine)
    assert time.monotonic() - begun < _DRIPPING / 2


def test_this_machine_is_not_fetched_from(site: str) -> None:
    with pytest.raises(ArticleError, match="localhost is not on the public web"):
        load(f"{site}/article", allow_url=True)


def test_addresses_are_off_unless_asked_for() -> None:
    with pytest.raises(ArticleError, match="addresses are off"):
        load("https://example.org/article")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "javascript://x",
        "http://\udce9",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ArticleError):
        load(url, allow_url=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # nothing is bound to it here
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("2001:0:7f00:1::", False),
        ("ff0e::1", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public
