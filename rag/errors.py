"""What can go wrong between a question and its answer.

    ArticleChatError (index.errors)
    ├── ArticleError, StoreError (index.errors)
    ├── ModelError       the language model is missing, damaged, unreachable, or refuses
    ├── QuestionError    the question cannot be answered as it was put
    └── SettingsError    a setting has a value that means nothing

``str(error)`` is always a message for the reader: what is wrong, and what to do about it.
"""

from index.errors import ArticleChatError

__all__ = ["FAILED", "STOPPED", "ModelError", "QuestionError", "SettingsError"]

FAILED = "The built-in language model failed ({}). It needs about 2 GB of free memory."
"""What is said when what it is computed with raises an error."""

STOPPED = "The language model was stopped."
"""What is said to whoever waits for a model that is closed."""


class ModelError(ArticleChatError):
    """The language model is missing, damaged, unreachable, or refuses."""


class QuestionError(ArticleChatError):
    """The question is empty, too long, or otherwise cannot be answered as it was put."""


class SettingsError(ArticleChatError):
    """A setting has a value that means nothing, or two settings contradict each other."""
