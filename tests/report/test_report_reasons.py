"""Reasons that differ in numbers alone are told once; ticks, licences and names are written whole."""

from __future__ import annotations

from collections import Counter

from ingather.report.marks import ticks
from ingather.report.reasons import merged
from ingather.report.scale import scale_over
from ingather.report.wording import metric_name, sentence_start, unbroken


def test_reasons_that_differ_in_their_measure_are_one() -> None:
    blurred = "The picture is blurred ({}, at most 0.7): hold still."
    told = Counter(
        {
            ("blur", blurred.format("0.7171")): 2,
            ("blur", blurred.format("0.7435")): 1,
            ("size", "The picture is 8 wide."): 1,
            ("size", "The picture is 8 high."): 1,
        }
    )
    assert merged(told) == {
        ("blur", blurred.format("…")): 3,
        ("size", "The picture is 8 wide."): 1,
        ("size", "The picture is 8 high."): 1,
    }
    assert merged(Counter()) == {}


def test_of_crowded_ticks_the_upper_end_or_nought_is_shown() -> None:
    def shown(low: float, high: float) -> list[str]:
        scale = scale_over([low, high])
        told = ticks(scale, [f"{tick:g}" for tick in scale.ticks])
        return [tick for tick in (f"{tick:g}" for tick in scale.ticks) if f">{tick}<" in told]

    assert shown(0.25, 1.0) == ["0.5", "1"]
    assert shown(0.0, 0.3) == ["0", "0.2"]


def test_names_keep_their_capitals_and_hyphens() -> None:
    assert sentence_start(metric_name("ndcg_at_k")) == "nDCG at k"
    assert sentence_start(metric_name("balanced_accuracy")) == "Balanced accuracy"
    assert unbroken("left out: CC-BY-ND-2.0 <b>") == (
        'left out: <span class="iv">CC-BY-ND-2.0</span> &lt;b&gt;'
    )
