"""From courses to figures: samples until the goal, of equal shares and of proportional ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from replay import Course

MARKS = (0.45, 0.8)
"""The goals: what equal shares reach, on the mean over seeds, after these parts of the rounds."""


def worst_curve(courses: list[Course]) -> NDArray:
    """Worst-group test error by round, mean over seeds, never rising."""
    return np.minimum.accumulate(np.mean([one.worst for one in courses], axis=0))


def goals(equal: list[Course]) -> list[float]:
    """The errors to reach."""
    curve = worst_curve(equal)
    return [float(np.interp(mark * (len(curve) - 1), np.arange(len(curve)), curve)) for mark in MARKS]


def samples_to(goal: float, courses: list[Course]) -> float:
    """Samples until the mean curve is at the goal, between rounds by straight line; all where it never is."""
    curve, samples = worst_curve(courses), np.mean([one.samples for one in courses], axis=0)
    there = np.flatnonzero(curve <= goal)
    if not len(there):
        return float(samples[-1])
    at = int(there[0])
    if at == 0:
        return float(samples[0])
    part = (curve[at - 1] - goal) / (curve[at - 1] - curve[at])
    return float(samples[at - 1] + part * (samples[at] - samples[at - 1]))


def reached(goal: float, courses: list[Course]) -> float:
    """Share of the runs whose mean of three rounds came to the goal."""
    return float(
        np.mean([(np.convolve(one.worst, np.ones(3) / 3, "valid") <= goal).any() for one in courses])
    )


def ratio(rule: list[Course], against: list[Course], equal: list[Course]) -> float:
    """Samples to the goal, of those of another rule: geometric mean over the goals."""
    logs = [np.log(samples_to(goal, rule) / samples_to(goal, against)) for goal in goals(equal)]
    return float(np.exp(np.mean(logs)))


def pays(equal: list[Course]) -> float:
    """How unlike the groups are: worst over mean test error under equal shares, second half of the rounds."""
    half = np.mean([one.errors for one in equal], axis=0)[len(equal[0].samples) // 2 :]
    return float((half.max(axis=1) / half.mean(axis=1)).mean())


def foretold(courses: list[Course]) -> tuple[float, float]:
    """How often the rough interval held the worst group's error, and the median of forecast over actual."""
    seen = np.concatenate([np.column_stack([one.forecast, one.worst[1:]]) for one in courses])
    held = (seen[:, 1] <= seen[:, 3]) & (seen[:, 3] <= seen[:, 2])
    return float(held.mean()), float(np.median(seen[:, 0] / np.maximum(seen[:, 3], 1e-3)))
