"""What to collect next: fill small groups up, then share in proportion to the square of the shrunk error.

Measured by replay of real sets against equal shares, proportional shares, the worst group only and Slice
Tuner; see benchmarks/next. The rule sees out-of-fold errors alone, never those of a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingather.statistics.forecast import Slope, expected_errors
from ingather.statistics.group_errors import GroupError
from ingather.statistics.intervals import LEAST_CONTRIBUTORS
from ingather.statistics.sharing import Counts, largest_remainder, water_filling

Stop: TypeAlias = Literal["goal_met", "stuck", "dry", "budget_spent", "no_errors"]

FILL = 20
POWER = 2.0
SOFT_POWER = 6.0
LEAST_BATCH = 25
ROUNDS = 16
EQUAL_BELOW = 1.2
MUCH_ABOVE = 1.6


@dataclass(frozen=True, slots=True)
class Allocation:
    """What to collect next, by group.

    Attributes:
        samples: how many more of each group.
        contributors: how many more people of each group; new ones first where it has under five.
        cost: what they cost together; 0 where no prices are known.
        stop: why nothing is to be collected, None where something is.
        stuck: groups that more samples are not likely to help.
        expected: error of the worst group afterwards, as forecast.
        expected_low: its rough lower end.
        expected_high: its rough upper end.
        spread: worst over mean shrunk error.
    """

    samples: tuple[int, ...]
    contributors: tuple[int, ...]
    cost: float
    stop: Stop | None
    stuck: tuple[int, ...]
    expected: float
    expected_low: float
    expected_high: float
    spread: float


def default_batch(planned: float) -> int:
    """Samples of one round: a sixteenth of what is planned in all, at least 25."""
    return max(LEAST_BATCH, round(planned / ROUNDS))


def allocate(
    groups: Sequence[GroupError],
    batch: int,
    *,
    caps: ArrayLike | None = None,
    prices: ArrayLike | None = None,
    budget: float | None = None,
    slope: Slope | None = None,
    soft: ArrayLike | None = None,
) -> Allocation:
    """Shares one round's samples out among the groups.

    Groups that have met the goal keep their share (cutting them gained nothing); stuck ones get none until a
    person has looked. Prices do not move the shares, since every group must reach the goal; they say how many
    samples the budget is good for.

    Args:
        groups: what is known of each, from ``group_errors``.
        batch: samples to collect in this round; none are where no group has an error to lower.
        caps: the most that each group's sources can still give; None for no limit.
        prices: price of one sample of each group, in one currency.
        budget: money left, in the same currency; None for no limit.
        slope: of the learning curve, for the forecast.
        soft: soft errors of the groups, to share by their sixth power instead (``soft6``).

    Returns:
        The samples by group with the forecast, or why there is nothing to collect.
    """
    count = len(groups)
    most = np.full(count, np.iinfo(np.int32).max) if caps is None else np.asarray(caps, dtype=np.int64)
    price = np.zeros(count) if prices is None else np.asarray(prices, dtype=np.float64)
    unmet = [g for g, one in enumerate(groups) if one.state in ("too_few", "collect")]
    stuck = tuple(g for g, one in enumerate(groups) if one.state == "stuck")
    open_ = np.array([one.state != "stuck" for one in groups], dtype=bool)
    room = np.where(open_, np.maximum(most, 0), 0)
    have = np.array([one.n for one in groups], dtype=np.int64)
    errors = np.array([one.shrunk for one in groups], dtype=np.float64)
    weights = errors**POWER if soft is None else np.asarray(soft, dtype=np.float64) ** SOFT_POWER
    stop: Stop | None = None
    given = np.zeros(count, dtype=np.int64)
    if not unmet:
        stop = "stuck" if stuck else "goal_met"
    elif not room[unmet].any():
        stop = "dry"
    elif batch <= 0:
        stop = "no_errors"
    else:
        given = _affordable(have, weights, batch, room, price, budget)
        stop = None if given.any() else "budget_spent"
    tested = [one.tested for one in groups]
    middle, low, high = expected_errors(have, given, errors, tested, slope or Slope())
    worst = int(middle.argmax()) if count else -1
    mean = errors.mean() if count else 0.0
    return Allocation(
        samples=tuple(given.tolist()),
        contributors=tuple(_people(one, int(x)) for one, x in zip(groups, given, strict=True)),
        cost=float((given * price).sum()),
        stop=stop,
        stuck=stuck,
        expected=float(middle[worst]) if count else 0.0,
        expected_low=float(low.max()) if count else 0.0,
        expected_high=float(high.max()) if count else 0.0,
        spread=float(errors.max() / mean) if mean > 0 else 1.0,
    )


def share(have: Counts, weights: NDArray[np.float64], batch: int, room: Counts) -> Counts:
    """The rule itself: fill the smallest groups to 20, then share the rest by weight, within the room."""
    given = water_filling(np.where(room > 0, have, np.iinfo(np.int32).max), batch, FILL, room)
    return given + largest_remainder(np.where(room > 0, weights, 0.0), batch - int(given.sum()), room - given)


def how_much_it_pays(spread: float) -> str:
    """What choosing groups gains over equal shares, in the words that replay supports.

    Args:
        spread: error of the worst group over the mean of all.
    """
    if spread < EQUAL_BELOW:
        return "the groups differ little: equal shares are as good"
    if spread <= MUCH_ABOVE:
        return "the groups differ: this takes 10 to 15 % fewer samples than equal shares"
    return "the groups differ much: this takes 15 to 36 % fewer samples than equal shares"


def why_stuck(group: GroupError) -> str:
    """Why more samples are not likely to help a group, and what to look at instead."""
    return (
        f"its error of {group.error:.0%} is so far from the goal that eight times its {group.n} samples "
        "would hardly reach it; look at its labels, at how it was recorded or measured, and at whether the "
        "features or the model can tell these samples apart"
    )


def _affordable(
    have: Counts,
    weights: NDArray[np.float64],
    batch: int,
    room: Counts,
    price: NDArray[np.float64],
    budget: float | None,
) -> Counts:
    """The largest round within the batch that the money is good for."""
    given = share(have, weights, batch, room)
    if budget is None or (given * price).sum() <= budget:
        return given
    low, high = 0, batch
    while low < high:
        middle = (low + high + 1) // 2
        if (share(have, weights, middle, room) * price).sum() <= budget:
            low = middle
        else:
            high = middle - 1
    return share(have, weights, low, room)


def _people(group: GroupError, samples: int) -> int:
    """New people to ask: those that five need, else as many as keep the group's samples a person."""
    if samples == 0:
        return 0
    lacking = max(0, LEAST_CONTRIBUTORS - group.contributors)
    each = max(1.0, group.n / max(1, group.contributors))
    return min(samples, max(lacking, round(samples / each), 1))
