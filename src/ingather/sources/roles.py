"""Which named value of a row, a path or a sidecar becomes what of an item: label, contributor, ..."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from ingather.errors import InputError
from ingather.formats.values import number, numeric_cell
from ingather.plan.findings import nearest
from ingather.plan.licences import spdx_of
from ingather.plan.model import Plan
from ingather.sample import AttributeValue, Item, Json, Part
from ingather.sources.losses import Tally

_NUMERIC_TASKS = frozenset({"regression", "ranking", "forecasting"})
_OWN_NAMES = {
    "label": ("label",),
    "contributor": ("contributor",),
    "session": ("session",),
    "split": ("split",),
    "licence": ("licence", "license"),
}
"""Names that mean what they say where the plan names nothing else."""
_FIELDS = {"licence": "licence_from", "split": "split_from"}
"""What a role is called in the plan, where it is called otherwise."""
_HINT = "Write one of these; without a header line: header_rows: 0."


@dataclass(frozen=True)
class Roles:
    """The names in use, each as it is called in the source.

    Attributes:
        label, contributor, session, split, licence, at, text: the name of each, or None.
        key: the name whose value is the item's key, or None.
        attributes: attribute of the plan to name in the source.
        values: name in the source to {value found: value meant}.
        fields: names that make up a record, or None for all but what has another role.
        label_values: the plan's labels; empty means any.
        attribute_values: attribute to the plan's values; no entry means any.
        numbers: attributes whose value is a number (they have bins).
        numeric_label: whether the label is a number.
        multi: whether there are several labels at once.
        separator: what stands between several labels in one cell.
        target: the field to predict, which stays in the record.
        parts: role of a further part to the name of its words.
    """

    label: str | None = None
    contributor: str | None = None
    session: str | None = None
    split: str | None = None
    licence: str | None = None
    at: str | None = None
    text: str | None = None
    key: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: tuple[str, ...] | None = None
    label_values: frozenset[str] = frozenset()
    attribute_values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    numeric_label: bool = False
    multi: bool = False
    separator: str = "|"
    target: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    def describe(self, item: Item, row: Mapping[str, Json], tally: Tally) -> None:
        """Writes what the row says of an item onto it; what is not understood is told or made its fault."""
        values = self.values
        if self.label is not None:
            self._label(item, row.get(self.label))
        if self.contributor is not None:
            item.contributor = _word(self._meant(self.contributor, row))
        if self.session is not None:
            item.session = _word(self._meant(self.session, row))
        if self.split is not None:
            item.split = _word(self._meant(self.split, row))
        if self.licence is not None:
            told = _word(self._meant(self.licence, row))
            item.licence = spdx_of(told) if told else None
            if told and item.licence is None:
                known = f"'values: {{{self.licence}: {{{told}: CC-BY-4.0}}}}' says what it means"
                why = f"'{told}' is no licence that is known: taken as unknown; {known}"
                tally.add(_place(item), why, lost=False)
        if self.at is not None:
            self._time(item, row.get(self.at), tally)
        for attribute, name in self.attributes.items():
            found = self._meant(name, row) if name in values else row.get(name)
            item.attributes[attribute] = self._attribute(item, attribute, found, tally)
        for role, name in self.parts.items():
            words = _word(row.get(name))
            if words is None:
                item.fault = item.fault or f"its {role} is empty (column '{name}')"
            item.parts = (*(part for part in item.parts if part.role != role), Part(role, text=words or ""))

    def _meant(self, name: str, row: Mapping[str, Json]) -> Json:
        found = row.get(name)
        known = self.values.get(name)
        if known is None or found is None:
            return found
        return known.get(_word(found) or "", found)

    def _label(self, item: Item, found: Json) -> None:
        assert self.label is not None
        if found is None or found == "":
            return
        known = self.values.get(self.label, {})
        if self.numeric_label:
            item.label = numeric_cell(found)
            if not isinstance(item.label, int | float):
                item.fault = item.fault or f"the label '{found}' is no number"
            return
        if not self.multi:
            word = _word(found) or ""
            item.label = word = known.get(word, word)
            if self.label_values and word not in self.label_values:
                item.fault = item.fault or _unknown_label(word, self.label_values)
            return
        words = (
            found if isinstance(found, list) else [part.strip() for part in str(found).split(self.separator)]
        )
        labels = [known.get(_word(word) or "", _word(word) or "") for word in words if word not in ("", None)]
        item.label = list(labels)
        strange = [word for word in labels if self.label_values and word not in self.label_values]
        if strange:
            item.fault = item.fault or _unknown_label(strange[0], self.label_values)

    def _attribute(self, item: Item, attribute: str, found: Json, tally: Tally) -> AttributeValue:
        if found is None or found == "":
            return None
        if attribute in self.numbers:
            value = numeric_cell(found)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
            if value is not None:
                tally.add(_place(item), f"{attribute} '{found}' is no number: taken as unknown", lost=False)
            return None
        word = _word(found)
        known = self.attribute_values.get(attribute)
        if known is not None and word not in known:
            tally.add(
                _place(item),
                f"{attribute} '{word}' is none of the plan's values: it counts in no group",
                lost=False,
            )
        return word

    def _time(self, item: Item, found: Json, tally: Tally) -> None:
        if found is None or found == "":
            return
        item.at = parse_time(found)
        if item.at is None:
            tally.add(
                _place(item),
                f"'{found}' is no time (ISO 8601, or seconds since 1970): taken as unknown",
                lost=False,
            )

    def record(self, row: Mapping[str, Json]) -> dict[str, Json]:
        """The fields of a record."""
        if self.fields is not None:
            names: Collection[str] = self.fields
            return {name: self._field(name, row) for name in names}
        apart = self.apart
        return {name: self._field(name, row) for name in row if name not in apart}

    def _field(self, name: str, row: Mapping[str, Json]) -> Json:
        found = self._meant(name, row) if name in self.values else row.get(name)
        return None if found == "" else found

    @property
    def apart(self) -> frozenset[str]:
        """Names that are no field of a record, for they say something about it."""
        own = {self.key, self.contributor, self.session, self.split, self.licence, *self.parts.values()}
        if self.label != self.target:
            own.add(self.label)
        return frozenset(name for name in own if name is not None)

    def fingerprint(self) -> str:
        """Eight hex digits that change when the same row would be understood otherwise."""
        told = orjson.dumps(
            {name: _sorted(value) for name, value in vars(self).items() if name != "parts" or value},
            option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS,
        )
        return hashlib.sha256(told).hexdigest()[:8]


def resolve_roles(
    plan: Plan, names: Collection[str], asked: Mapping[str, str | None], where: str, **options: Any
) -> Roles:
    """Settles which name plays which role.

    Args:
        plan: its attributes, labels and task.
        names: every name that rows, paths and sidecar offer.
        asked: role to name, as the plan's source says.
        where: the source's path, for messages.
        options: ``attributes``, ``values``, ``fields``, ``parts`` and ``separator`` of the source, and the
            ``hint`` to follow where no name of it is near.

    Raises:
        InputError: names that the source does not have, all of them, each with the nearest that it has.
    """
    known = set(names)
    attributes: dict[str, str] = dict(options.get("attributes") or {})
    values: dict[str, dict[str, str]] = dict(options.get("values") or {})
    fields: tuple[str, ...] = tuple(options.get("fields") or ())
    wanted = {f"{_FIELDS.get(role, role)}: {name}": name for role, name in asked.items() if name is not None}
    wanted |= {f"attributes: {{{attribute}: {name}}}": name for attribute, name in attributes.items()}
    wanted |= {f"fields: {name}": name for name in fields}
    parts: dict[str, str] = dict(options.get("parts") or {})
    wanted |= {f"parts: {{{role}: {name}}}": name for role, name in parts.items()}
    lacking = {told: name for told, name in wanted.items() if name not in known}
    settled: dict[str, str | None] = {role: asked.get(role) for role in ("key", "text", "at")}
    for role, own in _OWN_NAMES.items():
        settled[role] = asked.get(role) or next((name for name in own if name in known), None)
    target = plan.task.target
    if asked.get("label") is None and target is not None:
        if target in known:
            settled["label"] = target
        elif plan.modality == "record":
            lacking[f"task: {{target: {target}}}"] = target
    taken = {**_own_attributes(plan, known), **attributes}
    strange = [attribute for attribute in attributes if attribute not in plan.attributes]
    roles_by_name = {role: name for role, name in settled.items() if name}
    values = {roles_by_name.get(name, taken.get(name, name)) if name not in known else name: _words(meant)
              for name, meant in values.items()}  # fmt: skip
    lacking |= {f"values: {{{name}: ...}}": name for name in values if name not in known}
    if lacking or strange:
        raise _lacking(lacking, strange, known, plan, where, options.get("hint") or _HINT)
    return Roles(
        **settled,
        attributes=taken,
        values=values,
        fields=fields or None,
        label_values=frozenset(plan.task.labels),
        attribute_values={
            name: frozenset(plan.attributes[name].values) for name in taken if plan.attributes[name].values
        },
        numbers=frozenset(name for name in taken if plan.attributes[name].bins),
        numeric_label=plan.task.type in _NUMERIC_TASKS,
        multi=plan.task.multi,
        separator=options.get("separator") or "|",
        target=target,
        parts=parts,
    )


@lru_cache(maxsize=1024)
def _unknown_label(word: str, labels: frozenset[str]) -> str:
    near = nearest(word, labels)
    meant = f"; did it mean '{near}'?" if near else ""
    known = ", ".join(sorted(labels)[:12])
    return f"its label '{word}' is none of the plan's ({known}){meant}"


def parse_time(found: Json) -> datetime | None:
    """A moment written in ISO 8601, or in seconds or milliseconds since 1970; without a zone it is UTC."""
    if isinstance(found, bool) or found is None:
        return None
    seconds = number(found) if isinstance(found, str) else found
    if isinstance(seconds, int | float) and not (isinstance(found, str) and len(found.strip()) == 8):
        try:
            return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return None
    try:
        moment = datetime.fromisoformat(str(found).strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _own_attributes(plan: Plan, known: Collection[str]) -> dict[str, str]:
    """Attributes of the plan that the source names alike, or by the attribute's ``from``."""
    by_case = {name.casefold(): name for name in sorted(known, reverse=True)}
    taken = {}
    for attribute, spec in plan.attributes.items():
        for name in (spec.source, attribute):
            if name is not None and name in known:
                taken[attribute] = name
                break
        else:
            if attribute.casefold() in by_case:
                taken[attribute] = by_case[attribute.casefold()]
    return taken


def _lacking(
    lacking: Mapping[str, str], strange: list[str], known: Collection[str], plan: Plan, where: str, hint: str
) -> InputError:
    parts = []
    fixes = []
    for told, name in lacking.items():
        parts.append(f"'{told}' names what it does not have")
        near = nearest(name, known)
        if near:
            fixes.append(f"'{near}' instead of '{name}'")
    for attribute in strange:
        parts.append(f"'attributes: {attribute}' is no attribute of the plan")
        near = nearest(attribute, plan.attributes)
        fixes.append(
            f"'{near}' instead of '{attribute}'" if near else f"add '{attribute}' to the plan's attributes"
        )
    names = ", ".join(sorted(known)[:40])
    return InputError(
        f"{where}: {'; '.join(parts)}.",
        why=f"It has: {names}{' and more' if len(known) > 40 else ''}.",
        fix=f"Write {', '.join(fixes)}." if fixes else hint,
        where=where,
    )


def _place(item: Item) -> str:
    """Where somebody finds it: the line of a table, else its key."""
    line = (item.evidence or {}).get("line")
    return f"line {line}" if line is not None else item.key


def _word(found: Json) -> str | None:
    if found is None or isinstance(found, str):
        return found.strip() or None if found else None
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    if isinstance(found, list):
        return ", ".join(word for word in map(_word, found) if word) or None
    return str(found)


def _words(meant: Mapping[Any, Any]) -> dict[str, str]:
    return {_word(value) or "": _word(other) or "" for value, other in meant.items()}


def _sorted(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {str(name): _sorted(inner) for name, inner in value.items()}
    return value
