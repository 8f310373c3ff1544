"""Question in, checked answer out.

from rag import answer
answer("Why might Google leave Scale?").text
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rag.answers import Answer, Citation
from rag.errors import ModelError, QuestionError, SettingsError
from rag.events import Checked, Draft, Event, Finished, Retracted, Step
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.chat import ArticleChat
    from rag.default import aanswer, answer, astream, stream

__all__ = [
    "Answer",
    "ArticleChat",
    "Checked",
    "Citation",
    "Draft",
    "Event",
    "Finished",
    "ModelError",
    "QuestionError",
    "Retracted",
    "Settings",
    "SettingsError",
    "Step",
    "aanswer",
    "answer",
    "astream",
    "stream",
]

_LAZY = {"ArticleChat": "rag.chat"} | dict.fromkeys(("answer", "stream", "aanswer", "astream"), "rag.default")


def __getattr__(name: str) -> Any:
    """Import what is heavy when it is first asked for, so that ``import rag`` stays instant."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
