"""The library with a Chroma server, a real one that the test starts on loopback."""

import gc
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from index import Article, Library, SentenceEmbeddings, StoreError, seed_article
from tests.index.test_library import BAKERY, HARBOUR, Letters


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = tmp_path_factory.mktemp("server")
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(path)]
    with (path / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=path)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                httpx.get(f"{url}/api/v2/heartbeat", trust_env=False).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def test_articles_are_added_found_and_removed(
    tmp_path: Path, embeddings: SentenceEmbeddings, server: str
) -> None:
    article = seed_article()
    with Library(tmp_path, embeddings=embeddings, chroma_url=server) as library:
        assert library.add(article)
        assert not library.add(article)
        library.add(Article.from_text(HARBOUR))
        assert library.search("Who built the harbour?", k=1)[0].passage.text == HARBOUR
        library.remove(article.id)
        assert {hit.passage.text for hit in library.search("Who leads the new team?")} == {HARBOUR}
    assert not (tmp_path / "chroma").exists()


def test_many_passages_are_found_on_the_server(tmp_path: Path, server: str) -> None:
    words = HARBOUR.split()
    paragraphs = [" ".join(words[(n * m) % len(words)] for m in range(1, 70)) + f" {n}." for n in range(2100)]
    article = Article.from_text("\n\n".join(paragraphs))
    with (
        Library(
            tmp_path, embeddings=Letters(), chroma_url=f"{server}/default_tenant/default_database"
        ) as library,
        Library(tmp_path, embeddings=Letters(), chroma_url=server) as same,
        Library(tmp_path / "other", embeddings=Letters(), chroma_url=server) as other,
    ):
        library.add(article)
        other.add(seed_article())
        assert "1234." in library.search("paragraph 1234", k=1)[0].passage.text
        assert library.search("grain", k=20) == same.search("grain", k=20)
        assert len(other.search("grain", k=20)) == 6


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:9", r"The Chroma server at 127\.0\.0\.1:9 cannot be used"),
        ("localhost:8000", "is not the address of a Chroma server"),
        ("ftp://localhost", "is not the address of a Chroma server"),
    ],
)
def test_a_server_that_cannot_be_used_is_said(tmp_path: Path, url: str, message: str) -> None:
    with Library(tmp_path, embeddings=Letters(), chroma_url=url) as library:
        with pytest.raises(StoreError, match=message):
            library.add(Article.from_text(HARBOUR))
        # The article is kept all the same, and the server gets it when it is there again.
        assert len(library.articles()) == 1


# Chroma's client drops its connections without closing them when its constructor fails.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_tenant_that_is_not_there_is_said(tmp_path: Path, server: str) -> None:
    library = Library(tmp_path, embeddings=Letters(), chroma_url=f"{server}/nobody")
    with library, pytest.raises(StoreError, match="tenant"):
        library.add(Article.from_text(HARBOUR))
    gc.collect()


def test_a_token_is_not_shown(tmp_path: Path) -> None:
    library = Library(tmp_path, embeddings=Letters(), chroma_url="http://secret@127.0.0.1:9")
    with library, pytest.raises(StoreError) as caught:
        library.add(Article.from_text(HARBOUR))
    assert "secret" not in str(caught.value)


@pytest.fixture
def guarded(server: str) -> Iterator[str]:
    """The address, without ``http://``, of a proxy before the server that asks for the token ``s/cret``."""

    class Guard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers["Authorization"] != "Bearer s/cret" or self.headers["X-Chroma-Token"] != "s/cret":
                answer = httpx.Response(401, json={"error": "Unauthorized", "message": "no token"})
            else:
                kind = {"Content-Type": self.headers.get("Content-Type", "")}
                answer = client.request(self.command, server + self.path, content=body, headers=kind)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # the names that it looks for

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name it overrides has
            pass

    with httpx.Client(trust_env=False) as client, ThreadingHTTPServer(("127.0.0.1", 0), Guard) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{proxy.server_address[1]}"
        proxy.shutdown()


def test_a_token_a_tenant_and_a_database_are_used(
    tmp_path: Path, server: str, guarded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def post(path: str, name: str) -> None:
        httpx.post(f"{server}/api/v2/{path}", json={"name": name}, trust_env=False).raise_for_status()

    def collections(tenant: str, database: str) -> list[str]:
        path = f"{server}/api/v2/tenants/{tenant}/databases/{database}/collections"
        return [one["name"] for one in httpx.get(path, trust_env=False).raise_for_status().json()]

    post("tenants", "city")
    post("tenants/city/databases", "news")
    monkeypatch.setattr("index.search._EXACT", 0)  # so that the server searches
    with Library(
        tmp_path, embeddings=Letters(), chroma_url=f"http://s%2Fcret@{guarded}/city/news"
    ) as library:
        for text in (HARBOUR, BAKERY):
            library.add(Article.from_text(text))
        assert library.search("Who built the harbour?", k=1)[0].passage.text == HARBOUR
        [ours] = collections("city", "news")
        assert ours not in collections("default_tenant", "default_database")


# Chroma's client drops its connections without closing them when its constructor fails.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wrong_token_is_said(tmp_path: Path, guarded: str) -> None:
    library = Library(tmp_path, embeddings=Letters(), chroma_url=f"http://wrong@{guarded}")
    with library, pytest.raises(StoreError, match=r"(?i)unauthorized|no token|401.*token"):
        library.add(Article.from_text(HARBOUR))
    gc.collect()
