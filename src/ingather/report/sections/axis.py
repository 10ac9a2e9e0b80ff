"""The last row of a table of intervals: the numbers of its axis."""

from __future__ import annotations

from ingather.report.marks import ticks
from ingather.report.markup import Markup, h
from ingather.report.scale import Scale
from ingather.report.wording import SPACE, is_share


def axis_labels(scale: Scale, metric: str) -> list[str]:
    """One for each tick, in per cent where the metric is a share (``share`` itself is one)."""
    step = scale.ticks[1] - scale.ticks[0] if len(scale.ticks) > 1 else 1.0
    if metric == "share" or is_share(metric):
        places = 0 if step >= 0.01 - 1e-9 and abs(100 * step - round(100 * step)) < 1e-9 else 1
        return [f"{100 * tick:.{places}f}{SPACE}%" for tick in scale.ticks]
    return [f"{tick:,.4g}" for tick in scale.ticks]


def axis_row(scale: Scale, metric: str) -> Markup:
    """The row, silent to those who do not see it: every row above tells its numbers."""
    return h(
        '<tr class="axis-row" aria-hidden="true"><td></td><td class="b">{}</td><td></td><td></td></tr>',
        ticks(scale, axis_labels(scale, metric)),
    )
