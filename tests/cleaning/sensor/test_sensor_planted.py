"""Faults planted in real series, each found in .95 of them at least; what was not touched stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sensor_batches import refused, with_time, with_values

from ingather.cleaning.sensor import (
    channel_range,
    clock_drift,
    doubled_stamps,
    flat_lines,
    gaps,
    jitter,
    missing_stamps,
    readable_series,
    saturation,
    spikes,
    stuck_bits,
    time_order,
    unit_and_rate,
)
from ingather.media.series import MISSING, Stream, channels_of

Plant = Callable[[Stream, np.random.Generator], Stream | None]
OPERATORS = (
    readable_series, time_order, missing_stamps, doubled_stamps, gaps, jitter, clock_drift, flat_lines,
    spikes, saturation, channel_range, unit_and_rate, stuck_bits,
)  # fmt: skip


def a_channel(stream: Stream, dice: np.random.Generator) -> str:
    live = [one.name for one in channels_of(stream) if not one.is_constant and not one.is_state]
    return str(dice.choice(live))


def stuck_time(stream: Stream, dice: np.random.Generator) -> Stream:
    time = stream.time.copy()
    rows = np.sort(dice.choice(np.arange(1, len(time)), max(2, len(time) // 50), replace=False))
    time[rows] = time[rows - 1]
    return with_time(stream, time)


def backwards(stream: Stream, dice: np.random.Generator) -> Stream:
    time = stream.time.copy()
    at = int(dice.integers(1, len(time) - 1))
    time[at] -= int(3 * stream.period)
    return with_time(stream, time)


def no_times(stream: Stream, dice: np.random.Generator) -> Stream:
    time = stream.time.copy()
    time[dice.random(len(time)) < 0.05] = MISSING
    return with_time(stream, time)


def one_gap(stream: Stream, dice: np.random.Generator) -> Stream:
    count = len(stream.time)
    start = int(dice.integers(count // 10, count // 2))
    keep = np.ones(count, bool)
    keep[start : start + round(0.4 * count)] = False
    return stream.rows(keep)


def many_gaps(stream: Stream, dice: np.random.Generator) -> Stream | None:
    keep = (np.arange(len(stream.time)) // 10) % 4 == 0
    return stream.rows(keep) if len(stream.time) >= 400 else None


def shaken(stream: Stream, dice: np.random.Generator) -> Stream:
    steps = dice.exponential(stream.period, len(stream.time)).astype(np.int64) + 1
    steps[dice.random(len(steps)) < 0.5] //= 20
    return with_time(stream, np.cumsum(steps))


def drifting(stream: Stream, dice: np.random.Generator) -> Stream:
    share = np.linspace(0, float(dice.uniform(0.05, 0.2)), len(stream.time) - 1)
    steps = np.full(len(share), stream.period) * (1 + share)
    return with_time(stream, np.concatenate([[0], np.cumsum(steps).astype(np.int64)]))


def off_rate(stream: Stream, dice: np.random.Generator) -> Stream:
    told = 1e9 / stream.period * float(dice.choice([0.5, 0.97, 1.03, 2]))
    return Stream(stream.time, stream.channels, stream.units, told, stream.name)


def hanging(stream: Stream, dice: np.random.Generator) -> Stream | None:
    name = a_channel(stream, dice)
    values = stream.channels[name].copy()
    length = max(25, round(float(dice.uniform(0.1, 0.4)) * len(values)))
    start = int(dice.integers(0, len(values) - length))
    values[start : start + length] = values[start]
    (one,) = [c for c in channels_of(stream) if c.name == name]
    return with_values(stream, name, values) if one.repeats < 0.5 else None


def spiked(stream: Stream, dice: np.random.Generator) -> Stream:
    name = a_channel(stream, dice)
    values = stream.channels[name].copy()
    (one,) = [c for c in channels_of(stream) if c.name == name]
    count = max(3, len(values) // 1000)
    rows = dice.choice(np.arange(2, len(values) - 2, 4), count, replace=False)
    values[rows] += dice.choice([-1, 1], count) * dice.uniform(6, 12, count) * one.spread
    return with_values(stream, name, values)


def at_the_end(stream: Stream, dice: np.random.Generator) -> Stream | None:
    name = a_channel(stream, dice)
    values = stream.channels[name]
    (one,) = [c for c in channels_of(stream) if c.name == name]
    if one.only_rises or len(values) < 400:
        return None
    return with_values(stream, name, np.minimum(values, np.quantile(values, float(dice.uniform(0.8, 0.92)))))


def not_there(stream: Stream, dice: np.random.Generator) -> Stream:
    name = a_channel(stream, dice)
    values = stream.channels[name].copy()
    values[dice.random(len(values)) < 0.9] = np.nan
    only = {name: values}
    return Stream(stream.time, only, stream.units, stream.rate, stream.name)


def one_bit(stream: Stream, dice: np.random.Generator) -> Stream | None:
    """The channel through a converter of 10 bits of which one, of the lower seven, always says the same."""
    name = a_channel(stream, dice)
    values = stream.channels[name]
    if len(values) < 1500:
        return None
    low, high = np.quantile(values, [0.001, 0.999])
    codes = np.round(np.clip((values - low) / (high - low), 0, 1) * 1023).astype(np.int64)
    if len(np.unique(codes)) < 200:
        return None
    mask = 1 << int(dice.integers(1, 7))
    codes = codes | mask if dice.random() < 0.5 else codes & ~mask
    return with_values(stream, name, low + codes * ((high - low) / 1023))


PLANTS: dict[str, tuple[Plant, object, dict[str, object]]] = {
    "doubled stamps": (stuck_time, doubled_stamps, {}),
    "time runs backwards": (backwards, time_order, {}),
    "stamps are missing": (no_times, missing_stamps, {}),
    "one long gap": (one_gap, gaps, {}),
    "many gaps": (many_gaps, gaps, {}),
    "jitter": (shaken, jitter, {}),
    "drift": (drifting, clock_drift, {}),
    "another rate than it says": (off_rate, clock_drift, {}),
    "flat lines": (hanging, flat_lines, {}),
    "spikes": (spiked, spikes, {}),
    "saturation": (at_the_end, saturation, {}),
    "values are missing": (not_there, readable_series, {}),
    "stuck bits": (one_bit, stuck_bits, {}),
}


@pytest.mark.parametrize("fault", PLANTS)
def test_planted_faults_are_found(fault: str, good: dict[str, Stream]) -> None:
    plant, operator, options = PLANTS[fault]
    dice = np.random.default_rng(7)
    planted = {
        f"{name}/{turn}": spoilt
        for name, stream in good.items()
        for turn in range(3)
        if (spoilt := plant(stream, dice)) is not None
    }
    found = refused(operator, planted.values(), **options)  # type: ignore[arg-type]
    missed = [name for name, hit in zip(planted, found, strict=True) if not hit]
    assert len(planted) >= 20
    assert len(missed) <= 0.05 * len(planted), (len(missed), len(planted), missed)


def test_good_series_are_kept(good: dict[str, Stream]) -> None:
    lost = {
        operator.__name__.rpartition(".")[2]: [
            name for name, hit in zip(good, refused(operator, good.values()), strict=True) if hit
        ]
        for operator in OPERATORS
    }
    assert sum(map(len, lost.values())) <= len(good) // 50, lost


def test_other_units_are_found(drive: dict[str, Stream]) -> None:
    speed = drive["CAN/speed"]
    usual = {"speed": (15.0, 30.0)}
    values = speed.channels["speed"]
    wrong = [with_values(speed, "speed", values * factor) for factor in (3.6, 2.23694, 1000.0, 0.001)]
    assert refused(unit_and_rate, [speed, *wrong], usual=usual) == [False, True, True, True, True]
    named = Stream(speed.time, speed.channels, {"speed": "km/h"})
    assert refused(unit_and_rate, [speed, named], units={"speed": "m/s"}) == [False, True]
    assert refused(unit_and_rate, [speed], least_rate=50, most_rate=100) == [False]
    assert refused(unit_and_rate, [speed], least_rate=100) == [True]


def test_values_outside_are_found(drive: dict[str, Stream]) -> None:
    speed, place = drive["CAN/speed"], drive["GNSS/live_gnss_ublox"]
    assert refused(channel_range, [speed], limits={"speed": (0, 15)}) == [True]
    assert refused(channel_range, [speed], limits={"speed": (0, 70)}) == [False]
    assert refused(channel_range, [speed], limits={"acceleration": (0, 70)}) == [True]
    off = with_values(place, "latitude", place.channels["latitude"] + 90)
    assert refused(channel_range, [place, off]) == [False, True]


def test_single_channels_have_limits_of_their_own(drive: dict[str, Stream]) -> None:
    wheels = drive["CAN/wheel_speed"]
    values = wheels.channels["rear_left"].copy()
    values[:1000] = values[0]
    hanging = with_values(wheels, "rear_left", values)
    assert refused(flat_lines, [hanging]) == [True]
    assert refused(flat_lines, [hanging], own={"rear_left": 0.5}) == [False]
    assert refused(flat_lines, [hanging], own={"rear_left": 0.1}) == [True]
