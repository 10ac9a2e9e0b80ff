"""Splits as pure functions: units are whole, what has a split keeps it, shares are met where they can be."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.releases.splitting import BRIDGE, assign, beside_panel, codes_of, strata_of, units_of
from ingather.releases.time_splitting import (
    GAP,
    UNDATED,
    boundaries,
    keep_apart,
    seconds_of,
    split_by_time,
)

SHARES = np.array([0.8, 0.1, 0.1])
Codes = NDArray[np.int64]


def order_of(n: int, seed: int = 0) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, 1 << 62, n).astype(np.uint64)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 6), st.integers(-1, 6)), min_size=1, max_size=60))
def test_units_are_what_ties_join(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(codes, np.int64) for codes in zip(*pairs, strict=True))
    units = units_of(len(pairs), [one, other])
    for codes in (one, other):
        for code in set(codes[codes >= 0].tolist()):
            assert len(set(units[codes == code].tolist())) == 1
    lonely = [(a, b) for a, b in pairs if a < 0 and b < 0]
    assert len(set(units.tolist())) >= len(lonely)
    assert sorted(set(units.tolist())) == list(range(len(set(units.tolist()))))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 25), min_size=4, max_size=200),
    st.integers(0, 1000),
    st.floats(0, 1),
)
def test_no_unit_is_torn_and_nothing_moves(people: list[int], seed: int, share: float) -> None:
    n = len(people)
    units = units_of(n, [np.array(people, np.int64)])
    strata = np.random.default_rng(seed).integers(0, 3, n)
    first = assign(SHARES, units, strata, np.full(n, -1, np.int64), order_of(n, seed))
    assert (first.splits >= 0).all()
    for unit in set(units.tolist()):
        assert len(set(first.splits[units == unit].tolist())) == 1
    known = np.random.default_rng(seed).random(n) < share
    again = assign(SHARES, units, strata, np.where(known, first.splits, -1), order_of(n, seed))
    assert (again.splits[known] == first.splits[known]).all()
    for unit in set(units.tolist()):
        assert len(set(again.splits[units == unit].tolist())) == 1


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_single_samples_meet_shares_in_every_stratum(seed: int) -> None:
    n = 300
    strata = np.repeat([0, 1, 2], [200, 70, 30])
    done = assign(SHARES, np.arange(n), strata, np.full(n, -1, np.int64), order_of(n, seed))
    for number, size in enumerate((200, 70, 30)):
        counts = np.bincount(done.splits[strata == number], minlength=3)
        assert np.abs(counts - size * SHARES).max() <= 1


def test_strata_of_one_sample_each_meet_the_shares_together() -> None:
    n = 100
    found = assign(SHARES, np.arange(n), np.arange(n), np.full(n, -1, np.int64), order_of(n))
    assert np.bincount(found.splits).tolist() == [round(share * n) for share in SHARES.tolist()]


def test_every_split_gets_somebody_where_people_are_few() -> None:
    units = np.repeat(np.arange(6), 10)
    done = assign(SHARES, units, np.zeros(60, np.int64), np.full(60, -1, np.int64), order_of(60))
    assert set(done.splits.tolist()) == {0, 1, 2}


def test_a_newcomer_between_two_splits_is_a_bridge_and_others_follow_their_unit() -> None:
    # Samples 0 and 1 were in train and test; 2 is by the person of 0 and cut from 1; 3 by another of train.
    person, parent = np.array([0, 1, 0, 2, 2, 3]), np.array([-1, 7, 7, -1, -1, -1])
    units = units_of(6, [person, parent])
    before = np.array([0, 2, -1, 0, -1, -1])
    done = assign(SHARES, units, np.zeros(6, np.int64), before, order_of(6))
    assert done.splits[:5].tolist() == [0, 2, BRIDGE, 0, 0]
    assert done.splits[5] >= 0


def test_a_panel_shares_nobody_with_train() -> None:
    units = np.array([0, 0, 1, 1, 2, 3])
    panel = np.array([True, False, True, False, False, True])
    before = np.array([2, -1, 2, 0, -1, 2])
    splits = beside_panel(units, before, panel, test=2)
    # Of the person of 2 and 3, train has a sample already: the panel's one is left out.
    assert splits.tolist() == [2, 2, BRIDGE, 0, -1, 2]


def test_what_a_stratum_lacks_is_told() -> None:
    units = np.zeros(20, np.int64)
    done = assign(
        np.array([0.5, 0.5]), units, np.zeros(20, np.int64), np.full(20, -1, np.int64), order_of(20)
    )
    assert sum(done.shortfall.values()) == 10


def test_codes_and_strata_keep_unknown_apart() -> None:
    assert codes_of(["b", None, "a", "b"]).tolist() == [0, -1, 1, 0]
    strata, names = strata_of({"x": pa.array(["a", None, "a"]), "y": pa.array(["1", "1", "1"])}, 3)
    assert [names[one] for one in strata] == ["a × 1", "unknown × 1", "a × 1"]
    assert names == ["a × 1", "unknown × 1"]


def test_a_value_that_is_called_unknown_is_with_the_unknown() -> None:
    strata, names = strata_of({"x": pa.array(["unknown", None, "a"]), "y": pa.array([1.0, 1.0, None])}, 3)
    assert [names[one] for one in strata] == ["unknown × 1.0", "unknown × 1.0", "a × unknown"]


@pytest.mark.parametrize(
    ("written", "seconds"), [("7d", 604_800), ("36h", 129_600), ("1.5min", 90), (None, 0), ("2w", 1_209_600)]
)
def test_lengths_of_time(written: str | None, seconds: float) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize("written", ["", "7", "d7", "-7d", "7 days", "7d "[:1]])
def test_what_is_no_length_of_time(written: str) -> None:
    with pytest.raises(InputError, match="length of time"):
        seconds_of(written)


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=10, max_size=200), st.integers(0, 10**5)
)
def test_time_flows_from_split_to_split(days: list[int | None], gap: int) -> None:
    times = np.array([np.nan if day is None else float(day) for day in days])
    ends = boundaries(times, SHARES)
    splits = split_by_time(times, ends, gap)
    assert ((splits == UNDATED) == np.isnan(times)).all()
    for earlier, later in ((0, 1), (1, 2), (0, 2)):
        first, second = times[splits == earlier], times[splits == later]
        if len(first) and len(second):
            assert second.min() - first.max() > (gap if gap else 0) or second.min() > first.max() + gap
    if not gap:
        assert not (splits == GAP).any()


def test_shares_of_time() -> None:
    times = np.arange(100, dtype=float)
    splits = split_by_time(times, boundaries(times, SHARES), 0)
    assert np.bincount(splits).tolist() == [80, 10, 10]


def test_later_splits_lose_what_they_share_with_earlier_ones() -> None:
    splits, units = np.array([0, 1, 1, 2, GAP]), np.array([5, 5, 6, 6, 5])
    assert keep_apart(splits, units, -9).tolist() == [0, -9, 1, -9, GAP]
