"""Tables as sources: every row comes, none in silence, on real files and on made ones."""

from __future__ import annotations

import csv
import io
import json
import resource
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request
from ingather.sources.kinds import files


def plan_of(modality: str = "text", task: dict[str, Any] | None = None, **more: Any) -> Plan:
    return Plan.model_validate(
        {
            "version": 1,
            "name": "test",
            "objective": "A test.",
            "modality": modality,
            "task": task or {"type": "none"},
            "sources": [{"name": "s", "kind": "files"}],
            **more,
        }
    )


def bring(
    folder: Path, plan: Plan, known: set[tuple[str, str]] | None = None, **options: Any
) -> tuple[list[Item], list[Loss]]:
    asked = known or set()
    request = Request(
        "s", plan, folder, folder / "cache", known=lambda pairs: [pair in asked for pair in pairs]
    )
    found = list(files.collect(files.Config.model_validate(options), request))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


SPAM = {"type": "classification", "labels": ["ham", "spam"]}


def test_sms_spam_gives_every_line(data: Path) -> None:
    items, losses = bring(
        data / "sms-spam",
        plan_of(task=SPAM),
        path="SMSSpamCollection",
        format="tsv",
        text="SMS",
        label="Label",
    )
    assert len(items) == 5574
    assert Counter(item.label for item in items) == {"ham": 4827, "spam": 747}
    assert len({item.text for item in items}) == 5171
    assert len({item.key for item in items}) == 5574
    assert losses == []
    assert not any(item.fault for item in items)


def test_exact_repeats_are_told_by_their_keys(data: Path) -> None:
    items, _ = bring(
        data / "sms-spam", plan_of(task=SPAM), path="SMSSpamCollection", text="SMS", label="Label"
    )
    assert sum(not item.key.endswith("-1") for item in items) == 403


def test_what_is_known_is_not_brought_again(data: Path) -> None:
    options = {"path": "SMSSpamCollection", "text": "SMS", "label": "Label"}
    first, _ = bring(data / "sms-spam", plan_of(task=SPAM), **options)
    known = {(item.key, item.stamp) for item in first[100:]}
    again, _ = bring(data / "sms-spam", plan_of(task=SPAM), known, **options)
    assert [item.key for item in again] == [item.key for item in first[:100]]


def test_another_meaning_is_another_stamp(data: Path) -> None:
    options = {"path": "SMSSpamCollection", "text": "SMS"}
    without, _ = bring(data / "sms-spam", plan_of(task=SPAM), **options)
    known = {(item.key, item.stamp) for item in without}
    with_label, _ = bring(data / "sms-spam", plan_of(task=SPAM), known, label="Label", **options)
    assert len(with_label) == 5574
    assert {item.key for item in with_label} == {item.key for item in without}


def test_columns_that_are_not_there_are_all_told(data: Path) -> None:
    with pytest.raises(InputError) as told:
        bring(data / "sms-spam", plan_of(task=SPAM), path="SMSSpamCollection", text="SMSS", label="Labl")
    assert "'text: SMSS'" in told.value.message
    assert "'label: Labl'" in told.value.message
    assert "'SMS' instead of 'SMSS'" in told.value.fix
    assert "'Label' instead of 'Labl'" in told.value.fix


def test_a_label_outside_the_plan_is_a_fault(data: Path) -> None:
    task = {"type": "classification", "labels": ["ham", "spamm"]}
    items, _ = bring(
        data / "sms-spam", plan_of(task=task), path="SMSSpamCollection", text="SMS", label="Label"
    )
    faults = [item.fault for item in items if item.fault]
    assert len(faults) == 747
    assert "did it mean 'spamm'?" in faults[0]


def test_survey_with_two_header_rows_and_a_code_page(data: Path) -> None:
    items, losses = bring(
        data / "fivethirtyeight-surveys/star-wars-survey",
        plan_of("record"),
        path="StarWars.csv",
        key="RespondentID",
    )
    assert len(items) == 1186
    told = {loss.reason for loss in losses}
    assert any("not UTF-8" in reason for reason in told)
    assert any("first 2 rows" in reason for reason in told)
    assert all(loss.count == 0 for loss in losses)
    fields = list(items[0].data or {})
    assert (
        "Which of the following Star Wars films have you seen? Please select all that apply. - "
        "Star Wars: Episode I  The Phantom Menace" in fields
    )
    assert "Have you seen any of the 6 films in the Star Wars franchise?" in fields


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("steak-survey/steak-risk-survey.csv", 550),
        ("thanksgiving-2015/thanksgiving-2015-poll-data.csv", 1058),
    ],
)
def test_the_other_surveys(data: Path, file: str, rows: int) -> None:
    items, _ = bring(data / "fivethirtyeight-surveys", plan_of("record"), path=file, key="RespondentID")
    assert len(items) == rows
    assert not any(item.fault for item in items)


def test_numbers_are_numbers_and_empty_is_nothing(data: Path) -> None:
    items, _ = bring(
        data / "rdatasets-health-survey",
        plan_of("record", {"type": "classification", "target": "gender", "labels": ["male", "female"]}),
        path="csv/psych/bfi.csv",
        key="rownames",
        values={"gender": {1: "male", 2: "female"}},
    )
    assert len(items) == 2800
    cells = [value for item in items for name, value in (item.data or {}).items() if name[1:].isdigit()]
    assert len(cells) == 2800 * 25
    assert sum(cell is None for cell in cells) == 508
    assert all(cell is None or isinstance(cell, int) for cell in cells)
    ages = [item.data["age"] for item in items if item.data]
    assert (min(ages), max(ages)) == (3, 86)
    assert Counter(item.label for item in items) == {"female": 1881, "male": 919}
    assert "rownames" not in (items[0].data or {})


def test_identifiers_keep_their_zeros(data: Path) -> None:
    items, _ = bring(data / "movielens-small", plan_of("record"), path="links.csv", key="movieId")
    assert len(items) == 9125
    assert items[0].data == {"imdbId": "0114709", "tmdbId": 862}


def test_ratings_with_people_and_times(data: Path) -> None:
    items, _ = bring(
        data / "movielens-small", plan_of("record"), path="ratings.csv", contributor="userId", at="timestamp"
    )
    assert len(items) == 100_004
    assert len({item.contributor for item in items}) == 671
    assert items[0].at == datetime(2009, 12, 14, 2, 52, 24, tzinfo=UTC)
    assert items[0].data == {"movieId": 31, "rating": 2.5, "timestamp": 1260759144}


def test_rows_that_do_not_fit_are_kept_with_their_fault(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('text,label\na,ham\nb,ham,extra\nc\n\n"d\nd",spam\n', "utf-8")
    items, losses = bring(tmp_path, plan_of(task=SPAM), path="t.csv")
    assert [item.text for item in items] == ["a", "b", "c", "d\nd"]
    assert [item.fault for item in items] == [
        None,
        "line 3 has 3 cells where the header has 2",
        "line 4 has 1 cells where the header has 2",
        None,
    ]
    told = [(loss.where, loss.count) for loss in losses]
    assert ("t.csv, lines 6-7", 0) in told
    assert any("empty line" in loss.reason for loss in losses)


def test_a_stray_quote_in_tsv_joins_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text('text\tlabel\n"open\tham\nb\tspam\n', "utf-8")
    items, _ = bring(tmp_path, plan_of(task=SPAM), path="t.tsv")
    assert [item.text for item in items] == ['"open', "b"]
    joined, losses = bring(tmp_path, plan_of(), path="t.tsv", quoting="double")
    assert len(joined) == 1
    assert any("lines 2-3" in loss.where for loss in losses)


def test_keys_that_repeat_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,text\n1,a\n1,b\n,c\n2,d\n", "utf-8")
    items, _ = bring(tmp_path, plan_of(), path="t.csv", key="id")
    assert [item.key for item in items][:2] == ["1", "1#2"]
    assert items[1].fault == "the key '1' was used by an earlier row"
    assert items[2].fault == "line 4 has no key: its cell 'id' is empty"
    assert items[3].fault is None
    assert len({item.key for item in items}) == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "shift_jis", "utf-8"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    words = {
        "cp1252": "Straße nach Süden, größer als früher, über Äcker",
        "shift_jis": "これは日本語の文章です。漢字とかなが混ざっています。",
    }.get(encoding, "naïve — déjà vu")
    rows = "".join(f"{words} {n}\tham\n" for n in range(30))
    (tmp_path / "t.tsv").write_bytes(("text\tlabel\n" + rows).encode(encoding))
    items, losses = bring(tmp_path, plan_of(task=SPAM), path="t.tsv")
    assert [item.text for item in items] == [f"{words} {n}" for n in range(30)]
    assert bool(losses) == (encoding != "utf-8")


def test_a_few_bad_bytes_are_the_fault_of_their_row(tmp_path: Path) -> None:
    rows = [f"größer {n}\tham".encode() for n in range(100)]
    rows[40] = b"gr\xf6\xdfer\tham"
    (tmp_path / "t.tsv").write_bytes(b"text\tlabel\n" + b"\n".join(rows) + b"\n")
    items, losses = bring(tmp_path, plan_of(task=SPAM), path="t.tsv")
    assert len(items) == 100
    assert [n for n, item in enumerate(items) if item.fault] == [40]
    assert any("1 places" in loss.reason for loss in losses)


def test_every_kind_of_table_says_the_same(tmp_path: Path) -> None:
    import openpyxl
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"text": f"word {n}", "label": "ham", "age": n} for n in range(5)]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "t.csv").write_text("text,label,age\n" + "".join(f"word {n},ham,{n}\n" for n in range(5)))
    (tmp_path / "t2.csv").write_text("text;label;age\n" + "".join(f"word {n};ham;{n}\n" for n in range(5)))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    book = openpyxl.Workbook()
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    for name in ("t.jsonl", "t.csv", "t2.csv", "t.parquet", "t.xlsx"):
        items, losses = bring(tmp_path, plan_of("record"), path=name, label="label")
        assert [item.data for item in items] == [{"text": f"word {n}", "age": n} for n in range(5)], name
        assert [item.label for item in items] == ["ham"] * 5
        assert losses == []


def test_a_table_without_header(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("ham\thello\nspam\twin\n")
    items, _ = bring(
        tmp_path, plan_of(task=SPAM), path="t.tsv", header_rows=0, columns=["y", "x"], text="x", label="y"
    )
    assert [(item.text, item.label) for item in items] == [("hello", "ham"), ("win", "spam")]


def test_several_labels_in_a_cell(data: Path) -> None:
    items, _ = bring(
        data / "movielens-small",
        plan_of("text", {"type": "classification", "multi": True}),
        path="movies.csv",
        text="title",
        label="genres",
        key="movieId",
    )
    assert items[0].label == ["Adventure", "Animation", "Children", "Comedy", "Fantasy"]


def test_damaged_tables_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "t.csv").write_bytes(b"")
    (tmp_path / "t.jsonl").write_text('{"text": "a"}\n{"text": \n[1]\n')
    for name in ("t.parquet", "t.xlsx", "t.csv"):
        with pytest.raises(InputError):
            bring(tmp_path, plan_of("record"), path=name)
    items, losses = bring(tmp_path, plan_of(), path="t.jsonl")
    assert len(items) == 1
    assert [loss.where for loss in losses] == ["t.jsonl, line 2", "t.jsonl, line 3"]


def test_nothing_at_the_path_tells_the_nearest(data: Path) -> None:
    with pytest.raises(InputError) as told:
        bring(data / "sms-spam", plan_of(), path="SMSSpamColection")
    assert "SMSSpamCollection" in told.value.fix


def test_memory_stays_flat(tmp_path: Path) -> None:
    def measured(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("text,label\n")
            file.writelines(f"message number {n},ham\n" for n in range(rows))
        request = Request("s", plan_of(task=SPAM), tmp_path, tmp_path)
        count = sum(1 for _ in files.collect(files.Config(path=path.name), request))
        assert count == rows
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    small = measured(50_000)
    large = measured(300_000)
    assert large - small < 30_000  # kB: about 8 bytes a row and one merge of them


cells = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\0"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=20))
def test_what_the_csv_module_writes_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["text", "other"])
    writer.writerows(rows)
    (folder / "t.csv").write_text(out.getvalue(), "utf-8", newline="")
    items, losses = bring(folder, plan_of(), path="t.csv", delimiter=",", fields=["other"])
    assert [(item.text, (item.data or {})["other"] or "") for item in items] == rows
    assert sum(loss.count for loss in losses) == 0


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "t.csv").write_bytes(b"text,label\n" + content)
    items, losses = bring(folder, plan_of("record"), path="t.csv", quoting="none", delimiter=",")
    assert len({item.key for item in items}) == len(items)
    lines = [line for line in content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n") if line]
    if not any("read as" in loss.reason and "utf-8" not in loss.reason for loss in losses):
        assert len(items) == len(lines)
