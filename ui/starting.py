"""The start of the model behind the page, and how far it has come."""

import threading
from typing import Any

import rag
from ui.jobs import explain
from ui.quick_torch import import_torch

__all__ = ["Starting"]

_STARTING = {"ready": False, "detail": "Starting", "progress": None, "error": None}


class Starting:
    """Starts a chat's model in the background.

    Attributes:
        state: What the page shows of it: ``ready``, ``detail``, ``progress`` from 0 to 1, and ``error``.
    """

    def __init__(self) -> None:
        self.state: dict[str, Any] = dict(_STARTING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def begin(self, chat: rag.ArticleChat) -> None:
        """Start the model and read the seed article, once; anew after an error."""
        with self._lock:
            if self._thread is None or (not self._thread.is_alive() and self.state["error"]):
                self.state = dict(_STARTING)
                self._thread = threading.Thread(
                    target=_start, args=(chat, self.state), name="article-chat-load", daemon=True
                )
                self._thread.start()


def _start(chat: rag.ArticleChat, state: dict[str, Any]) -> None:
    def progress(detail: str, share: float | None = None) -> None:
        state.update(detail=detail, progress=share)

    try:
        import_torch(chat)
        chat.warm(None, progress=progress)
        state.update(ready=True, detail="", progress=None)
    except Exception as error:
        state.update(error=explain(error), detail="", progress=None)
