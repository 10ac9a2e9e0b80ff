"""Figures that attributes ask for by name."""

from __future__ import annotations

import numpy as np
import pytest
from sensor_batches import batch_of, measured

from ingather.cleaning.sensor import channel_figures
from ingather.plan.model import Plan
from ingather.series import Stream


def test_attributes_name_their_figures() -> None:
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "drives",
            "objective": "Find hard braking.",
            "modality": "sensor",
            "task": {"type": "none"},
            "attributes": {
                "braking": {"from": "min_change_speed", "bins": {"hard": [-20, -3], "gentle": [-3, 20]}},
                "force": {"from": "channel-figures.max_abs_acceleration", "bins": {"low": [0, 5]}},
                "weather": {"values": ["sun", "rain"]},
                "duration": {"from": "seconds", "bins": {"short": [0, 10]}},
            },
            "sources": [{"name": "a", "kind": "files", "path": "x"}],
        }
    )
    assert channel_figures.defaults(plan) == {"figures": ("min_change_speed", "max_abs_acceleration")}


def test_figures_are_what_numpy_says(drive: dict[str, Stream]) -> None:
    speed = drive["CAN/speed"]
    names = ("min_speed", "max_speed", "mean_speed", "rms_speed", "range_speed", "last_speed", "max_nothing")
    told = measured(channel_figures, [speed], figures=names)
    values = speed.channels["speed"]
    assert [told[name][0] for name in names] == [
        pytest.approx(one) if one is not None else None
        for one in (
            values.min(),
            values.max(),
            values.mean(),
            np.sqrt((values**2).mean()),
            np.ptp(values),
            values[-1],
            None,
        )
    ]
    change = measured(channel_figures, [speed], figures=("min_change_speed",))["min_change_speed"][0]
    seconds = (speed.time - speed.time[0]) / 1e9
    grid = np.arange(0, 58.9, 0.01)
    slow = np.interp(grid + 1, seconds, values) - np.interp(grid, seconds, values)
    assert change == pytest.approx(slow.min(), abs=0.05)


def test_a_figure_is_a_column_of_its_own() -> None:
    config = channel_figures.Config(figures=("max_x",))
    assert set(channel_figures.measures_of(config)) == {"largest", "max_x"}
    assert set(channel_figures.measure(batch_of([]), config)) == {"largest", "max_x"}
