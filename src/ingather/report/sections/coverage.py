"""Coverage: what is kept against what the plan wants, group by group; what has nothing stands at 0."""

from __future__ import annotations

from ingather.plan.quotas import Row
from ingather.report.facts import Facts, divisions
from ingather.report.marks import KEY_GAP, KEY_KEPT, KEY_POST, quota
from ingather.report.markup import Markup, h, joined, paragraph
from ingather.report.wording import SPACE, amount, by_words, group_of, percent, several

NAME = "coverage"
TITLE = "What there is"

_KEY = h(
    '<ul class="key" aria-label="How to read the bars"><li>{}kept</li><li>{}still to come</li>'
    "<li>{}the plan’s wish</li></ul>",
    KEY_KEPT,
    KEY_GAP,
    KEY_POST,
)


def body(facts: Facts) -> Markup:
    """One table for each division of the plan, what lacks most first."""
    parts: list[object] = []
    divided = divisions(facts.rows)
    if divided:
        unit = facts.plan.targets.unit
        parts.append(
            h(
                '<p class="soft">Kept against what the plan wants, in {}. What lacks most stands first.</p>',
                unit,
            )
        )
        parts.append(_KEY)
    else:
        parts.append(
            h(
                "<p>The plan asks for no amount of anything. With "
                "<code>targets: {{groups: [{{by: ATTRIBUTE, each: 100}}]}}</code> "
                "it stands here how far each group is.</p>"
            )
        )
    parts += [_division(facts, names, rows) for names, rows in divided.items()]
    parts += [_greatest(row) for row in facts.rows if row.kind == "contributor-share"]
    for name, number in facts.unknown.items():
        told = several(number, "sample")
        parts.append(
            h(
                '<p class="soft">{} of {} is unknown; these fill no quota of it.</p>',
                name.replace("_", " "),
                told,
            )
        )
    return joined(parts)


def _division(facts: Facts, names: tuple[str, ...], rows: list[Row]) -> Markup:
    title = h("By {}", by_words(names)) if names else Markup("All together")
    order = sorted(rows, key=lambda row: -_lacking(row))
    return h(
        '<h3>{}</h3><table class="quotas"><thead class="hidden"><tr><th scope="col">Group</th>'
        '<th scope="col">Bar</th><th scope="col">Kept</th><th scope="col">Gap</th></tr></thead>'
        "<tbody>{}</tbody></table>",
        title,
        joined(_row(facts, row) for row in order),
    )


def _row(facts: Facts, row: Row) -> Markup:
    by_people = not row.target and row.contributors_target > 0
    kept, target = (row.contributors, row.contributors_target) if by_people else (row.kept, row.target)
    have = h("<b>{}</b>", amount(facts.plan, kept))
    wanted = h("{} of {}{}", have, amount(facts.plan, target), f"{SPACE}people" if by_people else "")
    share = h(' <span class="soft">(a share)</span>') if row.kind == "share" else ""
    return h(
        '<tr><th scope="row">{}{}</th><td class="b">{}</td>'
        '<td class="n"><span class="iv">{}</span>{}</td><td class="n">{}</td></tr>',
        group_of(row.by, names=False),
        share,
        quota(kept, target),
        wanted,
        _people(row) if not by_people else "",
        _gap(facts, row),
    )


def _gap(facts: Facts, row: Row) -> str:
    missing = max(0, row.contributors_target - row.contributors)
    parts = [f"{amount(facts.plan, row.gap)} to{SPACE}go"] if row.gap else []
    if missing:
        parts.append(f"{several(missing, 'person', 'people')} to go")
    return ", ".join(parts) or "Full"


def _people(row: Row) -> Markup:
    if not row.contributors_target:
        return Markup("")
    told = f"{row.contributors} of {row.contributors_target}{SPACE}people"
    return h('<span class="sub soft iv">{}</span>', told)


def _greatest(row: Row) -> Markup:
    left = (
        f"{several(row.gap, 'sample')} above that stay out of releases" if row.gap else "nothing is above it"
    )
    return paragraph(
        f"The greatest share of one person is {percent(row.kept)}; the plan allows "
        f"{percent(row.target)}: {left}."
    )


def _lacking(row: Row) -> float:
    shares = [0.0]
    if row.target:
        shares.append(row.gap / row.target)
    if row.contributors_target:
        shares.append(max(0, row.contributors_target - row.contributors) / row.contributors_target)
    return max(shares)
