"""Tables of items: what CSV blurs is told exactly, and other people's tables become items."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.formats.delimited import find_delimiter, is_second_header, join_headers, unique
from ingather.formats.layouts import csv, jsonl, parquet
from ingather.formats.values import number, number_columns
from ingather.sample import Item, Json, Loss

words = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=8)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    words,
)
rows = st.dictionaries(words.filter(bool), values, max_size=5)


def read_back(module, path: Path) -> list[Item]:  # type: ignore[no-untyped-def]
    found = list(module.read(path, module.Config()))
    assert [x for x in found if isinstance(x, Loss) and x.count] == []
    return [x for x in found if isinstance(x, Item)]


def same(one: Json, other: Json) -> bool:
    return one == other and type(one) is type(other)


@pytest.mark.parametrize("module", [jsonl, parquet], ids=["jsonl", "parquet"])
@settings(max_examples=60, deadline=None)
@given(made=st.lists(rows, min_size=1, max_size=6))
def test_any_record_comes_back(module, tmp_path_factory, made: list[dict[str, Json]]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("t")
    items = [Item(f"k{n}", "record", data=row) for n, row in enumerate(made)]
    assert module.write(iter(items), path, module.Config()) == []
    back = read_back(module, path)
    for item, row in zip(back, made, strict=True):
        got = dict(item.data or {})
        wanted = {name: value for name, value in row.items() if value != "" or module is not jsonl}
        for name, value in wanted.items():
            assert same(got.get(name), None if value == "" else value)


@settings(max_examples=60, deadline=None)
@given(made=st.lists(st.tuples(words, words), min_size=1, max_size=6))
def test_what_csv_blurs_is_told(tmp_path_factory, made: list[tuple[str, str]]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("t")
    items = [Item(f"k{n}", "record", data={"x": x, "y": y}) for n, (x, y) in enumerate(made)]
    told = csv.write(iter(items), path, csv.Config())
    back = read_back(csv, path)
    differ = sum(
        not same((item.data or {}).get(name), value)
        for item, (x, y) in zip(back, made, strict=True)
        for name, value in (("x", x), ("y", y))
    )
    assert differ <= sum(loss.count for loss in told)
    if not told:
        assert differ == 0


@given(st.text(max_size=12))
def test_numbers_lose_nothing(text: str) -> None:
    value = number(text)
    if value is not None:
        assert float(text) == float(value)
        assert not (
            isinstance(value, int) and text.strip().lstrip("+-") != str(abs(value)) and text.strip("+-0 ")
        )


def test_columns_of_numbers() -> None:
    made: list[dict[str, Json]] = [
        {"age": str(n), "zip": f"0{n}", "word": "x", "mostly": str(n), "share": f".{n}"} for n in range(1, 20)
    ]
    made += [{"age": "", "zip": "12", "word": "3", "mostly": "n/k", "share": "NA"}]
    assert number_columns(made) == {"age", "mostly", "share"}


def test_delimiters_are_found() -> None:
    assert find_delimiter("a,b,c\n1,2,3\n") == ","
    assert find_delimiter("a;b\n1,5;2\n1,6;3\n") == ";"
    assert find_delimiter("a\tb\nx, y\tz\n") == "\t"
    assert find_delimiter("a|b|c\n1|2|3\n") == "|"
    assert find_delimiter("only\none\n") == ","


def test_headers_in_two_rows() -> None:
    first = ["RespondentID", "Which?", "", "", "Age"]
    second = ["", "tea", "coffee", "none", "Response"]
    assert is_second_header(first, second)
    assert join_headers([first, second]) == [
        "RespondentID", "Which? - tea", "Which? - coffee", "Which? - none", "Age",
    ]  # fmt: skip
    assert not is_second_header(["id", "a", "b"], ["", "x", "y"])
    assert unique(["a", "", "a", "a"]) == ["a", "column 2", "a (2)", "a (3)"]


def test_other_peoples_tables(tmp_path: Path) -> None:
    lines = [{"text": "hi", "label": 1, "licence": "MIT"}, {"text": "ho", "label": 0, "split": "test"}]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    items = read_back(jsonl, tmp_path)
    assert [(i.key, i.modality, i.text, i.label, i.split, i.licence) for i in items] == [
        ("train.jsonl#1", "text", "hi", 1, "train", "MIT"),
        ("train.jsonl#2", "text", "ho", 0, "test", None),
    ]


def test_a_write_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield Item("a", "text", text="a")
        raise RuntimeError

    for module, name in ((csv, "data.csv"), (jsonl, "data.jsonl"), (parquet, "data.parquet")):
        with pytest.raises(RuntimeError):
            module.write(broken(), tmp_path, module.Config())
        assert not (tmp_path / name).exists()
