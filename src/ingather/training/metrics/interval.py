"""The interval of an estimate, answers of one contributor taken together."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ingather.statistics.intervals import Interval, t_quantile, wilson
from ingather.training.metrics.estimate import Estimate, variance
from ingather.training.metrics.table import Metric


def interval(metric: Metric, estimate: Estimate, contributors: NDArray[np.int64]) -> Interval:
    """The estimate with its interval: the linearised variance over contributors, and Student's t.

    Within 0 and 1 it is Wilson's at the size that makes the variance found (for a share n over the design
    effect, never above n). Above 0 it is symmetric on the logarithm, else plain. One contributor tells
    nothing of others: then the interval is the metric's whole range.

    Args:
        metric: which figure it is.
        estimate: its value and influences.
        contributors: code of each answer, negative where nobody is known.

    Returns:
        NaN with the whole range where nothing concerns the metric.
    """
    if not estimate.n or math.isnan(estimate.value):
        return Interval(math.nan, metric.low, metric.high, 0, 0, 0.0)
    spread, people = variance(estimate.influence, contributors[estimate.rows])
    value, n = estimate.value, estimate.n
    if people < 2:
        return Interval(value, metric.low, metric.high, n, people, float(people))
    t = float(t_quantile(people - 1))
    plain = value * (1 - value)
    if (metric.low, metric.high) == (0.0, 1.0):
        size = plain / spread if plain > 0 and spread > 0 else float(n)
        size = min(size, float(n)) if metric.share else size
        low, high = wilson(value, size, t)
        return Interval(value, float(low), float(high), n, people, size)
    alone, _ = variance(estimate.influence, np.full(len(estimate.rows), -1))
    size = n * min(1.0, alone / spread) if spread > 0 else float(n)
    low_end, high_end = _ends(metric, value, t * math.sqrt(spread))
    return Interval(value, low_end, high_end, n, people, size)


def _ends(metric: Metric, value: float, half: float) -> tuple[float, float]:
    if metric.low == 0 and value > 0:
        factor = math.exp(half / value)
        return value / factor, value * factor
    return max(value - half, metric.low), min(value + half, metric.high)
