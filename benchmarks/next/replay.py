"""One replay: a set is collected in rounds by a rule that sees out-of-fold errors, and judged on a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from learner import Ridge, margins, wrong
from numpy.typing import NDArray
from sets import Pool

from ingather.statistics.forecast import Slope, expected_errors
from ingather.statistics.group_errors import GroupError, group_errors

ROUNDS = 16
TEST = 0.4
FOLDS = 5
PENALTY = 0.1


@dataclass
class View:
    """What a rule may look at after a round.

    Attributes:
        losses: out-of-fold losses of what was collected.
        margins: likewise.
        group: of what was collected.
        people: likewise.
        errors: of the groups, as ``group_errors`` tells them.
        batch: samples of this round.
        price: of one sample of each group, 1 where nothing is said of prices.
        room: what each group's pool still holds.
        shares: of the groups in the population.
        truth: test errors of the groups, which only the oracle reads.
        errors_at: errors by group of a machine fitted on a share of the data, for Slice Tuner.
    """

    losses: NDArray
    margins: NDArray
    group: NDArray
    people: NDArray
    errors: list[GroupError]
    batch: int
    price: NDArray
    room: NDArray
    shares: NDArray
    truth: NDArray
    errors_at: Callable[[float, int], tuple[NDArray, NDArray]]

    @property
    def have(self) -> NDArray:
        return np.bincount(self.group, minlength=len(self.room))


Rule = Callable[[View], NDArray]


@dataclass(frozen=True)
class Course:
    """What came of one replay.

    Attributes:
        samples: (rounds,) samples collected; with prices what they cost, in prices of a mean sample.
        errors: (rounds, groups) test errors.
        people: contributors in the end.
        forecast: (rounds - 1, 3) error of the worst group foretold for the next round, its low and high end.
    """

    samples: NDArray
    errors: NDArray
    people: int
    forecast: NDArray

    @property
    def worst(self) -> NDArray:
        return self.errors.max(axis=1)


def replay(
    pool: Pool, rule: Rule, seed: int, new_people: bool = False, dearest: float | None = None
) -> Course:
    """Collects ``pool.budget`` samples in 16 rounds after a first one in proportion to the population.

    With ``dearest`` the groups' prices lie between 1 and that, dealt out anew for each seed, and a round is
    what the money of a batch at the mean price is good for.
    """
    rng = np.random.default_rng(seed)
    in_test = _split(pool, rng)
    shares = pool.shares
    if shares is None:
        shares = rng.permutation(1 / np.arange(1, pool.groups + 1))
        shares = shares / shares.sum()
    test = np.flatnonzero(in_test)
    queue = [
        rng.permutation(np.flatnonzero(~in_test & (pool.group == g))).tolist() for g in range(pool.groups)
    ]
    fold_of = rng.permutation(int(pool.contributor.max()) + 1) % FOLDS
    crowd = np.array([len(np.unique(pool.contributor[q])) for q in map(np.array, queue)])
    batch = max(1, pool.budget // (ROUNDS + 2))
    price = (
        np.ones(pool.groups) if dearest is None else rng.permutation(np.geomspace(1, dearest, pool.groups))
    )
    price = price / price.mean()
    taken: list[int] = []
    _take(queue, np.round(shares * 2 * batch).astype(int).clip(2), taken, pool, new_people)
    classes = int(pool.label.max()) + 1
    sizes, errors, forecast = [], [], []
    for _ in range(ROUNDS):
        rows = np.array(taken)
        machine = Ridge(pool.kernel[np.ix_(rows, rows)], pool.label[rows], classes, PENALTY)
        failed = wrong(machine.answer(pool.kernel[np.ix_(test, rows)]), pool.label[test])
        sizes.append(price[pool.group[rows]].sum())
        errors.append(_means(failed, pool.group[test], pool.groups))
        group = pool.group[rows]
        fold = np.where(crowd[group] >= FOLDS, fold_of[pool.contributor[rows]], np.arange(len(rows)) % FOLDS)
        scores = machine.out_of_fold(fold)
        losses = wrong(scores, pool.label[rows])
        view = View(
            losses, margins(scores, pool.label[rows]), group, pool.contributor[rows],
            group_errors(losses, group, pool.contributor[rows], pool.groups),
            batch, price, np.array([len(q) for q in queue]), shares, errors[-1],
            lambda share, draw, rows=rows, fold=fold: _at(pool, rows, fold, share, seed * 97 + draw, classes),
        )  # fmt: skip
        given = np.minimum(rule(view) if dearest is None else _affordable(view, rule), view.room)
        shrunk = np.array([one.shrunk for one in view.errors])
        tested = [one.tested for one in view.errors]
        foretold = expected_errors(view.have, given, shrunk, tested, Slope())
        forecast.append([ends.max() for ends in foretold])
        _take(queue, given, taken, pool, new_people)
    people = len(np.unique(pool.contributor[taken]))
    return Course(np.array(sizes), np.array(errors), people, np.array(forecast[:-1]))


def _affordable(view: View, rule: Rule) -> NDArray:
    """The largest round of a rule that the money of one batch at the mean price pays."""
    low, high = 0, 4 * view.batch
    while low < high:
        middle = (low + high + 1) // 2
        given = np.minimum(rule(replace(view, batch=middle)), view.room)
        low, high = (middle, high) if (given * view.price).sum() <= view.batch else (low, middle - 1)
    return rule(replace(view, batch=low))


def _split(pool: Pool, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The test: two fifths of every group, whole contributors where the group has enough of them."""
    in_test = np.zeros(len(pool.group), dtype=bool)
    for g in range(pool.groups):
        rows = np.flatnonzero(pool.group == g)
        people = np.unique(pool.contributor[rows])
        if len(people) >= FOLDS:
            chosen = rng.permutation(people)[: max(1, int(TEST * len(people)))]
            in_test |= np.isin(pool.contributor, chosen)
        else:
            in_test[rng.permutation(rows)[: int(TEST * len(rows))]] = True
    return in_test


def _take(queue: list[list[int]], wanted: NDArray, taken: list[int], pool: Pool, new_people: bool) -> None:
    for g, many in enumerate(wanted):
        if new_people:
            for _ in range(int(many)):
                if queue[g]:
                    have = np.bincount(pool.contributor[taken], minlength=pool.contributor.max() + 1)
                    taken.append(queue[g].pop(int(have[pool.contributor[queue[g]]].argmin())))
        else:
            taken += queue[g][: int(many)]
            del queue[g][: int(many)]


def _at(
    pool: Pool, rows: NDArray, fold: NDArray, share: float, seed: int, classes: int
) -> tuple[NDArray, NDArray]:
    kept = np.random.default_rng(seed).permutation(len(rows))[: max(10, int(share * len(rows)))]
    some = rows[kept]
    machine = Ridge(pool.kernel[np.ix_(some, some)], pool.label[some], classes, PENALTY)
    losses = wrong(machine.out_of_fold(fold[kept]), pool.label[some])
    return np.bincount(pool.group[some], minlength=pool.groups), _means(losses, pool.group[some], pool.groups)


def _means(values: NDArray, group: NDArray, groups: int) -> NDArray:
    n = np.bincount(group, minlength=groups)
    return np.bincount(group, values, minlength=groups) / np.maximum(n, 1)
