"""Tables of pages, books and Word documents whose cells span columns or rows."""

from collections.abc import Callable, Mapping

import pytest

from index import Article
from index.loaders.spans import LONG_CELL, Cell, write_out_spans
from index.loading import read
from tests.index import documents
from tests.index.test_articles import blocks
from tests.index.test_text_is_kept import of_book, of_page

HEAD = (
    "<tr><th rowspan=2>Port</th><th colspan=2>2019</th><th colspan=2>2020</th></tr>"
    "<tr><th>Ships</th><th>Tons</th><th>Ships</th><th>Tons</th></tr>"
)
BODY = (
    "<tr><td rowspan='2'>Riga</td><td>1</td><td>2</td><td></td><td>4</td></tr>"
    "<tr><td>5</td><td>6</td><td>7</td><td>8</td></tr>"
    "<tr><td colspan='5'>The south</td></tr><tr><td>Rostock</td><td colspan=4>closed</td></tr>"
    "<tr><td colspan=2>All ports</td><td>8</td><td>7</td><td>12</td></tr>"
)
TOLD = """Port | 2019: Ships | 2019: Tons | 2020: Ships | 2020: Tons
Riga | 1 | 2 |  | 4
Riga | 5 | 6 | 7 | 8
The south
Rostock | closed | closed | closed | closed
All ports |  | 8 | 7 | 12"""


@pytest.mark.parametrize("of", [of_page, of_book])
@pytest.mark.parametrize(
    "table", [f"<thead>{HEAD}</thead>{BODY}", HEAD + BODY, HEAD.replace("th>", "td>").replace("<th", "<td") + BODY]
)  # fmt: skip
def test_a_value_stands_below_all_of_its_headers(of: Callable[[str], Article], table: str) -> None:
    article = of(f"<table><caption>Ships and tons</caption>{table}</table>")
    assert blocks(article, "table") == [f"Ships and tons\n{TOLD}"]


@pytest.mark.parametrize("of", [of_page, of_book])
def test_a_table_that_places_what_is_on_a_page_stays_as_it_is(of: Callable[[str], Article]) -> None:
    story = f"<h2>The story</h2><p>{documents.WORDS} {documents.WORDS}</p>"
    table = f"<table><tr><td>News</td><td>Sport</td></tr><tr><td colspan=2>{story}</td></tr></table>"
    assert of(table).text.count(f"{documents.WORDS} {documents.WORDS}") == 1


def word(*rows: str, marks: Mapping[int, str] | None = None) -> str:
    """The first table of a Word document.

    Args:
        rows: Its cells, of which "text>2" goes over two columns, "text^" begins one of several rows, and "^" goes on.
        marks: What the row with a number has for its properties.
    """
    table = ""
    for number, row in enumerate(rows):
        table += f"<w:tr><w:trPr>{(marks or {}).get(number, '')}</w:trPr>"
        for cell in row.split("|"):
            text, _, across = cell.strip().partition(">")
            merge = "<w:vMerge/>" if text == "^" else "<w:vMerge w:val='restart'/>" * text.endswith("^")
            properties = f"<w:tcPr><w:gridSpan w:val='{across or 1}'/>{merge}</w:tcPr>"
            table += f"<w:tc>{properties}<w:p><w:r><w:t>{text.strip('^')}</w:t></w:r></w:p></w:tc>"
        table += "</w:tr>"
    return blocks(read(documents.docx(f"<w:tbl>{table}</w:tbl>"), source="a.docx"), "table")[0]


def test_a_value_of_word_stands_below_all_of_its_headers() -> None:
    rows = [
        "Port^ | 2019>2 | 2020>2",
        "^ | Ships | Tons | Ships | Tons",
        "Riga^ | 1 | 2 | | 4",
        "^ | 5 | 6 | 7 | 8",
    ]
    assert word(*rows, "The south>5", "Rostock | closed>4", "All ports>2 | 8 | 7 | 12") == TOLD


def test_word_says_which_rows_are_headers_and_which_are_deleted_or_begin_later() -> None:
    rows = ["Region | 2019>2", "Port | Ships | Tons", "Riga | 1 | 2", "Kiel | 3 | 4", "5 | 6"]
    marks = {2: "", 3: "<w:del w:id='1'/>", 4: "<w:gridBefore w:val='1'/>"}
    assert word(*rows, marks=marks) == "Region: Port | 2019: Ships | 2019: Tons\nRiga | 1 | 2\n | 5 | 6"
    marks |= {0: "<w:tblHeader/>"}
    assert word(*rows, marks=marks) == "Region | 2019 | 2019\nPort | Ships | Tons\nRiga | 1 | 2\n | 5 | 6"
    marks |= {1: "<w:tblHeader/>"}
    assert word(*rows, marks=marks) == "Region: Port | 2019: Ships | 2019: Tons\nRiga | 1 | 2\n | 5 | 6"


def told(*rows: list[Cell]) -> list[str]:
    return [" | ".join(texts) for texts in write_out_spans(rows)]


def cells(*texts: str) -> list[Cell]:
    return [Cell(text) for text in texts]


def test_headers_without_a_mark_are_told_by_the_corner_and_the_numbers_below() -> None:
    table = [Cell(""), Cell("2019", 2)], cells("Port", "Ships", "Tons"), cells("Riga", "1", "2")
    assert told(*table) == ["Port | 2019: Ships | 2019: Tons", "Riga | 1 | 2"]
    table = [Cell("Port"), Cell("2019", 2)], cells("Riga", "41", "900"), cells("Kiel", "52", "800")
    assert told(*table) == ["Port | 2019", "Riga | 41 | 900", "Kiel | 52 | 800"]
    table = [Cell("Port"), Cell("2019", 2)], cells("", "Ships", "Tons"), cells("Riga", "1", "2")
    assert told(*table) == ["Port | 2019: Ships | 2019: Tons", "Riga | 1 | 2"]


def test_a_form_tells_each_entry_once() -> None:
    form = [Cell("Name"), Cell("Anna Berg", 3)], cells("Born", "1961", "in", "Riga")
    assert told(*form) == ["Name | Anna Berg", "Born | 1961 | in | Riga"]
    form = (
        [Cell("Name"), Cell("Anna Berg", 3)],
        cells("Lives", "Riga", "Works", "Kiel"),
        cells("Age", "44", "Sex", "f"),
    )
    assert told(*form) == ["Name | Anna Berg", "Lives | Riga | Works | Kiel", "Age | 44 | Sex | f"]


def test_borders_that_differ_by_a_hair_are_no_spans() -> None:
    rows = [Cell("Port"), Cell("Ships", 2)], [Cell("Riga", 2), Cell("41")], [Cell("Kiel"), Cell("52", 2)]
    assert told(*rows) == ["Port | Ships", "Riga | 41", "Kiel | 52"]


def test_a_long_cell_is_told_once_and_a_huge_table_as_it_is() -> None:
    long = "x" * (LONG_CELL + 1)
    rows = cells("Port", "Ships", "Note"), [*cells("Riga", "41"), Cell(long, down=2)], cells("Kiel", "52")
    assert told(*rows) == ["Port | Ships | Note", f"Riga | 41 | {long}", "Kiel | 52 | "]
    heads = (
        [Cell("a", 60_000, heads=True), Cell("b", heads=True)],
        [Cell(c, 60_000, heads=True) for c in "cde"],
    )
    assert told(*heads, cells("1", "2")) == ["a | b", "c | d | e", "1 | 2"]
