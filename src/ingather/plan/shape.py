"""First pass: does every field have the shape that the plan's types ask for?

Pydantic finds what does not fit; here its report get a place in the file and plain words, and the parts
that do not fit are cut out so that the next passes can judge the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ingather.plan.findings import Report, instead
from ingather.plan.forms import is_free
from ingather.plan.model import Plan
from ingather.plan.positions import Node, plain

Loc = tuple[int | str, ...]
M = TypeVar("M", bound=BaseModel)
_VALUES = re.compile(r"(attributes\.[^.]+(\.(values|bins).*)?|task(\.labels.*)?|languages.*|sources.*\.name)")
_STAND_INS: dict[str, Any] = {
    "version": 1,
    "name": "unsound",
    "objective": "unsound",
    "modality": "record",
    "task": {"type": "none"},
    "sources": [{"name": "unsound", "kind": "files"}],
}
_EXPECTED = {
    "string_type": "a word or a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number with an end",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, such as [a, b]",
    "list_type": "a list, such as [a, b]",
    "set_type": "a list, such as [a, b]",
    "dict_type": "names with values, such as {a: 1}",
    "mapping_type": "names with values, such as {a: 1}",
    "model_type": "fields with values, such as {a: 1}",
    "model_attributes_type": "fields with values, such as {a: 1}",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as far as it is sound.

    Attributes:
        plan: the plan; what was unsound has its default or a stand-in.
        tree: the nodes that were sound, in the same shape as the plan.
        cut: dotted paths of what was cut out, as written.
        attributes: names of all attributes, also of those that were cut out.
        folder: what paths are relative to, as text.
    """

    plan: Plan
    tree: Node
    cut: frozenset[str]
    attributes: tuple[str, ...]
    folder: str

    def at(self, *path: str | int) -> Node:
        """The node of this field, or the nearest one above it."""
        return self.tree.nearest(*path)

    def sound(self, *fields: str) -> bool:
        """Whether nothing was cut out of these top fields."""
        return not any(path.split(".")[0].split("[")[0] in fields for path in self.cut)

    def whole(self, node: Node) -> bool:
        """Whether nothing was cut out of this mapping or list."""
        return not any(path.startswith((f"{node.path}.", f"{node.path}[")) for path in self.cut)

    def as_read(self) -> Plan:
        """The plan with the options of plug-ins as these read them; for a draft without mistakes."""
        return Plan.model_validate(plain(self.tree), by_alias=True, by_name=False)

    @property
    def values_sound(self) -> bool:
        """Whether all values of attributes, all labels and all languages were read."""
        return not any(_VALUES.fullmatch(path) for path in self.cut)


def check_shape(tree: Node, folder: str, report: Report) -> Draft:
    """Notes everything whose shape is wrong and returns what is left."""
    pruned = tree.copy()
    train = pruned.get("train")
    if train is not None and train.fields and "recipe" not in train.fields:
        train.fields["recipe"] = Node("", train.span, train.key, path="train.recipe")
    named = tuple(pruned.nearest("attributes").fields) if pruned.get("attributes") else ()
    plan, cut = _sound_part(Plan, pruned, report)
    return Draft(plan, pruned, cut, named, folder)


def check_options(
    model: type[M], node: Node, report: Report, what: str, given: dict[str, Any] | None = None
) -> tuple[M | None, bool]:
    """Reads the options of a plug-in; notes what is wrong with them.

    What is read otherwise than it was parsed (``007`` where words are wanted, a known field left empty) is
    changed in ``node`` too, so that the plan can be read again as it is meant.

    Args:
        model: the plug-in's Config.
        node: the mapping of options (what is not an option is already removed).
        report: where mistakes go.
        what: the plug-in in words, such as "source kind 'files'".
        given: values for options that the plan does not set.

    Returns:
        The options without what does not fit (None where nothing is left to judge), and whether all fitted.
    """
    value = {**(given or {}), **plain(node)}
    sound = True
    for _ in range(5):
        try:
            return model.model_validate(value), sound
        except ValidationError as error:
            if _as_written(node, value, error):
                continue
            empty = [str(flaw["loc"][0]) for flaw in error.errors() if _left_empty(node, flaw)]
            empty = [name for name in empty if name in value]
            for name in empty:
                del value[name]
                node.fields.pop(name, None)
            if empty:
                continue
            for loc, flaw in _of_branches(node, error):
                if sound:
                    _tell(model, node, loc, flaw, report, what)
                if loc:
                    value.pop(str(loc[0]), None)
            sound = False
    return None, sound


def _of_branches(tree: Node, error: ValidationError) -> Iterator[tuple[Loc, Any]]:
    """The flaws with the names of a union's branches taken out of their places, each place told once.

    Where one branch fits as a whole and fails further inside, only that is told.
    """
    told: dict[Loc, tuple[int, Any]] = {}
    for flaw in error.errors():
        place: list[int | str] = []
        node, branches = tree, 0
        for depth, step in enumerate(flaw["loc"]):
            inner = node.get(step)
            last = depth == len(flaw["loc"]) - 1 and flaw["type"] in ("missing", "extra_forbidden")
            if inner is None and not last and depth:
                branches += 1
                continue
            place.append(step)
            node = inner or node
        told.setdefault(tuple(place), (branches, flaw))
    for loc, (branches, flaw) in told.items():
        if not (branches and any(other[: len(loc)] == loc and len(other) > len(loc) for other in told)):
            yield loc, flaw


def _sound_part(model: type[Plan], tree: Node, report: Report) -> tuple[Plan, frozenset[str]]:
    unsound: set[str] = set()
    told: set[str] = set()
    value = plain(tree)
    while True:
        try:
            return model.model_validate(value, by_alias=True, by_name=False), frozenset(told)
        except ValidationError as error:
            if _as_written(tree, value, error):
                continue
            flaws = _without_echoes(error.errors())
            empty = {flaw["loc"] for flaw in flaws if _left_empty(tree, flaw)}
            for loc in empty:
                _remove(tree, loc, set())
            if empty:
                value = plain(tree)
                _stand_in(value, unsound)
                continue
            for flaw in flaws:
                if _written_path(tree, flaw["loc"]) not in told:
                    _tell(model, tree, flaw["loc"], flaw, report, "")
                unsound.add(str(flaw["loc"][0]) if flaw["loc"] else "")
            cuts = {_cut(flaw["loc"], flaw["type"]) for flaw in flaws}
            for loc in sorted(cuts, key=_last_first):
                _remove(tree, loc, told)
            value = plain(tree)
            _stand_in(value, unsound)


def _without_echoes(flaws: list[Any]) -> list[Any]:
    """The flaws but for 'too few' of a list whose entries are there and have flaws of their own."""
    places = [flaw["loc"] for flaw in flaws]
    return [
        flaw
        for flaw in flaws
        if flaw["type"] != "too_short"
        or not any(place[: len(flaw["loc"])] == flaw["loc"] and place != flaw["loc"] for place in places)
    ]


def _stand_in(value: dict[str, Any], unsound: set[str]) -> None:
    for field, stand_in in _STAND_INS.items():
        if field in unsound and not value.get(field):
            value[field] = stand_in


def _left_empty(tree: Node, flaw: Any) -> bool:
    """Whether a known field has no value, which is as if it were not there."""
    node = tree.get(*flaw["loc"])
    if node is None or node.value is not None or flaw["type"] == "extra_forbidden":
        return False
    return isinstance(flaw["loc"][-1], str) and not is_free(tree.nearest(*flaw["loc"][:-1]).path)


def _last_first(loc: Loc) -> tuple[tuple[int, int | str], ...]:
    return tuple((0, -step) if isinstance(step, int) else (1, step) for step in loc)


def _cut(loc: Loc, kind: str) -> Loc:
    """What must go: the field itself, or what it is missing from."""
    loc = tuple(step for step in loc if step != "[key]")
    named = len(loc) == 3 and loc[0] == "sources" and loc[2] == "name"
    return loc[:-1] if kind == "missing" and len(loc) > 1 and not named else loc


def _remove(tree: Node, loc: Loc, told: set[str]) -> None:
    """Takes out the node at ``loc``, or the deepest one on the way to it; a source keeps a stand-in name."""
    told.add(_written_path(tree, loc))
    while loc:
        parent, last = tree.get(*loc[:-1]), loc[-1]
        if parent is not None and len(loc) == 3 and loc[0] == "sources" and last == "name":
            parent.fields["name"] = Node(f"unsound-{loc[1]}", parent.span, path=f"{parent.path}.name")
            return
        if parent is not None and str(last) in parent.fields:
            del parent.fields[str(last)]
            return
        if parent is not None and isinstance(last, int) and last < len(parent.items):
            del parent.items[last]
            return
        loc = loc[:-1]


def _written_path(tree: Node, loc: Loc) -> str:
    loc = tuple(step for step in loc if step != "[key]")
    node = tree.get(*loc)
    if node is not None:
        return node.path
    parent, last = tree.nearest(*loc[:-1]), loc[-1] if loc else ""
    return f"{parent.path}[{last}]" if isinstance(last, int) else f"{parent.path}.{last}".lstrip(".")


def _as_written(tree: Node, value: Any, error: ValidationError) -> bool:
    """Gives fields that want words what was written (``1``, ``yes``) instead of the number read from it."""
    changed = False
    for flaw in error.errors():
        node = tree.get(*flaw["loc"])
        if flaw["type"] != "string_type" or node is None or not isinstance(node.value, bool | int | float):
            continue
        inner = value
        for step in flaw["loc"][:-1]:
            inner = inner[step]
        if isinstance(inner, dict | list):
            inner[flaw["loc"][-1]] = node.written  # type: ignore[index]
            node.value = node.written
            changed = True
    return changed


def _tell(model: type[BaseModel], tree: Node, loc: Loc, flaw: Any, report: Report, what: str) -> None:
    loc = tuple(step for step in loc if step != "[key]")
    node = tree.nearest(*loc)
    name = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    subject = f"'{name}'" if loc and isinstance(loc[-1], str) else f"an entry of '{name}'"
    kind, context = flaw["type"], flaw.get("ctx") or {}
    if kind == "extra_forbidden":
        fix = instead(name, fields_at(model, loc[:-1]), "Fields here")
        report.mistake(node, f"there is no field '{name}'{_of(what)} here", fix, at_key=True, value=name)
    elif kind == "missing" and isinstance(loc[-1], int):
        told = f"'{name}' needs {loc[-1] + 1} entries, not '{node.told()}'"
        report.mistake(node, told, f"Write {loc[-1] + 1} of them, such as [0, 1].")
    elif kind == "missing":
        fix = f"Add {subject}{describe(model, loc)}" if loc != ("version",) else "Add 'version: 1'"
        named = (
            node
            if node.path.split(".")[-1] == name
            else replace(node, path=f"{node.path}.{name}".lstrip("."))
        )
        report.mistake(named, f"{subject} is missing{_of(what)}", fix, at_key=True, value="")
    elif kind == "literal_error":
        known = list(_literals_at(model, loc)) or [str(context.get("expected", ""))]
        told, fix = f"'{node.told()}' is not one of the values of {subject}", instead(node.told(), known)
        if isinstance(node.value, str) and node.value in known:
            told, fix = f"{subject} expects a number, not the word '{node.told()}'", "Leave out the quotes."
        report.mistake(node, told, fix)
    elif kind in ("value_error", "assertion_error"):
        why = str(context.get("error", flaw["msg"]))
        report.mistake(node, f"{subject} cannot be '{node.told()}': {why}", f"Correct {subject}: {why}")
    elif kind == "string_pattern_mismatch":
        told = f"{subject} cannot be '{node.told()}': it must fit {context.get('pattern', '')}"
        report.mistake(node, told, "Use letters and digits, with '-' between words.")
    elif kind == "too_short":
        told = f"{subject} needs at least {context.get('min_length', 1)}"
        report.mistake(node, told, f"Add one to {subject}.")
    elif kind in _EXPECTED:
        expected = _EXPECTED[kind]
        fix = _likely(kind, node, fields_at(model, loc)) or f"Write {expected}."
        report.mistake(node, f"{subject} expects {expected}, not '{node.told()}'", fix)
    else:
        why = _plain(flaw["msg"])
        report.mistake(node, f"{subject} is {node.told()}: {why}", why.replace("it must be", "Write a value"))


def _likely(kind: str, node: Node, fields: list[str]) -> str | None:
    """What was likely meant, as it should be written."""
    if kind in ("tuple_type", "list_type", "set_type") and node.written:
        return f"Write [{node.written}]."
    if kind in ("model_type", "model_attributes_type") and fields:
        return f"Write fields with values: {', '.join(fields[:12])}."
    percent = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", node.written)
    if percent:
        return f"Write {float(percent[1]) / 100:g}."
    digits = re.match(r"\d[\d,_' ]*(\.\d+)?", node.written)
    if digits and len(digits[0]) <= 15 and kind.startswith(("int", "float")):
        return f"Write {re.sub(r'[^0-9.]', '', digits[0])}."
    return None


def _of(what: str) -> str:
    return f" of {what}" if what else ""


def _plain(message: str) -> str:
    return message.replace("Input should be", "it must be").replace("Value error, ", "")


def describe(model: type[BaseModel], loc: Loc) -> str:
    """What a field is for, in brackets, or nothing where its type does not say."""
    for owner in _models(_type_at(model, loc[:-1])):
        field = _by_written_name(owner).get(str(loc[-1]))
        if field is not None and field.description:
            return f" ({field.description})"
    return ""


def fields_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """Names of the fields that may stand at a place, as they are written in YAML."""
    hidden = {"text", "path", "hash"} if not loc and model is Plan else set()
    return [
        name
        for owner in _models(_type_at(model, loc))
        for name in _by_written_name(owner)
        if name not in hidden
    ]


def _by_written_name(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _literals_at(model: type[BaseModel], loc: Loc) -> Iterator[str]:
    for kind in _alternatives(_type_at(model, loc)):
        if get_origin(kind) is Literal:
            yield from (str(value) for value in get_args(kind))


def _type_at(model: type[BaseModel], loc: Loc) -> Any:
    kind: Any = model
    for step in loc:
        kind = _inside(kind, step)
    return kind


def _inside(kind: Any, step: int | str) -> Any:
    for option in _alternatives(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            field = _by_written_name(option).get(str(step))
            if field is not None:
                return field.annotation
        arguments = get_args(option)
        if get_origin(option) is dict and len(arguments) == 2:
            return arguments[1]
        if get_origin(option) in (tuple, list, set, frozenset) and arguments:
            return arguments[0]
    return NoneType


def _alternatives(kind: Any) -> Iterator[Any]:
    kind = getattr(kind, "__value__", kind)
    if hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        for option in get_args(kind):
            yield from _alternatives(option)
    else:
        yield kind


def _models(kind: Any) -> list[type[BaseModel]]:
    return [k for k in _alternatives(kind) if isinstance(k, type) and issubclass(k, BaseModel)]
