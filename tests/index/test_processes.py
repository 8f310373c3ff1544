"""Several processes on one library, and processes that end in the middle of something."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index import Article, Library, SentenceEmbeddings, seed_article
from tests.processes import environment, run_python

HARBOUR = (
    "The harbour of Riga was built in 1870 by Anna Berg, and the first ship came from Lübeck with grain."
)

_SECOND = """
import json, sys
from pathlib import Path
from index import Article, Library
with Library(Path(sys.argv[1])) as library:
    found = [hit.passage.text for hit in library.search("Who leads the new team?", k=1)]
    added = library.add(Article.from_text(sys.argv[2], title="Harbour"))
    print(json.dumps([found, added, len(library.articles())]))
"""
_KILLED = """
import os, sys
from pathlib import Path
from index import Article, Library
text = "\\n\\n".join(f"Paragraph {n} of a long article. " * 20 for n in range(200))
with Library(Path(sys.argv[1])) as library:
    library.add(Article.from_text("The first article is whole.", source="/first"))
    library.add(Article.from_text(text, source="/second"), progress=lambda _, share: share > 0.4 and os._exit(9))
"""
_FULL = """
import resource, sys
from pathlib import Path
from index import Article, Library, StoreError
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
library = Library(Path(sys.argv[1]))
before = library.articles()
size = (Path(sys.argv[1]) / "library.sqlite-wal").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20000, resource.RLIM_INFINITY))
try:
    library.add(Article.from_text("word " * 30000, source="/large"))
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def test_a_second_process_reads_and_writes(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    article = seed_article()
    with Library(tmp_path, embeddings=embeddings) as library:
        library.add(article)  # now this process owns Chroma
        command = [sys.executable, "-W", "error", "-c", _SECOND, str(tmp_path), HARBOUR]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment(), timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        found, added, count = json.loads(done.stdout)
        assert "Alexandr Wang" in found[0]
        assert added
        assert count == 2
        assert library.search("Who built the harbour?", k=1)[0].passage.text == HARBOUR
        library.remove(Article.from_text(HARBOUR).id)
        assert len(library.articles()) == 1


def test_a_killed_process_leaves_whole_articles(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(), timeout=120, check=False
    )
    assert done.returncode == 9, done.stderr
    with Library(tmp_path, embeddings=embeddings) as library:
        assert [info.source for info in library.articles()] == ["/first"]
        assert not library.add(Article.from_text("The first article is whole.", source="/first"))
        assert library.add(seed_article())
        assert library.search("Who leads the new team?")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind are Unix's")
def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path, embeddings: SentenceEmbeddings) -> None:
    with Library(tmp_path, embeddings=embeddings) as library:
        library.add(seed_article())
        command = [sys.executable, "-c", _FULL, str(tmp_path)]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment(), timeout=120, check=False
        )
        assert "Traceback" not in done.stderr
        assert f"The library {tmp_path / 'library.sqlite'} cannot be used" in done.stdout
        assert "space" in done.stdout
        assert len(library.articles()) == 1
        assert library.search("Who leads the new team?")


def test_the_default_place_is_the_data_directory(tmp_path: Path) -> None:
    code = (
        "from index import Library, data_dir; "
        "print(Library().path == data_dir() / 'library', data_dir(), Library().articles())"
    )
    home = tmp_path / "some" / "home"
    done = run_python(code, env=environment(ARTICLE_CHAT_HOME=str(home)))
    assert done.stdout == f"True {home} []\n", done.stderr
    (tmp_path / "file").write_text("")
    code = "from index import data_dir, StoreError\ntry: data_dir()\nexcept StoreError as error: print(error)"
    done = run_python(code, env=environment(ARTICLE_CHAT_HOME=str(tmp_path / "file" / "home")))
    assert "cannot be created" in done.stdout
    assert "ARTICLE_CHAT_HOME" in done.stdout
