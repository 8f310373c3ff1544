"""torch, imported in three quarters of the time: without what it has for compiling models.

What its operators would give for tensors without content is written in Python (``torch._meta_registrations``), and
brings much of the rest of torch with it. Nothing that only computes has use for it.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag import ArticleChat

__all__ = ["import_torch"]

_UNUSED = ("torch._meta_registrations", "torch.distributed._meta_registrations")


def import_torch(chat: "ArticleChat") -> None:
    """Import torch for the built-in models, if no others are used; the process must be ours.

    Args:
        chat: What is about to use them.
    """
    if not chat.model.builtin or chat.settings.embedding_model or "torch" in sys.modules:
        return
    for name in _UNUSED:
        sys.modules[name] = ModuleType(name)
    try:
        import torch  # noqa: F401 - it is only to be there
    finally:
        for name in _UNUSED:
            del sys.modules[name]  # whoever should need the first one imports it then
