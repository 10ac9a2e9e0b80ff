"""Texts in other encodings than UTF-8 are read as what they are, and bytes that are no text as none."""

from __future__ import annotations

import io

import pytest

from ingather.formats.delimited import looks_like_data
from ingather.formats.encoding import detect_encoding
from ingather.formats.tables import TableOptions, read_table
from ingather.sample import Loss


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Herr Müller kam", "latin-1"),
        ("ü", "latin-1"),
        ("a,b\n1,über\n", "latin-1"),
        ("x\ncafé\n", "latin-1"),
        ("naïve café à la carte", "latin-1"),
        ("3 °C und 5 µm", "latin-1"),
        ("20 € – “ja”", "cp1252"),
        ("Zażółć gęślą jaźń, proszę państwa, dzień dobry wszystkim", "cp1250"),
        ("Привет всем, это русский текст для проверки", "cp1251"),
        ("Ελληνικά κείμενα για δοκιμή", "cp1253"),
        ("123,這是中文,abc\n", "big5"),
        ("これは日本語の文章です。", "shift_jis"),
    ],
)
def test_short_texts_come_back_as_they_were(text: str, codec: str) -> None:
    content = text.encode(codec)
    found = detect_encoding(lambda: io.BytesIO(content))
    assert content.decode(found.name) == text
    assert found.told


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_a_binary_file_is_no_table_whatever_its_name(kind: str) -> None:
    content = b"\x7fELF\0\1\2\t,\n" + bytes(range(256)) * 20
    (told,) = read_table(f"a.{kind}", lambda: io.BytesIO(content), TableOptions(kind))  # type: ignore[arg-type]
    assert isinstance(told, Loss)
    assert "not text" in told.reason
    assert told.count == 1


def test_tables_in_utf16_hold_zeros_and_are_read() -> None:
    content = "name\tplace\nJosé\tMálaga\n".encode("utf-16")
    rows = list(read_table("a.tsv", lambda: io.BytesIO(content), TableOptions("tsv")))
    assert [row[1] for row in rows if not isinstance(row, Loss)] == [{"name": "José", "place": "Málaga"}]


@pytest.mark.parametrize(
    ("columns", "data"),
    [
        (["842", "79185673", "0", "0 (2)"], True),
        (["A1LZ", "23", "0", "1", "298"], True),
        (["worker", "task", "label"], False),
        (["name", "2019", "2020", "2021"], False),
        (["0", "1", "2", "3"], False),
        (["country", "code", "2015"], False),
    ],
)
def test_a_first_line_that_is_data_is_told(columns: list[str], data: bool) -> None:
    assert looks_like_data(columns) == data
    table = ",".join(columns) + "\n" + ",".join("9" for _ in columns) + "\n"
    rows = list(read_table("t.csv", lambda: io.BytesIO(table.encode()), TableOptions("csv")))
    assert any(isinstance(row, Loss) and "header_rows: 0" in row.reason for row in rows) == data
