"""Rejections by group: whether a filter takes clearly more of some than of the others."""

from __future__ import annotations

from typing import Any

from ingather.report.facts import Facts
from ingather.report.marks import interval
from ingather.report.markup import Markup, bdi, h, joined, note
from ingather.report.scale import Scale, scale_over
from ingather.report.sections.axis import axis_row
from ingather.report.wording import SPACE, count, percent
from ingather.statistics.intervals import LEVEL

NAME = "rejections"
TITLE = "Set aside, by group"


def body(facts: Facts) -> Markup:
    """One table for each filter and attribute; what goes to review for fairness stands first."""
    if facts.fairness is None:
        return h(
            "<p>Here will stand what share of every group each filter sets aside. "
            "To begin: <code>ingather clean</code></p>"
        )
    if not facts.fairness:
        known = any(one.known_values for one in facts.plan.attributes.values())
        why = (
            "No filter sets anything aside that could have gone unevenly."
            if known
            else "The plan names no attribute whose values could be compared; "
            "with attributes it stands here whether some groups lose more than others."
        )
        return h("<p>{}</p>", why)
    tables: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in facts.fairness:
        tables.setdefault((one["operator"], one["attribute"]), []).append(one)
    order = sorted(tables.items(), key=lambda pair: not any(one["unfair"] for one in pair[1]))
    parts: list[object] = [_note(one) for one in facts.fairness if one["unfair"]]
    parts.append(
        h(
            '<p class="soft">Dot: share that a filter rejects. Line: where it lies, {} times in 100. '
            "A group that loses more than 1.5 times what the rest loses, for certain, "
            "goes to review instead.</p>",
            f"{100 * LEVEL:.0f}",
        )
    )
    parts += [_table(*names, rows) for names, rows in order]
    return joined(parts)


def _note(one: dict[str, Any]) -> Markup:
    return note(
        h("“{}” rejects clearly more of {} {}.", one["operator"], one["attribute"], bdi(one["value"])),
        h(
            "These {} of {} stay, marked for review. Look at them: <code>ingather samples --review</code>",
            count(one["rejected"]),
            count(one["total"]),
        ),
    )


def _table(operator: str, attribute: str, rows: list[dict[str, Any]]) -> Markup:
    scale = scale_over([0.0, *(one["against"]["high"] for one in rows)], least=0.0, most=1.0)
    order = sorted(rows, key=lambda one: (not one["unfair"], -(one["against"]["share"] or 0)))
    return h(
        '<h3>{}, by {}</h3><table class="quotas"><thead class="hidden"><tr><th scope="col">Group</th>'
        '<th scope="col">Interval</th><th scope="col">Share</th><th scope="col">Samples</th></tr></thead>'
        "<tbody>{}{}</tbody></table>",
        operator,
        attribute.replace("_", " "),
        joined(_row(scale, one) for one in order),
        axis_row(scale, "share"),
    )


def _row(scale: Scale, one: dict[str, Any]) -> Markup:
    against = one["against"]
    low, value, high = (against[end] or 0.0 for end in ("low", "share", "high"))
    said = '<span class="sub worst">goes to review</span>' if one["unfair"] else ""
    return h(
        '<tr><th scope="row">{}{}</th><td class="b">{}</td>'
        '<td class="n">{} <span class="soft iv">({} to {})</span></td>'
        '<td class="n soft">{}{}of{}{}</td></tr>',
        bdi(one["value"]),
        Markup(said),
        interval(scale, low, value, high, kind="worst" if one["unfair"] else ""),
        percent(value),
        f"{100 * low:.1f}",
        f"{100 * high:.1f}",
        count(one["rejected"]),
        SPACE,
        SPACE,
        count(one["total"]),
    )
