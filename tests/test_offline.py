"""Once installed, nothing leaves this computer: not by us, and not by what we are made of."""

import os
import subprocess
import sys

import pytest

from tests.processes import environment, run_python

# Seen by every Python library: an audit hook cannot be taken away again. Anything but loopback is reported and refused.
WATCHED = """
import faulthandler, ipaddress, sys
faulthandler.dump_traceback_later(200, exit=True)

def watch(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        host = args[1][0] if isinstance(args[1], tuple) else "127.0.0.1"
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    try:
        near = ipaddress.ip_address(host).is_loopback
    except ValueError:
        near = host in ("localhost", "")
    if not near and host is not None:
        print("REACHED", event, host, flush=True)
        raise OSError(f"the network is off: {host}")

sys.addaudithook(watch)
"""

# A network of its own that has loopback and nothing else: no library, in whatever language, gets past that.
ALONE = """
import faulthandler, fcntl, socket, struct
faulthandler.dump_traceback_later(200, exit=True)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    flags = struct.unpack("16xH", fcntl.ioctl(s, 0x8913, struct.pack("16sH", b"lo", 0))[:18])[0]
    fcntl.ioctl(s, 0x8914, struct.pack("16sH", b"lo", flags | 1))
"""

PYTHON_CALL = """
from rag import answer
result = answer("How much did Meta invest in Scale AI?")
assert result.status in ("answered", "partial"), result
assert "14.3" in result.text, result
print("DONE")
"""

LONG_ARTICLE = """
from rag import answer
days = [f"In {year} the mill at Brook {year} ground {year * 3} sacks of flour." for year in range(1500, 1900)]
result = answer("How many sacks did the mill at Brook 1666 grind?", article="\\n\\n".join(days))
assert result.passages or result.citations, result
print("DONE")
"""

PAGE = """
import socket, sys, threading, urllib.request
from rag import ArticleChat
from ui.page import serve
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
chat = ArticleChat()
page = serve(chat, port=port, open_browser=False)
body = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
assert b"Article Chat" in body
page.close()
chat.close()
print("DONE")
"""


@pytest.fixture
def env() -> dict[str, str]:
    # A proxy of the environment would hide whom they want to reach.
    kept = {name: value for name, value in environment().items() if not name.lower().endswith("_proxy")}
    # Somebody's own tracing is his choice; here it would only hide what is ours.
    return {name: value for name, value in kept.items() if not name.startswith(("LANGCHAIN_", "LANGSMITH_"))}


@pytest.mark.parametrize("code", [PYTHON_CALL, LONG_ARTICLE, PAGE], ids=["call", "long", "page"])
def test_no_python_code_reaches_out(code: str, env: dict[str, str]) -> None:
    done = run_python(WATCHED + code, env=env)
    assert "REACHED" not in done.stdout
    assert done.stdout.endswith("DONE\n"), done.stderr


@pytest.mark.parametrize("code", [PYTHON_CALL, LONG_ARTICLE, PAGE], ids=["call", "long", "page"])
def test_it_works_where_there_is_no_network(code: str, env: dict[str, str]) -> None:
    own_network = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    try:
        subprocess.run([*own_network, sys.executable, "-c", ALONE], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a network of one's own needs Linux and its permission to make one")
    done = subprocess.run(
        [*own_network, sys.executable, "-c", ALONE + code],
        capture_output=True,
        text=True,
        env=env,
        timeout=280,
        check=False,
    )
    assert done.stdout.endswith("DONE\n"), done.stderr


@pytest.mark.parametrize("module", ["index", "rag", "ui"])
def test_importing_is_quick_and_light(module: str) -> None:
    code = f"import sys; import {module}; print(sorted(n for n in sys.modules if '.' not in n))"
    done = run_python(code)
    heavy = {
        "chromadb",
        "gradio",
        "langchain_core",
        "langchain_openai",
        "onnx",
        "onnxruntime",
        "sentence_transformers",
        "torch",
        "transformers",
    }
    assert not [name for name in heavy if f"'{name}'" in done.stdout]


def test_the_hook_would_notice(env: dict[str, str]) -> None:
    done = run_python(
        WATCHED + "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)", env=env
    )
    assert "REACHED" in done.stdout
