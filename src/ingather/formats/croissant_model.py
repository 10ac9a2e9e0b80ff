"""What a Croissant document says, in one form for its versions 0.8, 1.0 and 1.1: files, record sets, fields.

Versions differ in names (``csvColumn`` and ``column``, ``applyTransform`` and ``transform``), in how one
thing names another (``#{set/field}``, a name, or ``{"@id": ...}``) and in prefixes; here all are alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingather.sample import Json, Loss

_NAMED = re.compile(r"#\{(.*)\}\Z")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Resource:
    """A file (FileObject) or several (FileSet).

    Attributes:
        id: its name in the document.
        url: where the file is; empty for a set.
        encoding: its media type.
        inside: the archives or folders that it lies in.
        includes: patterns of the files of a set.
        excludes: patterns of files that are none of the set.
        sha256: its checksum, empty where none is told.
        several: whether it is a FileSet.
    """

    id: str
    url: str
    encoding: str
    inside: tuple[str, ...]
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    sha256: str
    several: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's value comes from.

    Attributes:
        target: id of a resource, or ``SET/FIELD`` of another record set.
        how: column, json_path, file_property, or field.
        what: the column, path or property.
        transforms: name and value of each, in order.
    """

    target: str
    how: str
    what: str
    transforms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Attributes:
        name: without its record set's.
        types: data types, without prefix.
        source: where it comes from.
        references: what it is the same as elsewhere, by which records are joined.
        repeated: whether it holds several values.
        parts: fields inside it.
    """

    name: str
    types: tuple[str, ...]
    source: Source | None
    references: Source | None
    repeated: bool
    parts: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class RecordSet:
    """Records of one shape.

    Attributes:
        name: of the set.
        keys: names of the fields that tell its records apart.
        types: data types of the records, such as Enumeration and Split.
        fields: in order.
        data: records written in the document itself, None where they come from files.
    """

    name: str
    keys: tuple[str, ...]
    types: tuple[str, ...]
    fields: tuple[Field, ...]
    data: tuple[Mapping[str, Json], ...] | None


@dataclass(frozen=True, slots=True)
class Document:
    """A Croissant document.

    Attributes:
        name: of the data set.
        licences: as they are written.
        resources: by id.
        sets: record sets by name.
    """

    name: str
    licences: tuple[str, ...]
    resources: Mapping[str, Resource]
    sets: Mapping[str, RecordSet]


def parse_document(found: Json) -> tuple[Document, list[Loss]] | str:
    """The document of a JSON-LD tree and what of it could not be understood, or why it is none."""
    if not isinstance(found, Mapping):
        return "is no JSON object"
    told = _plain(found)
    if "distribution" not in told and "recordset" not in told:
        return "has neither distribution nor recordSet"
    losses: list[Loss] = []
    resources: dict[str, Resource] = {}
    for node in _nodes(told.get("distribution")):
        resource = _resource(node)
        if resource is None:
            losses.append(Loss("distribution", "an entry has neither @id nor name"))
        else:
            resources[resource.id] = resource
    sets: dict[str, RecordSet] = {}
    for node in _nodes(told.get("recordset")):
        name = _own_name(node)
        if not name:
            losses.append(Loss("recordSet", "an entry has neither @id nor name"))
            continue
        sets[name] = _record_set(name, node, resources)
    licences = tuple(_text(one) for one in _list(told.get("license")) if _text(one))
    return Document(_text(told.get("name")), licences, resources, sets), losses


def _plain(node: Mapping[str, Json]) -> dict[str, Json]:
    """A node with its names in lower case and without prefix: ``ml:recordSet`` is ``recordset``."""
    plain: dict[str, Json] = {}
    for name, value in node.items():
        short = name if name.startswith("@") else re.split(r"[:/#]", name)[-1].lower()
        plain.setdefault(short, value)
    return plain


def _nodes(value: Json) -> list[dict[str, Json]]:
    return [_plain(node) for node in _list(value) if isinstance(node, Mapping)]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Json) -> str:
    """The words of a literal: themselves, ``{"@value": ...}``, an address, or one language of several."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, Mapping):
        node = _plain(value)
        if not node:
            return ""
        return _text(next((node[n] for n in ("@value", "@id", "url", "name", "en") if n in node), None))
    return "" if value is None or isinstance(value, bool) else str(value)


def _name_of(value: Json) -> str:
    """What a reference names: ``#{x}``, ``{"@id": x}`` or a plain name."""
    word = _text(value)
    found = _NAMED.match(word)
    return (found[1] if found else word).removeprefix("#")


def _own_name(node: Mapping[str, Json]) -> str:
    return _name_of(node.get("@id")) or _text(node.get("name"))


def _resource(node: Mapping[str, Json]) -> Resource | None:
    name = _own_name(node)
    if not name:
        return None
    kinds = [re.split(r"[:/#]", _text(kind))[-1].lower() for kind in _list(node.get("@type"))]
    return Resource(
        name,
        _text(node.get("contenturl")),
        _text(node.get("encodingformat")).lower(),
        tuple(filter(None, (_name_of(one) for one in _list(node.get("containedin"))))),
        tuple(filter(None, (_text(one) for one in _list(node.get("includes"))))),
        tuple(filter(None, (_text(one) for one in _list(node.get("excludes"))))),
        _text(node.get("sha256")).lower(),
        "fileset" in kinds or ("includes" in node and "contenturl" not in node),
    )


def _record_set(name: str, node: Mapping[str, Json], resources: Mapping[str, Resource]) -> RecordSet:
    keys = tuple(_name_of(one).removeprefix(f"{name}/") for one in _list(node.get("key")))
    fields = tuple(_field(name, one, resources, 0) for one in _nodes(node.get("field")))
    data = node.get("data")
    rows: tuple[Mapping[str, Json], ...] | None = None
    if isinstance(data, list):
        rows = tuple(
            {key.removeprefix(f"{name}/"): value for key, value in row.items()}
            for row in data
            if isinstance(row, Mapping)
        )
    enumerated = ("Enumeration",) if node.get("isenumeration") is True else ()
    return RecordSet(name, tuple(filter(None, keys)), (*_types(node), *enumerated), fields, rows)


def _types(node: Mapping[str, Json]) -> tuple[str, ...]:
    return tuple(re.split(r"[:/#]", _text(kind))[-1] for kind in _list(node.get("datatype")))


def _field(inside: str, node: Mapping[str, Json], resources: Mapping[str, Resource], depth: int) -> Field:
    own = _own_name(node)
    name = own.removeprefix(f"{inside}/") or "field"
    parts: tuple[Field, ...] = ()
    if depth < _DEEPEST:
        parts = tuple(
            _field(f"{inside}/{name}", one, resources, depth + 1) for one in _nodes(node.get("subfield"))
        )
    return Field(
        name,
        _types(node),
        _source(node.get("source"), resources),
        _source(node.get("references"), resources),
        node.get("repeated") is True or node.get("isarray") is True,
        parts,
    )


def _source(value: Json, resources: Mapping[str, Resource]) -> Source | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return _reference(_name_of(value), resources)
    if not isinstance(value, Mapping):
        return None
    node = _plain(value)
    transforms = tuple(
        (name, _text(told) if not isinstance(told, bool) else "true")
        for one in _list(node.get("transform", node.get("applytransform")))
        if isinstance(one, Mapping)
        for name, told in _plain(one).items()
        if not name.startswith("@")
    )
    for target in ("fileobject", "fileset", "distribution"):
        if target in node:
            how, what = _extract(node.get("extract"))
            return Source(_name_of(node[target]), how, what, transforms)
    named = next((_name_of(node[one]) for one in ("field", "recordset", "@id") if one in node), "")
    found = _reference(named, resources)
    return Source(found.target, found.how, found.what, transforms) if found else None


def _reference(name: str, resources: Mapping[str, Resource]) -> Source | None:
    """A field of a record set, or in 0.8 a column of a file: ``#{file/column}``."""
    if not name:
        return None
    before, _, column = name.rpartition("/")
    if before in resources:
        return Source(before, "column", column)
    return Source(name, "field", "")


def _extract(value: Json) -> tuple[str, str]:
    node = _plain(value) if isinstance(value, Mapping) else {}
    for name, how in (
        ("column", "column"), ("csvcolumn", "column"), ("jsonpath", "json_path"),
        ("fileproperty", "file_property"),
    ):  # fmt: skip
        if name in node:
            return how, _text(node[name])
    return "file_property", "content"
