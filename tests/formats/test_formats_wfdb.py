"""WFDB records: beside the reference library in every format, segments, marks, what cannot be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wfdb
from signal_specimens import clock, heartbeats

from ingather.formats.convert import convert
from ingather.formats.layouts import wfdb as layout
from ingather.formats.series_items import series_item
from ingather.formats.time_ranges import read_ranges
from ingather.formats.wfdb_samples import BITS
from ingather.sample import Item, Loss
from ingather.series import MISSING, Stream, decode

RANDOM = np.random.default_rng(0)


def read(path: Path, **options: Any) -> tuple[list[Item], list[Loss]]:
    things = list(layout.read(path, layout.Config(**options)))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def stream(item: Item) -> Stream:
    assert isinstance(item.content, bytes)
    return decode(item.content)


def values(item: Item) -> np.ndarray[Any, Any]:
    return np.stack(list(stream(item).channels.values()), axis=1)


@pytest.mark.parametrize("form", ["80", "16", "212", "24", "32", "508", "516", "524"])
def test_what_the_reference_writes(form: str, tmp_path: Path) -> None:
    most = 1 << (BITS[form] - 1)
    for signals in (1, 2, 3):
        raw = RANDOM.integers(1 - most, most, (101, signals))
        wfdb.wrsamp(
            f"r{signals}", fs=360, units=["mV"] * signals, sig_name=[f"s{n}" for n in range(signals)],
            d_signal=raw, fmt=[form] * signals, adc_gain=[200.0] * signals, baseline=[3] * signals,
            write_dir=str(tmp_path),
        )  # fmt: skip
    items, losses = read(tmp_path)
    assert [item.key for item in items] == ["r1", "r2", "r3"]
    assert losses == []
    for item in items:
        assert item.fault is None
        assert np.array_equal(values(item), wfdb.rdrecord(str(tmp_path / item.key)).p_signal, equal_nan=True)
        assert stream(item).rate == 360


@pytest.mark.parametrize("form", ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311"])
@pytest.mark.parametrize("rows", [100, 101, 102, 103])
def test_what_the_reference_reads(form: str, rows: int, tmp_path: Path) -> None:
    most = 1 << (BITS[form] - 1)
    steps = RANDOM.integers(-3, 4, (rows, 2)).cumsum(axis=0)
    raw = steps if form == "8" else RANDOM.integers(1 - most, most, (rows, 2))
    made = series_item("a", [Stream(clock(rows, 50), {"x": raw[:, 0] / 7, "y": raw[:, 1] / 7}, {}, 50.0)])
    stored = {"gain": 7.0, "baseline": 0, "format": form}
    channels: Any = (made.data or {})["channels"]
    made.data = {**(made.data or {}), "channels": [one | stored for one in channels]}
    assert layout.write([made], tmp_path / "out", layout.Config()) == []
    theirs = wfdb.rdrecord(str(tmp_path / "out" / "a"))
    assert theirs.fmt == [form, form]
    assert np.array_equal(theirs.p_signal, raw / 7)
    items, losses = read(tmp_path / "out")
    assert losses == []
    assert np.array_equal(values(items[0]), raw / 7)
    assert items[0].fault is None


def test_marks_as_the_reference_writes_and_reads_them(tmp_path: Path) -> None:
    raw = RANDOM.integers(-900, 900, (2000, 2))
    wfdb.wrsamp("a", fs=250, units=["mV", "mV"], sig_name=["I", "II"], d_signal=raw, fmt=["16", "16"],
                adc_gain=[200.0] * 2, baseline=[0] * 2, write_dir=str(tmp_path))  # fmt: skip
    wfdb.wrann("a", "atr", np.array([5, 300, 1700, 1900]), ["N", "+", "V", '"'], chan=np.array([0, 1, 0, 1]),
               subtype=np.array([0, 0, 2, 0]), num=np.array([0, 0, 3, 3]),
               aux_note=["", "(AFIB", "", "odd note"], write_dir=str(tmp_path))  # fmt: skip
    items, losses = read(tmp_path)
    assert losses == []
    found = [(round(one.start * 250), one.label, one.channel) for one in read_ranges(items[0].label)]
    assert found == [(5, "N", "I"), (300, "(AFIB", "II"), (1700, "V", "I"), (1900, "odd note", "II")]
    assert items[0].label[2]["meta"] == {"subtype": 2, "number": 3}  # type: ignore[index,call-overload]
    assert layout.write(items, tmp_path / "again", layout.Config()) == []
    first, second = (wfdb.rdann(str(at / "a"), "atr") for at in (tmp_path, tmp_path / "again"))
    for name in ("sample", "symbol", "subtype", "chan", "num"):
        assert list(getattr(first, name)) == list(getattr(second, name)), name
    assert second.aux_note == ["", "(AFIB", "", "odd note"]
    assert read(tmp_path, annotators=("qrs",))[0][0].label is None


def test_two_rates_and_a_date_as_the_reference_reads_them(tmp_path: Path) -> None:
    layout.write(heartbeats()[:1], tmp_path, layout.Config())
    theirs = wfdb.rdrecord(str(tmp_path / "ward" / "100"), smooth_frames=False)
    assert theirs.samps_per_frame == [1, 1, 4]
    assert theirs.base_datetime.isoformat() == "2021-03-04T05:06:07.250000"
    main, further = (stream(heartbeats()[0]), decode(heartbeats()[0].parts[0].content))  # type: ignore[arg-type]
    expected = [*main.channels.values(), *further.channels.values()]
    for got, wanted in zip(theirs.e_p_signal, expected, strict=True):
        assert np.array_equal(got, wanted, equal_nan=True)


def segment(name: str, folder: Path, rows: int, names: tuple[str, ...]) -> np.ndarray[Any, Any]:
    raw = RANDOM.integers(-900, 900, (rows, len(names)))
    wfdb.wrsamp(name, fs=100, units=["mV"] * len(names), sig_name=list(names), d_signal=raw,
                fmt=["16"] * len(names), adc_gain=[100.0] * len(names), baseline=[0] * len(names),
                write_dir=str(folder))  # fmt: skip
    return np.asarray(raw / 100)


def test_segments_of_a_fixed_and_of_a_changing_layout(tmp_path: Path) -> None:
    first = segment("s1", tmp_path, 50, ("I", "II"))
    second = segment("s2", tmp_path, 30, ("I", "II"))
    third = segment("s3", tmp_path, 20, ("V", "II"))
    (tmp_path / "fixed.hea").write_text("fixed/2 2 100 80\ns1 50\ns2 30\n")
    (tmp_path / "lay.hea").write_text(
        "lay 3 100 0\n~ 0 100/mV 16 0 0 0 0 I\n~ 0 100/mV 16 0 0 0 0 II\n~ 0 100/mV 16 0 0 0 0 V\n"
    )
    (tmp_path / "mixed.hea").write_text("mixed/4 3 100 110\nlay 0\ns2 30\n~ 60\ns3 20\n")
    items, losses = read(tmp_path)
    assert losses == []
    assert [item.key for item in items] == ["fixed", "mixed"]
    assert np.array_equal(values(items[0]), np.concatenate([first, second]))
    theirs = wfdb.rdrecord(str(tmp_path / "mixed"))
    assert theirs.sig_name == list(stream(items[1]).channels)
    assert np.array_equal(values(items[1]), theirs.p_signal, equal_nan=True)
    assert np.array_equal(stream(items[1]).channels["V"][90:], third[:, 0])
    (tmp_path / "s3.hea").unlink()
    items, losses = read(tmp_path)
    assert [(loss.where, loss.count) for loss in losses] == [("mixed, segment s3", 1)]


def test_what_is_damaged_is_told(tmp_path: Path) -> None:
    segment("whole", tmp_path, 100, ("I", "II"))
    segment("cut", tmp_path, 100, ("I", "II"))
    segment("flipped", tmp_path, 100, ("I", "II"))
    (tmp_path / "cut.dat").write_bytes((tmp_path / "cut.dat").read_bytes()[:-40])
    bytes_ = bytearray((tmp_path / "flipped.dat").read_bytes())
    bytes_[8] ^= 4
    (tmp_path / "flipped.dat").write_bytes(bytes_)
    (tmp_path / "far.hea").write_text("far 1 100 10\n../whole.dat 16 100\n")
    (tmp_path / "gone.hea").write_text("gone 1 100 10\ngone.dat 16 100\n")
    (tmp_path / "odd.hea").write_text("odd 3 100 10\nwhole.dat 16 100\n")
    (tmp_path / "vast.hea").write_text("vast/2 1 100 9000000000\nwhole 100\n~ 8999999900\n")
    (tmp_path / "slow.hea").write_text("slow 1 0.00000001 100\nwhole.dat 16\n")
    (tmp_path / "RECORDS").write_text("cut\nflipped\nnowhere\n")
    items, losses = read(tmp_path)
    faults = {item.key: item.fault for item in items}
    assert faults == {
        "cut": "cut.dat breaks off: 90 of 100 frames are there",
        "flipped": "the samples of I do not add up to their check sum",
    }
    told = {loss.where: loss.reason for loss in losses}
    assert told["odd.hea"].endswith("it promises 3 signals and describes 1")
    assert told["far, ../whole.dat"] == "the name leads out of the record's folder"
    assert told["gone, gone.dat"] == "it is not there"
    assert told["slow"] == "at 1e-08 values a second it is longer than any clock counts"
    assert "nowhere" in told["RECORDS"]
    assert "span 9,000,000,000 frames" in next(x.reason for x in losses if x.where == "vast")


def test_what_wfdb_cannot_hold_is_said(tmp_path: Path) -> None:
    fine = RANDOM.normal(size=40)
    items = [
        series_item("rounded", [Stream(clock(40, 10), {"x": fine}, {}, 10.0)]),
        series_item("uneven", [Stream(np.array([0, 5, 7, 100], np.int64) * 10**8, {"x": np.arange(4.0)})]),
        series_item("order", [Stream(np.full(4, MISSING), {"x": np.arange(4.0)})]),
        series_item("gap", [Stream(np.array([0, 1, 2, 9], np.int64) * 10**9, {"x": np.arange(4.0)})]),
        series_item("a b", [Stream(clock(4, 1), {"x": np.arange(4.0)})]),
        Item("text", "text", text="no series"),
    ]
    items[3].label = {"much": "else"}
    told = {loss.reason: loss for loss in layout.write(items, tmp_path / "out", layout.Config())}
    assert {loss.where for loss in told.values() if loss.where != "out"} == {"uneven", "order", "text"}
    rounded = next(one for reason, one in told.items() if "as finely" in reason)
    assert 0 < rounded.count <= 40
    assert told["WFDB does not carry gaps: rows without values stand in them"].count == 6
    again = {item.key: stream(item) for item in read(tmp_path / "out")[0]}
    assert sorted(again) == ["a_b", "gap", "rounded"]
    assert np.abs(again["rounded"].channels["x"] - fine).max() < 1e-8
    assert np.array_equal(np.flatnonzero(~np.isnan(again["gap"].channels["x"])), [0, 1, 2, 9])


def test_conversion_to_tables_and_back(tmp_path: Path) -> None:
    layout.write(heartbeats(), tmp_path / "records", layout.Config())
    there = convert("wfdb", tmp_path / "records", "parquet", tmp_path / "tables")
    back = convert("parquet", tmp_path / "tables", "wfdb", tmp_path / "again")
    assert (there.items, back.items) == (2, 2)
    assert [*there.losses, *back.losses] == []
    for item in heartbeats():
        name = f"{item.key}.hea"
        assert (tmp_path / "again" / name).read_text() == (tmp_path / "records" / name).read_text()
    words = convert("wfdb", tmp_path / "records", "csv", tmp_path / "words")
    assert words.items == 2
    assert words.losses  # nested facts are words in CSV, and that is said


def test_decimal_steps_stay_steps(tmp_path: Path) -> None:
    steps = np.arange(300) * 0.01  # not the same floats as steps / 100
    told = layout.write(
        [series_item("a", [Stream(clock(300, 10), {"x": steps}, {}, 10.0)])], tmp_path, layout.Config()
    )
    assert wfdb.rdheader(str(tmp_path / "a")).fmt == ["16"]
    assert wfdb.rdheader(str(tmp_path / "a")).adc_gain == [100.0]
    assert told[0].count == int((np.arange(300) / 100 != steps).sum())
    assert np.abs(stream(read(tmp_path)[0][0]).channels["x"] - steps).max() < 1e-15


def test_headers_as_archives_have_them(tmp_path: Path) -> None:
    raw = RANDOM.integers(-900, 900, (40, 1))
    wfdb.wrsamp("a", fs=360, units=["mV"], sig_name=["MLII"], d_signal=raw, fmt=["212"], adc_gain=[200.0],
                baseline=[0], write_dir=str(tmp_path))  # fmt: skip
    wfdb.wrann("a", "qrs", np.array([5, 9]), ["N", "N"], write_dir=str(tmp_path))
    (tmp_path / "a.hea").write_text(
        "# made by hand\r\na 1 360 40 0:0:0 0/0/0\r\na.dat 212 200 11 1024 0\r\n"
        "# 69 M 1085 1629 x1\r\n# <age>: 69  <sex>: M  <diagnoses> (none)\r\n# Dx: AFIB\r\n"
    )
    items, losses = read(tmp_path)
    assert np.array_equal(values(items[0]), (raw - 1024) / 200)
    assert items[0].at is None
    assert items[0].data is not None
    assert (items[0].data["clock_time"], items[0].data["comments"]) == (
        0.0, ["made by hand", "69 M 1085 1629 x1"]
    )  # fmt: skip
    assert items[0].attributes == {"age": 69.0, "sex": "M", "diagnoses": "(none)", "dx": "AFIB"}
    assert [(loss.count, ".qrs" in loss.reason) for loss in losses] == [(0, True)]
    assert len(read_ranges(read(tmp_path, annotators=("qrs",))[0][0].label)) == 2
    for date in ("31/12/9999", "1/1/1"):
        (tmp_path / "a.hea").write_text(f"a 1 360 40 1:2:3 {date}\na.dat 212 200 11 1024 0\n")
        item = read(tmp_path)[0][0]
        assert item.data is not None
        assert item.data["clock_time"] == 3723.0
