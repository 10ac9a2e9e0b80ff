"""What is known of each group's error: shrunk, with its interval, and what follows for collecting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingather.statistics.forecast import Slope, chance_within, need
from ingather.statistics.intervals import design_effects, judged, t_quantile, wilson

State: TypeAlias = Literal["too_few", "met", "stuck", "collect"]

SHRINK = 4
"""Samples with the mean error that every group is thought to have beside its own."""
SOFT_SHRINK = 12
REACH = 8
"""A group is stuck where this many times its samples are not likely to be enough."""
STUCK_CHANCE = 0.1
STUCK_LEAST = 60


@dataclass(frozen=True, slots=True)
class GroupError:
    """A group's error, out of fold.

    Attributes:
        n: samples.
        contributors: people behind them.
        error: mean loss as measured, NaN where there is no sample.
        shrunk: the same, drawn towards the mean of all: what allocation goes by.
        low: lower end of the interval of the error.
        high: upper end.
        state: too_few to judge, met, stuck, or collect.
        need: samples in all that the goal is forecast to take, rough by 1.9 either way; None without a goal.
        chance: probability that eight times the samples are enough; None without a goal.
        tested: samples that the error was measured on, over the design effect of contributors.
    """

    n: int
    contributors: int
    error: float
    shrunk: float
    low: float
    high: float
    state: State
    need: float | None = None
    chance: float | None = None
    tested: float = 0.0


def group_errors(
    losses: ArrayLike,
    groups: ArrayLike,
    contributors: ArrayLike | None,
    n_groups: int,
    goal: float | None = None,
    slope: Slope | None = None,
) -> list[GroupError]:
    """Every group's error and state.

    Args:
        losses: n out-of-fold losses in 0..1: 1 for wrong, 0 for right, or an error over its scale.
        groups: n codes in 0..n_groups-1, negative where unknown.
        contributors: n codes, negative where unknown; None where none is known.
        n_groups: number of groups, those without samples too.
        goal: the error to reach, 0..1; None where the plan names none.
        slope: of the learning curve.
    """
    learning = slope or Slope()
    p, n, k, deff = design_effects(losses, groups, contributors, n_groups)
    sums = np.where(n > 0, p * n, 0.0)
    mean = sums.sum() / max(1, n.sum()) if n.sum() else 0.5
    shrunk = (sums + SHRINK * mean) / (n + SHRINK)
    low, high = wilson(p, n / deff, t_quantile(k - 1))
    needs = chances = None
    if goal is not None:
        needs = need(n, shrunk, goal, learning)
        chances = chance_within(shrunk, n / deff, goal, learning, REACH)
    out = []
    for g in range(n_groups):
        state: State = "collect"
        if not judged(int(n[g]), int(k[g])):
            state = "too_few"
        elif goal is not None and high[g] <= goal:
            state = "met"
        elif chances is not None and chances[g] < STUCK_CHANCE and n[g] >= STUCK_LEAST:
            state = "stuck"
        out.append(
            GroupError(
                int(n[g]), int(k[g]), float(p[g]), float(shrunk[g]), float(low[g]), float(high[g]), state,
                None if needs is None else float(needs[g]),
                None if chances is None else float(chances[g]),
                float(n[g] / deff[g]),
            )
        )  # fmt: skip
    return out


def soft_losses(margins: ArrayLike, softness: float = 0.25) -> NDArray[np.float64]:
    """Losses in 0..1 that tell a near miss from a far one: 1 / (1 + exp(margin / T)).

    Args:
        margins: n out-of-fold scores of the true class less the best other; T is ``softness`` times their
            mean absolute value.
        softness: T in units of the model's own scale.
    """
    values = np.asarray(margins, dtype=np.float64)
    scale = float(np.abs(values).mean()) if len(values) else 1.0
    return np.asarray(1 / (1 + np.exp(np.clip(values / max(scale * softness, 1e-12), -500, 500))))


def soft_errors(losses: ArrayLike, groups: ArrayLike, n_groups: int) -> NDArray[np.float64]:
    """Mean soft loss of every group, shrunk by twelve samples of the mean of all; for ``soft6``."""
    values, codes = np.asarray(losses, dtype=np.float64), np.asarray(groups, dtype=np.int64)
    known = codes >= 0
    sums = np.bincount(codes[known], values[known], minlength=n_groups)
    n = np.bincount(codes[known], minlength=n_groups)
    mean = float(values.mean()) if len(values) else 0.5
    return np.asarray((sums + SOFT_SHRINK * mean) / (n + SOFT_SHRINK))


def losses_from_errors(errors: ArrayLike, scale: float | None = None) -> tuple[NDArray[np.float64], float]:
    """Absolute errors of a regression (or per-sample rates such as WER) as losses in 0..1.

    Args:
        errors: n values of at least 0, in the target's unit.
        scale: what counts as wholly wrong; by default the 99th percentile, so that one outlier rules nothing.

    Returns:
        Losses, and the scale: a goal in the target's unit is divided by it.
    """
    values = np.abs(np.asarray(errors, dtype=np.float64))
    whole = scale or (float(np.quantile(values, 0.99)) if len(values) else 1.0) or 1.0
    return np.minimum(values / whole, 1.0), whole
