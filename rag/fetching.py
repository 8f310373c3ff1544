"""One large file over HTTP, going on where the last attempt stopped."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from index.indexing import Progress
from rag.errors import ModelError

if TYPE_CHECKING:
    import httpx

__all__ = ["fetch"]

_ATTEMPTS = 5  # in a row without a single new byte
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


def fetch(url: str, path: Path, size: int, progress: Progress, *, pause: float = 1.0) -> None:
    """Download ``url`` into ``path`` until it has ``size`` bytes; what ``path`` holds already is kept.

    Args:
        url: An http or https address. Redirects are followed.
        path: The unfinished file. It stays when the download fails, for the next call to go on with.
        size: How many bytes the finished file has.
        progress: Called with what is going on and how much of the file is there, from 0 to 1.
        pause: Seconds to wait before the second attempt; the double before each further one.

    Raises:
        ModelError: If the address cannot be reached, refuses, or has a file of another length.
        OSError: If the file cannot be written.
    """
    import httpx  # it takes a tenth of a second that no other command should pay

    failures, furthest = 0, _length(path)
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(60.0, connect=20.0)) as client:
        while _length(path) < size:
            try:
                _attempt(client, url, path, size, progress)
                reason = "it closed the connection too early"
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise ModelError(f"Cannot download from {url}: that is no web address.") from error
            except httpx.HTTPStatusError as error:
                if error.response.status_code not in _BUSY:
                    raise ModelError(
                        f"Cannot download from {url}: it answered {error.response.status_code} "
                        f"{error.response.reason_phrase}."
                    ) from error
                reason = f"it answered {error.response.status_code} {error.response.reason_phrase}"
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            # Further than ever, not only than before: a file begun anew again and again must end, too.
            failures = 0 if _length(path) > furthest else failures + 1
            furthest = max(furthest, _length(path))
            if failures >= _ATTEMPTS:
                raise ModelError(
                    f"Cannot download from {url}: {reason}. Check the network, then run the command again: "
                    "it goes on where it stopped."
                )
            if failures:
                time.sleep(pause * 2 ** (failures - 1))
    if _length(path) > size:
        path.unlink()
        raise ModelError(
            f"Cannot download from {url}: the file there is longer than the model. "
            "Use another address with --url."
        )


def _attempt(client: "httpx.Client", url: str, path: Path, size: int, progress: Progress) -> None:
    """Append what the server sends to the file, or start it anew if the server cannot go on in the middle."""
    have = _length(path)
    # "identity": the checksum and the range are of the file itself, not of a compressed form.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 416:  # the file there ends before ours does: ours cannot be its beginning
            path.unlink()
            return
        response.raise_for_status()
        sent = response.headers.get("content-range", "")
        goes_on = response.status_code == 206 and sent.startswith(f"bytes {have}-")
        done = have if goes_on else 0
        length = response.headers.get("content-length", "")
        if length.isdigit() and done + int(length) != size:
            raise ModelError(
                f"Cannot download from {url}: the file there has {done + int(length)} bytes, "
                f"the model {size}. Use another address with --url."
            )
        with path.open("ab" if goes_on else "wb") as out:
            for chunk in response.iter_raw():
                out.write(chunk)
                done += len(chunk)
                progress("Downloading the language model", min(done / size, 1.0))
                if done > size:
                    return


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
