"""Streams beside each other, resampling, zones: what is told of clocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_batches import batch_of, measured, refused

from ingather.cleaning.sensor import gaps, jitter, resample, stream_clocks, time_zone
from ingather.formats.layouts import comma2k19
from ingather.formats.series_items import series_item
from ingather.media.series import SeriesBatch, decode_series
from ingather.sample import Item
from ingather.series import MISSING, Stream, decode


def batch(item: Item) -> SeriesBatch:
    return decode_series(["a"], [item.content], [orjson.dumps(item.data).decode()])  # type: ignore[list-item]


def clocks(item: Item) -> dict[str, object]:
    told = stream_clocks.measure(batch(item), stream_clocks.Config())
    return {name: pa.array(values).to_pylist()[0] for name, values in told.items()}


def test_the_streams_of_a_drive(data: Path) -> None:
    (item,) = [
        one for one in comma2k19.read(data / "comma2k19-example", comma2k19.Config()) if isinstance(one, Item)
    ]
    told = clocks(item)
    assert told["streams"] == 14
    assert told["offset_stream"] == "GNSS/live_gnss_qcom"
    assert told["offset"] == pytest.approx(1.7073, abs=1e-4)
    assert told["least_overlap"] == pytest.approx(0.967, abs=0.001)
    assert told["lost"] == 19  # 59.73 s at 10 Hz are 598 values of GNSS; 579 came


def test_a_stream_that_lags_and_loses(drive: dict[str, Stream]) -> None:
    speed, motion = drive["CAN/speed"], drive["IMU/accelerometer"]
    keep = np.ones(len(motion), bool)
    keep[1000:1500] = False
    late = Stream(motion.time + 5 * 10**9, motion.channels, name="imu").rows(keep)
    told = clocks(series_item("a", [speed, late]))
    assert told["offset"] == pytest.approx(5 - 0.0095, abs=1e-3)
    assert told["lost"] == 500
    assert told["lost_stream"] == "imu"
    config = stream_clocks.Config(most_offset=1)
    assert {bound.field for bound in stream_clocks.bounds(config)} == {
        "most_offset",
        "least_overlap",
        "most_lost",
    }


def test_resampling_makes_an_even_grid(drive: dict[str, Stream]) -> None:
    speed = drive["CAN/speed"]
    (made,) = resample.change(batch_of([speed]), resample.Config(rate=50))
    assert isinstance(made, bytes)
    even = decode(made)
    assert set(np.diff(even.time).tolist()) == {20_000_000}
    assert even.rate == 50
    laid = np.interp(even.time, speed.time, speed.channels["speed"])
    assert np.nanmean(np.abs(even.channels["speed"] - laid)) < 0.02
    assert resample.change(batch_of([even]), resample.Config(rate=50)) == [None]
    (held,) = resample.change(batch_of([speed]), resample.Config(rate=200, method="previous"))
    assert set(np.unique(decode(held).channels["speed"])) <= set(np.unique(speed.channels["speed"]))  # type: ignore[arg-type]


def test_nothing_is_drawn_across_gaps(nab_streams: dict[str, Stream]) -> None:
    (key,) = [key for key in nab_streams if "ambient" in key]
    (made,) = resample.change(batch_of([nab_streams[key]]), resample.Config())
    assert isinstance(made, bytes)
    even = decode(made)
    missing = int(np.isnan(even.channels["value"]).sum())
    assert measured(gaps, [even])["gaps"] == [0]
    assert measured(jitter, [even])["jitter"] == [0.0]
    assert 0 < 621 - missing < 20  # 621 are lost; those in the shortest gaps are drawn


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(MISSING), st.integers(-(10**12), 10**12), st.integers(-(2**63), 2**63 - 1)),
            st.floats(width=64),
        ),
        max_size=30,
    ),
    st.sampled_from([None, 1.0, 1e6]),
)
def test_resampling_never_raises_and_is_done_once(rows: list[tuple[int, float]], rate: float | None) -> None:
    stream = Stream(np.array([row[0] for row in rows], np.int64), {"x": np.array([row[1] for row in rows])})
    config = resample.Config(rate=rate)
    (made,) = resample.change(batch_of([stream]), config)
    if made is not None:
        assert resample.change(batch_of([decode(made)]), config) == [None]  # type: ignore[arg-type]


def test_zones() -> None:
    day = np.arange(10, dtype=np.int64) * 10**9
    now = day + 1_700_000_000 * 10**9
    told = []
    for time, facts in (
        (now, {"start": "2023-11-14T22:13:20+00:00", "zone": "UTC"}),
        (now, {"start": "2023-11-14T22:13:20+00:00", "zone": None}),
        (day, {"start": None}),
        (day, {"clock": "order"}),
    ):
        told += time_zone.measure(batch_of([Stream(time, {"x": np.zeros(10)})], **facts), time_zone.Config())[
            "zone"
        ].to_pylist()
    assert told == ["named", "unknown", "start", "order"]
    never_set = batch_of([Stream(day + 10**9, {"x": np.zeros(10)})], start="1970-01-01T00:00:01+00:00")
    config = time_zone.Config(earliest=2000)
    assert time_zone.measure(never_set, config)["first_year"].to_pylist() == [1970]
    assert refused(time_zone, [Stream(day, {"x": np.zeros(10)})], required=True) == [True]
