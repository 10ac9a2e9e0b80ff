"""One channel of a stream, and what several operators need to know of it, reckoned once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SAMPLED = 1 << 14
"""Values that typical figures (a scale, a grid) are taken from, spread evenly over a channel."""


@dataclass(frozen=True, eq=False)
class Channel:
    """The values of one channel.

    Attributes:
        name: its name.
        values: (n,) float64, NaN where nothing was measured.
        unit: its unit, where known.
    """

    name: str
    values: NDArray[np.float64]
    unit: str | None = None

    @cached_property
    def present(self) -> NDArray[np.float64]:
        """(m,) the finite values, in order."""
        if not len(self.values):
            return self.values
        low, high = self.values.min(), self.values.max()
        if np.isfinite(low) and np.isfinite(high):
            return self.values
        return self.values[np.isfinite(self.values)]

    @cached_property
    def low(self) -> float:
        """The least finite value, NaN where there is none."""
        return float(self.present.min()) if len(self.present) else float("nan")

    @cached_property
    def high(self) -> float:
        """The greatest finite value, NaN where there is none."""
        return float(self.present.max()) if len(self.present) else float("nan")

    @property
    def is_constant(self) -> bool:
        """Whether it has two values at least, and all are the same."""
        return len(self.present) > 1 and self.low == self.high

    @cached_property
    def steps(self) -> NDArray[np.float64]:
        """(m - 1,) from each finite value to the next."""
        return self.present[1:] - self.present[:-1]

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        """(m - 1,) absolute steps."""
        return np.abs(self.steps)

    @cached_property
    def sampled(self) -> NDArray[np.float64]:
        """(k,) sorted finite values, at most ``SAMPLED`` of them, evenly spread."""
        return np.sort(_spread(self.present))

    @cached_property
    def sampled_sizes(self) -> NDArray[np.float64]:
        """(k,) sorted absolute steps, at most ``SAMPLED`` of them, evenly spread."""
        return np.sort(np.abs(_spread(self.steps)))

    @cached_property
    def is_state(self) -> bool:
        """Whether it has no more than eight different values: a switch, a gear, a flag."""
        return len(np.unique(self.sampled[:: max(1, len(self.sampled) >> 9)])) <= 8

    @cached_property
    def only_rises(self) -> bool:
        """Whether no value is lower than the one before it, as in a counter."""
        return len(self.steps) > 0 and float(self.steps.min()) >= 0

    @cached_property
    def spread(self) -> float:
        """Distance of the 5th from the 95th of 100 parts of its values."""
        return _quantile(self.sampled, 0.95) - _quantile(self.sampled, 0.05)

    @cached_property
    def repeats(self) -> float:
        """Share of steps that are 0: high where a sensor is slower than it is read, or its grid coarse."""
        sizes = self.sampled_sizes
        return float(np.searchsorted(sizes, 0.0, "right") / len(sizes)) if len(sizes) else 0.0

    def size_at(self, share: float) -> float:
        """The absolute step that this share of steps does not exceed."""
        return _quantile(self.sampled_sizes, share)


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most ``SAMPLED`` values in blocks of 64 neighbours, so that no rhythm of the signal is missed."""
    if len(values) <= SAMPLED:
        return values
    blocks = values[: len(values) // 64 * 64].reshape(-1, 64)
    taken = np.linspace(0, len(blocks) - 1, SAMPLED // 64).astype(np.int64)
    return blocks[taken].ravel()


def _quantile(ordered: NDArray[np.float64], share: float) -> float:
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))]) if len(ordered) else float("nan")
