"""One channel of a stream, and what several operators need to know of it, reckoned once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SAMPLED = 1 << 10
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

    @property
    def present(self) -> NDArray[np.float64]:
        """(m,) the finite values, in order."""
        return self._finite[0]

    @property
    def low(self) -> float:
        """The least finite value, NaN where there is none."""
        return self._finite[1]

    @property
    def high(self) -> float:
        """The greatest finite value, NaN where there is none."""
        return self._finite[2]

    @cached_property
    def _finite(self) -> tuple[NDArray[np.float64], float, float]:
        """Finite values, their least and greatest: two passes where all are finite."""
        values = self.values
        if not len(values):
            return values, float("nan"), float("nan")
        low, high = float(values.min()), float(values.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            values = values[np.isfinite(values)]
            low = float(values.min()) if len(values) else float("nan")
            high = float(values.max()) if len(values) else float("nan")
        return values, low, high

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
        return np.sort(self.some(SAMPLED))

    def some(self, count: int) -> NDArray[np.float64]:
        """(k,) finite values, at most ``count`` of them: blocks of 64 neighbours, evenly spread.

        Blocks, so that no rhythm of the signal is hit or missed.
        """
        values = self.present
        return values if len(values) <= count else _blocks(values, count).ravel()

    @cached_property
    def sampled_sizes(self) -> NDArray[np.float64]:
        """(k,) sorted absolute steps, at most ``SAMPLED`` of them, evenly spread."""
        values = self.present
        if len(values) <= SAMPLED:
            return np.sort(np.abs(values[1:] - values[:-1]))
        blocks = _blocks(values, SAMPLED)
        return np.sort(np.abs(blocks[:, 1:] - blocks[:, :-1]).ravel())

    @cached_property
    def is_state(self) -> bool:
        """Whether it has no more than eight different values: a switch, a gear, a flag."""
        return int(np.count_nonzero(np.diff(self.sampled))) < 8

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


def _blocks(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(blocks, 64) neighbours of one channel, evenly spread."""
    blocks = values[: len(values) // 64 * 64].reshape(-1, 64)
    taken: NDArray[np.float64] = blocks[np.linspace(0, len(blocks) - 1, count // 64).astype(np.int64)]
    return taken


def _quantile(ordered: NDArray[np.float64], share: float) -> float:
    return float(ordered[min(len(ordered) - 1, int(share * len(ordered)))]) if len(ordered) else float("nan")
