"""Reads a plan.yaml and checks it whole: shape, names, sense. Every mistake is told at once."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from ingather.errors import Finding, InputError, NotMet, PlanError
from ingather.plan.findings import Report, in_order
from ingather.plan.forms import long_forms
from ingather.plan.model import Plan
from ingather.plan.names import check_names
from ingather.plan.positions import Node, decode, parse
from ingather.plan.sense import check_sense
from ingather.plan.shape import Draft, check_shape


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        plan: the plan, or None where it has mistakes.
        mistakes: what cannot be run, in the order of the file.
        warnings: what is unwise, in the order of the file.
    """

    plan: Plan | None
    mistakes: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def read_plan(path: Path, *, strict: bool = False) -> Plan:
    """The plan that a file holds.

    Args:
        path: a plan.yaml, or a folder that holds one.
        strict: refuse a plan with warnings too.

    Raises:
        PlanError: it has mistakes; all of them are listed.
        NotMet: ``strict``, and it has warnings.
        InputError: there is no such file.
    """
    checked = check_plan(path)
    if checked.plan is None:
        raise PlanError(checked.mistakes, checked.warnings)
    if strict and checked.warnings:
        raise NotMet(
            f"The plan has {len(checked.warnings)} warning{'s' if len(checked.warnings) != 1 else ''}.",
            why="Under --strict a plan is refused that is unwise.",
            fix="Mend what is listed, or leave --strict away: ingather check",
            where=str(path),
        )
    return checked.plan


def reread_plan(path: Path) -> Plan:
    """The plan of a file that was checked before: only its shape is looked at, no plug-in is imported.

    For what only shows counts of a workspace and must answer at once, also where a source's folder is gone.

    Args:
        path: a plan.yaml, or a folder that holds one.

    Raises:
        PlanError: its shape is wrong; all mistakes of shape are listed.
        InputError: there is no such file.
    """
    checked = _checked(path, whole=False)
    if checked.plan is None:
        raise PlanError(checked.mistakes, checked.warnings)
    return checked.plan


def check_plan(path: Path) -> Checked:
    """Checks the plan that a file holds, without raising for what is in it.

    Args:
        path: a plan.yaml, or a folder that holds one.

    Raises:
        InputError: there is no such file, or it cannot be opened.
    """
    return _checked(path, whole=True)


def _checked(path: Path, *, whole: bool) -> Checked:
    if path.is_dir():
        path = path / "plan.yaml"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"There is no plan to read at {path}.",
            why=error.strerror or str(error),
            fix=f"ingather init {path.parent} writes one.",
            where=str(path),
        ) from error
    text, flaw = decode(content)
    if flaw:
        report = Report(str(path))
        report.flaw(flaw)
        return Checked(None, in_order(report.mistakes), ())
    return check_text(text, path, whole=whole)


def check_text(text: str, path: Path, *, whole: bool = True) -> Checked:
    """Checks the text of a plan as if it stood at ``path``: relative paths count from its folder.

    Args:
        text: YAML.
        path: where it stands or will stand.
        whole: all three passes; otherwise the first only.
    """
    report = Report(str(path))
    draft = draft_of(text, path, report)
    if draft is not None and whole:
        check_names(draft, report)
        check_sense(draft, report)
    mistakes, warnings = in_order(report.mistakes), in_order(report.warnings)
    if mistakes or draft is None:
        return Checked(None, mistakes, warnings)
    digest = hashlib.sha256(text.encode()).hexdigest()
    known: dict[str, object] = {"text": text, "path": str(path), "hash": digest}
    if draft.plan.train and not draft.plan.train.recipe:
        known["train"] = None
    plan = draft.as_read() if whole else draft.plan
    return Checked(plan.model_copy(update=known), (), warnings)


def draft_of(text: str, path: Path, report: Report) -> Draft | None:
    """The sound part of a plan's text, or None where it is no mapping; notes what is wrong on the way."""
    tree, flaws = parse(text)
    for flaw in flaws:
        report.flaw(flaw)
    if tree is None:
        return None
    if not isinstance(tree.value, dict):
        report.mistake(tree, "a plan is a list of fields with values", "Begin with 'version: 1'.", value="")
        return None
    return check_shape(long_forms(tree), os.fspath(path.parent), report)


def written_tree(text: str) -> Node | None:
    """The positioned tree of a text that is known to be a sound plan, as it is written."""
    tree, _ = parse(text)
    return tree
