"""A commented plan written from what was found in someone's data: the way in for who has data and no plan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingather.plan.edit import flow, number
from ingather.plan.model import TaskType
from ingather.plan.tasks import METRICS, WITH_LABELS
from ingather.plugins import RECIPES, load, names
from ingather.sample import Modality

_WIDE = 100
_MOST_VALUES = 40
_COMMENT_AT = 34
_ENOUGH_TO_JUDGE = 30


@dataclass(frozen=True, slots=True)
class AttributeFound:
    """Something that differs between samples or people.

    Attributes:
        values: what it was seen to be; empty where it is a number or too varied.
        of: whether it is of the sample or of who gave it.
        sensitive: whether it looks like personal data of a special kind.
        bins: ranges, where it is a number.
    """

    values: tuple[str, ...] = ()
    of: str = "sample"
    sensitive: bool = False
    bins: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a folder, a table or an archive, and what was guessed from it.

    Attributes:
        name: of the plan; anything that is no letter or digit becomes '-'.
        modality: of the main part.
        kind: source kind that can bring it: files or dataset.
        options: options of that kind, in the order they are to be written, ``path`` among them.
        objective: one sentence; a placeholder where empty.
        task: what can be learned of it.
        labels: the answers seen; empty where there are none or too many.
        multi: whether samples have several labels.
        tree: whether labels are paths.
        target: for records, the field to predict.
        languages: BCP 47 tags.
        attributes: by name.
        licence: SPDX expression that holds for all of it, or None where nothing says so.
        licences: what the plan may use; ``licence`` where empty.
        purposes: what it may be used for; train and evaluate where empty.
        samples: how many were seen.
        people: how many contributors were seen.
        total: how many are wanted in all; 0 for as many as were seen.
        seen: samples by value, for ``label`` and attributes, as far as they were counted.
        guessed: reasons by field (``modality``, ``task``, ``labels``, ``sources.pattern``,
            ``attributes.accent``, ...), written beside it as ``# guessed: ...``.
        found: likewise, written as ``# found: ...``, where it is certain.
        notes: further lines on top of the file: what was seen and not used, and what to look at.
    """

    name: str
    modality: Modality
    kind: str
    options: Mapping[str, Any]
    objective: str = ""
    task: TaskType = "none"
    labels: tuple[str, ...] = ()
    multi: bool = False
    tree: bool = False
    target: str | None = None
    languages: tuple[str, ...] = ()
    attributes: Mapping[str, AttributeFound] = field(default_factory=dict)
    licence: str | None = None
    licences: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    samples: int = 0
    people: int = 0
    total: int = 0
    seen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    guessed: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def compose(findings: Findings) -> str:
    """The text of a plan.yaml that says what was found, with a comment beside all that was guessed."""
    parts = [
        _head(findings),
        _attributes(findings),
        _targets(findings),
        _rights(findings),
        _source(findings),
        _stages(findings),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def plan_name(text: str) -> str:
    """A name that a plan may have, made of any text."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return name[:60].strip("-") or "my-plan"


def recipe_for(modality: Modality, task: TaskType) -> str | None:
    """The recipe that learns a task from a modality, or None where there is none.

    Only recipes that say which modalities they learn from are taken.
    """
    found = []
    for name in names(RECIPES):
        try:
            module = load(RECIPES, name)
        except Exception:  # a recipe whose parts are missing is none that a first plan should name
            continue
        tasks, modalities = getattr(module, "tasks", ()), getattr(module, "modalities", ())
        if task in tasks and modality in modalities and len(modalities) == 1:
            found.append(name)
    # one that is called after the modality asks for nothing beside it, such as a second text
    return next((name for name in found if name.startswith(modality)), found[0] if found else None)


def _head(findings: Findings) -> list[str]:
    lines = ["# Change what does not fit, then: ingather check"]
    lines += [f"# {_one_line(note)}" for note in findings.notes]
    lines += ["version: 1", f"name: {plan_name(findings.name)}"]
    objective = findings.objective or "Say in one sentence what the model must do, and for whom."
    lines.append(f"objective: {flow(_one_line(objective))}")
    lines.append(_line(findings, "modality", f"modality: {findings.modality}"))
    if findings.languages:
        lines.append(_line(findings, "languages", f"languages: {flow(list(findings.languages))}"))
    lines += ["task:", _line(findings, "task", f"  type: {findings.task}")]
    if findings.labels and findings.task in WITH_LABELS:
        lines += _list(findings, "labels", "  labels: ", findings.labels)
    if findings.multi:
        lines.append(_line(findings, "multi", "  multi: true"))
    if findings.tree:
        lines.append(_line(findings, "tree", "  tree: true"))
    if findings.target:
        lines.append(_line(findings, "target", f"  target: {flow(findings.target)}"))
    return lines


def _attributes(findings: Findings) -> list[str]:
    if not findings.attributes:
        return []
    lines = [
        "",
        "# What differs between samples or people, and must not make the model worse.",
        "attributes:",
    ]
    for name, attribute in findings.attributes.items():
        described: dict[str, Any] = {"of": attribute.of}
        if attribute.bins:
            described["bins"] = {label: list(ends) for label, ends in attribute.bins.items()}
        elif attribute.values:
            described["values"] = list(attribute.values)
        if attribute.sensitive:
            described["sensitive"] = True
        lines.append(_line(findings, f"attributes.{name}", f"  {name}: {flow(described)}"))
    return lines


def _targets(findings: Findings) -> list[str]:
    total = findings.total or findings.samples
    groups = [("label", findings.labels)] if findings.labels and findings.task in WITH_LABELS else []
    groups += [
        (name, tuple(attribute.bins) or attribute.values) for name, attribute in findings.attributes.items()
    ]
    lines = ["", "# How much is wanted; a quota is a floor, more is welcome.", "targets:"]
    rows = []
    for name, values in groups:
        if 1 < len(values) <= _MOST_VALUES:
            each, why = _each(findings.seen.get(name, {}), values, total)
            text = f"    - {{by: {name}, each: {each}}}"
            rows.append(f"{text.ljust(_COMMENT_AT)}  # guessed: {why}" if why else text)
    if total:
        lines.append(_line(findings, "targets.total", f"  total: {number(total)}"))
    if rows:
        lines += ["  groups:", *rows]
    if findings.people >= 20:
        lines.append("  max_share_per_contributor: .1")
    return lines if len(lines) > 3 else []


def _each(seen: Mapping[str, int], values: Iterable[str], total: int) -> tuple[int, str]:
    """A floor in reach: what the rarest value has, but enough to judge it, and at most its part."""
    values = tuple(values)
    part = max(1, total // len(values)) if total else 100
    if not seen:
        return part, ""
    rarest = min(values, key=lambda value: seen.get(value, 0))
    has = seen.get(rarest, 0)
    if has >= _ENOUGH_TO_JUDGE:
        return min(part, has), _one_line(f"as many as the rarest has: {rarest} {has:,}")
    each = min(part, _ENOUGH_TO_JUDGE)
    return each, _one_line(f"enough to be judged; the rarest is {rarest}: {has:,}")


def _rights(findings: Findings) -> list[str]:
    licences = findings.licences or ((findings.licence,) if findings.licence else ())
    own = [name for name in licences if name.startswith("LicenseRef-")]
    lines = ["", "rights:", _line(findings, "licences", f"  licences: {flow(list(licences))}")]
    if not licences:
        lines[-1] = f"{lines[-1].ljust(_COMMENT_AT)}  # fill in, such as [CC-BY-4.0]; see sources.licence"
    if own:
        lines.append("  own:")
        lines += [f"    {name}: {{text: say here what may be done with it, terms: []}}" for name in own]
    lines.append(f"  purposes: {flow(list(findings.purposes or ('train', 'evaluate')))}")
    people = findings.people or any(a.of == "contributor" for a in findings.attributes.values())
    if people:
        lines += [
            "  # controller: who is answerable, for the data is about people",
            "  # contact: where they can write to",
            "  # lawful_basis: consent, contract, legitimate-interests, ...",
        ]
    if any(attribute.sensitive for attribute in findings.attributes.values()):
        lines.append("  # special_basis: the ground for what is sensitive")
    return lines


def _source(findings: Findings) -> list[str]:
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", findings.name).strip("-_") or "data"
    lines = ["", "sources:", f"  - name: {flow(name)}", f"    kind: {findings.kind}"]
    for option, value in findings.options.items():
        lines.append(_line(findings, f"sources.{option}", f"    {option}: {flow(value)}"))
    if findings.licence:
        lines.append(_line(findings, "licence", f"    licence: {flow(findings.licence)}"))
    elif not findings.licences:
        lines += [
            "    # Nothing in the data says under which licence it may be used, and a release holds nothing",
            "    # without one. Look where the data is from, fill it in here and in rights.licences:",
            "    # licence: CC-BY-4.0",
        ]
    return lines


def _stages(findings: Findings) -> list[str]:
    lines = ["", "release: {apart_by: contributor}" if findings.people else "release: {}"]
    recipe = recipe_for(findings.modality, findings.task)
    if recipe is None:
        return [*lines, "# train:                         # no recipe learns this yet"]
    metric = METRICS[findings.task][0]
    return [*lines, f"train: {{recipe: {recipe}, metric: {metric}}}"]


def _list(findings: Findings, key: str, start: str, values: Iterable[str]) -> list[str]:
    """A list in brackets, on several lines where it is long, its comment in the first."""
    lines, current = [], start + "["
    pieces = [flow(value) for value in values]
    for place, piece in enumerate(pieces):
        piece += "," if place < len(pieces) - 1 else "]"
        if len(current) + len(piece) > _WIDE:
            lines.append(current.rstrip())
            current = " " * (len(start) + 1)
        current += piece + " "
    lines.append(current.rstrip())
    return [_line(findings, key, lines[0]), *lines[1:]]


def _line(findings: Findings, key: str, text: str) -> str:
    """The line with what was found or guessed beside it."""
    for word, reasons in (("guessed", findings.guessed), ("found", findings.found)):
        if key in reasons:
            return f"{text.ljust(_COMMENT_AT)}  # {word}: {_one_line(reasons[key])}"
    return text


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
