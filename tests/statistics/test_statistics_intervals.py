"""Intervals against numbers worked out by hand, published ones, and their own coverage by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from ingather.statistics.intervals import (
    Interval,
    own_contributors,
    share_interval,
    share_intervals,
    t_quantile,
    tied_worst,
    why_not_judged,
    wilson,
)
from ingather.statistics.rejections import rejections


def test_wilson_gives_newcombes_published_examples() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3, 95 %.
    low, high = wilson([81 / 263, 15 / 148, 0 / 20, 1 / 29], [263, 148, 20, 29], 1.959964)
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


def test_t_quantile_is_the_tables() -> None:
    assert t_quantile([4, 9, 19]) == pytest.approx([2.132, 1.833, 1.729], abs=5e-4)
    assert np.isinf(t_quantile(0))


def test_design_effect_by_hand() -> None:
    # Two people of 10: one always right, one always wrong. p = .5, v = 2 * (25 + 25) / 400 = .25,
    # deff = .25 / (.25 / 20) = 20, so 20 samples say as much as 1.
    one = share_interval([1] * 10 + [0] * 10, [0] * 10 + [1] * 10)
    assert one.effective == pytest.approx(1.0)
    assert (one.value, one.n, one.contributors) == (0.5, 20, 2)
    low, high = wilson(0.5, 1.0, t_quantile(1))
    assert (one.low, one.high) == (pytest.approx(float(low)), pytest.approx(float(high)))


def test_alike_people_cost_nothing() -> None:
    assert share_interval([1, 0] * 20, np.repeat(np.arange(10), 4)).effective == 40


def test_unknown_contributors_count_as_one_each() -> None:
    assert own_contributors([3, -1, 3, -1]).tolist() == [0, 1, 0, 2]
    assert share_interval([1, 0, 1, 1], [-1, -1, -1, -1]).contributors == 4


def test_groups_are_told_apart_and_the_empty_one_is_unknown() -> None:
    first, empty, last = share_intervals([1, 1, 0, 0, 1], [0, 0, 2, 2, -1], [0, 1, 0, 1, 2], 3)
    assert (first.value, last.value) == (1.0, 0.0)
    assert np.isnan(empty.value)
    assert (empty.low, empty.high, empty.n) == (0.0, 1.0, 0)
    assert not empty.judged


def test_too_small_is_said_in_words() -> None:
    assert why_not_judged(20, 5) is None
    assert why_not_judged(19, 4) == (
        "too small to judge: 19 of at least 20 samples and 4 of at least 5 contributors"
    )


def test_coverage_with_twelve_unlike_people() -> None:
    rng = np.random.default_rng(7)
    people = np.repeat(np.arange(12), 15)
    hits = plain = 0
    for _ in range(400):
        skill = rng.beta(6, 2, 12)
        one = share_interval(rng.random(180) < skill[people], people)
        hits += one.low <= 0.75 <= one.high
        low, high = wilson(one.value, 180, 1.645)
        plain += low <= 0.75 <= high
    assert 0.84 <= hits / 400 <= 0.97
    assert plain / 400 < 0.75


def test_worst_is_a_tie_where_intervals_overlap() -> None:
    def at(value: float, half: float, n: int = 50) -> Interval:
        return Interval(value, value - half, value + half, n, 10, 50.0)

    groups = [at(0.9, 0.02), at(0.8, 0.05), at(0.78, 0.05), at(0.1, 0.05, n=10)]
    assert tied_worst(groups) == (2, [2, 1])
    assert tied_worst(groups, lower_is_better=True) == (0, [0])
    assert tied_worst(groups[3:]) == (None, [])


def test_rejections_ask_for_ratio_and_parted_intervals() -> None:
    fair, harmed = rejections([80, 28], [1000, 100])
    assert harmed.unfair
    assert harmed.ratio == pytest.approx(3.5)
    assert harmed.ratio_low < 3.5 < harmed.ratio_high
    assert not fair.unfair
    small = rejections([8, 3], [100, 10])[1]
    assert small.ratio == pytest.approx(3.75)
    assert not small.unfair
    assert rejections([0, 9], [100, 60])[1].unfair
    assert not rejections([0, 0], [0, 5])[0].unfair
    with pytest.raises(ValueError, match="between 0 and total"):
        rejections([3], [2])
