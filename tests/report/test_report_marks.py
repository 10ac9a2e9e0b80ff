"""Marks and scales: places that follow from the numbers."""

from __future__ import annotations

import pytest

from ingather.report.marks import interval, quota
from ingather.report.scale import Scale, scale_over
from ingather.report.wording import time_of


def test_a_scale_has_round_ends_that_hold_everything() -> None:
    scale = scale_over([0.731, 0.84, 0.91, 0.8], least=0.0, most=1.0)
    assert (scale.low, scale.high) == pytest.approx((0.7, 1.0))
    assert scale.ticks == pytest.approx((0.7, 0.8, 0.9, 1.0))


def test_a_scale_of_one_value_or_none_still_has_a_length() -> None:
    assert scale_over([5.0, 5.0]).at(5.0) not in (0.0, 100.0)
    assert scale_over([None]).high > scale_over([None]).low


def test_a_bar_that_is_not_full_has_a_gap_and_its_post_at_the_end() -> None:
    mark = str(quota(50, 200))
    assert 'width="25%"' in mark
    assert "s-gap" in mark
    assert 's-post" x1="100%"' in mark


def test_a_bar_that_is_more_than_full_has_its_post_inside() -> None:
    mark = str(quota(400, 100))
    assert 'width="100%"' in mark
    assert "s-gap" not in mark
    assert 's-post" x1="25%"' in mark


def test_nothing_kept_is_a_gap_alone() -> None:
    mark = str(quota(0, 300))
    assert "s-done" not in mark
    assert "s-gap" in mark


def test_what_lies_outside_the_axis_lies_at_its_end() -> None:
    mark = str(interval(Scale(0.5, 1.0, (0.5, 1.0)), 0.0, 0.75, 1.0, goal=0.6, kind="thin"))
    assert 'i-span" x1="0%" x2="100%"' in mark
    assert 'cx="50%"' in mark
    assert 's-post" x1="20%"' in mark


@pytest.mark.parametrize(
    ("hours", "told"),
    [(0, "0"), (1e-5, "under 1 s"), (6 / 3600, "6 s"), (0.1, "6 min"), (0.05396, "3 min 14 s"),
     (1.5, "1.5 h"),
     (0.99999, "60 min"), (12345.6, "12,346 h")],
)  # fmt: skip
def test_times_are_told_with_their_units(hours: float, told: str) -> None:
    assert time_of(hours).replace("\u00a0", " ") == told
