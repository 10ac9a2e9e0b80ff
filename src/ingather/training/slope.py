"""The slope of learning that the curve of the last training shows, pooled over groups."""

from __future__ import annotations

from typing import Any

from ingather.statistics.forecast import Slope, Step, pooled_slope


def slope_of(curve: list[dict[str, Any]], lower_is_better: bool, scale: float, best: float = 1.0) -> Slope:
    """The pooled slope from the points at half and at all of the data; the prior where there are none.

    Args:
        curve: points as training keeps them.
        lower_is_better: whether their figures are errors themselves.
        scale: error that counts as wholly wrong, for such figures.
        best: the greatest value of figures that are no errors.
    """
    by_share = {round(point["share"], 3): point for point in curve}
    half, whole = by_share.get(0.5), by_share.get(1.0)
    if half is None or whole is None:
        return pooled_slope([])
    steps = []
    groups = {str(sorted(one["by"].items(), key=str)): one for one in half["groups"]}
    for one in whole["groups"]:
        before = groups.get(str(sorted(one["by"].items(), key=str)))
        if before is None or not one.get("judged") or before["value"] is None or one["value"] is None:
            continue
        errors = [
            min(1.0, figure["value"] / scale) if lower_is_better else 1 - figure["value"] / best
            for figure in (before, one)
        ]
        share = one["n"] / 2
        steps.append(Step(share, one["n"], errors[0], errors[1], float(one["n"])))
    return pooled_slope(steps)
