"""Learning curves: how the figure grows with what is learned from, overall and by group."""

from __future__ import annotations

from typing import Any

from ingather.report.curve_mark import Dot, Line, curve
from ingather.report.facts import Facts
from ingather.report.markup import Markup, h, joined, plain_table
from ingather.report.scale import scale_over
from ingather.report.sections.axis import axis_labels
from ingather.report.wording import count, figure_of, group_of, is_share, metric_name, sentence_start, several
from ingather.statistics.intervals import LEVEL_WORDS

NAME = "curves"
TITLE = "What more samples would do"


def body(facts: Facts) -> Markup:
    """The curve of all and of the worst group, and the table with every group's figures."""
    told = facts.trained
    points = (told or {}).get("curve") or []
    if told is None or not points:
        if told is not None:
            return h("<p>This recipe has no learning curve: nothing was answered out of fold.</p>")
        if facts.plan.train is None:
            return h("<p>The plan trains no baseline, so there is no curve.</p>")
        return h(
            "<p>Here will stand how the figures grow with the number of samples that are learned from. "
            "To begin: <code>ingather run</code></p>"
        )
    if len(points) == 1:
        return h(
            "<p>Nothing was learned from a part of the samples, only from {} at once: "
            "one point is no curve.</p>",
            several(points[0]["learned_from"], "sample"),
        )
    worst = told.get("worst_group")
    lines = [Line("all", _dots(points, {}))]
    if worst is not None:
        lines.append(Line("worst", _dots(points, worst["by"])))
    lines = [line for line in lines if line.dots]
    parts: list[object] = [
        h(
            '<p class="soft">{} out of fold, by the number of samples that were learned from; '
            "{} intervals.</p>",
            sentence_start(metric_name(told["metric"])),
            LEVEL_WORDS.replace(" ", "\N{NO-BREAK SPACE}"),
        )
    ]
    if lines:
        parts.append(_chart(told, lines, worst))
    parts.append(_table(told, points))
    return joined(parts)


def _chart(told: dict[str, Any], lines: list[Line], worst: dict[str, Any] | None) -> Markup:
    metric = told["metric"]
    share = is_share(metric)
    scale = scale_over(
        [end for line in lines for dot in line.dots for end in (dot.low, dot.high)],
        least=0.0 if share or told["lower_is_better"] else None,
        most=1.0 if share and metric not in ("wer", "cer") else None,
    )
    key: list[object] = [h("<li>{}<span>all together</span></li>", _KEY_ALL)]
    if len(lines) > 1 and worst is not None:
        key.append(h("<li>{}<span>{}, now the worst</span></li>", _KEY_WORST, group_of(worst["by"])))
    drawn = curve(lines, scale, axis_labels(scale, metric))
    return h('<ul class="key" aria-label="How to read the curve">{}</ul>{}', joined(key), drawn)


_KEY_ALL = Markup(
    '<svg class="c-all" width="34" height="14" aria-hidden="true">'
    '<line class="c-line" x1="0" x2="34" y1="7" y2="7"/>'
    '<circle class="i-dot" cx="17" cy="7" r="5.5"/></svg>'
)
_KEY_WORST = Markup(
    '<svg class="i-worst c-worst" width="34" height="14" aria-hidden="true">'
    '<line class="c-line" x1="0" x2="34" y1="7" y2="7"/>'
    '<rect class="i-dot" x="12" y="2" width="10" height="10"/></svg>'
)


def _dots(points: list[dict[str, Any]], by: dict[str, str | None]) -> tuple[Dot, ...]:
    dots = []
    for point in points:
        one = point["overall"] if not by else next((g for g in point["groups"] if g["by"] == by), None)
        if one is not None and None not in (one["low"], one["value"], one["high"]):
            dots.append(Dot(point["learned_from"], one["low"], one["value"], one["high"]))
    return tuple(dots)


def _table(told: dict[str, Any], points: list[dict[str, Any]]) -> Markup:
    metric = told["metric"]
    rows: list[list[object]] = [["all together", *(figure_of(metric, point["overall"]) for point in points)]]
    for one in points[-1]["groups"]:
        if not one["n"]:
            continue
        found = [next((g for g in point["groups"] if g["by"] == one["by"]), None) for point in points]
        rows.append([group_of(one["by"]), *(figure_of(metric, g) if g else "–" for g in found)])
    columns = ["Group", *(f"From {count(point['learned_from'])}" for point in points)]
    return plain_table("Learning curve", columns, rows, right=range(1, len(columns)))
