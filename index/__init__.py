"""Articles become passages that can be found: loading, splitting, embedding, storing and searching.

This package knows nothing of language models. Importing it loads none of the libraries it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.articles import Article, Block, seed_article
    from index.catalog import ArticleInfo
    from index.embedding import SentenceEmbeddings
    from index.errors import ArticleChatError, ArticleError, StoreError
    from index.library import Library
    from index.loading import load
    from index.paths import data_dir
    from index.retriever import HybridRetriever
    from index.search import Hit
    from index.splitting import Passage, sentences, split

_HOME = {
    "Article": "articles",
    "ArticleChatError": "errors",
    "ArticleError": "errors",
    "ArticleInfo": "catalog",
    "Block": "articles",
    "Hit": "search",
    "HybridRetriever": "retriever",
    "Library": "library",
    "Passage": "splitting",
    "SentenceEmbeddings": "embedding",
    "StoreError": "errors",
    "data_dir": "paths",
    "load": "loading",
    "seed_article": "articles",
    "sentences": "splitting",
    "split": "splitting",
}

__all__ = [
    "Article",
    "ArticleChatError",
    "ArticleError",
    "ArticleInfo",
    "Block",
    "Hit",
    "HybridRetriever",
    "Library",
    "Passage",
    "SentenceEmbeddings",
    "StoreError",
    "data_dir",
    "load",
    "seed_article",
    "sentences",
    "split",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'index' has no attribute {name!r}")
    return getattr(import_module(f"index.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
