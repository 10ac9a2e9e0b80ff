"""Copies of series are found in another unit, zero, rate, rounding or time; other series are not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sensor_batches import batch_of

from ingather.cleaning.sensor import same_series
from ingather.series import Stream

CONFIG = same_series.Config()


def pairs_of(streams: list[Stream]) -> set[tuple[int, int]]:
    batch = batch_of(streams)
    found = same_series.pairs(same_series.sign(batch, CONFIG), 0, CONFIG)
    like = same_series.same(batch.take(found[:, 0]), batch.take(found[:, 1]), CONFIG)
    return {tuple(pair) for pair in found[like >= CONFIG.threshold].tolist()}


def other_unit(stream: Stream) -> Stream:
    return Stream(stream.time, {n: v * 3.6 + 7 for n, v in stream.channels.items()})


def other_time(stream: Stream) -> Stream:
    return Stream(stream.time + 86_400 * 10**9, stream.channels)


def rounded(stream: Stream) -> Stream:
    def coarse(values: np.ndarray) -> np.ndarray:
        grid = max(float(np.nanstd(np.diff(values))) / 20, 1e-12)
        return np.round(values / grid) * grid

    return Stream(stream.time, {n: coarse(v) for n, v in stream.channels.items()})


def every_other(stream: Stream) -> Stream:
    return stream.rows(slice(None, None, 2))


@pytest.mark.parametrize("copied", [other_unit, other_time, rounded, every_other])
def test_copies_are_found(copied: object, good: dict[str, Stream]) -> None:
    known = [one for one in good.values() if len(one) > 60]
    signed = same_series.sign(batch_of(known), CONFIG).is_valid().to_pylist()
    known = [one for one, there in zip(known, signed, strict=True) if there]
    if copied is every_other:
        known = [one for one in known if len(one) >= 500]
    whole = [*known, *(copied(one) for one in known)]  # type: ignore[operator]
    wanted = {(n, n + len(known)) for n in range(len(known))}
    assert len(known) >= 12
    assert len(wanted & pairs_of(whole)) >= 0.95 * len(wanted)


def test_other_series_are_not(motions: dict[str, Stream], nab_streams: dict[str, Stream]) -> None:
    windows = [
        one.rows(slice(start, start + 288))
        for one in nab_streams.values()
        for start in range(0, len(one) - 288, 288)
    ]
    assert pairs_of([*motions.values()]) == set()
    found = pairs_of(windows)
    # days of a made-up series without noise are alike; nothing else may be
    assert len(found) <= 0.001 * len(list(combinations(windows, 2)))
