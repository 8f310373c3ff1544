"""Importing the package."""

import pytest

import index
from tests.processes import run_python


def test_import_loads_nothing_heavy() -> None:
    code = (
        "import sys, time; began = time.perf_counter(); import index; took = time.perf_counter() - began; "
        "index.Article, index.Library, index.load; "
        "print(took < 0.3, [name for name in sys.modules if name in "
        "('numpy', 'onnx', 'onnxruntime', 'torch', 'chromadb', 'langchain_core', 'sentence_transformers')])"
    )
    assert run_python(code).stdout == "True []\n"


def test_every_public_name_is_there() -> None:
    assert dir(index) == index.__all__
    for name in index.__all__:
        assert getattr(index, name).__name__ == name
    with pytest.raises(AttributeError, match="nothing"):
        _ = index.nothing
