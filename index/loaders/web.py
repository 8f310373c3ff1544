"""Addresses: a page is fetched only from the public web, with limits on its size and time.

Every host is resolved first, refused if any of its addresses is not public, and then connected to at the
address that was checked, so that neither a redirect nor a second look-up of the name leads into a private
network.
"""

import ipaddress
import socket
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from index.errors import ArticleError

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 20_000_000
_SECONDS = 30.0
_REDIRECTS = 5
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
"""All addresses of IPv6 that the public internet has so far."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Addresses of IPv6 that lead to one of IPv4."""
_AGENT = "Mozilla/5.0 (compatible; article-chat)"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Page:
    """What an address answered with."""

    url: str
    content_type: str
    """As the server said it, with the charset."""
    data: bytes


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet: not loopback, private, link-local or reserved."""
    inner = getattr(address, "sixtofour", None)
    if address in _TRANSLATED:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    elif address.version == 6 and address not in _GIVEN_OUT:
        return False
    return address.is_global and not address.is_multicast and (inner is None or is_public(inner))


def fetch(url: str, *, allowed: Callable[[Address], bool] = is_public) -> Page:
    """Fetch an address.

    Args:
        url: An ``http`` or ``https`` address.
        allowed: Says which addresses may be connected to.

    Raises:
        ArticleError: if it is not allowed, not there, too large or too slow.
    """
    import httpx
    from anyio.from_thread import start_blocking_portal

    try:
        # In an event loop of its own, which can be ended wherever it waits, in the header as well as in the body.
        with start_blocking_portal() as portal:
            return portal.call(_fetch, url, allowed)
    except TimeoutError as error:
        raise ArticleError(f"{url} takes too long. Try again later, or paste the text.") from error
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise ArticleError(f"{url} is not an address that can be fetched.") from error
    except httpx.TimeoutException as error:
        raise ArticleError(f"{url} does not answer in time. Try again later, or paste the text.") from error
    except httpx.HTTPError as error:
        raise ArticleError(f"{url} cannot be reached ({error or type(error).__name__}).") from error


async def _fetch(url: str, allowed: Callable[[Address], bool]) -> Page:
    import anyio
    import httpx

    with anyio.fail_after(_SECONDS):
        # Neither proxies nor credentials from the environment: the checked address is what is connected to.
        async with httpx.AsyncClient(timeout=10, follow_redirects=False, trust_env=False) as client:
            target = httpx.URL(url)
            for _ in range(_REDIRECTS + 1):
                request = await _request(client, target, allowed)
                async with aclosing(await client.send(request, stream=True)) as response:
                    if not response.has_redirect_location:
                        return await _page(response, target)
                    target = target.join(response.headers["location"])
    raise ArticleError(f"{url} leads from one address to the next without end.")


async def _request(
    client: "httpx.AsyncClient", url: "httpx.URL", allowed: Callable[[Address], bool]
) -> "httpx.Request":
    from anyio.to_thread import run_sync

    if url.scheme not in ("http", "https") or not url.host:
        raise ArticleError(f"{url} cannot be fetched: only http and https addresses are.")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        look_up = partial(socket.getaddrinfo, url.host, port, type=socket.SOCK_STREAM)
        found = await run_sync(look_up, abandon_on_cancel=True)
    except OSError as error:
        raise ArticleError(f"{url.host} cannot be found. Check the address and the network.") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not all(allowed(address) for address in addresses):
        raise ArticleError(f"{url.host} is not on the public web, so that nothing is fetched from it.")
    return client.build_request(
        "GET",
        url.copy_with(host=str(addresses[0]), userinfo=b""),
        headers={"Host": url.netloc.decode("ascii").rpartition("@")[2], "User-Agent": _AGENT},
        extensions={"sni_hostname": url.host},
    )


async def _page(response: "httpx.Response", url: "httpx.URL") -> Page:
    if response.status_code in (401, 402, 403, 451):
        raise ArticleError(
            f"{url} is not open to everybody (status {response.status_code}): it may be behind a paywall or a "
            "login. Open it in a browser, copy the text, and paste that."
        )
    if not response.is_success:  # a redirect to nowhere is no page either
        raise ArticleError(f"{url} answers with an error (status {response.status_code}).")
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MAX_BYTES:
            raise ArticleError(f"{url} is too large: at most {MAX_BYTES / 1e6:.0f} MB are read.")
    return Page(str(url), response.headers.get("content-type", ""), bytes(data))
