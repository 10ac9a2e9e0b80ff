"""EDF and BDF beside the reference library; annotations, records apart in time, scorings, what is damaged."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from signal_specimens import edf, notes

from ingather.formats.layouts import edf as layout
from ingather.formats.time_ranges import read_ranges
from ingather.sample import Item, Loss
from ingather.series import Stream, decode

KINDS = {
    "a.edf": pyedflib.FILETYPE_EDF,
    "b.edf": pyedflib.FILETYPE_EDFPLUS,
    "c.bdf": pyedflib.FILETYPE_BDF,
    "d.bdf": pyedflib.FILETYPE_BDFPLUS,
}
ROWS = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]


def read(path: Path, *, dates: bool = False) -> tuple[list[Item], list[Loss]]:
    things = list(layout.read(path, layout.Config(dates=dates)))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def stream(content: object) -> Stream:
    assert isinstance(content, bytes)
    return decode(content)


@pytest.mark.parametrize("name", KINDS)
def test_what_the_reference_writes(name: str, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    most = 32767 if name.endswith("edf") else 8388607
    writer = pyedflib.EdfWriter(str(tmp_path / name), 3, file_type=KINDS[name])
    headers = [
        {"label": f"ch{n}", "dimension": "uV", "sample_frequency": rate, "physical_max": 500,
         "physical_min": -400, "digital_max": most, "digital_min": -most - 1, "transducer": "AgCl",
         "prefilter": ""}
        for n, rate in enumerate((100, 100, 10))
    ]  # fmt: skip
    writer.setSignalHeaders(headers)
    writer.setStartdatetime(datetime(2020, 5, 2, 22, 30, 1))
    writer.writeSamples([random.normal(size=n) * 50 for n in (1000, 1000, 100)])
    if "PLUS" in name or name[0] in "bd":
        writer.writeAnnotation(1.5, -1, "spike")
        writer.writeAnnotation(2, 3.25, "Sleep stage W")
    writer.close()
    items, losses = read(tmp_path)
    assert losses == []
    theirs = pyedflib.EdfReader(str(tmp_path / name))
    main, slow = stream(items[0].content), stream(items[0].parts[0].content)
    assert (main.rate, slow.rate, main.units["ch1"]) == (100, 10, "uV")
    assert np.allclose(main.channels["ch1"], theirs.readSignal(1), rtol=0, atol=1e-9)
    assert np.allclose(slow.channels["ch2"], theirs.readSignal(2), rtol=0, atol=1e-9)
    if name[0] in "bd":
        onsets, lengths, words = theirs.readAnnotations()
        wanted = [(a, a + max(0.0, b), c) for a, b, c in zip(onsets, lengths, words, strict=True)]
        assert [(one.start, one.end, one.label) for one in read_ranges(items[0].label)] == wanted
    else:
        assert items[0].label is None


def test_people_and_days_are_left_behind(tmp_path: Path) -> None:
    (tmp_path / "a.edf").write_bytes(edf([("EEG", "uV", ROWS)], kind="EDF+C"))
    item = read(tmp_path)[0][0]
    assert (item.contributor, item.attributes) == ("P7", {"sex": "F", "age": 70.0})
    assert item.at is None
    assert item.data is not None
    assert (item.data["start"], item.data["clock_time"]) == (None, 81001.0)
    assert "Someone" not in repr(item)
    assert "1950" not in repr(item)
    dated = read(tmp_path, dates=True)[0][0]
    assert dated.data is not None
    assert dated.data["start"] == "2020-05-02T22:30:01+00:00"
    assert stream(item.content).channels["EEG"].tolist()[:2] == [0.5, 1.0]


def test_records_apart_in_time_keep_their_times(tmp_path: Path) -> None:
    marks = [notes("+0.25||"), notes("+1.25||", "+1.5|seen|"), notes("+60||", "+70|late|")]
    signals = [("EEG", "uV", ROWS), ("EDF Annotations", "", marks)]
    (tmp_path / "a.edf").write_bytes(edf(signals, kind="EDF+D"))
    items, losses = read(tmp_path)
    time = stream(items[0].content).time
    assert (time[[0, 4, 8]] / 1e9).tolist() == [0.25, 1.25, 60.0]
    assert [(one.start, one.label) for one in read_ranges(items[0].label)] == [(1.25, "seen")]
    assert [(loss.reason, loss.count) for loss in losses] == [("annotations lie outside of the recording", 1)]
    (tmp_path / "a.edf").write_bytes(edf(signals, kind="EDF+C"))
    assert (stream(read(tmp_path)[0][0].content).time[[0, 4, 8]] / 1e9).tolist() == [0.25, 1.25, 2.25]


def test_a_scoring_goes_to_its_recording(tmp_path: Path) -> None:
    (tmp_path / "SC4001E0-PSG.edf").write_bytes(edf([("EEG", "uV", ROWS)]))
    (tmp_path / "SC4002E0-PSG.edf").write_bytes(edf([("EEG", "uV", ROWS)]))
    scoring = edf(
        [("EDF Annotations", "", [notes("+0||", "+0^2|Sleep stage 2|")])], kind="EDF+C", duration="0"
    )
    (tmp_path / "SC4001EC-Hypnogram.edf").write_bytes(scoring)
    items, losses = read(tmp_path)
    assert losses == []
    assert [item.label and read_ranges(item.label)[0].label for item in items] == ["Sleep stage 2", None]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "alone.edf").write_bytes(scoring)
    assert "annotations only" in read(tmp_path)[1][0].reason


def test_what_is_damaged_is_told(tmp_path: Path) -> None:
    whole = edf([("EEG", "uV", ROWS)])
    for name, content in {
        "behind": whole + b"12345",
        "cut": whole[:-3],
        "empty": b"",
        "head": whole[:300],
        "noise": b"\0" * 600,
        "fast": edf([("EEG", "uV", ROWS)], duration="1e-300"),
        "slow": edf([("EEG", "uV", ROWS * 4)], duration="1e9"),
        "rate": edf([("EEG", "uV", ROWS)], duration="0"),
        "unknown": edf([("EEG", "uV", ROWS)], records=-1),
        "width": whole[:252] + b"9999" + whole[256:],
    }.items():
        (tmp_path / f"{name}.edf").write_bytes(content)
    items, losses = read(tmp_path)
    assert {item.key: item.fault for item in items} == {
        "behind.edf": None,
        "cut.edf": "it breaks off: 2 of 3 data records are there",
        "unknown.edf": None,
    }
    told = {loss.where.removesuffix(".edf"): (loss.reason, loss.count) for loss in losses}
    assert told["behind"] == ("5 bytes stand behind its last data record", 0)
    assert told["empty"][0] == "it is empty: there are no bytes"
    assert told["head"][0] == "it is no EDF: its header is not 512 bytes long, as 1 signals need"
    assert told["noise"][0] == "it is no EDF: it does not begin as EDF or BDF does"
    assert told["fast"][0] == "its data records last 1e-300 s, too short for their values"
    assert told["slow"][0] == "its times lead out of any range"
    assert told["rate"][0] == "its data records last 0 s: its signals have no rate"
    assert "9999 signals" in told["width"][0]
