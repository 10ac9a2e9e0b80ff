"""Raises quotas in a plan's text, keeping its comments and layout: what ``next --apply`` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingather.errors import InputError
from ingather.plan.cells import CROSS, RESERVED, Cell, cells, known_values
from ingather.plan.edit import inline, number, replaced, with_field, with_item, word
from ingather.plan.model import Group, Plan
from ingather.plan.positions import Node, parse
from ingather.plan.quotas import Counts, Tally, cell_key
from ingather.plan.read import check_text


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new quota for one cell.

    Attributes:
        by: attribute and value for each crossed attribute; empty for the total.
        amount: how much there shall be in all, in the plan's unit.
        contributors: how many people there shall be at least; 0 changes nothing.
    """

    by: dict[str, str]
    amount: float
    contributors: int = 0


@dataclass(frozen=True, slots=True)
class Revised:
    """A plan's text after quotas were raised.

    Attributes:
        text: the new text; the old one where nothing had to be raised.
        changes: every change in words, such as ``accent us: 300 -> 420``.
    """

    text: str
    changes: tuple[str, ...]


def more_of(plan: Plan, counts: Counts, by: dict[str, str], more: float, contributors: int = 0) -> Wanted:
    """The quota that asks for so much more than is kept of a group now, and for so many more people."""
    tally = counts.cells.get(cell_key(by), Tally())
    kept = float(tally.contributors) if plan.targets.unit == "contributors" else tally.kept
    return Wanted(by, kept + more, tally.contributors + contributors if contributors else 0)


def revise(plan: Plan, wanted: Iterable[Wanted]) -> Revised:
    """Raises quotas in the plan's own text; none is ever lowered.

    Where all cells of a group rise to the same amount, its ``each`` rises; where some do, they stand under
    ``only``; where the plan has no such group, one is added at the end. People wanted in some cells only get
    a group of those cells, for ``contributors`` holds for all cells of its group. The total rises with them
    where it would be less than a group asks for.

    Args:
        plan: with its text, as ``read_plan`` gives it.
        wanted: what shall be.

    Raises:
        InputError: a value or an attribute is not in the plan, or the text cannot be changed safely.
    """
    text, changes = plan.text, list[str]()
    by_group: dict[tuple[str, ...], list[Wanted]] = {}
    for one in wanted:
        _refuse_unknown(plan, one)
        by_group.setdefault(tuple(sorted(one.by)), []).append(one)
    total = next((one.amount for one in by_group.pop((), ())), 0.0)
    for names, asked in by_group.items():
        text, told = _raise_group(text, _reread(text, plan), names, asked)
        changes += told
    revised = _reread(text, plan)
    before, least = revised.targets.total, _largest_group(revised)
    if total > (before or 0) or (before and changes and least > before):
        new = max(total, least if before and changes else 0.0)
        text = _set_total(text, new)
        changes.append(f"total: {number(before) if before else 'none'} -> {number(new)}")
    _reread(text, plan)
    return Revised(text, tuple(changes))


def _refuse_unknown(plan: Plan, one: Wanted) -> None:
    for name, value in one.by.items():
        if name not in plan.attributes and name not in RESERVED:
            raise InputError(f"There is no attribute '{name}' in the plan.", fix="Add it under attributes.")
        known = known_values(plan, name)
        if value not in known:
            raise InputError(
                f"'{value}' is not one of the values of {name}.",
                why="A quota for it would never be counted.",
                fix=f"Known: {', '.join(known)}." if known else f"List the values of {name} first.",
            )


def _raise_group(
    text: str, plan: Plan, names: tuple[str, ...], asked: Sequence[Wanted]
) -> tuple[str, list[str]]:
    """The text with one group's cells raised, and the changes in words."""
    text, changes, asked = _raise_some_people(text, plan, names, asked)
    if changes:
        plan = _reread(text, plan)
    have = _cells_by_key(plan, names)
    rising = [one for one in asked if one.amount > _target(have.get(cell_key(one.by)))]
    place = _place(plan, names)
    text, news = _raise_people(text, plan, place, asked)
    changes += news
    if not rising:
        return text, changes
    if place is None:
        by = tuple(rising[0].by)
        return _with_group(text, by, rising), changes + [
            f"{_name(one.by, by)}: none -> {number(one.amount)}" for one in rising
        ]
    group = plan.targets.groups[place]
    amounts = {one.amount for one in rising}
    own = [cell for cell in have.values() if cell.kind == "each" and cell.quota == place]
    if group.each and len(amounts) == 1 and {cell.key for cell in own} <= {cell_key(o.by) for o in rising}:
        (amount,) = amounts
        text = replaced(text, _node(text, "targets", "groups", place, "each"), number(amount))
        label = CROSS.join(group.by)
        changes.append(f"{label}: each {number(group.each)} -> {number(amount)}")
        rising = [one for one in rising if have[cell_key(one.by)].kind != "each"]
    for one in rising:
        key = CROSS.join(one.by[name] for name in group.by)
        text = _set_only(text, place, key, one.amount)
        before = _target(have.get(cell_key(one.by)))
        told = number(before) if before else "none"
        changes.append(f"{_name(one.by, group.by)}: {told} -> {number(one.amount)}")
    return text, changes


def _cells_by_key(plan: Plan, names: tuple[str, ...]) -> dict[str, Cell]:
    """Of the cells of these attributes, the one that asks most where several quotas name the same."""
    found: dict[str, Cell] = {}
    for cell in cells(plan):
        if tuple(sorted(cell.by)) == names and cell.target >= _target(found.get(cell.key)):
            found[cell.key] = cell
    return found


def _raise_some_people(
    text: str, plan: Plan, names: tuple[str, ...], asked: Sequence[Wanted]
) -> tuple[str, list[str], list[Wanted]]:
    """People wanted in some cells of a group but not in all: a quota of their own, for others are not meant.

    Returns:
        The text, the changes in words, and what is asked beside them.
    """
    have = _cells_by_key(plan, names)
    changes = list[str]()
    told = dict[str, int]()
    for cell in cells(plan):
        told[cell.key] = max(told.get(cell.key, 0), cell.contributors)
    more = [one for one in asked if one.contributors > told.get(cell_key(one.by), 0)]
    rest = [replace(one, contributors=0) for one in asked if one not in more]
    everybody = {one.contributors for one in more}
    if not have or (len(everybody) == 1 and {cell_key(one.by) for one in more} >= set(have)):
        return text, changes, [*more, *rest]
    for people in sorted(everybody):
        alike = [one for one in more if one.contributors == people]
        alike = [replace(one, amount=max(one.amount, _target(have.get(cell_key(one.by))))) for one in alike]
        by = tuple(alike[0].by)
        text = _with_people(text, _reread(text, plan), by, alike)
        for one in alike:
            had = _target(have.get(cell_key(one.by)))
            if one.amount > had:
                was = number(had) if had else "none"
                changes.append(f"{_name(one.by, by)}: {was} -> {number(one.amount)}")
            changes.append(
                f"{_name(one.by, by)}: contributors {told.get(cell_key(one.by), 0)} -> {one.contributors}"
            )
    return text, changes, rest


def _with_people(text: str, plan: Plan, by: tuple[str, ...], alike: Sequence[Wanted]) -> str:
    """The text with a quota for these cells alone: their own one where there is one, else a new one."""
    for place, group in enumerate(plan.targets.groups):
        keys = {
            CROSS.join(one.by[name] for name in group.by) for one in alike if set(group.by) == set(one.by)
        }
        if group.each is None and not group.shares and keys and set(group.only) == keys:
            for one in alike:
                text = _set_only(text, place, CROSS.join(one.by[name] for name in group.by), one.amount)
            return _raise_people(text, plan, place, alike)[0]
    return _with_group(text, by, alike)


def _raise_people(text: str, plan: Plan, place: int | None, asked: Sequence[Wanted]) -> tuple[str, list[str]]:
    """The least number of people holds for a whole group: it rises to the most that a cell asks."""
    people = max((one.contributors for one in asked), default=0)
    if place is None or people <= plan.targets.groups[place].contributors:
        return text, []
    group = plan.targets.groups[place]
    node = _node(text, "targets", "groups", place)
    given = node.get("contributors")
    if given is not None:
        text = replaced(text, given, str(people))
    else:
        text = with_field(text, node, "contributors", str(people))
    return text, [f"{CROSS.join(group.by)}: contributors {group.contributors} -> {people}"]


def _place(plan: Plan, names: tuple[str, ...]) -> int | None:
    """The group whose amounts can be raised: the same attributes, not in shares."""
    for place, group in enumerate(plan.targets.groups):
        if tuple(sorted(group.by)) == names and not group.shares:
            return place
    return None


def _target(cell: Cell | None) -> float:
    return cell.target if cell else 0.0


def _name(by: dict[str, str], order: Sequence[str]) -> str:
    return f"{CROSS.join(order)} {CROSS.join(by[name] for name in order)}"


def _set_only(text: str, place: int, key: str, amount: float) -> str:
    group = _node(text, "targets", "groups", place)
    only = group.get("only")
    if only is None:
        return with_field(text, group, "only", inline({key: amount}))
    given = only.get(key)
    if given is not None:
        return replaced(text, given, number(amount))
    return with_field(text, only, word(key), number(amount))


def _with_group(text: str, by: tuple[str, ...], rising: Sequence[Wanted]) -> str:
    named = by[0] if len(by) == 1 else f"[{', '.join(by)}]"
    amounts = {CROSS.join(one.by[name] for name in by): one.amount for one in rising}
    people = max(one.contributors for one in rising)
    least = f", contributors: {people}" if people else ""
    item = f"{{by: {named}, only: {inline(amounts)}{least}}}"
    tree = _tree(text)
    groups, targets = tree.get("targets", "groups"), tree.get("targets")
    if groups is not None and (groups.items or groups.flow):
        return with_item(text, groups, item)
    if targets is not None:
        if groups is not None:
            return replaced(text, groups, f" [{item}]")
        return with_field(text, targets, "groups", f"[{item}]", block=f"- {item}")
    return with_field(text, tree, "targets", f"{{groups: [{item}]}}", block=f"groups:\n  - {item}")


def _set_total(text: str, total: float) -> str:
    tree = _tree(text)
    given, targets = tree.get("targets", "total"), tree.get("targets")
    if given is not None:
        return replaced(text, given, number(total))
    if targets is not None:
        return with_field(text, targets, "total", number(total))
    return with_field(text, tree, "targets", f"{{total: {number(total)}}}", block=f"total: {number(total)}")


def _largest_group(plan: Plan) -> float:
    """The most that one group asks for in all; labels that a sample may have several of do not add up."""
    sums = [
        sum(cell.target for cell in cells(plan) if cell.quota == place)
        for place, group in enumerate(plan.targets.groups)
        if not _overlaps(plan, group)
    ]
    return max(sums, default=0.0)


def _overlaps(plan: Plan, group: Group) -> bool:
    return "label" in group.by and (plan.task.multi or plan.task.tree)


def _tree(text: str) -> Node:
    tree, _ = parse(text)
    if tree is None:
        raise InputError("The plan's text cannot be read any more.", fix="ingather check")
    return tree


def _node(text: str, *path: str | int) -> Node:
    node = _tree(text).get(*path)
    if node is None:
        raise InputError(f"The plan has no field {path[-1]} to change.", fix="ingather check")
    return node


def _reread(text: str, plan: Plan) -> Plan:
    checked = check_text(text, Path(plan.path), whole=False)
    if checked.plan is None:
        raise InputError(
            "The quotas cannot be raised without breaking the plan's text.",
            why=checked.mistakes[0].message,
            fix="Raise them by hand: ingather next shows by how much.",
            where=plan.path,
        )
    return checked.plan
