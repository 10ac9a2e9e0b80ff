"""Rights: under which licences the samples are, what that allows together, and what is left out for it."""

from __future__ import annotations

from collections import Counter

from ingather.plan.licence_mix import mix
from ingather.plan.licences import allowed, spdx_of, why_not
from ingather.plan.model import Plan
from ingather.report.facts import Facts
from ingather.report.markup import Markup, bdi, h, items, joined, plain_table
from ingather.report.wording import count, unbroken

NAME = "rights"
TITLE = "Rights"


def body(facts: Facts) -> Markup:
    """Licences of what is kept, purposes, obligations, and who answers for it."""
    licences: Counter[tuple[str, str | None]] = Counter()
    for name, tally in facts.sources.items():
        for licence, number in tally.licences.items():
            licences[(name, licence)] += number
    parts: list[object] = []
    if licences:
        order = sorted(licences.items(), key=lambda one: (one[0][0], -one[1], one[0][1] or ""))
        rows = [
            [licence or "none known", bdi(name), count(number), _verdict(facts.plan, name, licence)]
            for (name, licence), number in order
        ]
        columns = ["Licence", "Source", "Samples kept", "In releases"]
        parts.append(plain_table("Licences", columns, rows, right=(2,)))
        parts.append(
            _together(
                facts.plan, [licence for (name, licence), _ in order if _fits(facts.plan, name, licence)]
            )
        )
    else:
        parts.append(
            h(
                "<p>Here will stand under which licences the samples are, and what is left out for it. "
                "To begin: <code>ingather run</code></p>"
            )
        )
    parts.append(_stated(facts.plan))
    return joined(parts)


def _fits(plan: Plan, source: str, licence: str | None) -> bool:
    spec = next((one for one in plan.sources if one.name == source), None)
    return allowed(licence, plan.rights_of(spec) if spec else plan.rights)


def _verdict(plan: Plan, source: str, licence: str | None) -> Markup:
    spec = next((one for one in plan.sources if one.name == source), None)
    why = why_not(licence, plan.rights_of(spec) if spec else plan.rights)
    return h("left out: {}", unbroken(why)) if why else Markup("may be in them")


def _together(plan: Plan, licences: list[str | None]) -> Markup:
    if not licences:
        return h("<p>Nothing that is kept may be in a release.</p>")
    told = mix((spdx_of(licence) or licence for licence in licences), plan.rights.own)
    yes = [purpose for purpose, may in told.allows.items() if may]
    no = [purpose for purpose, may in told.allows.items() if not may]
    lines: list[object] = [f"Together they allow: {', '.join(yes) or 'nothing'}."]
    if no:
        lines.append(f"Together they do not allow: {', '.join(no)}.")
    lines += [unbroken(one) for one in told.obligations]
    lines += [h("<b>They contradict each other:</b> {}", one) for one in told.contradictions]
    return h("<h3>What they allow together</h3>{}", items(lines))


def _stated(plan: Plan) -> Markup:
    rights = plan.rights
    told = {
        "Licences the plan allows": ", ".join(rights.licences),
        "Licence of the release": (plan.release.licence if plan.release else None) or "",
        "Meant for": ", ".join(rights.purposes),
        "Who answers for it": rights.controller or "",
        "Where people turn to": rights.contact or "",
        "Lawful basis": (rights.lawful_basis or "").replace("-", " "),
        "Basis for special categories": rights.special_basis or "",
        "Basis for text and data mining": rights.mining_basis or "",
        "Ethics approval": rights.ethics or "",
        "Countries": ", ".join(rights.countries),
        "Kept until": rights.keep_until or "",
    }
    lines = joined(
        h("<dt>{}</dt><dd>{}</dd>", name, bdi(unbroken(value))) for name, value in told.items() if value
    )
    return h('<h3>What the plan states</h3><dl class="stated">{}</dl>', lines)
