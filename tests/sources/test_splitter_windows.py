"""Windows and events of real series, and of what cannot be cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.formats.layouts import comma2k19, nab, sktime_ts
from ingather.formats.series_items import series_item
from ingather.sample import Item, Loss
from ingather.series import Stream, decode
from ingather.sources.splitters import events, windows

DAY = 86_400.0


def items(found: object) -> list[Item]:
    return [one for one in found if isinstance(one, Item)]  # type: ignore[attr-defined]


def losses(found: object) -> list[Loss]:
    return [one for one in found if isinstance(one, Loss)]  # type: ignore[attr-defined]


def content(item: Item) -> Stream:
    assert isinstance(item.content, bytes)
    return decode(item.content)


@pytest.fixture(scope="module")
def drive(data: Path) -> Item:
    return items(comma2k19.read(data / "comma2k19-example", comma2k19.Config()))[0]


def test_days_of_nab_are_labelled_by_their_anomalies(data: Path) -> None:
    jumps = next(one for one in items(nab.read(data / "nab", nab.Config())) if "jumpsup" in one.key)
    carrier, *days = windows.split(jumps, windows.Config(seconds=DAY, inside=0.3))
    assert isinstance(carrier, Item)
    assert carrier.carrier
    assert len(days) == 14
    assert {len(content(day)) for day in items(days)} == {288}
    assert [number for number, day in enumerate(items(days), 1) if day.label == "anomaly"] == [10, 11]
    assert {day.label for day in items(days)} == {"anomaly", "normal"}
    first = items(days)[1]
    assert (first.key, first.segment) == (f"{jumps.key}#86400000", {"start": DAY, "end": 2 * DAY})
    assert first.data is not None
    assert first.data["start"] == "2014-04-02T00:00:00+00:00"
    assert np.array_equal(
        np.concatenate([content(day).channels["value"] for day in items(days)]),
        content(jumps).channels["value"],
    )


def test_windows_before_an_event_are_labelled_by_it(data: Path, tmp_path: Path) -> None:
    jumps = next(one for one in items(nab.read(data / "nab", nab.Config())) if "jumpsup" in one.key)
    ahead = items(windows.split(jumps, windows.Config(seconds=DAY, ahead=2 * DAY)))[1:]
    # the anomaly begins on the tenth day: the eighth and ninth day come within two days before it
    assert [number for number, day in enumerate(ahead, 1) if day.label == "anomaly"] == [8, 9]
    log = tmp_path / "failures.csv"
    log.write_text("machine,time,event\nm1,2014-04-05 12:00:00,stop\nm2,2014-04-06 12:00:00,stop\n")
    jumps.label, jumps.uri, jumps.session = None, (tmp_path / "m1.csv").as_uri(), "m1"
    found = items(windows.split(jumps, windows.Config(seconds=DAY, log="failures.csv")))[1:]
    assert [number for number, day in enumerate(found, 1) if day.label == "stop"] == [5]


def test_series_without_times_are_cut_by_rows(data: Path) -> None:
    motion = items(sktime_ts.read(data / "basic-motions", sktime_ts.Config()))[0]
    pieces = items(windows.split(motion, windows.Config(rows=40, step_rows=20)))[1:]
    assert [piece.segment for piece in pieces] == [{"rows": [n, n + 40]} for n in (0, 20, 40, 60)]
    assert {piece.label for piece in pieces} == {"Standing"}
    (whole,) = items(windows.split(motion, windows.Config(seconds=5)))
    assert "no times" in str(whole.fault)
    timed = items(sktime_ts.read(data / "basic-motions", sktime_ts.Config(rate=10)))[0]
    assert len(items(windows.split(timed, windows.Config(seconds=2.5)))) == 1 + 4


def test_the_streams_of_a_drive_are_cut_together(drive: Item) -> None:
    pieces = items(windows.split(drive, windows.Config(seconds=10)))[1:]
    assert len(pieces) == 6 - 1  # 59.99 s hold five whole windows
    streams = {part.role: part for part in pieces[2].parts}
    assert len(streams) == 14
    frames = decode(streams["stream-global_pose"].content)  # type: ignore[arg-type]
    assert len(frames) == 200
    first = int(content(drive).time[0]) + 20 * 10**9
    assert first <= frames.time[0] < first + 10**8


def test_braking_is_found_by_the_change_of_speed(drive: Item) -> None:
    speed = content(drive)
    seconds = (speed.time - speed.time[0]) / 1e9
    slope = np.gradient(np.interp(np.arange(0, 59.9, 0.1), seconds, speed.channels["speed"]), 0.1)
    config = events.Config(
        channel="speed", change=1, below=-1.0, hold=0.5, before=2, after=2, label="braking"
    )
    pieces = items(events.split(drive, config))[1:]
    assert pieces
    assert {piece.label for piece in pieces} == {"braking"}
    for piece in pieces:
        start, end = piece.segment["start"] + 2, piece.segment["end"] - 2  # type: ignore[index, operator]
        inside = slope[round(start * 10) : round(end * 10)]
        assert np.mean(inside) < -0.9
    assert not items(events.split(drive, events.Config(channel="speed", above=100)))[1:]
    told = losses(events.split(drive, events.Config(channel="sped", above=1)))
    assert [one.reason for one in told] == ["it has no channel 'sped'"]
    radar = events.Config(channel="IMU/accelerometer/forward", above=3)
    assert all(isinstance(one, Item | Loss) for one in events.split(drive, radar))


def test_events_of_a_label_are_cut_out(data: Path) -> None:
    found = [one for one in items(nab.read(data / "nab", nab.Config())) if one.label]
    config = events.Config(before=3600, after=3600)
    pieces = [piece for one in found for piece in items(events.split(one, config))[1:]]
    assert len(pieces) == 12
    assert {piece.label for piece in pieces} == {"anomaly"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(width=64)), min_size=0, max_size=40),
    st.floats(0.001, 1e12),
    st.one_of(st.none(), st.integers(2, 50)),
)
def test_any_series_is_cut_without_a_traceback(
    rows: list[tuple[int, float]], seconds: float, count: int | None
) -> None:
    time = np.array([row[0] for row in rows], np.int64)
    item = series_item("x", [Stream(time, {"v": np.array([row[1] for row in rows])})])
    config = windows.Config(rows=count) if count else windows.Config(seconds=max(seconds, 1e7))
    for made in (windows.split(item, config), events.split(item, events.Config(channel="v", above=0.5))):
        found = list(made)
        assert found
        keys = [one.key for one in items(found)]
        assert len(set(keys)) == len(keys)
