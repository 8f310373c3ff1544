"""PDF files: what goes on from one page to the next, what is only a margin, and writing from the right."""

import io
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest

from index.articles import Article
from index.loaders.joining import join
from index.loaders.reading_order import in_reading_order
from index.loaders.right_to_left import in_word_order
from index.loaders.tables import Line
from index.loading import read
from tests.index import documents
from tests.index.test_articles import blocks

SENTENCE = "The council met on Monday and heard about all of the ships in the harbour."
TABLE = [SENTENCE, "", "The year of the report\tAll ships", "2020, the first with a quay\t41"]
ARABIC = "اجتمع مجلس المدينة يوم الاثنين. سيكلف الرصيف الجديد 9 ملايين يورو. بُني الميناء في عام 1870 للمدينة."


def test_a_table_that_a_page_ends_keeps_its_rows() -> None:
    second = ["2021\t52", "2022\t60", "", "In the end the council agreed. It went home."]
    article = read(documents.pdf([TABLE, second]), source="a.pdf")
    rows = [row for table in blocks(article, "table") for row in table.split("\n")]
    assert rows == [
        "The year of the report | All ships",
        "2020, the first with a quay | 41",
        "2021 | 52",
        "2022 | 60",
    ]
    assert article.page_at(article.text.index("2020")) == 1
    assert article.page_at(article.text.index("2021")) == 2


def test_a_table_at_the_end_of_a_page_takes_no_sentence() -> None:
    article = read(documents.pdf([TABLE, ["In the end the council agreed. It went home."]]), source="a.pdf")
    assert blocks(article, "paragraph") == [SENTENCE, "In the end the council agreed. It went home."]


def test_headings_and_numbers_at_the_edge_are_text() -> None:
    chapters = [[f"Chapter {number}", "", SENTENCE] for number in (1, 2, 3)]
    article = read(documents.pdf(chapters), source="a.pdf")
    assert [f"Chapter {number}" in article.text for number in (1, 2, 3)] == [True] * 3
    numbers = read(
        documents.pdf([["The population was, in thousands:", "", "1997", "", "605"]]), source="a.pdf"
    )
    assert numbers.text.split() == "The population was, in thousands: 1997 605".split()


@pytest.mark.parametrize("margin", ["City News {}", "{}", "- {} -", "City News, page {} of 300"])
@pytest.mark.parametrize("first", [1, 117])
def test_numbers_that_count_with_the_pages_are_margins(margin: str, first: int) -> None:
    sentences = [SENTENCE.replace("Monday", day) for day in ("Monday", "Tuesday", "Friday")]
    pages = [[sentence, "", margin.format(first + number)] for number, sentence in enumerate(sentences)]
    article = read(documents.pdf(pages), source="a.pdf")
    assert article.text == "\n\n".join(sentences)


LETTERS = [(letter, float(place)) for place, letter in enumerate("ططخ")]


def test_letters_of_a_word_from_the_right_run_from_the_right() -> None:
    assert in_word_order(LETTERS) == "خطط"
    assert in_word_order([("a", 0.0), ("b", 1.0), (" ", 2.0), *LETTERS[::-1]]) == "ab خطط"


def test_a_mark_after_a_number_stands_after_it_from_the_right() -> None:
    letters = [
        *reversed(LETTERS),
        (" ", -1.0),
        ("،", -6.0),
        *((digit, n - 5.0) for n, digit in enumerate("1911")),
    ]
    assert in_word_order(letters) == "خطط 1911،"


def printed(folder: Path, html: str) -> Article:
    """A page as Chromium prints it."""
    (folder / "a.html").write_text(f"<meta charset=utf-8>{html}", encoding="utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--print-to-pdf=a.pdf",
         f"--user-data-dir={folder / 'profile'}", "a.html"],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return read((folder / "a.pdf").read_bytes(), source="a.pdf")


prints = pytest.mark.skipif(not shutil.which("chromium"), reason="prints with Chromium")


@prints
def test_arabic_that_a_browser_printed(tmp_path: Path) -> None:
    assert printed(tmp_path, f"<body dir=rtl lang=ar><p>{ARABIC}</p>").text == ARABIC


@prints
def test_justified_columns_are_no_table(tmp_path: Path) -> None:
    paragraphs = [
        "Measurements were taken continuously throughout the investigation by instrumentation installed underneath "
        "the lighthouse, notwithstanding considerable difficulties with sedimentation.",
        "Intercalibration of the instruments was accomplished by simultaneous registration during fourteen "
        "consecutive semidiurnal periods of the neighbouring municipalities.",
    ]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    style = "width:460px;font:16px serif;column-count:2;column-gap:1em;text-align:justify"
    text = printed(tmp_path, f"<div style='{style}'>{body}</div>").text
    assert text.split() == " ".join(paragraphs).split()


@prints
@pytest.mark.parametrize("align", ["left", "right"])
def test_cells_that_stand_close_together_are_cells(tmp_path: Path, align: str) -> None:
    rows = [
        ("Northern gauge", "4.2", "1961"),
        ("Lighthouse", "3.9", "1970"),
        ("The old harbour", "3.1", "1984"),
    ]
    cells = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    style = f"td {{ padding: 4px 12px; font: 16px serif; text-align: {align} }}"
    article = printed(tmp_path, f"<style>{style}</style><p>{SENTENCE}</p><table>{cells}</table>")
    assert blocks(article, "table") == ["\n".join(map(" | ".join, rows))]


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert join("然后在图书馆里", "学习到很晚才回家。") == "然后在图书馆里学习到很晚才回家。"
    assert join("with a", "space") == "with a space"


def test_pages_that_are_pictures_are_told() -> None:
    head = ["The harbour", ""]
    pages = [[SENTENCE], [], head, [*head, "Anna Berg built the quay."], head, [*head, "Grain came by ship."]]
    article = read(documents.pdf(pages, pictures=[1, 3, 5]), source="paper.pdf")
    assert article.unread == (3, 5)  # the second is blank, and the first has words beside its picture
    assert {block.page for block in article.blocks} == {1, 4, 6}


def test_the_second_of_two_columns_that_begins_higher_is_read_second() -> None:
    def column(left: float, top: float, *texts: str) -> list[Line]:
        lines = [(text, top - 12 * number) for number, text in enumerate(texts) if text]
        return [Line(text, left, y - 11, left + 4.5 * len(text), y) for text, y in lines]

    long = "harbours of the Baltic were busy in those years and the grain came from far"
    first = [*column(28, 681, "Abstract of the paper"), *column(28, 652, *[f"{long} {n}" for n in range(6)])]
    second = column(420, 694, *[f"{long} {n}" for n in range(6, 14)])
    title = [*column(150, 764, f"On all {long}"), *column(330, 715, "Anna Berg and Bo Ek")]
    read_lines = [line for lines in in_reading_order([*second, *first, *title]) for line in lines if line]
    numbers = [line.rpartition(" ")[2] for line in read_lines]
    assert numbers == ["far", "Ek", "paper", *map(str, range(14))]


def test_what_two_pages_repeat_stands_in_no_sentence() -> None:
    first, rest = SENTENCE.split(" of ")
    pages = [["City News", "", first, "", "Page 1 of 2"], ["City News", "", f"of {rest}", "", "Page 2 of 2"]]
    article = read(documents.pdf(pages), source="a.pdf")
    assert article.text == f"City News\n\n{SENTENCE}"
    exercises = [[f"Exercise {number}", "", SENTENCE] for number in (1, 2)]
    assert read(documents.pdf(exercises), source="a.pdf").text.count("Exercise") == 2


def test_a_compound_that_a_line_ends_keeps_its_hyphen() -> None:
    assert join("the state of Baden-", "Baden") == "the state of Baden-Baden"
    assert join("since COVID-", "19 came") == "since COVID-19 came"
    assert join("the har-", "bour") == "the harbour"


def drawn(*streams: str) -> Article:
    """A page on which something else is drawn besides the words of every page of these tests."""
    made = documents.pdf([[SENTENCE, "", f"{SENTENCE} It went home."]])
    document = pypdf.PdfWriter(clone_from=io.BytesIO(made))
    page = document.pages[0]
    content = page.get_contents()
    assert content is not None
    content.set_data(content.get_data() + "".join(f"\nBT {stream} ET" for stream in streams).encode())
    page.replace_contents(content)
    out = io.BytesIO()
    document.write(out)
    return read(out.getvalue(), source="a.pdf")


def test_what_stands_askew_is_no_text() -> None:
    stamp, watermark = (
        "/F1 16 Tf 0 1 -1 0 40 600 Tm (March 2026) Tj",
        "/F1 80 Tf .7 .7 -.7 .7 90 640 Tm (COPY) Tj",
    )
    assert drawn(stamp, watermark).text == f"{SENTENCE}\n\n{SENTENCE} It went home."


def test_raised_digits_are_told_from_others() -> None:
    article = drawn("/F1 11 Tf 72 600 Td (It lasted 10) Tj /F1 7 Tf 4 Ts (12) Tj /F1 11 Tf 0 Ts ( years.) Tj")
    assert article.text.endswith("It lasted 10^12 years.")


def test_a_mark_after_a_raised_digit_stands_beside_it() -> None:
    article = drawn(
        "/F1 11 Tf 72 600 Td (It lasted 10) Tj ET BT /F1 7 Tf 126.9 604 Td (1) Tj ET "
        "BT /F1 11 Tf 130.8 600 Td (. It ended.) Tj"
    )
    assert article.text.endswith("It lasted 10^1. It ended.")


def test_a_large_first_letter_belongs_to_its_word() -> None:
    texts = ["he council met on Monday to hear the plans", "for the harbour, and went home.", "It was late."]
    left = (100, 100, 72)
    lines = [
        Line(text, left[number], 689 - 14 * number, 300, 700 - 14 * number)
        for number, text in enumerate(texts)
    ]
    assert in_reading_order([*lines, Line("T", 72, 674, 98, 704)]) == [[f"T{texts[0]}", *texts[1:]]]


@pytest.mark.parametrize("name", ["(anonymous)", "Untitled", "harbour.html", "PowerPoint Presentation"])
def test_names_that_a_program_puts_there_are_no_titles(name: str) -> None:
    assert read(documents.pdf([[SENTENCE]], title=name), source="a.pdf").title.startswith("The council met")


def table(*rows: tuple[str, ...], places: tuple[float, ...] = (72, 200, 300)) -> list[str]:
    """The rows as they are read; an empty cell is not on the paper."""
    lines = [
        Line(cell, left, 700 - 14.0 * number, left + 5 * len(cell), 711 - 14.0 * number)
        for number, row in enumerate(rows)
        for left, cell in zip(places, row, strict=True)
        if cell
    ]
    return [line for column in in_reading_order(lines) for line in column]


def test_an_empty_cell_keeps_its_place() -> None:
    rows = [("", "Sail", "Steam"), ("1900", "41", "3"), ("1901", "", "4"), ("1902", "38", "")]
    assert table(*rows) == [" | Sail | Steam", "1900 | 41 | 3", "1901 |  | 4", "1902 | 38 | "]


def test_a_cell_of_several_lines_is_one_cell() -> None:
    rows = [("Riga", "1201", "The oldest, rebuilt"), ("", "", "after the fire"), ("Rostock", "1218", "None")]
    assert table(*rows) == ["Riga | 1201 | The oldest, rebuilt after the fire", "Rostock | 1218 | None"]


def set_out(*places: tuple[str, float, float]) -> list[str]:
    """The lines of words as they are read, given with their left and upper edges; each is 11 points high."""
    lines = [Line(text, left, top - 11, left + 5 * len(text), top) for text, left, top in places]
    return [line for column in in_reading_order(lines) for line in column if line]


@pytest.mark.parametrize("values", [648, 642, 636], ids=["top", "middle", "bottom"])
def test_a_label_of_two_lines_is_whole_beside_its_values(values: float) -> None:
    above = [("Port", 72.0, 688.0), ("Ships", 200.0, 688.0), ("Tons", 300.0, 688.0)]
    above += [("Riga", 72, 668), ("41", 200, 668), ("3", 300, 668)]
    label = [("From the north-", 72.0, 648.0), ("ern ports", 72.0, 636.0)]
    below = [
        ("52", 200.0, values),
        ("4", 300.0, values),
        ("Kiel", 72, 616),
        ("60", 200, 616),
        ("5", 300, 616),
    ]
    rows = ["Port | Ships | Tons", "Riga | 41 | 3", "From the northern ports | 52 | 4", "Kiel | 60 | 5"]
    assert set_out(*above, *label, *below) == rows


def test_a_caption_or_a_heading_among_rows_is_no_part_of_a_label() -> None:
    rows = [(f"Port {number}", 72.0, 690.0 - 18 * number) for number in (0, 1, 3, 4)]
    cells = [(str(41 + number), 200.0, 690.0 - 18 * number) for number in (0, 1, 3, 4)]
    lines = set_out(("Ships", 72, 705), *rows, *cells, ("Europe", 72, 654), ("Source: Riga", 72, 603))
    assert lines == [
        "Ships", "Port 0 | 41", "Port 1 | 42", "Europe", "Port 3 | 44", "Port 4 | 45", "Source: Riga"
    ]  # fmt: skip


def test_rows_that_stand_far_apart_are_one_table() -> None:
    rows = [(f"Port {number}", 72.0, 690.0 - 30 * number) for number in range(3)]
    cells = [(str(41 + number), 200.0, 690.0 - 30 * number) for number in range(3)]
    lines = [Line(text, left, top - 11, left + 5 * len(text), top) for text, left, top in [*rows, *cells]]
    assert in_reading_order(lines) == [["Port 0 | 41", "Port 1 | 42", "Port 2 | 43"]]


def test_short_cells_are_cells_but_a_bullet_is_none() -> None:
    assert table(("UK", "41", "3"), ("USA", "44", "2")) == ["UK | 41 | 3", "USA | 44 | 2"]
    assert table(("•", "a quay of stone", ""), ("•", "two cranes", "")) == [
        "• a quay of stone",
        "• two cranes",
    ]
