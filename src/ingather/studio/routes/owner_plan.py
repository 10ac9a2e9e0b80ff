"""The plan in the studio: its text, the schema that its form is made from, and the same checks as `check`."""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import cache
from typing import Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from ingather.errors import IngatherError
from ingather.plan.edit import flow, replaced, with_field
from ingather.plan.positions import Node, parse
from ingather.plan.read import Checked, check_text
from ingather.plan.schema import plan_schema
from ingather.store.leases import hold
from ingather.store.revisions import keep_revision
from ingather.studio.answers import ERRORS, Body, Refused
from ingather.studio.guard import Here, Owner
from ingather.studio.identity import note
from ingather.studio.state import Studio

router = APIRouter(prefix="/api/plan", tags=["plan"], responses=ERRORS)
_LONGEST = 400_000


class PlanText(Body):
    """A plan's text, as it is or as it might be; blanks at its ends are kept, for places count from there."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, allow_inf_nan=False)

    text: str = Field(max_length=_LONGEST)


class SavePlan(PlanText):
    """The new text, and the hash of the one that it was made from."""

    was: str = Field(pattern=r"^[0-9a-f]{64}$")


class Edit(PlanText):
    """One field of the form: where it stands and what it shall hold; null takes nothing away."""

    path: list[str | int] = Field(min_length=1, max_length=12)
    value: str | int | float | bool | list[str | int | float | bool] | dict[str, str | int | float | bool]


@router.get("")
def show(who: Owner, studio: Here) -> dict[str, Any]:
    """The plan's text, its hash, and what the checks find."""
    text = studio.workspace.plan_path.read_text("utf-8-sig")
    return {"text": text, "hash": _hash(text), "values": _values(text), **_told(_check(studio, text))}


@router.get("/schema")
def schema(who: Owner) -> dict[str, Any]:
    """The JSON Schema of a plan."""
    return _schema()


@router.post("/check")
def check(body: PlanText, who: Owner, studio: Here) -> dict[str, Any]:
    """What `ingather check` would say of this text: line, column, field, message and mend."""
    return {"values": _values(body.text), **_told(_check(studio, body.text))}


@router.post("/edit")
def edit(body: Edit, who: Owner, studio: Here) -> dict[str, Any]:
    """The text with one field changed, comments and layout kept, and what the checks find in it."""
    text = _edited(body)
    return {"text": text, "values": _values(text), **_told(_check(studio, text))}


@router.put("")
def save(body: SavePlan, who: Owner, studio: Here) -> dict[str, Any]:
    """Writes the plan where it is sound and nobody changed it meanwhile, and no run is under way."""
    checked = _check(studio, body.text)
    if checked.plan is None:
        first = checked.mistakes[0]
        raise Refused(
            422, f"line {first.line}: {first.message}", why="A plan with mistakes is not kept.", fix=first.fix
        )
    path, now = studio.workspace.plan_path, studio.clock()
    with hold(studio.workspace.database, "run"):
        if _hash(path.read_text("utf-8-sig")) != body.was:
            raise Refused(
                409, "The plan was changed meanwhile.", why="Saving would undo that.",
                fix="Load the page again, and make your changes in the new text.",
            )  # fmt: skip
        fresh = path.with_suffix(".yaml.new")
        with open(fresh, "w", encoding="utf-8", newline="") as file:
            file.write(body.text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        keep_revision(studio.workspace, checked.plan, "edited in the studio")
    studio.writer.write_now(lambda connection: note(connection, now, who.account, "plan changed"))
    return {"hash": checked.plan.hash, **_told(checked)}


def _edited(body: Edit) -> str:
    """The text with a field set: replaced where it is written, added where its section is."""
    tree, _ = parse(body.text)
    try:
        node = tree.get(*body.path) if tree is not None else None
        if node is not None:
            written = flow(body.value)
            simple = not node.fields and not node.items
            return replaced(body.text, node, written) if simple or node.flow else _section(body)
        parent = tree.get(*body.path[:-1]) if tree is not None and len(body.path) > 1 else tree
        name = body.path[-1]
        if parent is None or not isinstance(name, str) or parent.items:
            return _section(body)
        return with_field(body.text, parent, name, flow(body.value))
    except (IngatherError, IndexError, KeyError, TypeError, ValueError) as error:
        raise _by_text(body) from error


def _section(body: Edit) -> str:
    raise _by_text(body)


def _by_text(body: Edit) -> Refused:
    where = ".".join(str(part) for part in body.path)[:200]
    return Refused(
        409, f"The form cannot change {where} here.", why="It is written over several lines.",
        fix="Change it in the text beside the form.",
    )  # fmt: skip


def _check(studio: Studio, text: str) -> Checked:
    return check_text(text, studio.workspace.plan_path)


def _values(text: str) -> Any:
    """What the text holds as plain values, for the form; an empty mapping where it cannot be read."""
    tree, _ = parse(text)
    return _plain(tree) if tree is not None else {}


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {name: _plain(inner) for name, inner in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(inner) for inner in node.value]
    known = node.value
    return known if known is None or isinstance(known, str | int | float | bool) else str(known)


def _told(checked: Checked) -> dict[str, Any]:
    """Findings; the file is the plan, its folder is nobody's business."""
    lists = {"mistakes": checked.mistakes, "warnings": checked.warnings}
    return {name: [{**asdict(one), "file": "plan.yaml"} for one in found] for name, found in lists.items()}


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _schema() -> dict[str, Any]:
    return plan_schema()
