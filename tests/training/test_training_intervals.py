"""Intervals of every kind of metric: equal to the shares' own, near the bootstrap's, and covering."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest

from ingather.statistics.intervals import share_interval
from ingather.training.metrics.estimate import NOTHING
from ingather.training.metrics.facts import ClassFacts, EditFacts, NumberFacts
from ingather.training.metrics.interval import interval
from ingather.training.metrics.table import metric_of

TASK = {"type": "classification"}


def panel(rng: np.random.Generator, people: int, each: int) -> tuple[ClassFacts, np.ndarray]:
    """Answers of people who differ in how well they are understood."""
    skill = rng.beta(8, 2, people)
    who = np.repeat(np.arange(people), each)
    truth = rng.integers(0, 3, people * each)
    right = rng.random(len(truth)) < skill[who]
    answer = np.where(right, truth, (truth + rng.integers(1, 3, len(truth))) % 3)
    return ClassFacts(truth, answer, ("a", "b", "c")), who


def drawn_again(statistic, who: np.ndarray, draws: int = 2000) -> tuple[float, float]:
    """Ends of the middle nine tenths of a metric when whole people are drawn again."""
    rng = np.random.default_rng(0)
    people = int(who.max()) + 1
    times = rng.multinomial(people, np.full(people, 1 / people), size=draws)
    low, high = np.quantile(statistic(times[:, who].astype(float)), [0.05, 0.95])
    return float(low), float(high)


def test_a_share_has_the_interval_of_shares() -> None:
    facts, who = panel(np.random.default_rng(0), 12, 15)
    metric = metric_of(TASK, "accuracy")
    ours = interval(metric, metric.estimate(facts), who)
    assert astuple(ours) == pytest.approx(astuple(share_interval(facts.truth == facts.answer, who)))


def test_f1_is_near_the_bootstrap_by_contributor() -> None:
    facts, who = panel(np.random.default_rng(1), 40, 15)
    metric = metric_of(TASK, "f1_macro")

    def weighted(weights: np.ndarray) -> np.ndarray:
        f1 = []
        for code in range(3):
            both = weights @ ((facts.truth == code) & (facts.answer == code))
            either = weights @ ((facts.truth == code).astype(float) + (facts.answer == code))
            f1.append(2 * both / either)
        return np.mean(f1, axis=0)

    ours = interval(metric, metric.estimate(facts), who)
    assert ours.value == pytest.approx(weighted(np.ones((1, len(who))))[0])
    assert (ours.low, ours.high) == pytest.approx(drawn_again(weighted, who), abs=0.015)


@pytest.mark.parametrize(("people", "least"), [(5, 0.82), (20, 0.84)])
@pytest.mark.parametrize("name", ["accuracy", "f1_macro"])
def test_nine_in_ten_hold_the_truth(people: int, least: float, name: str) -> None:
    metric = metric_of(TASK, name)
    truth = metric.estimate(panel(np.random.default_rng(99), 40_000, 15)[0]).value
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(300):
        facts, who = panel(rng, people, 15)
        found = interval(metric, metric.estimate(facts), who)
        held += found.low <= truth <= found.high
    assert least <= held / 300 <= 0.99


def test_errors_above_nought_never_reach_below_it() -> None:
    metric = metric_of({"type": "regression"}, "mae")
    facts = NumberFacts(np.zeros(30), np.abs(np.random.default_rng(3).normal(0, 5, 30)))
    found = interval(metric, metric.estimate(facts), np.arange(30) % 6)
    assert 0 < found.low < found.value < found.high < math.inf
    assert found.contributors == 6


def test_word_errors_count_people_not_words() -> None:
    metric = metric_of({"type": "transcription"}, "wer")
    words = np.full(60, 10.0)
    edits = np.repeat([0.0, 1.0, 5.0, 0.0, 1.0, 5.0], 10)
    facts = EditFacts(edits, words, edits, words)
    together = interval(metric, metric.estimate(facts), np.repeat(np.arange(6), 10))
    apart = interval(metric, metric.estimate(facts), np.full(60, -1))
    assert together.value == apart.value == pytest.approx(0.2)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_one_person_or_nothing_tells_nothing() -> None:
    metric = metric_of(TASK, "accuracy")
    facts, _ = panel(np.random.default_rng(0), 1, 30)
    alone = interval(metric, metric.estimate(facts), np.zeros(30, np.int64))
    assert (alone.low, alone.high, alone.judged) == (0, 1, False)
    nothing = interval(metric, NOTHING, np.empty(0, np.int64))
    assert math.isnan(nothing.value)
    assert nothing.n == 0
