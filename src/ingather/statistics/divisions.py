"""Allocation where several quotas overlap: one sample counts by accent, by age, and by both crossed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ingather.statistics.allocation import POWER, Allocation, allocate
from ingather.statistics.forecast import Slope
from ingather.statistics.group_errors import GroupError
from ingather.statistics.sharing import largest_remainder

_UNSEEN = 1e-3
"""Error of a group that is too small to be judged and has shown none."""


def allocate_divisions(
    divisions: Sequence[Sequence[GroupError]],
    batch: int,
    *,
    caps: Sequence[ArrayLike | None] | None = None,
    prices: Sequence[ArrayLike | None] | None = None,
    budget: float | None = None,
    slope: Slope | None = None,
) -> list[Allocation]:
    """One allocation a division, which is one way to cut the samples into groups that do not overlap.

    The batch (and the money) is shared among the divisions that have a group below the goal, in proportion to
    the square of their worst such error; within each the rule of ``allocate`` holds. Where nothing errs, only
    groups that are too small to be judged are filled. What is asked for in
    two divisions may be met by the same samples, so the sum is the most that is needed. A crossed quota is a
    division of its own, whose groups are its cells.

    Args:
        divisions: the groups of each division.
        batch: samples of this round, for all divisions together.
        caps: by division, as in ``allocate``.
        prices: by division, as in ``allocate``.
        budget: money left, for all divisions together.
        slope: of the learning curve.
    """
    caps = caps or [None] * len(divisions)
    prices = prices or [None] * len(divisions)
    worst = [max(map(_wanting, groups), default=0.0) for groups in divisions]
    if not any(worst):
        parts = np.zeros(len(divisions), dtype=np.int64)
    else:
        parts = largest_remainder(np.array(worst) ** POWER, batch)
    return [
        allocate(
            groups,
            int(part),
            caps=cap,
            prices=price,
            budget=None if budget is None else budget * int(part) / max(1, batch),
            slope=slope,
        )
        for groups, part, cap, price in zip(divisions, parts, caps, prices, strict=True)
    ]


def _wanting(group: GroupError) -> float:
    """The error that more samples are to lower; one that cannot be judged yet never counts as without."""
    if group.state == "too_few":
        return max(group.shrunk, _UNSEEN)
    return group.shrunk if group.state == "collect" else 0.0
