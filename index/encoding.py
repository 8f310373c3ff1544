"""The text of bytes, whose encoding is told by themselves, by a server, or by the letters that they make."""

import codecs
import re

from index.errors import ArticleError

_MULTIBYTE = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_OTHER_SCRIPTS = ("cp1251", "koi8_r", "cp1253", "cp1256", "cp1255", "cp874")
_LATIN = ("cp1252", "cp1250", "iso8859_2")
_LABELS = {
    **dict.fromkeys(("iso8859-1", "latin-1", "ascii"), "cp1252"),
    **dict.fromkeys(("shift_jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("euc_kr", "ks_c-5601-1987"), "cp949"),
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
"""What browsers read under a name that says less: the larger set of characters that holds the named one."""
_SAMPLE = 16_000
"""Bytes that an encoding is guessed from."""
_INSIDE_WORD = re.compile(
    r"(?<=[^\W\d_])[^\w\s'’ʼ.\-‐-–\xad·/@&+:,](?=[^\W\d_])|(?<=[a-z])[^\W\d_a-zß-ÿĀ-ž](?=[a-z])"
)
"""What stands between two letters only when a text is read in the wrong encoding."""

_NOT_WESTERN = re.compile("(?=.*ì)(?=.*ø)|(?=.*õ)(?=.*[öü])(?=.*á)", re.DOTALL)
"""Letters that no Western language has together: ě and ř of Czech, and ő of Hungarian, look so when misread."""


def decode(data: bytes, name: str, charset: str = "") -> str:
    """The text of a file.

    Args:
        data: The bytes of it.
        name: What the file is called, for people to read.
        charset: The encoding that a server or the text itself names. Text that is UTF-8 is read as that even so.

    Raises:
        ArticleError: if it is not text.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),  # which begins as that of UTF-16 does
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _checked(data.decode(encoding, "replace"), name)
    if b"\0" in data[:4096]:
        return _checked(_utf_16(data, name), name)
    stated = _known(charset)
    encodings = [stated, "utf-8"] if stated.startswith("iso2022") else ["utf-8", stated]  # it is all ASCII
    for encoding in encodings:
        try:
            return _checked(data.decode(encoding), name)
        except (UnicodeDecodeError, LookupError):
            continue
    damaged = data.decode("utf-8", "replace")
    if 4 * damaged.count("\ufffd") <= sum(ord(letter) > 127 for letter in damaged):
        return _checked(damaged, name)
    return _checked(data.decode(_guess(data), "replace"), name)


def _known(charset: str) -> str:
    """Python's name of an encoding; an unknown one is nothing, and so is one that is no encoding of text."""
    try:
        found = codecs.lookup(_LABELS.get(charset.lower(), charset))
        "".encode(found.name)
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"
    return _LABELS.get(found.name, found.name)


def _utf_16(data: bytes, name: str) -> str:
    """UTF-16 without a byte order mark, which the zeros of its spaces, digits and line ends give away."""
    first, second = data[:4096:2].count(0), data[1:4096:2].count(0)
    most, least = max(first, second), min(first, second)
    if 50 * most > len(data[:4096:2]) and 4 * least <= most:
        try:
            return data[: len(data) & ~1].decode("utf-16-be" if first > second else "utf-16-le")
        except UnicodeDecodeError:
            pass
    raise _binary(name)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    if len(data) > _SAMPLE:  # cut where no character is cut, which a strict decoder would stumble over
        data = data[: max(data.rfind(b"\n", 0, _SAMPLE), data.rfind(b" ", 0, _SAMPLE)) + 1] or data
    order = [*_LATIN, *_OTHER_SCRIPTS, *_MULTIBYTE]
    found = {match.encoding: match for match in from_bytes(data, cp_isolation=order)}
    ranked = sorted(found, key=lambda name: (found[name].chaos, -found[name].coherence, order.index(name)))
    strange = len(re.findall(rb"[\x80-\xff]", data))
    if strange > len(re.findall(rb"[A-Za-z]", data)):  # a Latin text is mostly plain letters
        if strange > 20 and not re.search(rb"[\x80-\xdf\xfb-\xff]", data):
            return (
                "cp1255"  # Hebrew has no capitals; in Cyrillic some, and the last letters, are never missing
            )
        ranked = [name for name in ranked if name not in _LATIN]
    return ranked[0] if ranked and ranked[0] not in _LATIN else _latin(data)


def _latin(data: bytes) -> str:
    """Which of the Latin encodings: the one with the fewest signs and capitals in the midst of words."""
    texts = {name: data.decode(name, "replace") for name in _LATIN}
    if _NOT_WESTERN.match(texts["cp1252"].lower()):
        del texts["cp1252"]
    best = min(texts, key=lambda name: len(_INSIDE_WORD.findall(texts[name])) + _strange(texts[name]))
    if best == "cp1252" and re.search("[ýþð]", texts[best]) and not re.search("[áéíóúæ]", texts[best]):
        return "cp1254"  # Turkish has ı, ş and ğ there; Icelandic is never without the others
    return best


def _strange(text: str) -> int:
    """How many characters no text has: controls, and what stands for bytes that could not be read."""
    return sum(
        (ord(c) < 32 and c not in "\t\n\r\f\x1b") or 127 <= ord(c) < 160 or c == "\ufffd" for c in text
    )


def _checked(text: str, name: str) -> str:
    sample = text[:4096]
    if _strange(sample) > max(len(sample) // 100, sample.count("\ufffd") and len(sample) // 20):
        raise _binary(name)
    return text


def _binary(name: str) -> ArticleError:
    return ArticleError(
        f"{name} is not text but binary data, of a kind that cannot be read as an article. Save it as text, PDF or "
        "DOCX."
    )
