"""Allocation: the rule by hand, its states and stop reasons, and what holds for any input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.statistics.allocation import allocate, default_batch, how_much_it_pays, why_stuck
from ingather.statistics.divisions import allocate_divisions
from ingather.statistics.forecast import Slope, Step, chance_within, expected_errors, need, pooled_slope
from ingather.statistics.group_errors import (
    GroupError,
    group_errors,
    losses_from_errors,
    soft_errors,
    soft_losses,
)
from ingather.statistics.sharing import largest_remainder, water_filling


def group(n: int, error: float, state: str = "collect", contributors: int = 10) -> GroupError:
    return GroupError(n, contributors, error, error, error / 2, min(1.0, error * 2), state)  # type: ignore[arg-type]


def test_fill_to_twenty_then_by_the_square_of_the_error() -> None:
    groups = [group(10, 0.3), group(100, 0.2), group(100, 0.1)]
    # 10 fill the first; 40 are shared 9 : 4 : 1.
    assert allocate(groups, 50).samples == (10 + 26, 11, 3)


def test_caps_overflow_is_shared_again() -> None:
    groups = [group(100, 0.3), group(100, 0.2), group(100, 0.1)]
    assert allocate(groups, 50, caps=[10, 100, 100]).samples == (10, 32, 8)
    assert allocate(groups, 50, caps=[10, 5, 3]).samples == (10, 5, 3)


def test_met_groups_keep_their_share_and_stuck_ones_wait_for_a_person() -> None:
    found = allocate([group(100, 0.2), group(100, 0.2, "met"), group(100, 0.5, "stuck")], 40)
    assert found.samples == (20, 20, 0)
    assert found.stuck == (2,)
    assert found.stop is None


def test_why_nothing_is_collected() -> None:
    assert allocate([group(100, 0.1, "met")], 40).stop == "goal_met"
    assert allocate([group(100, 0.1, "met"), group(99, 0.6, "stuck")], 40).stop == "stuck"
    assert allocate([group(100, 0.3), group(99, 0.1, "met")], 40, caps=[0, 50]).stop == "dry"
    assert allocate([group(100, 0.3)], 40, prices=[2.0], budget=1.5).stop == "budget_spent"
    assert allocate([], 40).stop == "goal_met"


def test_money_buys_what_it_can() -> None:
    groups = [group(100, 0.2), group(100, 0.2)]
    found = allocate(groups, 100, prices=[1.0, 3.0], budget=80)
    assert found.samples == (20, 20)
    assert found.cost == 80
    assert allocate(groups, 10, prices=[1.0, 3.0], budget=80).cost == 20


def test_contributors_first_where_they_are_under_five() -> None:
    found = allocate([group(5, 0.4, "too_few", contributors=1), group(100, 0.1, contributors=20)], 30)
    assert found.contributors[0] >= 4
    assert found.contributors[1] == max(1, round(found.samples[1] / 5))


def test_states() -> None:
    rng = np.random.default_rng(0)
    sizes, errors = [200, 200, 200, 10], [0.02, 0.2, 0.95, 0.2]
    codes = np.repeat(np.arange(4), sizes)
    losses = (rng.random(len(codes)) < np.repeat(errors, sizes)).astype(float)
    found = group_errors(losses, codes, None, 5, goal=0.1)
    assert [one.state for one in found] == ["met", "collect", "stuck", "too_few", "too_few"]
    assert found[4].shrunk == pytest.approx(losses.mean())
    assert found[1].shrunk == pytest.approx((losses[codes == 1].sum() + 4 * losses.mean()) / 204)
    assert "eight times its 200 samples" in why_stuck(found[2])
    # The same samples by three people each are too few people to judge by.
    few = group_errors(losses, codes, np.arange(len(codes)) % 3, 4, goal=0.1)
    assert {one.state for one in few} == {"too_few"}
    assert group_errors(losses, codes, None, 4)[2].state == "collect"
    assert all(one.need is None for one in group_errors(losses, codes, None, 4))


def test_slope_prior_and_what_moves_it() -> None:
    assert pooled_slope([]) == Slope(0.5, 0.2)
    # Error halves as the samples quadruple: alpha = .5 whatever the weight.
    assert pooled_slope([Step(100, 400, 0.2, 0.1, 500)]).mean == pytest.approx(0.5)
    flat = [Step(100, 200, 0.3, 0.3, 2000)] * 20
    assert pooled_slope(flat).mean < 0.1
    assert pooled_slope(flat).spread < 0.05
    assert pooled_slope([Step(100, 200, 0.3, 0.3, 5)]).mean == pytest.approx(0.5, abs=0.02)
    assert pooled_slope([Step(100, 200, 0.0, 0.0, 50), Step(0, 9, 1, 1, 9), Step(9, 9, 1, 1, 9)]).mean > 0


def test_need_and_chance() -> None:
    assert need([100, 100], [0.2, 0.05], 0.1, Slope()).tolist() == [400, 100]
    assert np.isinf(need([100], [0.2], 0.0, Slope()))[0]
    # Eight times the samples bring an error down by 8^.5 = 2.83: even odds there.
    chance = chance_within([0.1 * 8**0.5, 0.1, 0.9], [500, 500, 500], 0.1, Slope(), 8)
    assert chance[0] == pytest.approx(0.5)
    assert chance[1] > 0.95
    assert chance[2] < 0.1


def test_expected_errors_turn_the_needs_spread_round() -> None:
    middle, low, high = expected_errors([100], [300], [0.2], [1e9], Slope())
    assert middle[0] == pytest.approx(0.1)
    assert low[0] == pytest.approx(0.1 / 1.9**0.5)
    assert high[0] == pytest.approx(0.1 * 1.9**0.5)
    # Measured on 96 + 4 samples: sd of log e is sqrt(.8 / .2 / 100) = .2.
    _, low, high = expected_errors([100], [300], [0.2], [96], Slope())
    assert np.log(high[0] / low[0]) / 2 == pytest.approx(np.hypot(1.2816 * 0.2, 0.5 * np.log(1.9)))
    assert expected_errors([0], [5], [0.3], [0], Slope())[0][0] == pytest.approx(0.3)


def test_words_and_batch() -> None:
    assert "equal shares are as good" in how_much_it_pays(1.1)
    assert "10 to 15 %" in how_much_it_pays(1.4)
    assert "15 to 36 %" in how_much_it_pays(1.7)
    assert (default_batch(1600), default_batch(100)) == (100, 25)


def test_soft_losses_tell_near_misses_from_far_ones() -> None:
    losses = soft_losses([4.0, 0.0, -4.0])
    assert losses[1] == 0.5
    assert losses[0] < 0.01 < 0.99 < losses[2]
    assert soft_errors([1, 1, 0, 0], [0, 0, 1, -1], 2) == pytest.approx([(2 + 6) / 14, 6 / 13])


def test_losses_of_a_regression() -> None:
    losses, scale = losses_from_errors([1.0, -2.0, 8.0], 4.0)
    assert (losses.tolist(), scale) == ([0.25, 0.5, 1.0], 4.0)
    assert losses_from_errors([0.0, 0.0])[1] == 1.0


def test_an_option_by_soft_errors() -> None:
    groups = [group(100, 0.2), group(100, 0.2)]
    assert allocate(groups, 65, soft=[0.2, 0.1]).samples == (64, 1)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.floats(0, 1), st.integers(0, 80)), min_size=1, max_size=8),
    st.integers(0, 300),
)
def test_whatever_is_given_sums_and_caps_hold(rows: list[tuple[int, float, int]], total: int) -> None:
    counts, weights, caps = (np.array(column) for column in zip(*rows, strict=True))
    filled = water_filling(counts, total, 20, caps)
    assert (filled >= 0).all()
    assert (filled <= caps).all()
    lacking = np.minimum(np.maximum(20 - counts, 0), caps).sum()
    assert filled.sum() == min(total, lacking)
    shared = largest_remainder(weights, total, caps)
    assert (shared <= caps).all()
    able = caps[weights > 0].sum() if (weights[caps > 0] > 0).any() else caps.sum()
    assert shared.sum() == min(total, able)
    groups = [group(int(n), float(e)) for n, e in zip(counts, weights, strict=True)]
    assert sum(allocate(groups, total, caps=caps).samples) <= min(total, caps.sum())


def test_overlapping_quotas_share_the_batch_by_their_worst_error() -> None:
    accents = [group(100, 0.3), group(100, 0.1)]
    ages = [group(100, 0.1), group(100, 0.1, "met")]
    met = [group(100, 0.05, "met")]
    by_accent, by_age, by_sex = allocate_divisions([accents, ages, met], 100)
    assert sum(by_accent.samples) == 90
    assert by_age.samples == (5, 5)
    assert by_sex.stop == "goal_met"
