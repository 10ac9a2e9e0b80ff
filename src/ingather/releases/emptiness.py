"""Why a release holds nothing, and the way back: the reason that kept out most comes first."""

from __future__ import annotations

from collections import Counter

from ingather.errors import InputError
from ingather.plan.licences import way_in, why_not
from ingather.plan.model import Plan
from ingather.plugins import OPERATORS, load, names
from ingather.releases.selection import Selection
from ingather.store.workspace import Workspace

_AGAIN = "Then: ingather run"
_WAYS = {
    "waiting": ("{n} are not cleaned yet", "ingather clean"),
    "consent": (
        "{n} lack the consent that their source asks for",
        f"Collect with consent, or remove 'consent: required' where it is not needed. {_AGAIN}",
    ),
    "unlabelled": (
        "{n} have no label of the task's",
        "Name in the source where labels stand (label: ...), let task.labels hold what is written there, or "
        f"name files of votes under annotate. {_AGAIN}",
    ),
    "share": (
        "{n} lie above the share that one contributor may have",
        f"Raise targets.max_share_per_contributor, or collect from more people. {_AGAIN}",
    ),
    "undated": (
        "{n} have no time, and the split is by time",
        f"Name the column of times (at: ...). {_AGAIN}",
    ),
    "expired": (
        "{n} were to be kept until a day that has passed",
        f"Collect anew, or change keep_until where that is lawful. {_AGAIN}",
    ),
    "reserved": (
        "{n} were reserved by their sites since they were collected",
        "See why: ingather collect --explain ADDRESS. Collect from other sites.",
    ),
}


_FEW = 0.1
"""Share of the samples that must be sound for it to be worth telling why these are left out."""


def empty_release(workspace: Workspace, plan: Plan, chosen: Selection) -> InputError:
    """The error that tells why nothing is in a release, and what to write or type."""
    reasons = sorted((n, name) for name, n in chosen.left_out.items() if n)
    if not reasons:
        return InputError(
            "Nothing can be released: nothing was collected.",
            why="The sources of the plan brought no samples.",
            fix=f"Look at 'path' of each source. {_AGAIN}",
            where=plan.path,
        )
    whole = sum(n for n, _ in reasons)
    sound = [one for one in reasons if one[1] != "quarantined"]
    # what cleaning refuses are often copies of what is left out: why good ones are is what to mend
    count, name = sound[-1] if sum(n for n, _ in sound) > _FEW * whole else reasons[-1]
    if name == "licence":
        return _unlawful(plan, chosen, count)
    if name == "quarantined":
        return _set_aside(workspace, plan, count, whole)
    words, fix = _WAYS.get(name, (f"{{n}} are left out for {name}", "ingather release"))
    others = ", ".join(f"{n:,} for {other}" for n, other in reversed(reasons) if other != name)
    return InputError(
        f"Nothing can be released: of {whole:,} samples {words.format(n=f'{count:,}')}.",
        why=f"Others are left out too: {others}." if others else "There would be nothing to learn from.",
        fix=fix,
        where=plan.path,
    )


def _set_aside(workspace: Workspace, plan: Plan, count: int, of: int) -> InputError:
    """Which steps set samples aside, and the way on that the first of them knows."""
    judged: Counter[tuple[str, str]] = Counter()
    for batch in workspace.verdicts.scan(["operator", "measure"], where="verdict = 'quarantined'"):
        judged.update(
            zip(batch.column("operator").to_pylist(), batch.column("measure").to_pylist(), strict=True)
        )
    told = ", ".join(f"{operator} {n:,} (by {measure})" for (operator, measure), n in judged.most_common(4))
    operators = [operator for (operator, _), _ in judged.most_common()]
    remedies = [way for operator in dict.fromkeys(operators) if (way := _remedy(operator))]
    look = "ingather samples --quarantined   tells why of each"
    return InputError(
        f"Nothing can be released: of {of:,} samples cleaning set {count:,} aside.",
        why=f"Set aside by: {told}." if told else "There would be nothing to learn from.",
        fix=" ".join([*(f"{way}." for way in remedies[:2]), f"{look}; limits of steps stand under clean."]),
        where=plan.path,
    )


def _remedy(operator: str) -> str | None:
    """What an operator says of the way on from its findings; most say nothing."""
    if operator not in names(OPERATORS):
        return None
    return getattr(load(OPERATORS, operator), "remedy", None)


def _unlawful(plan: Plan, chosen: Selection, count: int) -> InputError:
    told, fixes = [], []
    for source, licence in chosen.unlawful:
        spec = next((one for one in plan.sources if one.name == source), None)
        rights = plan.rights_of(spec) if spec is not None else plan.rights
        if licence is None:
            told.append(f"'{source}' says no licence")
            fixes.append(
                f"write 'licence: ...' into the source '{source}', as it is said where the data is from"
            )
        else:
            told.append(f"'{source}': {why_not(licence, rights)}")
            fixes.append(way_in(licence, rights))
    fix = "; ".join(dict.fromkeys(fixes[:4]))
    return InputError(
        f"Nothing can be released: {count:,} kept samples have no licence that the plan allows.",
        why=f"{'; '.join(told[:4])}{' ...' if len(told) > 4 else ''}. A release holds only what may be used.",
        fix=f"In the plan, {fix}. {_AGAIN}",
        where=plan.path,
    )
