"""The command line, most of it in this process, over the real chain and a model server of the test's own."""

import io
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from index import Article, ArticleError, Library, seed_article
from rag import Answer
from tests.index import documents
from tests.index.test_library import HARBOUR, Letters
from tests.processes import command, environment, run, run_python
from tests.servers import ModelServer, model_server
from ui.cli import main
from ui.sources import full_id
from ui.terminal import Screen, plain

GOOD = "Google views Meta's partnership with Scale AI as a potential conflict of interest."


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("ARTICLE_CHAT_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with model_server() as server:
        server.reply = f"Found: {GOOD}"
        monkeypatch.setenv("ARTICLE_CHAT_BASE_URL", server.url)
        monkeypatch.setenv("ARTICLE_CHAT_MODEL", server.model)
        yield server


Fails = Callable[..., str]


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Fails:
    """Run a command that must fail with a code, and give what it complained: a message, and nothing else."""

    def check(code: int, *arguments: str) -> str:
        assert main(arguments) == code
        out, err = capsys.readouterr()
        assert out == ""
        assert "Traceback" not in err
        assert "Unexpected failure" not in err
        assert err.strip()
        return err

    return check


def test_ask(server: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How does Google see the deal?"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f'{GOOD} [1]\n\n[1] "')
    assert "Meta's Scale AI deal" in out
    assert "\x1b" not in out


def test_ask_as_json_gives_the_whole_answer(server: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How does Google see the deal?", "--json"]) == 0
    answer = Answer.from_dict(json.loads(capsys.readouterr().out))
    assert (answer.status, answer.text, answer.model) == ("answered", GOOD, "small")
    text = seed_article().text
    assert answer.citations
    assert all(text[c.start : c.end] == c.quote for c in answer.citations)


def test_ask_what_the_article_does_not_say(server: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.reply = "Missing"
    assert main(["ask", "Who painted the ceiling?"]) == 3
    assert "closest passages" in capsys.readouterr().out


def test_ask_what_only_the_model_says(server: ModelServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.reply = "Found: Napoleon was crowned in 1804 in Paris."
    assert main(["ask", "When was the crowning?"]) == 3
    assert "1804" not in capsys.readouterr().out


def test_ask_a_file(server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bridge.md"
    path.write_text("# The bridge\n\nThe bridge over the Elbe was opened in 1893 by the mayor.\n")
    server.reply = "Found: The bridge over the Elbe was opened in 1893."
    assert main(["ask", "When was the bridge opened?", "--article", str(path)]) == 0
    assert "(The bridge)" in capsys.readouterr().out


def test_ask_standard_input(server: ModelServer) -> None:
    server.reply = "Found: The mill burnt down in 1911."
    env = environment(**given())
    done = run(
        "ask",
        "When did it burn?",
        "--article",
        "-",
        stdin="The mill burnt down in 1911. – Österreich".encode(),
        env=env,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The mill burnt down in 1911. [1]")
    assert run("ask", "Why?", "--article", "-", env=env).returncode == 1
    pdf = documents.pdf([["The council met in the old hall."], ["", "The mill burnt down in 1911."]])
    done = run("ask", "When did it burn?", "--article", "-", stdin=pdf, env=env)
    assert "p. 2" in done.stdout


def test_reading_again_for_another_embedding_model_is_said(
    server: ModelServer, home: Path, tmp_path: Path
) -> None:
    with Library(home / "library", embeddings=Letters()) as library:
        library.add(Article.from_text(HARBOUR))
    path = tmp_path / "long.txt"  # so long that it is searched
    path.write_text("\n\n".join(f"{HARBOUR} That was told {number} times." for number in range(60)))
    asked = ("chat", "--article", str(path))
    done = run(*asked, stdin=b"Who built the harbour?\n", env=environment(**given()))
    assert "Reading 1 article again, once, with the embedding model all-MiniLM-L6-v2" in done.stderr
    done = run(*asked, stdin=b"Who built the harbour?\n", env=environment(**given()))
    assert done.stderr == ""


def test_options_win_over_the_environment(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key, server.model = "secret", "other"
    monkeypatch.setenv("MY_KEY", "secret")
    monkeypatch.setenv("ARTICLE_CHAT_API_KEY", "wrong")
    question = "How does Google see the deal?"
    assert (
        main(["ask", question, "--model", "other", "--api-key-env", "MY_KEY", "--strictness", "strict"]) == 0
    )


def test_add_list_ask_and_remove(
    server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mill.txt"
    path.write_text("The Mill\n\nThe mill burnt down in 1911, and nobody was hurt.\n")
    assert main(["add", str(path)]) == 0
    article_id = capsys.readouterr().out.split()[0]
    assert main(["add", str(path)]) == 0
    assert "was there already" in capsys.readouterr().out

    assert main(["list", "--json"]) == 0
    [listed] = json.loads(capsys.readouterr().out)
    assert (listed["id"], listed["title"]) == (article_id, "The Mill")
    assert main(["list"]) == 0
    assert article_id in capsys.readouterr().out

    server.reply = "Found: The mill burnt down in 1911."
    assert main(["ask", "When did the mill burn?", "--article", article_id]) == 0
    assert main(["ask", "When did the mill burn?", "--all"]) == 0
    capsys.readouterr()

    assert main(["remove", article_id[:6]]) == 0
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_add_and_list_show_what_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quay.html"
    path.write_text(documents.HTML)
    scanned = tmp_path / "minutes.pdf"
    scanned.write_bytes(
        documents.pdf([["The council met in the old hall."], []], title="Minutes", pictures=[2])
    )
    assert main(["add", str(path), str(scanned)]) == 0
    out, err = capsys.readouterr()
    assert "Harbour plans, by Anna Berg, 2026-03-04" in out
    assert "Minutes, 2026-03-04" in out
    assert f"{scanned}: Page 2 is a picture without text" in err
    assert main(["list"]) == 0
    assert "Harbour plans, by Anna Berg, 2026-03-04" in capsys.readouterr().out


def test_add_a_folder_goes_on_after_a_file_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fails: Fails
) -> None:
    folder = tmp_path / "news"
    (folder / "old").mkdir(parents=True)
    (folder / "a.txt").write_text("The mill burnt down in 1911, and nobody was hurt.")
    (folder / "b.pdf").write_bytes(b"%PDF-1.5 broken")
    (folder / "old" / "c.MD").write_text("# The bridge\n\nThe bridge was built in 1870.")
    (folder / "notes.db").write_bytes(b"no article")
    assert main(["add", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert "The mill" in out
    assert "The bridge" in out
    assert "b.pdf is damaged" in err
    assert "1 of 3 could not be added" in err
    assert "notes.db" not in err
    (tmp_path / "empty").mkdir()
    assert "no files that can be read" in fails(1, "add", str(tmp_path / "empty"))
    (tmp_path / "quay.txt").write_text("The quay was built in 1931, and nobody was hurt.")
    assert main(["add", str(tmp_path / "empty"), str(tmp_path / "quay.txt")]) == 1
    out, err = capsys.readouterr()
    assert "The quay" in out
    assert "1 of 2 could not be added" in err


def test_adding_many_can_be_interrupted_and_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number:04}.txt").write_text(
            f"House {number} of the street was built in {1000 + number}."
        )
    with subprocess.Popen(
        command("add", str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        early = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "article-chat: Stopped.\n")
    done = len(early) + len(out.splitlines())
    assert 5 <= done < 1000
    assert main(["add", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1000
    known = [line.endswith("(was there already)") for line in lines]
    assert done <= sum(known) <= done + 1  # the one that it was at may have been finished but not said
    assert all(known[:done])
    assert main(["list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1000


def test_remove_what_is_not_there(fails: Fails) -> None:
    assert "article-chat list" in fails(1, "remove", "0123")


@pytest.mark.parametrize("slip", [0, 1, 3])
def test_what_is_too_short_for_an_id_removes_nothing(slip: int, home: Path, fails: Fails) -> None:
    with Library(home / "library", embeddings=Letters()) as library:
        article = Article.from_text(HARBOUR)
        library.add(article)
        with pytest.raises(ArticleError, match="at least 4 characters"):
            full_id(library, article.id[:slip])
        assert full_id(library, article.id[:4]) == full_id(library, article.id) == article.id
    assert "at least 4 characters" in fails(1, "remove", article.id[:slip])


def test_all_of_nothing(server: ModelServer, fails: Fails) -> None:
    assert "article-chat add" in fails(1, "ask", "What?", "--all")


def test_chat_remembers_what_was_said(server: ModelServer) -> None:
    env = environment(**given())
    done = run("chat", stdin=b"How does Google see the deal?\n\nWhy is that?\n", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(GOOD) == 2
    assert "How does Google see the deal?" in server.prompt(-1)
    assert GOOD in server.prompt(-1)


def test_chat_goes_on_after_an_error(server: ModelServer) -> None:
    env = environment(**given())
    done = run("chat", stdin=b"x" * 5000 + b"\nHow does Google see the deal?\n", env=env)
    assert done.returncode == 0
    assert "too long" in done.stderr
    assert GOOD in done.stdout


@pytest.mark.parametrize("question", ["", "   \n\t ", "why " * 25_000])
def test_a_question_that_is_none(question: str, fails: Fails) -> None:
    assert "question" in fails(2, "ask", question).lower()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ask"],
        ["frobnicate"],
        ["ask", "Why?", "--frobnicate"],
        ["model"],
        ["serve", "--port", "0"],
        ["serve", "--port", "many"],
        ["ask", "Why?", "--all", "--article", "x"],
        ["ask", "Why?", "--model", "no-such-model"],
        ["ask", "Why?", "--model", "small", "--base-url", "not an address"],
        ["ask", "Why?", "--base-url", "http://127.0.0.1:1/v1"],
        ["ask", "Why?", "--strictness", "very"],
        ["ask", "Why?", "--api-key-env", "NOT_SET_ANYWHERE"],
        ["chat", "--article", "-"],
        ["add", "a.txt", "b.txt", "--title", "Both"],
    ],
)
def test_bad_use(arguments: list[str], fails: Fails) -> None:
    fails(2, *arguments)


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "blank", "binary", "loop"])
def test_a_file_that_is_no_article(kind: str, tmp_path: Path, fails: Fails) -> None:
    path = tmp_path / "article.txt"
    match kind:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "blank":
            path.write_text(" \n\t\n")
        case "binary":
            path.write_bytes(bytes(range(256)) * 40)
        case "loop":  # unreadable for everybody, even for root
            path.symlink_to(path)
    assert "article" in fails(1, "ask", "Why?", "--article", str(path))
    assert "article" in fails(1, "add", str(path))


def test_an_unreachable_server(fails: Fails) -> None:
    message = fails(1, "ask", "Why?", "--model", "small", "--base-url", "http://127.0.0.1:1/v1")
    assert "http://127.0.0.1:1/v1" in message
    assert "cannot be reached" in message


def test_a_wrong_key(server: ModelServer, monkeypatch: pytest.MonkeyPatch, fails: Fails) -> None:
    server.key = "right"
    monkeypatch.setenv("ARTICLE_CHAT_API_KEY", "wrong-and-secret")
    message = fails(1, "ask", "Why does Google leave?")
    assert "ARTICLE_CHAT_API_KEY" in message
    assert "wrong-and-secret" not in message


def test_a_model_that_the_server_does_not_have(server: ModelServer, fails: Fails) -> None:
    assert "unknown-model" in fails(1, "ask", "Why does Google leave?", "--model", "unknown-model")


@pytest.mark.parametrize("provider", ["nobody:large", "openai:gpt-none"])
def test_a_provider_that_cannot_be_used(provider: str, fails: Fails) -> None:
    assert fails(1, "ask", "Why does Google leave?", "--model", provider)


def test_a_port_in_use(server: ModelServer) -> None:
    # In a process of its own: gradio leaves an event loop open when it cannot listen.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port, env=environment(**given()))
    assert (done.returncode, done.stdout) == (1, "")
    assert port in done.stderr


def test_a_home_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: Fails) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ARTICLE_CHAT_HOME", str(tmp_path / "file" / "home"))
    for arguments in (["list"], ["feedback"], ["model", "download"]):
        assert "ARTICLE_CHAT_HOME" in fails(1, *arguments)


def test_a_download_from_nowhere(monkeypatch: pytest.MonkeyPatch, fails: Fails) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    assert "Cannot download" in fails(1, "model", "download", "--url", "http://127.0.0.1:1/model.gguf")


def test_no_feedback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_feedback_can_be_erased(capsys: pytest.CaptureFixture[str]) -> None:
    from ui.feedback import feedback_path, rate

    given = {"question": "Who knows?", "text": "Nobody.", "status": "answered", "citations": [], "passages": [],
             "confidence": 1.0, "model": "small"}  # fmt: skip
    rate("a-turn", given, "bad")
    assert main(["feedback"]) == 0
    assert "Who knows?" in capsys.readouterr().out
    assert main(["feedback", "--erase"]) == 0
    assert "1 rating" in capsys.readouterr().out
    assert not feedback_path().exists()
    assert main(["feedback", "--erase", "--rating", "bad"]) == 2  # it would not be clear what is left


FULL = "mount -t tmpfs -o size=64k tmpfs {home} && {python} -m ui.cli add {article}"


def test_a_full_disk(tmp_path: Path, home: Path) -> None:
    home.mkdir()
    article = tmp_path / "long.txt"
    article.write_text("\n\n".join(f"Paragraph {n} tells of the year {n}." for n in range(3000)))
    python, _, _, *rest = command("add", str(article))
    assert rest
    script = FULL.format(home=home, python=python, article=article)
    own_mounts = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    try:
        subprocess.run([*own_mounts, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a full disk is made with a mount of one's own, which this system does not allow")
    done = subprocess.run(
        [*own_mounts, "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env=environment(ARTICLE_CHAT_HOME=str(home)),
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert "full" in done.stderr


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, time; start = time.perf_counter()\n"
        "from ui.cli import main\n"
        "assert main(['--help']) == 0\n"
        "print(time.perf_counter() - start)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = [run_python(code) for _ in range(3)]
    *_, modules = done[0].stdout.splitlines()
    assert not {"chromadb", "gradio", "langchain_core", "numpy", "rich", "torch"} & set(
        re.findall(r"\w+", modules)
    )
    assert min(float(one.stdout.splitlines()[-2]) for one in done) < 0.3


def test_what_help_calls_the_same_as_the_options_is(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    (named,) = re.findall(r"ARTICLE_CHAT(_MODEL.*)\n +the same as the options", capsys.readouterr().out)
    main(["ask", "--help"])
    options = capsys.readouterr().out
    for variable in named.split(", "):
        assert variable.lower().replace("_", "-").replace("-", "--", 1) in options


def test_version() -> None:
    assert re.fullmatch(r"article-chat (\d+\.\d+\.\d+|\(not installed\))\n", run("--version").stdout)


def test_ctrl_c_ends_cleanly(server: ModelServer) -> None:
    server.stall.set()
    env = environment(**given())
    with subprocess.Popen(
        command("ask", "How does Google see the deal?"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        assert server.stalled.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "article-chat: Stopped.\n")


def test_ctrl_c_that_a_library_made_an_error_of_its_own_ends_cleanly_too(
    fails: Fails, monkeypatch: pytest.MonkeyPatch
) -> None:
    def importing(_: object) -> int:
        with suppress(KeyboardInterrupt):  # pydantic leaves no more of it than its name in a message
            signal.raise_signal(signal.SIGINT)
        raise ValueError("Error building `definitions` serializer: KeyboardInterrupt")

    monkeypatch.setattr("ui.commands.list_articles", importing)
    assert fails(130, "list") == "article-chat: Stopped.\n"


def test_a_reader_who_has_had_enough(server: ModelServer) -> None:
    env = environment(**given())
    with subprocess.Popen(
        command("ask", "How does Google see the deal?"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_in_a_terminal_words_are_dim_until_they_are_checked(server: ModelServer) -> None:
    server.pause = 0.1
    env = environment(**given(), TERM="xterm-256color")
    shown = in_terminal(command("ask", "How does Google see the deal?"), env)
    assert re.search(r"\x1b\[2mGoogle", shown), shown
    final = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown).replace("\r", "")
    assert final.rstrip().endswith("(Meta's Scale AI deal)")
    assert f"{GOOD} [1]" in final


def given() -> dict[str, str]:
    """The settings of this test, for a process of its own."""
    return {name: value for name, value in os.environ.items() if name.startswith("ARTICLE_CHAT_")}


def in_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """Run a program on a terminal of its own, and give all that it wrote there."""
    ours, its = pty.openpty()
    with subprocess.Popen(arguments, stdin=its, stdout=its, stderr=its, env=env) as process:
        os.close(its)
        shown = b""
        while select.select([ours], [], [], 120)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end has closed it
                break
    os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode(errors="replace")


def test_nothing_commands_the_terminal() -> None:
    assert plain("a\x1b]0;title\x07b\x9b2Jc\u202ed\r\ne\tf") == "a]0;titleb2Jcd\ne\tf"


class Terminal(io.StringIO):
    """Where a person is watching."""

    def isatty(self) -> bool:
        return True


def test_a_title_is_no_markup_where_progress_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "200")
    with Screen().progress() as report:
        report("Using [/etc/passwd] safely: reading", 0.5)
        time.sleep(0.5)  # until it is drawn
    assert isinstance(sys.stderr, Terminal)
    assert "Using [/etc/passwd] safely: reading 50% ..." in sys.stderr.getvalue()


def test_serve_until_ctrl_c(server: ModelServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        command("serve", "--port", str(port), "--shared"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**given()),
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = f"http://127.0.0.1:{port}/"
        named = {"Host": "articles.example"}  # as a proxy may pass it on
        assert "Article Chat" in httpx.get(address, headers=named, trust_env=False).text
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert (said, out) == (f"Article Chat is at http://127.0.0.1:{port}/ (Ctrl-C ends it)\n", "")
