"""The errors that a reader may see.

ArticleChatError          the one family: ``str(error)`` says what is wrong and what to do
├── ArticleError          an article cannot be found, loaded or read
└── StoreError            the library on disk or its server: full, damaged, unreachable
"""


class ArticleChatError(Exception):
    """Base of every error that is meant for the reader; its message is a sentence to show as it is."""


class ArticleError(ArticleChatError):
    """An article cannot be found, loaded or read."""


class StoreError(ArticleChatError):
    """The library on disk, or its vector server, cannot be used."""
