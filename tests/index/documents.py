"""Files of each format, made for the tests."""

import io
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from xml.sax.saxutils import escape

WORDS = (
    "The council of the city met on Monday to hear the plans for the harbour. The new quay will cost nine "
    "million euros, said Anna Berg, who leads the works. Ships from Riga and Lübeck shall moor there from 2031."
)

HTML = f"""<!doctype html><html lang="en"><head><title>Harbour plans - City News</title>
<meta name="author" content="Anna Berg"><meta property="article:published_time" content="2026-03-04T10:00:00Z">
<meta property="og:title" content="Harbour plans"></head><body>
<nav><a href="/">Home</a><a href="/sport">Sport</a></nav><div class="cookie">We use cookies.</div>
<article><h1>Harbour plans</h1><p>{WORDS}</p><h2>The cost</h2><p>{WORDS.replace("Monday", "Tuesday")}</p>
<ul><li>A quay of stone</li><li>Two <b>cranes</b></li></ul>
<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2020</td><td>41</td></tr></table>
<p>{WORDS.replace("Monday", "Friday")} &lt;script&gt;alert(1)&lt;/script&gt;</p></article>
<script>alert("x")</script><footer>Imprint. All rights reserved.</footer></body></html>"""


def pdf(
    pages: Sequence[Sequence[str]], *, title: str = "", encrypt: bool = False, pictures: Collection[int] = ()
) -> bytes:
    """A PDF of lines; an empty line leaves a gap, and a tab begins what stands beside, in the next column.

    The pages with the numbers in ``pictures`` show a grey square besides.
    """
    streams = []
    for lines in pages:
        shown = [
            " 240 0 Td ".join(f"({_pdf_text(part)}) Tj" for part in line.split("\t"))
            + f" {-240 * line.count(chr(9))} 0 Td T*"
            for line in lines
        ]
        text = "\n".join(["BT /F1 11 Tf 72 770 Td 14 TL", *shown, "ET"])
        square = "\nq 99 0 0 99 72 72 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"
        streams.append((text + square * (len(streams) + 1 in pictures)).encode("cp1252"))
    count = len(streams)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        packed = zlib.compress(stream)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            + f"/Contents {5 + 2 * number} 0 R >>".encode()
        )
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
    objects.append(f"<< /Title ({_pdf_text(title)}) /CreationDate (D:20260304100000Z) >>".encode("cp1252"))
    data = bytearray(b"%PDF-1.5\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    size = len(objects) + 1
    data += f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\n".encode()
    data += f"startxref\n{table}\n%%EOF\n".encode()
    if not encrypt:
        return bytes(data)
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(bytes(data)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pdf_text(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def docx(body: str = "", files: dict[str, str] | None = None) -> bytes:
    """A Word document with a title, headings, lists and a table.

    Args:
        body: XML that its text begins with.
        files: More files of it, such as its notes; one that is empty is left out.
    """
    import docx as word

    document = word.Document()
    document.core_properties.title = "Harbour plans"
    document.core_properties.author = "Anna Berg"
    document.add_heading("Harbour plans", 0)
    document.add_paragraph(WORDS)
    document.add_heading("The cost", 1)
    document.add_paragraph("A quay of stone", style="List Bullet")
    document.add_paragraph("Two cranes", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Year", "Ships"), ("2020", "41")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    merged = document.add_table(rows=1, cols=3)
    merged.cell(0, 0).merge(merged.cell(0, 2)).text = "Spans all"
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as made:
        content: dict[str, str | bytes] = {name: made.read(name) for name in made.namelist()}
        text = made.read("word/document.xml").decode()
    content["word/document.xml"] = text.replace("<w:body>", f"<w:body>{body}")
    return archive({name: data for name, data in (content | (files or {})).items() if data})


def epub(*chapters: str, rights: bool = False) -> bytes:
    """A book of chapters, each a body of XHTML."""
    names = [f"text/ch {number}.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="c{n}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(names)))
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Harbour plans</dc:title>'
        "<dc:creator>Anna Berg</dc:creator><dc:date>2026-03-04</dc:date></metadata><manifest>"
        f'{items}<item id="n" href="nav.xhtml" properties="nav"/></manifest>'
        f'<spine><itemref idref="n"/>{spine}</spine></package>',
        "OEBPS/nav.xhtml": "<html><body><p>Contents</p></body></html>",
    }
    if rights:
        files["META-INF/rights.xml"] = "<rights/>"
    for name, chapter in zip(names, chapters, strict=True):
        files[f"OEBPS/{name}"] = (
            f'<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>'
            f"{escape('x')}</title><style>p {{}}</style></head><body>{chapter}</body></html>"
        )
    return archive(files)


def page(body: str, outside: str = "") -> bytes:
    """A page in HTML whose article is the words that everybody knows and a body.

    Args:
        body: HTML in the article, after its first paragraph.
        outside: HTML below the article.
    """
    return (
        f"<html><head><title>Harbour</title></head><body><article><h1>Harbour</h1><p>{WORDS}</p>{body}"
        f"</article>{outside}</body></html>"
    ).encode()


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()
