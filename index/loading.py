"""Where articles come from: a path or an address becomes an :class:`~index.articles.Article`."""

from pathlib import Path

from index.articles import Article
from index.errors import ArticleError

MAX_BYTES = 50_000_000


def load(source: str | Path, *, title: str | None = None, allow_url: bool = False) -> Article:
    """Load an article from a file.

    Args:
        source: The path of a text or Markdown file.
        title: Its title; found in the text when not given.
        allow_url: Whether ``source`` may be an address on the web.

    Raises:
        ArticleError: if the file is missing, unreadable, empty, too large or not text.
    """
    path = Path(source).expanduser()
    data = read_bytes(path)
    return Article.from_text(decode(data, path.name), title=title, source=str(path))


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        ArticleError: if it is missing, a directory, unreadable, empty or too large.
    """
    try:
        if path.is_dir():
            raise ArticleError(f"{path} is a directory. Give the path of one article.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ArticleError(
                f"{path} is too large ({size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB). Split it into parts."
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(f"There is no file {path}. Check the path.") from error
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not data.strip():
        raise ArticleError(f"{path} is empty.")
    return data


def decode(data: bytes, name: str) -> str:
    """The text of a file, in UTF-8, UTF-16 with a byte order mark, or an old Western encoding.

    Raises:
        ArticleError: if it is not text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:4096]:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(ord(c) < 32 and c not in "\t\n\r\f" for c in text[:4096])
        if strange <= len(text[:4096]) // 100:
            return text
    raise ArticleError(f"{name} is not text but binary data of a kind that cannot be read as an article.")
