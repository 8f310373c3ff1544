"""Where Article Chat keeps its files."""

import os
from pathlib import Path

from index.errors import StoreError


def data_dir() -> Path:
    """The directory for models and libraries, created when it is missing.

    Returns:
        ``$ARTICLE_CHAT_HOME`` when set, otherwise the platform's directory for a user's data.

    Raises:
        StoreError: if the directory cannot be created.
    """
    home = os.environ.get("ARTICLE_CHAT_HOME", "").strip()
    if home:
        path = Path(home)
    else:
        import platformdirs

        path = platformdirs.user_data_path("article-chat", appauthor=False)
    try:
        path = path.expanduser()
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # the latter for the home of somebody who is unknown
        raise StoreError(
            f"The data directory {path} cannot be created ({getattr(error, 'strerror', None) or error}). "
            "Set ARTICLE_CHAT_HOME to a directory that you can write to."
        ) from error
    return path
