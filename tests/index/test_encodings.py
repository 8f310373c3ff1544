"""Text in the encodings that old files and servers use."""

import pytest

from index import ArticleError
from index.loading import read
from tests.index import documents

TEXTS = {
    "cp1251": "Городской совет собрался в понедельник, чтобы выслушать планы гавани.",
    "koi8_r": "Городской совет собрался в понедельник, чтобы выслушать планы гавани.",
    "iso8859_2": "Zażółć gęślą jaźń. Rada miasta zebrała się w poniedziałek.",
    "cp1250": "Městská rada se sešla v pondělí, aby si vyslechla plány přístavu.",
    "iso8859-2": "Az első hajó Rigából jött, és a város nagyon örült, mert új rakpart épült.",
    "cp1252": "Größe “und” Maß – das ist alles.",
    "cp1253": "Το λιμάνι χτίστηκε το 1870. Το πρώτο πλοίο ήρθε από τη Ρίγα.",
    "cp1254": "Liman 1870 yılında inşa edildi. İlk gemi Riga'dan geldi.",
    "cp1256": "الميناء بني في عام 1870. وصلت السفينة الأولى",
    "shift_jis": "東京の港は1870年に建てられた。最初の船が来た。",
    "euc_jp": "東京の港は1870年に建てられた。最初の船が来た。",
    "gb18030": "今天天气很好。我们去公园吧！",
    "big5": "今天天氣很好，我們去公園散步，然後在圖書館裡學習。",
    "utf-16-le": "Plain words here: Größe, Привет.",
    "utf-16-be": "東京の港は1870年に建てられた。 最初の船が来た。",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_letters_tell_the_encoding(encoding: str) -> None:
    assert read(TEXTS[encoding].encode(encoding), source="a.txt").text == TEXTS[encoding]


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_the_mark_at_the_beginning_tells_the_order_of_bytes(order: str) -> None:
    text = "東京の港は1870年に建てられた。"
    assert read(f"\ufeff{text}".encode(order), source="a.txt").text == text


def test_a_bad_byte_costs_one_character() -> None:
    data = "Größe “und” Maß".encode() + b"\xff" + " – das ist alles.".encode()
    assert read(data, source="a.txt").text == "Größe “und” Maß\ufffd – das ist alles."


@pytest.mark.parametrize(("charset", "text"), [("windows-1255", "הנמל"), ("ISO-8859-9", "ığşİ")])
def test_what_the_server_says_is_heard(charset: str, text: str) -> None:
    data = text.encode(charset)
    assert (
        read(data, source="x", url="http://x/a", content_type=f'text/plain; charset="{charset}"').text == text
    )


def test_what_a_server_says_of_utf_8_is_not() -> None:
    for wrong in ("iso-8859-1", "nonsense", "hex"):
        assert read("Größe".encode(), source="x", content_type=f"text/plain; charset={wrong}").text == "Größe"


def test_a_page_says_its_own_encoding() -> None:
    page = documents.page("").decode().replace("<head>", '<head><meta charset="windows-1250">')
    text = "Městská rada se sešla v pondělí. " * 5
    assert text.strip() in read(page.replace(documents.WORDS, text).encode("cp1250"), source="a.html").text


@pytest.mark.parametrize(
    "data", [bytes(range(1, 256)) * 10, bytes(3000), b"\x7fELF\1\0\0\0" + bytes(range(256)) * 4]
)
def test_binary_data_is_no_text(data: bytes) -> None:
    with pytest.raises(ArticleError, match="not text but binary"):
        read(data, source="a.txt")
