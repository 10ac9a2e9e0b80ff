"""Words out of real documents: PDF that a browser printed, DOCX, ODT, EPUB, HTML; and out of broken ones."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from ingather.formats.document import KINDS, read_document

HTML = """<!doctype html><html><head><title>t</title><style>p{color:red}</style></head><body>
<nav>Home</nav><h1>Weather</h1><p>It <b>rains</b> in
spring.</p><div>Loose <i>words</i><br>and more</div><h2>Summer</h2><ul><li>sun</li><li>heat</li></ul>
<script>alert(1)</script></body></html>"""
WANTED = "# Weather\n\nIt rains in spring.\n\nLoose words\n\nand more\n\n## Summer\n\n- sun\n\n- heat"


def test_html_is_read_as_a_reader_sees_it() -> None:
    document = read_document(".html", HTML.encode())
    assert document.fault is None
    assert document.text == WANTED
    assert [place["section"] for place in document.places] == ["Weather", "Summer"]
    assert document.text[document.places[1]["start"] :].startswith("## Summer")  # type: ignore[misc]


@pytest.fixture(scope="module")
def printed(data: Path, browser: Browser) -> tuple[bytes, bytes]:
    """Two PDF files as Chromium prints them: three pages of words, and a picture of a page."""
    picture = base64.b64encode((data / "bccd-blood-cells/BCCD/JPEGImages/BloodImage_00001.jpg").read_bytes())
    pages = "".join(f"<p style='break-after:page'>This is page number {n}.</p>" for n in (1, 2, 3))
    page = browser.new_page()
    page.set_content(pages)
    words = page.pdf()
    page.set_content(f"<img src='data:image/jpeg;base64,{picture.decode()}'>")
    scan = page.pdf()
    page.close()
    return words, scan


def test_pdf_is_read_page_by_page(printed: tuple[bytes, bytes]) -> None:
    document = read_document(".pdf", printed[0])
    assert document.fault is None
    assert document.text.split("\n\n") == [f"This is page number {n}." for n in (1, 2, 3)]
    assert [place["page"] for place in document.places] == [1, 2, 3]


def test_a_scan_needs_ocr(printed: tuple[bytes, bytes]) -> None:
    assert "needs OCR" in str(read_document(".pdf", printed[1]).fault)


def test_a_locked_pdf_is_told(printed: tuple[bytes, bytes]) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(printed[0])))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert read_document(".pdf", out.getvalue()).fault == "it is locked with a password"


def word_file() -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("Weather", 1)
    document.add_paragraph("It rains in spring.")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "May", "12 days"
    document.add_heading("Summer", 2)
    document.add_paragraph("Sun.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def open_document() -> bytes:
    from odfdo import Document, Header, Paragraph

    document = Document("text")
    document.body.clear()
    for element in (
        Header(1, "Weather"),
        Paragraph("It rains in spring."),
        Header(2, "Summer"),
        Paragraph("Sun."),
    ):
        document.body.append(element)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def book() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="OPS/book.opf"/></container>'
        )
        items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in (1, 2))
        order = '<itemref idref="c2"/><itemref idref="c1"/>'
        written.writestr(
            "OPS/book.opf", f"<package><manifest>{items}</manifest><spine>{order}</spine></package>"
        )
        written.writestr("OPS/c1.xhtml", "<html><body><h2>Summer</h2><p>Sun.</p></body></html>")
        written.writestr(
            "OPS/c2.xhtml", "<html><body><h1>Weather</h1><p>It rains in spring.</p></body></html>"
        )
    return out.getvalue()


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "windows-1251", "utf-16"])
def test_html_in_other_encodings(charset: str) -> None:
    words = "Привет, мир" if charset in ("windows-1251", "utf-16") else "Café für alle"
    head = "" if charset == "utf-16" else f"<meta charset={charset}>"
    assert read_document(".html", f"{head}<p>{words}</p>".encode(charset)).text == words


def test_docx_keeps_headings_and_tables() -> None:
    document = read_document(".docx", word_file())
    assert document.text == "# Weather\n\nIt rains in spring.\n\nMay\t12 days\n\n## Summer\n\nSun."
    assert [place["section"] for place in document.places] == ["Weather", "Summer"]


def test_odt_keeps_headings() -> None:
    document = read_document(".odt", open_document())
    assert document.text == "# Weather\n\nIt rains in spring.\n\n## Summer\n\nSun."


def test_epub_follows_its_spine() -> None:
    document = read_document(".epub", book())
    assert document.text == "# Weather\n\nIt rains in spring.\n\n## Summer\n\nSun."
    assert [place["file"] for place in document.places] == ["OPS/c2.xhtml", "OPS/c1.xhtml"]


def test_a_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("word/document.xml", b"\0" * (64 << 20))
    for suffix in (".docx", ".odt", ".epub"):
        assert "bomb" in str(read_document(suffix, out.getvalue()).fault)


@pytest.mark.parametrize("suffix", sorted(KINDS))
def test_nothing_and_other_things_are_told(suffix: str) -> None:
    assert read_document(suffix, b"").fault == "the file is empty"
    assert read_document(suffix, b"\0\1\2").fault


@given(cutoff=st.integers(0, 3000), noise=st.binary(max_size=30))
@settings(max_examples=40, deadline=None)
def test_damaged_documents_never_raise(cutoff: int, noise: bytes) -> None:
    for suffix, content in ((".docx", word_file()), (".epub", book()), (".html", HTML.encode())):
        damaged = content[:cutoff] + noise + content[cutoff + len(noise) :]
        document = read_document(suffix, damaged)
        assert isinstance(document.text, str)


def test_the_files_source_takes_documents_and_paragraphs_know_their_page(
    printed: tuple[bytes, bytes], tmp_path: Path
) -> None:
    import orjson

    from ingather.pipeline import run_stages
    from ingather.store.workspace import open_workspace

    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "words.pdf").write_bytes(printed[0])
    (tmp_path / "papers" / "scan.pdf").write_bytes(printed[1])
    (tmp_path / "papers" / "page.html").write_text(HTML)
    (tmp_path / "plan.yaml").write_text(
        "version: 1\nname: papers\nobjective: Read papers.\nmodality: text\ntask: none\n"
        "sources: [{name: papers, kind: files, path: papers, cut: paragraphs, licence: CC0-1.0}]\n"
    )
    workspace = open_workspace(tmp_path)
    run_stages(workspace, ("collect",))
    rows = workspace.samples.read(["key", "text", "role", "fault", "origin"]).to_pylist()
    pages = {
        r["text"]: orjson.loads(r["origin"])["evidence"]["place"]
        for r in rows
        if r["key"].startswith("words.pdf#")
    }
    assert pages == {f"This is page number {n}.": {"page": n} for n in (1, 2, 3)}
    assert [r["fault"] for r in rows if r["key"] == "scan.pdf"] == [
        "it is a scan, pictures of pages without words: it needs OCR"
    ]
    assert sum(r["key"].startswith("page.html#") for r in rows) == 7
