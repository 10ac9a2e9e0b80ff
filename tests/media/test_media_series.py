from __future__ import annotations

import io

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.media.series import MISSING, BrokenStream, Stream, decode, decode_series, describe, encode

NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=64)


def stream(rows: int = 50, **options: object) -> Stream:
    time = np.arange(rows, dtype=np.int64) * 10_000_000
    values = np.sin(np.arange(rows) / 5.0)
    return Stream(time, {"speed": values, "angle": values * 2}, {"speed": "m/s"}, 100.0, "can", **options)  # type: ignore[arg-type]


def test_a_stream_comes_back_as_it_was() -> None:
    was = stream()
    was.time.flags.writeable = True
    was.time[3] = MISSING
    was.channels["angle"][7] = np.nan
    back = decode(encode(was))
    assert np.array_equal(back.time, was.time)
    assert np.array_equal(back.channels["speed"], was.channels["speed"])
    assert np.array_equal(back.channels["angle"], was.channels["angle"], equal_nan=True)
    assert (back.units, back.rate, back.name) == ({"speed": "m/s"}, 100.0, "can")
    assert describe(back)[0] == {"name": "speed", "unit": "m/s", "rate": 100.0}
    assert encode(back) == encode(was)
    assert len(back.stamps) == 49


def test_columns_without_gaps_are_not_copied() -> None:
    back = decode(encode(stream()))
    assert not back.channels["speed"].flags.owndata


def test_what_stamps_tell() -> None:
    time = np.array([0, 10, 10, 30, 20, 40], np.int64)
    odd = Stream(time, {})
    assert not odd.is_ordered
    assert odd.later.tolist() == [10, 10, 10, 10]
    assert odd.period == 10
    assert odd.seconds == 40e-9
    assert np.isnan(Stream(np.array([5], np.int64), {}).period)
    assert Stream(np.array([5], np.int64), {}, rate=100.0).period == 1e7


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), NUMBERS), max_size=40),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
)
def test_any_stream_comes_back(rows: list[tuple[int, float]], unit: str) -> None:
    time = np.array([row[0] for row in rows], np.int64)
    values = np.array([row[1] for row in rows], np.float64)
    back = decode(encode(Stream(time, {"x": values}, {"x": unit} if unit else {})))
    assert np.array_equal(back.time, time)
    assert np.array_equal(back.channels["x"], values, equal_nan=True)
    assert back.units == ({"x": unit} if unit else {})


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 2000))
def test_broken_bytes_never_raise(noise: bytes, cut: int, at: int) -> None:
    whole = encode(stream())
    for content in (noise, whole[:cut], whole[:at] + noise + whole[at + len(noise) :]):
        batch = decode_series(["a"], [content], [None])
        assert (batch.series[0] is None) == (batch.faults[0] is not None)


def test_tables_that_are_no_streams() -> None:
    def file(table: pa.Table) -> bytes:
        out = io.BytesIO()
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
        return out.getvalue()

    for table, words in (
        (pa.table({"x": [1.0]}), "no column 'time'"),
        (pa.table({"time": [1.5]}), "no column 'time'"),
        (pa.table({"time": [1], "who": ["ann"]}), "'who' holds string"),
        (pa.table([pa.array([1]), pa.array([2])], names=["time", "time"]), "same name"),
    ):
        with pytest.raises(BrokenStream, match=words):
            decode(file(table))
    whole = decode(file(pa.table({"time": [1, None], "count": pa.array([3, None], pa.int64())})))
    assert whole.time.tolist() == [1, MISSING]
    assert whole.channels["count"].tolist()[0] == 3.0
    assert np.isnan(whole.channels["count"][1])


def test_batches() -> None:
    facts = orjson.dumps({"zone": "UTC"}).decode()
    batch = decode_series(
        ["a", "b", "c"],
        [encode(stream()), None, encode(stream(3))],
        [facts, None, "no json"],
        [[encode(stream(7))], [], [b"broken"]],
    )
    assert len(batch) == 3
    assert batch.faults[:2] == [None, "it is empty: there are no bytes"]
    assert batch.faults[2] is not None
    assert batch.each(lambda one: len(one.main)) == [50, None, 3]
    assert batch.series[0] is not None
    assert (batch.series[0].facts, len(batch.series[0].streams)) == ({"zone": "UTC"}, 2)
    assert batch.take([2, 0]).ids == ["c", "a"]
