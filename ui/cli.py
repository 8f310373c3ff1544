"""The command line: what is asked for, and what it ends with.

Exit codes: 0 answered, 3 not in the article, 2 bad use, 1 failure, 130 stopped with Ctrl-C.
"""

import argparse
import atexit
import gc
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from typing import Any

__all__ = ["main"]

ANSWERED, FAILURE, BAD_USE, NOT_IN_ARTICLE, STOPPED = 0, 1, 2, 3, 130

_EPILOG = """\
exit codes:
  0  answered     3  not in the article     2  bad use     1  failure

environment:
  ARTICLE_CHAT_MODEL, _BASE_URL, _API_KEY, _STRICTNESS
                     the same as the options; an option wins
  ARTICLE_CHAT_EMBEDDING_MODEL, _CHROMA_URL
                     another embedding model, and a Chroma server for the vectors
  ARTICLE_CHAT_HOME  where the model and the library are kept
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Whatever goes wrong, the reader gets a message and the shell an exit code.

    Args:
        arguments: The words after ``article-chat``; those of the process if None.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test may have put another stream there
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows "?" instead
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has printed its help or its complaint
        return int(stop.code or 0)
    _quiet(options.verbose)
    # Else every object of every library is looked through once more before the end.
    atexit.register(gc.freeze)
    return _guarded(options)


def _guarded(options: argparse.Namespace) -> int:
    """Run the command of ``options``, and turn every way to fail into a message and a code."""
    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        code = int(options.run(options))
        sys.stdout.flush()  # while a broken pipe can still be caught
        return code
    except KeyboardInterrupt:
        complain("Stopped.")
        return STOPPED
    except BrokenPipeError:
        # Whoever read our output has had enough of it. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except Exception as error:
        if stopped.is_set():  # at a bad moment: a library made an error of its own of it
            complain("Stopped.")
            return STOPPED
        return _failed(error, options)
    finally:
        signal.signal(signal.SIGINT, before)


def _failed(error: Exception, options: argparse.Namespace) -> int:
    """Tell the reader what went wrong."""
    from index.errors import ArticleChatError

    if isinstance(error, ArticleChatError):
        from rag.errors import QuestionError, SettingsError

        complain(str(error))
        return BAD_USE if isinstance(error, QuestionError | SettingsError) else FAILURE
    logging.getLogger(__name__).debug("unexpected", exc_info=error)
    hint = "" if options.verbose else " Run it again with --verbose to see where it comes from."
    complain(f"Unexpected failure: {type(error).__name__}: {error}.{hint}")
    return FAILURE


def complain(message: str) -> None:
    """Tell the user what is wrong."""
    from ui.terminal import plain

    print(f"article-chat: {plain(message)}", file=sys.stderr)


def _quiet(verbose: bool) -> None:
    """Keep the dependencies' talk off the terminal, unless it is asked for."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.ERROR, format="%(name)s: %(message)s")
    logging.getLogger("index").setLevel(
        logging.NOTSET if verbose else logging.WARNING
    )  # why it takes so long
    if not verbose and not sys.warnoptions:
        warnings.simplefilter("ignore")
    if not verbose:
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def _parser() -> argparse.ArgumentParser:
    """Describe every command; what they run is imported only when one of them is run."""
    parser = argparse.ArgumentParser(
        prog="article-chat",
        description="Ask an article, and get answers whose every sentence points at the words that carry it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    parser.set_defaults(verbose=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--verbose", action="store_true", help="show what the parts inside have to say")
    model = argparse.ArgumentParser(add_help=False)
    chosen = model.add_argument_group("model")
    chosen.add_argument(
        "--model", help='"builtin" (default), a name served at --base-url, or "provider:model"'
    )
    chosen.add_argument("--base-url", metavar="URL", help="a server that speaks OpenAI's protocol")
    chosen.add_argument("--api-key-env", metavar="NAME", help="the environment variable that has the key")
    chosen.add_argument(
        "--strictness", help="strict, balanced (default) or lenient: how sure it must be to answer"
    )
    articles = argparse.ArgumentParser(add_help=False)
    which = articles.add_argument_group("article").add_mutually_exclusive_group()
    which.add_argument(
        "--article",
        metavar="FILE|URL|ID|-",
        action="append",
        help="a file, an address, an id from 'list', or - for standard input; may be repeated",
    )
    which.add_argument("--all", action="store_true", help="every article that was added")

    def command(
        name: str, run: str, summary: str, *parents: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=summary, description=summary, parents=[*parents, everywhere])
        made.set_defaults(run=_Later(run))
        return made

    ask = command("ask", "ask", "Answer one question.", articles, model)
    ask.add_argument("question", help="the question, in quotation marks")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    command("chat", "chat", "Hold a conversation in the terminal.", articles, model)
    serve = command("serve", "serve", "Serve the page, at http://127.0.0.1:7860.", model)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port", type=_port, default=7860, help="the port to listen on (default: %(default)s)"
    )
    serve.add_argument("--allow-url", action="store_true", help="let the page read articles from the web")
    serve.add_argument(
        "--shared", action="store_true", help="nobody may remove articles or change settings: behind a proxy"
    )
    serve.add_argument("--mcp", action="store_true", help="be an MCP server too (needs gradio[mcp])")
    serve.add_argument("--open", action="store_true", help="open it in the browser")
    add = command("add", "add", "Read articles and keep them, ready to be asked.")
    add.add_argument("sources", nargs="+", metavar="FILE|FOLDER|URL|-", help="what to add")
    add.add_argument("--title", help="the article's title, if it is a single one")
    listed = command("list", "list_articles", "List the articles that were added.")
    listed.add_argument("--json", action="store_true", help="print them as JSON")
    remove = command("remove", "remove", "Remove articles and everything made of them.")
    remove.add_argument(
        "ids", nargs="+", metavar="ID", help="an id from 'list', or its first 4 characters or more"
    )
    feedback = command("feedback", "feedback", "Show what readers thought of answers on the page.")
    what = feedback.add_mutually_exclusive_group()
    what.add_argument("--rating", choices=["good", "bad"], help="only these")
    what.add_argument("--erase", action="store_true", help="erase them all from this computer")
    feedback.add_argument("--json", action="store_true", help="print all of it as JSON")
    models = commands.add_parser("model", help="Get the built-in language model.").add_subparsers(
        title="commands", metavar="COMMAND", required=True
    )
    download = models.add_parser(
        "download", help="Download the built-in model's file from its publisher.", parents=[everywhere]
    )
    download.add_argument("--url", help="another address that has the same file")
    download.set_defaults(run=_Later("download"))
    return parser


class _Later:
    """A command of ``ui.commands``, imported when it is called: ``--help`` needs none of them."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, options: argparse.Namespace) -> int:
        from ui import commands

        return int(getattr(commands, self._name)(options))


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"article-chat {version('article-chat')}")
        except PackageNotFoundError:  # run from its folder
            print("article-chat (not installed)")
        parser.exit()


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError
    return port


# argparse names the function in its complaint: "invalid port number value: '0'".
_port.__name__ = "port number"

if __name__ == "__main__":
    sys.exit(main())
