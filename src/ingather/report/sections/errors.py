"""Errors by group: the plan's metric for everyone it is meant for, with what is too small to judge."""

from __future__ import annotations

from typing import Any

from ingather.report.facts import Facts
from ingather.report.marks import interval
from ingather.report.markup import Markup, h, items, joined, plain_table
from ingather.report.scale import Scale, scale_over
from ingather.report.sections.axis import axis_row
from ingather.report.wording import (
    BASES,
    SPACE,
    by_words,
    count,
    figure_of,
    group_of,
    is_share,
    metric_name,
    people_of,
    percent,
    sentence_start,
    several,
    value_of,
)
from ingather.statistics.intervals import LEVEL

NAME = "errors"
TITLE = "Errors, by group"


def body(facts: Facts) -> Markup:
    """The overall figure and every group's, as intervals against the goal; then the further figures."""
    told = facts.trained
    if told is None:
        if facts.plan.train is None:
            return h(
                "<p>The plan trains no baseline. With a <code>train:</code> section it stands here how "
                "well one does, for every group.</p>"
            )
        return h(
            "<p>Here will stand how well a baseline does, for every group. "
            "To begin: <code>ingather run</code></p>"
        )
    scale = _scale(told)
    overall = {**told["overall"], "by": {}, "judged": True}
    parts: list[object] = [_key(told), _table(facts, told, scale, (), [overall])]
    divided: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in told["groups"]:
        divided.setdefault(tuple(one["by"]), []).append(one)
    parts += [_table(facts, told, scale, names, rows) for names, rows in divided.items()]
    parts += [_gap(told), items(told.get("told", [])), _bases(facts, told), _also(told), _calibration(told)]
    return joined(parts)


def _key(told: dict[str, Any]) -> Markup:
    better = "left" if told["lower_is_better"] else "right"
    goal = told.get("goal") or {}
    side = "at most" if told["lower_is_better"] else "at least"
    wanted = {
        "overall": goal.get("overall"),
        "for every group": goal.get("worst_group"),
    }
    words = [
        f"{side} {value_of(told['metric'], one)} {name}" for name, one in wanted.items() if one is not None
    ]
    post = f"Post: the goal, {', '.join(words)}. " if words else "The plan names no goal. "
    return h(
        '<p class="soft">Dot: {}, better to the {}. Line: where it lies, {} times in 100. {}'
        "Hollow: too little to judge. Measured {}.</p>",
        metric_name(told["metric"]),
        better,
        f"{100 * LEVEL:.0f}",
        post,
        BASES.get(told["basis"], told["basis"]),
    )


def _scale(told: dict[str, Any]) -> Scale:
    goal = told.get("goal") or {}
    sure = [one for one in told["groups"] if one["judged"]] + [told["overall"]]
    values = [one[end] for one in sure for end in ("low", "value", "high")]
    share = is_share(told["metric"])
    return scale_over(
        [*values, goal.get("overall"), goal.get("worst_group")],
        least=0.0 if share or told["lower_is_better"] else None,
        most=1.0 if share and told["metric"] not in ("wer", "cer") else None,
    )


def _table(
    facts: Facts, told: dict[str, Any], scale: Scale, names: tuple[str, ...], rows: list[dict[str, Any]]
) -> Markup:
    sign = -1 if told["lower_is_better"] else 1
    order = sorted(
        rows,
        key=lambda one: (
            one["value"] is None,
            not one["judged"],
            sign * one["value"] if one["value"] is not None else 0,
        ),
    )
    title = h("<h3>By {}</h3>", by_words(names)) if names else Markup("")
    return h(
        '{}<table class="quotas"><thead class="hidden"><tr><th scope="col">Group</th>'
        '<th scope="col">Interval</th><th scope="col">{}</th><th scope="col">Out of</th></tr></thead>'
        "<tbody>{}{}</tbody></table>",
        title,
        sentence_start(metric_name(told["metric"])),
        joined(_row(facts, told, scale, one) for one in order),
        axis_row(scale, told["metric"]) if names or not told["groups"] else "",
    )


def _row(facts: Facts, told: dict[str, Any], scale: Scale, one: dict[str, Any]) -> Markup:
    goal = (told.get("goal") or {}).get("worst_group" if one["by"] else "overall")
    worst = bool(one["by"]) and told["worst_group"] is not None and one["by"] == told["worst_group"]["by"]
    kind = "worst" if worst else "" if one["judged"] else "thin"
    mark: object = ""
    if one["value"] is not None:
        low = one["low"] if one["low"] is not None else one["value"]
        high = one["high"] if one["high"] is not None else one["value"]
        mark = interval(scale, low, one["value"], high, goal=goal, kind=kind)
    said: object = ""
    if worst:
        said = h('<span class="sub worst">worst that can be judged</span>')
    elif not one["judged"]:
        why = next((u["why"] for u in told["unjudged"] if u["by"] == one["by"]), "too little to judge")
        said = h('<span class="sub soft">{}</span>', why)
    return h(
        '<tr><th scope="row">{}{}</th><td class="b">{}</td><td class="n">{}</td>'
        '<td class="n soft">{}</td></tr>',
        group_of(one["by"], names=False),
        said,
        mark,
        figure_of(told["metric"], one),
        people_of(one, facts.knows_people),
    )


def _gap(told: dict[str, Any]) -> Markup:
    best, gap = told.get("best_group"), told.get("gap")
    if best is None or gap is None or best["by"] == (told["worst_group"] or {}).get("by"):
        return Markup("")
    return h(
        "<p>From the best group ({}) to the worst: {}.</p>",
        group_of(best["by"]),
        value_of(told["metric"], gap),
    )


def _bases(facts: Facts, told: dict[str, Any]) -> Markup:
    by_basis = told.get("by_basis") or {}
    if len(by_basis) < 2:
        return Markup("")
    rows = []
    for name, one in by_basis.items():
        worst = one.get("worst_group")
        least = h("{}: {}", group_of(worst["by"]), figure_of(one["metric"], worst)) if worst else "–"
        judged = people_of(one["overall"], facts.knows_people)
        rows.append([name, figure_of(one["metric"], one["overall"]), least, judged])
    return h(
        "<h3>The same on other samples</h3>{}{}",
        items([h("<b>{}</b>: {}", name, BASES.get(name, name)) for name in by_basis]),
        plain_table("Bases of evaluation", ["Measured", "Overall", "Worst group", "Out of"], rows),
    )


def _also(told: dict[str, Any]) -> Markup:
    if not told.get("also"):
        return Markup("")
    rows = [[metric_name(name), figure_of(name, one["overall"])] for name, one in told["also"].items()]
    return h("<h3>Further figures, overall</h3>{}", plain_table("Further figures", ["Figure", "Value"], rows))


def _calibration(told: dict[str, Any]) -> Markup:
    bins = [one for one in told.get("calibration") or [] if one["n"]]
    if not bins:
        return Markup("")
    rows = [
        [
            f"{100 * one['low']:.0f} to {100 * one['high']:.0f}{SPACE}%",
            percent(one["confidence"]),
            percent(one["accuracy"]),
            count(one["n"]),
        ]
        for one in bins
    ]
    return h(
        "<h3>How sure it is, and how often it is right</h3>"
        '<p class="soft">Of {}, by how sure the model was.</p>{}',
        several(sum(one["n"] for one in bins), "answer"),
        plain_table("Calibration", ["Sure by", "Sure on average", "Right", "Answers"], rows, right=(1, 2, 3)),
    )
