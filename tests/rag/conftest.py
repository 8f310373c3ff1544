"""What the tests of answers share."""

import math

import pytest

from rag import quotes


@pytest.fixture
def nothing_pointed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model write, as where no sentence of the article surely answers."""
    monkeypatch.setattr(quotes, "_POINTED", math.inf)
