"""The settings as the page shows them, and as its form changes them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import rag

__all__ = ["changed_settings", "settings_json"]


def settings_json(chat: rag.ArticleChat) -> dict[str, Any]:
    """Who answers, for the page. A key stays here: the page learns only whether there is one."""
    settings = chat.settings
    return {
        "model": settings.model,
        "name": chat.model.name,
        "base_url": settings.base_url,
        "search": urlsplit(settings.chroma_url).hostname if settings.chroma_url else None,
        "has_key": bool(settings.api_key),
        "strictness": settings.strictness,
    }


def changed_settings(old: rag.Settings, form: Mapping[str, Any]) -> rag.Settings:
    """Settings as the form wants them.

    Args:
        old: Those until now.
        form: ``model``, ``base_url``, ``api_key`` and ``strictness``.

    Returns:
        The new settings.

    Raises:
        SettingsError: If one of them means nothing.
    """
    base_url = str(form.get("base_url") or "").strip() or None
    key = str(form.get("api_key") or "").strip() or None
    if key is None and base_url == old.base_url:
        key = old.api_key  # kept for the address it was given for, and never sent to another
    return replace(
        old,
        model=str(form.get("model") or "").strip() or "builtin",
        base_url=base_url,
        api_key=key,
        strictness=form.get("strictness") or old.strictness,
    )
