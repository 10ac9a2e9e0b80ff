"""How odd every moment of a series is by the series itself: forecast residual and isolation forest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.series import MISSING, SECOND, Stream

Floats = NDArray[np.float64]

DAY = 86_400.0
LEAST = 2.0
"""Oddness below which a moment is not kept."""
_DEVIATION = 1.4826
"""Of a normal distribution: standard deviations in a median absolute deviation."""
_HIGHEST = 50.0
_ALIKE = 0.5
_STEPS = 16
_FITTED = 20_000


@dataclass(frozen=True, slots=True)
class Odd:
    """The odd moments of one series.

    Attributes:
        times: seconds from the first stamp, ascending, m.
        scores: robust standard deviations from what is usual, m, each at least 2.
        step: usual seconds from moment to moment.
        watched: seconds from the first moment to the last.
    """

    times: Floats
    scores: Floats
    step: float
    watched: float


def odd_moments(stream: Stream, *, residual: bool, forest: bool, memory: float | None, seed: int) -> Odd:
    """The moments at which any channel is odd.

    Args:
        stream: of one series; without a clock seconds are rows.
        residual: whether values are compared with a forecast from what came before.
        forest: whether an isolation forest looks at value, change, level and spread together.
        memory: seconds that the forecast looks back; by default a day, or a twentieth of a shorter series.
        seed: of the forest.
    """
    times = _times(stream)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    step = step if step > 0 else 1.0
    watched = float(times[-1] - times[0]) if len(times) else 0.0
    back = memory if memory is not None else (DAY if watched >= 3 * DAY else watched / 20)
    width = int(np.clip(back / step, 16, 5000))
    worst = np.zeros(len(times))
    for values in stream.channels.values():
        known = _filled(values)
        if known is None or len(known) < 2 * width:
            continue
        parts = []
        usual = without_rhythm(known, round(DAY / step)) if watched >= 3 * DAY else known
        if residual:
            parts.append(residual_score(usual, width))
        if forest:
            parts.append(forest_score(usual, width, seed))
        worst = np.maximum(worst, np.mean(parts, axis=0) if parts else 0.0)
    odd = np.flatnonzero(worst >= LEAST)
    return Odd(times[odd], np.asarray(worst[odd], np.float64), step, watched)


def without_rhythm(values: Floats, day: int) -> Floats:
    """What is left of values after those of the same time on the three days before, where days are alike.

    Args:
        values: n numbers at even steps.
        day: how many of them are a day.
    """
    if not 2 <= day < len(values) // 3:
        return values
    scaled = (values - values.mean()) / (values.std() + 1e-12)
    if float((scaled[day:] * scaled[:-day]).mean()) < _ALIKE:
        return values
    past = np.full((3, len(values)), np.nan)
    for back in range(1, 4):
        past[back - 1, back * day :] = values[: -back * day]
    past[:, :day] = values[:day]
    return np.asarray(values - np.nanmedian(past, axis=0), np.float64)


def residual_score(values: Floats, width: int) -> Floats:
    """Distance from the median of the values before, in deviations of those; the first are not judged."""
    median, deviation = _before(values, width)
    usual = _DEVIATION * np.median(np.abs(values - np.median(values)))
    # a stretch that stands still must not make the smallest change infinite
    scale = np.maximum(_DEVIATION * deviation, 0.25 * usual + 1e-9 * (1 + np.abs(median)))
    score = np.abs(values - median) / scale
    score[:width] = 0
    return np.asarray(np.minimum(score, _HIGHEST), np.float64)


def forest_score(values: Floats, width: int, seed: int) -> Floats:
    """How quickly random cuts part a moment from the others (F. Liu and others, "Isolation forest", 2008)."""
    from sklearn.ensemble import IsolationForest

    median, deviation = _before(values, width)
    change = np.diff(values, prepend=values[0])
    table = np.column_stack([values, change, median, deviation, values - median])
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-12)
    forest = IsolationForest(n_estimators=50, max_samples=256, random_state=seed)
    chosen = np.random.default_rng(seed).permutation(len(table))[:_FITTED]
    forest.fit(table[np.sort(chosen)])
    score = -forest.score_samples(table)
    middle = np.median(score)
    spread = _DEVIATION * np.median(np.abs(score - middle)) + 1e-12
    odd = np.clip((score - middle) / spread, 0, _HIGHEST)
    odd[:width] = 0
    return np.asarray(odd, np.float64)


def stretches(odd: Odd, least: float, gap: float) -> list[tuple[float, float]]:
    """Stretches of moments that are at least so odd; those nearer than ``gap`` seconds are one."""
    times = odd.times[odd.scores >= least]
    if not len(times):
        return []
    cuts = np.flatnonzero(np.diff(times) > max(gap, 1.5 * odd.step)) + 1
    return [(float(part[0]), float(part[-1])) for part in np.split(times, cuts)]


def join(odds: Sequence[Odd]) -> Odd:
    """The odd moments of several streams of one recording as one."""
    times = np.concatenate([one.times for one in odds])
    scores = np.concatenate([one.scores for one in odds])
    order = np.argsort(times, kind="stable")
    return Odd(times[order], scores[order], min(one.step for one in odds), max(one.watched for one in odds))


def _times(stream: Stream) -> Floats:
    known = stream.time[stream.time != MISSING]
    if len(known) < len(stream.time) or not len(known) or (np.diff(known) < 0).any():
        step = stream.period / SECOND
        return np.arange(len(stream.time), dtype=np.float64) * (step if np.isfinite(step) else 1.0)
    return np.asarray((known - known[0]) / SECOND, np.float64)


def _filled(values: Floats) -> Floats | None:
    """Gaps are filled with the value before, so that they are not odd by themselves."""
    known = np.isfinite(values)
    if not known.any():
        return None
    place = np.where(known, np.arange(len(values)), -1)
    last = np.maximum.accumulate(place)
    last[last < 0] = int(np.flatnonzero(known)[0])
    return np.asarray(values[last], np.float64)


def _before(values: Floats, width: int) -> tuple[Floats, Floats]:
    """Median and median deviation of the ``width`` values before each, anew at every sixteenth of that."""
    step = max(1, width // _STEPS)
    median, deviation = np.empty(len(values)), np.empty(len(values))
    for start in range(0, len(values), step):
        past = values[max(0, start - width) : start] if start else values[:1]
        middle = np.median(past)
        median[start : start + step] = middle
        deviation[start : start + step] = np.median(np.abs(past - middle))
    return median, deviation
