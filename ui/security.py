"""The page answers to itself and to programs, not to other web sites that are open in the same browser."""

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Guard", "is_loopback"]

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# Nothing from elsewhere is ever loaded, whatever an article or a model has written: not a picture that tells
# somebody what was read. Gradio itself needs scripts and styles inside the page.
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; form-action 'self'; "
        b"frame-ancestors 'self'; base-uri 'self'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_SAFE = ("GET", "HEAD", "OPTIONS")


def is_loopback(host: str | None) -> bool:
    """Whether this names the computer itself.

    Args:
        host: A host name or an IP address, without a port.

    Returns:
        True for ``localhost`` and the loopback addresses.
    """
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI middleware that turns away requests which another site makes through the reader's browser.

    Gradio decides by CORS who may *read* an answer. A form of another site could still *do* things here
    (add, remove, change the settings), and a name that an attacker points at 127.0.0.1 could read too.

    Args:
        app: What is guarded.
        loopback: Whether it listens on this computer only, so that no other name is meant for it.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], loopback: bool) -> None:
        self._app = app
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._welcome(scope):
            body = b"Article Chat does not take requests from other web sites."
            headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _welcome(self, scope: Scope) -> bool:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get("host", "")
        if self._loopback and host and not is_loopback(urlsplit(f"//{host}").hostname):
            return False
        if scope["method"] in _SAFE:
            return True
        # Browsers send both headers; programs send neither. A reverse proxy may change Host, so that the
        # browser's own word (Sec-Fetch-Site) comes first.
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == host
