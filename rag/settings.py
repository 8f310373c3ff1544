"""The few choices that a user has, from arguments or from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from rag.errors import SettingsError

__all__ = ["BUILTIN", "Settings", "Strictness"]

BUILTIN = "builtin"
Strictness = Literal["strict", "balanced", "lenient"]


@dataclass(frozen=True)
class Settings:
    """Which model answers, and how sure it must be before it does.

    Attributes:
        model: ``"builtin"``, the name of a model served at ``base_url``, or LangChain's ``"provider:model"``.
        base_url: Where a server speaks OpenAI's protocol, such as ``http://localhost:11434/v1``.
        api_key: The key for that server or provider. It never appears in ``repr()``.
        strictness: How readily "not in the article" is the answer: ``strict``, ``balanced`` or ``lenient``.
        embedding_model: Another sentence-transformers model, by name or folder, instead of the built-in one.
        embedding_query_prompt: What that model wants to read before a question, if its own files do not say it.
        embedding_document_prompt: What it wants to read before a passage.
        chroma_url: A Chroma server to keep the vectors on, instead of the data directory.

    Raises:
        SettingsError: If a value means nothing, or two of them contradict each other.
    """

    model: str = BUILTIN
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    strictness: Strictness = "balanced"
    embedding_model: str | None = None
    embedding_query_prompt: str | None = None
    embedding_document_prompt: str | None = None
    chroma_url: str | None = None

    def __post_init__(self) -> None:
        if self.strictness not in get_args(Strictness):
            choices = ", ".join(get_args(Strictness))
            raise SettingsError(f"There is no strictness {self.strictness!r}. Choose one of: {choices}.")
        for name in ("base_url", "chroma_url"):
            _check_url(name, getattr(self, name))
        if self.embedding_model is None and (self.embedding_query_prompt or self.embedding_document_prompt):
            raise SettingsError(
                "The built-in embedding model has no prompts. Name the one they are for (embedding_model)."
            )
        if self.base_url is None:
            _check_model(self.model)
        elif self.model == BUILTIN or not self.model.strip():
            raise SettingsError(
                f"The server at {self.base_url} has no model called {self.model!r}: "
                "say which of its models to use (--model NAME, or ARTICLE_CHAT_MODEL)."
            )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> "Settings":
        """Read ``ARTICLE_CHAT_MODEL``, ``_BASE_URL``, ``_API_KEY`` and so on, a variable for each attribute.

        Args:
            environ: The variables; those of the process if None.
            **overrides: Attributes that win over the environment. One that is None counts as not given.

        Returns:
            The settings; what neither names has its default.

        Raises:
            SettingsError: If a value means nothing, or an override has an unknown name.
        """
        variables = os.environ if environ is None else environ
        names = {f.name for f in fields(cls)}
        if unknown := sorted(overrides.keys() - names):
            raise SettingsError(f"There is no setting {unknown[0]!r}. There are: {', '.join(sorted(names))}.")
        values: dict[str, Any] = {}
        for name in names:
            # A variable that is set but empty is how people switch one off: it counts as not given.
            value = overrides.get(name) or variables.get(f"ARTICLE_CHAT_{name.upper()}", "").strip()
            if value:
                values[name] = value
        if overrides.get("model") == BUILTIN and not overrides.get("base_url"):
            values.pop("base_url", None)  # asked for by name, it wins over the environment's server
        return cls(**values)


def _check_url(name: str, url: str | None) -> None:
    """Refuse an address that no HTTP client could use, before something deep inside does."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # urlsplit and .port refuse some malformed addresses
        usable = False
    if not usable:
        raise SettingsError(
            f"{name} is no web address: {url!r}. It should look like http://localhost:11434/v1."
        )


def _check_model(model: str) -> None:
    """Without a server of the user's own, a model is the built-in one or names its provider."""
    provider, _, name = model.partition(":")
    if model != BUILTIN and not (provider.strip() and name.strip()):
        raise SettingsError(
            f"There is no model {model!r}. Choose 'builtin', a provider's model such as 'openai:gpt-4.1-mini', "
            "or give the address of the server that has it (--base-url, or ARTICLE_CHAT_BASE_URL)."
        )
