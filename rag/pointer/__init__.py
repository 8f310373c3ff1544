"""The pointer: a small model that points at the sentences of a text that answer a question."""

from rag.pointer.model import point

__all__ = ["point"]
