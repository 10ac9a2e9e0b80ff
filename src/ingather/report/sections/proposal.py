"""What to do next: what to collect, from whom, to what effect, as ``ingather next`` last told it."""

from __future__ import annotations

from typing import Any

from ingather.report.facts import Facts
from ingather.report.markup import Markup, h, joined, paragraph, plain_table
from ingather.report.wording import BASES, count, group_of, metric_name, several, value_of

NAME = "next"
TITLE = "What to do next"
_MOST = 6
"""Groups that are told as steps; more of them are a table."""
_STOPS = {
    "goal_met": "Nothing needs collecting: every group meets the goal.",
    "stuck": "More samples are not expected to help the groups that are left.",
    "dry": "No source can give more.",
    "budget_spent": "The budget is spent.",
    "no_errors": "No group shows an error that more samples could lower.",
    "no_quotas": "The plan has no groups to decide between.",
}

_OTHERWISE = (
    "That is decided {}. The figures of this report rest on other samples, on which the goal is not reached: "
    "where the two differ, more samples of every group, set aside for judging, settle it."
)


def body(facts: Facts) -> Markup:
    """The proposal as a numbered list, what it is expected to change, and what samples will not help."""
    told = facts.proposed
    if told is None:
        if facts.plan.train is None:
            return h(
                "<p>The plan trains no baseline, so no errors say what to collect. "
                'What lacks of the plan’s wishes stands <a href="#coverage">below</a>.</p>'
            )
        if facts.trained is None:
            return h(
                "<p>Here will stand what to collect next, and from whom. "
                "To begin: <code>ingather run</code></p>"
            )
        return h(
            "<p>What to collect next, of which group, from whom and to what effect: "
            "<code>ingather next</code></p>"
        )
    parts: list[object] = []
    if told.get("stop"):
        parts.append(paragraph(_STOPS.get(told["stop"], told["stop"])))
        if told["stop"] == "goal_met" and facts.trained and not facts.trained.get("goal_reached"):
            parts.append(paragraph(_OTHERWISE.format(BASES.get(told.get("basis") or "cv", "out of fold"))))
    rows = told.get("collect") or []
    if len(rows) > _MOST:
        parts.append(_table(rows))
    elif rows:
        parts.append(h('<ol class="steps">{}</ol>', joined(_row(row) for row in rows)))
    expected = told.get("expected")
    if expected:
        metric = told["metric"]
        parts.append(
            h(
                "<p>Expected {} of the worst group then: {} (roughly {} to {}). {}</p>",
                metric_name(metric),
                *(value_of(metric, expected[name]) for name in ("worst_group", "low", "high")),
                _sentence(told.get("pays") or ""),
            )
        )
    stuck = told.get("stuck") or []
    if stuck:
        parts.append(
            h(
                "<h3>Where more samples will not help</h3><ul>{}</ul>",
                joined(h("<li><b>{}</b>: {}</li>", group_of(one["by"]), one["why"]) for one in stuck),
            )
        )
    if rows:
        parts.append(h('<p class="command"><code>ingather next --apply</code></p>'))
    return joined(parts)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _table(rows: list[dict[str, Any]]) -> Markup:
    lines: list[list[object]] = [
        [
            group_of(row["by"]),
            count(row["samples"]),
            count(row["contributors"]) if row.get("contributors") else "–",
            row.get("source") or "outside: none of the plan can be asked",
            row.get("cost") or "–",
        ]
        for row in rows
    ]
    columns = ["Collect", "Samples", "People", "Source", "Cost"]
    return plain_table("What to collect", columns, lines, right=(1, 2, 4))


def _row(row: dict[str, Any]) -> Markup:
    who = f" from {several(row['contributors'], 'person', 'people')}" if row.get("contributors") else ""
    source = row.get("source")
    where = (
        h("From the source {}.", source) if source else Markup("No source of the plan can be asked for it.")
    )
    cost = h(" {}.", row["cost"]) if row.get("cost") else Markup("")
    return h(
        '<li><b>Collect {} of {}{}.</b>{} <span class="soft">{}</span></li>',
        several(row["samples"], "sample"),
        group_of(row["by"]),
        who,
        cost,
        where,
    )
