"""Gradio, imported in half of the time: without the type stubs that it makes for its components each time.

It writes them beside its own files, for editors, unless a component's class has no file (``gradio.component_meta``).
"""

import inspect
from typing import Any
from unittest.mock import patch

__all__ = ["gr"]

_file_of = inspect.getfile


def _file_of_others(thing: Any) -> str:
    if inspect.isclass(thing) and thing.__module__.startswith("gradio."):
        raise OSError("no file to write stubs beside")
    return _file_of(thing)


with patch.object(inspect, "getfile", _file_of_others):
    import gradio as gr
