"""What the README shows is what happens."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rag.weights import builtin_model
from tests.processes import ROOT, environment, run_python
from ui.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line[2:]
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
MILL = "The mill at the brook\n\nThe mill burnt down in 1911. Nobody was hurt, and the miller moved to Dresden.\n"


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    """A data directory without articles. The model, and what it has read, are those that are there already."""
    home = tmp_path / "home"
    home.mkdir()
    models = builtin_model().parent
    for folder in (models, models.parent / "prefixes"):
        folder.mkdir(exist_ok=True)
        (home / folder.name).symlink_to(folder)
    return home


@pytest.mark.parametrize("code", PYTHON, ids=[f"example {number}" for number in range(1, len(PYTHON) + 1)])
def test_python(code: str) -> None:
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    # What the example asks must be answered, not merely survived.
    for asked, said in {"How much did Meta invest": "14.3 billion", "When did the mill burn": "1911"}.items():
        assert asked not in code or said in done.stdout


def test_command_line(tmp_path: Path, empty_home: Path) -> None:
    """One library for all of them, in the order in which they stand there."""
    (tmp_path / "mill.txt").write_text(MILL)
    env = environment(ARTICLE_CHAT_HOME=str(empty_home))
    shell = f'article-chat() {{ {shlex.quote(sys.executable)} -m ui.cli "$@"; }}\n'
    commands = [command for command in COMMANDS if "article-chat" in command]
    assert len(commands) >= 8
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", shell + command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=env,
            timeout=280,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), (command, done.stdout, done.stderr)
        assert "mill burn" not in command or "1911" in done.stdout, command


def test_make_has_the_targets() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`?make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_option_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["ask"], ["serve"], ["feedback"], ["model", "download"]):
        assert main([*words, "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known


def test_files_that_are_named_exist() -> None:
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        if name == "docs/page.png":
            continue  # made by docs/screenshots.py
        assert (ROOT / name).exists(), name
