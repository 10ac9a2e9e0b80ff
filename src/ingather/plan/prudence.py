"""What can be run but is unwise: told every time, refused only under --strict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from ingather.plan.cells import CROSS, RESERVED, Cell, cells
from ingather.plan.clock import CLOCK_MEASURES
from ingather.plan.counting import UNIT_MEASURES
from ingather.plan.findings import Report, nearest, sentence
from ingather.plan.licence_mix import objections
from ingather.plan.licences import forbids, known_entry, spdx_of, terms_of, way_in, why_not
from ingather.plan.model import Plan, SourceSpec
from ingather.plan.prices import cheapest
from ingather.plan.shape import Draft
from ingather.plugins import OPERATORS, SOURCES, load, names
from ingather.sample import Modality

Supplied: TypeAlias = Mapping[str, frozenset[str] | None]
"""Attributes that a source can fill: the values it has, None for any."""

GIVEN_BY_PEOPLE = ("voice", "upload", "survey")
FROM_THE_WEB = ("web", "feed", "api")
MADE_OR_TOLD = ("synthetic", "dataset", *GIVEN_BY_PEOPLE)
"""Source kinds whose samples have a licence without the source saying so."""


def check_prudence(draft: Draft, report: Report) -> None:
    """Notes what is unwise."""
    if draft.sound("targets", "attributes", "task", "sources"):
        _check_amounts(draft, report)
        _check_supply(draft, report)
    _check_measures(draft, report)
    _check_objective(draft, report)
    _check_annotate(draft, report)
    _check_training(draft, report)
    _check_personal(draft, report)
    _check_licences(draft, report)


def _check_amounts(draft: Draft, report: Report) -> None:
    plan = draft.plan
    targets = plan.targets
    if plan.task.labels and len(plan.task.labels) == 1 and plan.task.type == "classification":
        told = "there is one label only, so there is nothing to tell apart"
        report.warn(draft.at("task", "labels"), told, "Add the labels it is told apart from.")
    for place, group in enumerate(targets.groups):
        node = draft.at("targets", "groups", place)
        own = [cell for cell in cells(plan) if cell.quota == place]
        wanted = sum(cell.target for cell in own)
        multi = "label" in group.by and (plan.task.multi or plan.task.tree)
        if targets.total and wanted > targets.total and not multi:
            told = f"the quotas by {CROSS.join(group.by)} ask for {wanted:g}, more than the total of"
            fix = f"Raise total to {wanted:g}, or lower the quotas."
            report.warn(node, f"{told} {targets.total:g}", fix, value=f"{wanted:g}")
        for name, wanted_each in _beyond_share(plan, own):
            told = f"{name} is to be {wanted_each:g}, which is more than its share of the total"
            report.warn(node, told, "Lower the amount, or raise the share.", value=name)
    least = max((_group_total(plan, place) for place in range(len(targets.groups))), default=0.0)
    amount = max(least, targets.total or 0.0)
    price = cheapest(plan)
    if targets.budget and price and price.currency == targets.budget.currency and targets.unit == "samples":
        needed = price.times(amount)
        if needed.amount > targets.budget.amount:
            told = f"{amount:g} samples cost at least {needed}, more than the budget of {targets.budget}"
            report.warn(draft.at("targets", "budget"), told, "Raise the budget, or lower what is wanted.")


def _group_total(plan: Plan, place: int) -> float:
    return sum(cell.target for cell in cells(plan) if cell.quota == place)


def _beyond_share(plan: Plan, own: list[Cell]) -> list[tuple[str, float]]:
    """Cells whose amount is above the share of the total that another group gives to the same value."""
    if not plan.targets.total:
        return []
    total, shares = plan.targets.total, [cell for cell in cells(plan) if cell.kind == "share"]
    most = {cell.key: (cell.share + cell.tolerance) * total for cell in shares}
    return [
        (" × ".join(cell.by.values()), cell.target)
        for cell in own
        if cell.kind != "share" and cell.key in most and cell.target > most[cell.key]
    ]


def _check_supply(draft: Draft, report: Report) -> None:
    plan = draft.plan
    supplies = [
        supplied
        for i, source in enumerate(plan.sources)
        if source.role == "collect" and (supplied := _supplied(draft, i, source)) is not None
    ]
    collecting = [source for source in plan.sources if source.role == "collect"]
    if not collecting:
        told = "every source only evaluates, so there is nothing to learn from"
        report.warn(draft.at("sources"), told, "Add a source with 'role: collect'.", value="")
        return
    if len(supplies) < len(collecting):
        return
    for place, group in enumerate(plan.targets.groups):
        node = draft.at("targets", "groups", place)
        for name in group.by:
            if name in RESERVED or (plan.attributes[name].source and plan.attributes[name].bins):
                continue
            sets = [supplied[name] for supplied in supplies if name in supplied]
            if not sets:
                told = f"no source says '{name}' of its samples, so this group stays empty"
                report.warn(node, told, f"Let a source tell '{name}', or remove the group.", value=name)
            elif all(values is not None for values in sets):
                got = frozenset[str]().union(*(values for values in sets if values is not None))
                lacking = [v for v in plan.attributes[name].known_values if v not in got]
                if lacking:
                    told = f"no source can fill {name} {', '.join(lacking)}"
                    report.warn(node, told, "Add a source that can.", value=", ".join(lacking))


def _supplied(draft: Draft, place: int, source: SourceSpec) -> Supplied | None:
    """What a source's plug-in says it can fill; None where it does not say."""
    if source.kind not in names(SOURCES):
        return None
    try:
        module = load(SOURCES, source.kind)
        ask: Any = getattr(module, "supplies", None)
        if ask is None:
            return None
        answer: Supplied | None = ask(module.Config(**source.options), draft.plan, Path(draft.folder))
    except Exception:  # whatever is wrong with it was told by the second pass
        return None
    return answer


_BINS = {
    "hour": "{day: [6, 20], evening: [20, 24], night: [0, 6]}",
    "weekday": "{workday: [1, 6], weekend: [6, 8]}",
    "week": "{spring: [202610, 202623], summer: [202623, 202636]}",
}
"""Ranges to begin with for what a clock says."""


def _check_measures(draft: Draft, report: Report) -> None:
    """Attributes and units that are measured: by a step that runs, under a name that it measures."""
    plan = draft.plan
    asked = {name: a.source for name, a in plan.attributes.items() if a.source}
    if not draft.sound("modality"):
        return
    _check_unit(draft, report)
    if not asked:
        return
    measured_by = _measures(plan.modality) | dict.fromkeys(CLOCK_MEASURES, "")
    steps = None if plan.clean is None else [step.operator for step in plan.clean]
    for name, source in asked.items():
        node = draft.at("attributes", name, "from")
        operator = measured_by.get(source.replace("_", "-"))
        if operator and steps is not None and operator not in steps and draft.sound("clean"):
            told = f"'{source}' is measured by {operator}, which is not among the steps of clean"
            report.warn(node, told, f"Add {operator} to clean, or {name} stays unknown.")
        elif operator == "" and not plan.attributes[name].bins:
            told = f"'{source}' is a number, and {name} says no ranges of it: it stays unknown"
            report.warn(node, told, f"Add bins: {_BINS[source]}.")
        elif operator is None and (near := nearest(source, measured_by, least=0.8)):
            told = f"no operator measures '{source}'; unless a source has such a column, it stays unknown"
            report.warn(node, told, f"Write '{near}', if that was meant.")


def _check_unit(draft: Draft, report: Report) -> None:
    """Hours and tokens are counted by what a step measures; without it they stay at 0."""
    plan, unit = draft.plan, draft.plan.targets.unit
    if unit not in UNIT_MEASURES or not draft.sound("targets", "clean"):
        return
    measured_by = _measures(plan.modality)
    able = [measured_by[name] for name in UNIT_MEASURES[unit] if name in measured_by]
    node = draft.at("targets", "unit")
    if not able:
        told = f"nothing measures {unit} of {plan.modality} samples, so every quota stays at 0"
        report.warn(node, told, "Write 'unit: samples'.")
    elif plan.clean is not None and not any(
        name in _measures_of(step.operator) for step in plan.clean for name in UNIT_MEASURES[unit]
    ):
        told = f"{unit} are counted by {able[0]}, which is not among the steps of clean: they stay at 0"
        report.warn(node, told, f"Add {able[0]} to clean.")


def _measures_of(operator: str) -> tuple[str, ...]:
    return tuple(getattr(load(OPERATORS, operator), "measures", ())) if operator in names(OPERATORS) else ()


def _measures(modality: Modality) -> dict[str, str]:
    """Operators by what an attribute may be taken from: their own name, a measure, or both with a dot."""
    found: dict[str, str] = {}
    for operator in names(OPERATORS):
        try:
            module = load(OPERATORS, operator)
        except Exception:  # the second pass tells it, where the plan names the operator
            continue
        if getattr(module, "reads", None) not in (modality, "bytes"):
            continue
        own = [measure.replace("_", "-") for measure in getattr(module, "measures", {})]
        for told in (operator, *own, *(f"{operator}.{measure}" for measure in own)):
            found.setdefault(told, operator)
    return found


def _check_objective(draft: Draft, report: Report) -> None:
    if not draft.plan.objective.strip():
        told = "the objective says nothing, and every release tells it first"
        report.warn(draft.at("objective"), told, "Say what the model must do, and for whom.", value="")


def _check_annotate(draft: Draft, report: Report) -> None:
    """What only a stage of asking people would heed: here votes come from files."""
    plan = draft.plan
    if plan.annotate is None or not draft.sound("annotate"):
        return
    for field in ("overlap", "agreement", "gold"):
        if field in plan.annotate.model_fields_set:
            told = f"'{field}' changes nothing yet: it is about asking people, and votes come from files"
            report.warn(draft.at("annotate", field), told, f"Remove '{field}'.", at_key=True)
    if not plan.annotate.votes:
        told = "the section annotate names no file of votes, so labels stay as the sources give them"
        fix = "Add 'votes: votes.csv', or remove the section."
        report.warn(draft.at("annotate"), told, fix, at_key=True, value="")


def _check_training(draft: Draft, report: Report) -> None:
    plan = draft.plan
    if plan.train is None:
        return
    if not plan.train.recipe:
        told = "the section train names no recipe, so nothing is trained and its goal is not judged"
        report.warn(draft.at("train"), told, "Add 'recipe: ...'.", at_key=True, value="")
        return
    goal = plan.train.goal
    if (goal.overall is not None or goal.worst_group is not None) and plan.train.metric is None:
        told = "there is a goal, but not in which metric"
        report.warn(draft.at("train", "goal"), told, "Add 'metric: ...'.", at_key=True, value="")
    if goal.worst_group is not None and not plan.targets.groups and not plan.train.by:
        told = "there is a goal for the worst group, but no groups to judge"
        fix = "Add groups under targets, or 'by' under train."
        report.warn(draft.at("train", "goal", "worst_group"), told, fix)
    if "train" not in plan.rights.purposes:
        told = "the plan trains, but training is not among the purposes"
        report.warn(draft.at("rights", "purposes"), told, "Add train to rights.purposes.")


def personal(plan: Plan) -> str:
    """Why the plan handles personal data, in words; empty where nothing shows that it does."""
    of_people = [name for name, attribute in plan.attributes.items() if attribute.of == "contributor"]
    sensitive = [name for name, attribute in plan.attributes.items() if attribute.sensitive]
    if of_people or sensitive:
        return f"it says {', '.join(dict.fromkeys([*of_people, *sensitive]))} of people"
    given = [s.name for s in plan.sources if s.kind in GIVEN_BY_PEOPLE or "contributor" in s.options]
    return f"'{given[0]}' says who gave its samples" if given else ""


def _check_personal(draft: Draft, report: Report) -> None:
    plan = draft.plan
    made = all(source.kind == "synthetic" for source in plan.sources)
    why = "" if made else personal(plan)
    node = replace(draft.at("rights"), path="rights")
    if why and draft.sound("rights", "attributes"):
        for field, what in (
            ("controller", "who is answerable for it"),
            ("contact", "whom people can write to"),
            ("lawful_basis", "on which lawful ground"),
        ):
            if not getattr(plan.rights, field):
                told = f"the data is personal ({why}), but the plan does not say {what}"
                report.warn(node, told, f"Add '{field}: ...' under rights.", at_key=True, value=field)
        sensitive = [name for name, attribute in plan.attributes.items() if attribute.sensitive]
        if sensitive and not plan.rights.special_basis:
            told = (
                f"the plan does not say on which ground it handles {', '.join(sensitive)}, which is sensitive"
            )
            fix = "Add 'special_basis: ...' under rights."
            report.warn(node, told, fix, at_key=True, value="special_basis")
    for i, source in enumerate(plan.sources):
        if source.kind in FROM_THE_WEB and not plan.rights_of(source).mining_basis:
            told = f"'{source.name}' takes from the web, and the plan does not say on which ground"
            report.warn(
                draft.at("sources", i), told, "Add 'mining_basis: ...' under rights.", value=source.name
            )


def _check_licences(draft: Draft, report: Report) -> None:
    plan = draft.plan
    if not draft.sound("rights", "sources"):
        return
    for i, source in enumerate(plan.sources):
        rights = plan.rights_of(source)
        node = draft.at("sources", i)
        told_by_item = any("licence" in key for key in source.options)
        if source.licence and spdx_of(source.licence) and (why := why_not(source.licence, rights)):
            told = f"nothing from '{source.name}' can be released: {why}"
            report.warn(node.nearest("licence"), told, sentence(way_in(source.licence, rights)))
        elif not source.licence and source.kind not in MADE_OR_TOLD and not told_by_item:
            told = f"'{source.name}' has no licence, so a release leaves its samples out"
            report.warn(node, told, "Add 'licence: ...' to the source.", value=source.name)
    for i, entry in enumerate(plan.rights.licences):
        found = known_entry(entry)
        terms = (terms_of(found, plan.rights.own) if found else None) or frozenset()
        against = sorted(forbids(terms).intersection(plan.rights.purposes))
        if against:
            told = f"{entry} does not allow the purpose {', '.join(against)}, so it lets nothing in"
            fix = f"Remove it, or the purpose {', '.join(against)}."
            report.warn(draft.at("rights", "licences", i), told, fix)
    if plan.release and plan.release.licence and (target := spdx_of(plan.release.licence)):
        parts = [found for entry in plan.rights.licences if (found := spdx_of(entry))]
        parts += [found for s in plan.sources if s.licence and (found := spdx_of(s.licence))]
        for objection in objections(target, parts, plan.rights.own):
            node = draft.at("release", "licence")
            report.warn(node, objection, "Choose another licence for the release, or other sources.")
