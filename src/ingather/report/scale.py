"""The axis of a chart: its ends, its ticks, and where a value lies on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high``.

    Attributes:
        low: the value at the start.
        high: the value at the end.
        ticks: round values within, ascending.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Where a value lies, in per cent from the start; what is outside lies at the end."""
        place = 100 * (value - self.low) / (self.high - self.low)
        return round(min(100.0, max(0.0, place)), 2)


def scale_over(
    values: Iterable[float | None], *, least: float | None = None, most: float | None = None
) -> Scale:
    """A scale with round ends that holds all values.

    Args:
        values: what it must hold; None is passed over.
        least: it never begins below this.
        most: it never ends above this.
    """
    known = [value for value in values if value is not None and math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if high - low < 1e-9:
        low, high = low - abs(low) * 0.1 - 0.01, high + abs(high) * 0.1 + 0.01
    step = _step((high - low) / 3)
    first, last = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    first = first if least is None else max(first, least)
    last = last if most is None else min(last, most)
    if last - first < 1e-12:
        last = first + step
    ticks = [n * step for n in range(math.ceil(first / step - 1e-9), math.floor(last / step + 1e-9) + 1)]
    return Scale(first, last, tuple(round(tick, 10) for tick in ticks))


def _step(rough: float) -> float:
    """The next round number above: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * (1 - 1e-9))
