"""Quality: what every cleaning step took in and let through, why, and how labels were settled."""

from __future__ import annotations

from collections import Counter

from ingather.report.facts import Facts
from ingather.report.markup import Markup, h, joined, plain_table
from ingather.report.reasons import merged
from ingather.report.wording import count, percent, several

NAME = "quality"
TITLE = "Quality"
_MOST = 12
"""Reasons that are listed; the rest are counted together."""


def body(facts: Facts) -> Markup:
    """Rows in and out of every operator, the reasons, the agreement of those who labelled."""
    if not facts.operators:
        return h(
            "<p>Here will stand what every cleaning step took in and set aside. "
            "To begin: <code>ingather clean</code></p>"
        )
    rows = [
        [
            one["operator"],
            count(one["in"]),
            count(one["in"] - one["out"]),
            count(one["review"]),
            count(one["out"]),
        ]
        for one in facts.operators
    ]
    aside = sum(one["in"] - one["out"] for one in facts.operators)
    share = percent(aside / facts.operators[0]["in"] if facts.operators[0]["in"] else None)
    parts = [
        h(
            '<p class="soft">Every step in its order: {} set aside in all ({}).</p>',
            several(aside, "sample"),
            share,
        ),
        _wholes(facts),
        plain_table(
            "Cleaning steps", ["Step", "In", "Set aside", "For review", "Out"], rows, right=(1, 2, 3, 4)
        ),
        _reasons(facts),
        _labels(facts),
    ]
    return joined(parts)


def _wholes(facts: Facts) -> Markup:
    """Why more go through the steps than came in as samples, where samples were cut from something."""
    wholes = facts.operators[0]["in"] - facts.states.get("collected", 0) + facts.states.get("waiting", 0)
    if wholes <= 0:
        return Markup("")
    return h(
        '<p class="soft">{} of what goes through are wholes that samples were cut from: '
        "they are looked at too, and are no samples themselves.</p>",
        count(wholes),
    )


def _reasons(facts: Facts) -> Markup:
    reasons: Counter[tuple[str, str]] = Counter()
    for tally in facts.sources.values():
        reasons.update(tally.aside)
    reasons = merged(reasons)
    if not reasons:
        return h("<p>Nothing is set aside.</p>")
    order = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    rows = [[operator, count(number), reason] for (operator, reason), number in order[:_MOST]]
    rest = sum(number for _, number in order[_MOST:])
    if rest:
        rows.append(["others", count(rest), f"{count(len(order) - _MOST)} further reasons"])
    return h(
        "<h3>Why they are set aside</h3>{}<p>Nothing of it is lost. To look at it: "
        "<code>ingather samples --quarantined</code></p>",
        plain_table("Reasons", ["Step", "Samples", "Reason"], rows, right=(1,)),
    )


def _labels(facts: Facts) -> Markup:
    told = facts.annotated
    if not told.get("votes"):
        return Markup("")
    alpha = (told.get("agreement") or {}).get("alpha")
    agreement = f"; agreement (Krippendorff’s alpha) {alpha:.3f}" if alpha is not None else ""
    return h(
        "<h3>Labels</h3><p>{} on {}, settled by {}{}.</p>",
        several(told["votes"], "vote"),
        several(told["tasks"], "question"),
        told["method"],
        agreement,
    )
