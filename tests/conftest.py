"""What all tests share: a data directory of their own and one chat with the real model."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rag import ArticleChat


# A shell that runs the tests in the background has them ignore Ctrl-C, and whatever they start would too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests last: Playwright leaves an event loop running, beside which no async test can run."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def data_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory for this run, where the model is joined once; nothing of the user's is touched."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [
            name for name in os.environ if name.startswith(("ARTICLE_CHAT_", "LANGSMITH_", "LANGCHAIN_"))
        ]:
            patch.delenv(name)
        patch.setenv("ARTICLE_CHAT_HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def chat(data_directory: Path) -> "Iterator[ArticleChat]":
    """One chat with the built-in model for all tests: loading it takes seconds."""
    from rag import ArticleChat

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTICLE_CHAT_HOME", str(data_directory))
        chat = ArticleChat()
        chat.warm()
        yield chat
        chat.close()
