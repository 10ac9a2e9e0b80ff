"""The further parts of samples as columns of a release, one by role: question, chosen, rejected, mask, ..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
import pyarrow as pa

from ingather.store.lookup import Lookup
from ingather.store.packed_ids import PackedIds
from ingather.store.parts import PARTS_TABLE_COLUMNS, part_id
from ingather.store.workspace import Workspace

Told: TypeAlias = dict[str, Any]
BYTES = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_PORTION = 20_000


@dataclass(frozen=True, slots=True)
class Role:
    """What the parts of one role have in common over a whole release.

    Attributes:
        name: the role.
        column: its column, free of the names of others.
        media: image, audio, video or other, for parts that have bytes; empty for words.
        many: whether a sample may have several: the column then holds lists, in their order.
        timed: whether they have a place on the sample's clock: columns ``_start`` and ``_end`` stand beside.
    """

    name: str
    column: str
    media: str = ""
    many: bool = False
    timed: bool = False


def roles_of(workspace: Workspace, ids: PackedIds, taken: Iterable[str]) -> tuple[Role, ...]:
    """The roles among the parts of these samples, by name.

    A role named like a column that is ``taken`` gets ``part_`` before its own.
    """
    if not workspace.samples.exists or not workspace.samples.count("parts IS NOT NULL"):
        return ()
    found: dict[str, Role] = {}
    lookup = Lookup(workspace.samples, ["parts"])
    names = set(taken)
    for portion in ids.portions(_PORTION):
        for text in lookup.match(portion)["parts"].drop_null().to_pylist():
            met: set[str] = set()
            for part in orjson.loads(text):
                name = part["role"]
                known = found.get(name) or Role(name, column_of(name, names))
                found[name] = Role(
                    name,
                    known.column,
                    known.media or (_kind(part["media_type"]) if part["blob"] else ""),
                    known.many or name in met or bool(part["order"]),
                    known.timed or part["start"] is not None or part["end"] is not None,
                )
                met.add(name)
    return tuple(found[name] for name in sorted(found))


def column_of(role: str, taken: Iterable[str]) -> str:
    """A role as the name of a column."""
    plain = "".join(c if c.isalnum() else "_" for c in role).strip("_") or "part"
    return f"part_{plain}" if plain in taken else plain


def part_fields(roles: Sequence[Role], *, apart: bool) -> list[pa.Field]:
    """The columns of parts.

    Args:
        roles: as ``roles_of`` gives them.
        apart: whether media lie as files beside the shards, so that columns hold their paths.
    """
    fields: list[pa.Field] = []
    for role in roles:
        kind = pa.large_string() if not role.media else pa.string() if apart else BYTES
        fields.append(pa.field(role.column, pa.list_(kind) if role.many else kind))
        if role.timed:
            clock = pa.list_(pa.float64()) if role.many else pa.float64()
            fields += [pa.field(f"{role.column}_start", clock), pa.field(f"{role.column}_end", clock)]
    return fields


@dataclass
class PartReader:
    """Reads the parts of samples as columns, cleaned where they were cleaned.

    Attributes:
        workspace: where they lie.
        roles: which there are.
        apart: whether media lie as files beside the shards.
    """

    workspace: Workspace
    roles: tuple[Role, ...]
    apart: bool

    def __post_init__(self) -> None:
        self._samples = Lookup(self.workspace.samples, ["parts"])
        cleaned = self.workspace.parts
        self._cleaned = Lookup(cleaned, list(PARTS_TABLE_COLUMNS)) if cleaned.exists else None

    def columns(self, ids: pa.Array) -> tuple[dict[str, pa.Array], list[tuple[str, bytes]]]:
        """The columns for these samples, and the files to lay beside them."""
        texts = self._samples.match(ids)["parts"].to_pylist()
        rows = [
            list(self._of(one, text)) if text else []
            for one, text in zip(ids.to_pylist(), texts, strict=True)
        ]
        files: list[tuple[str, bytes]] = []
        columns: dict[str, pa.Array] = {}
        types = {field.name: field.type for field in part_fields(self.roles, apart=self.apart)}
        for role in self.roles:
            own = [sorted((p for p in parts if p["role"] == role.name), key=_order) for parts in rows]
            values = [[self._value(role, part, files) for part in parts] for parts in own]
            columns[role.column] = _array(values, role, types[role.column])
            for end in ("start", "end") if role.timed else ():
                clock = [[part[end] for part in parts] for parts in own]
                columns[f"{role.column}_{end}"] = _array(clock, role, types[f"{role.column}_{end}"])
        return columns, files

    def _of(self, sample: str, text: str) -> Iterator[Told]:
        parts = orjson.loads(text)
        ids = [part_id(sample, part["role"], part["order"]) for part in parts]
        new = self._cleaned.match(pa.array(ids)).to_pylist() if self._cleaned is not None else [{}] * len(ids)
        for one, part, changed in zip(ids, parts, new, strict=True):
            told = {name: value for name, value in changed.items() if value is not None}
            yield {
                **part,
                **told,
                "name": f"{sample}-{column_of(part['role'], ())}-{part['order']}",
                "id": one,
            }

    def _value(self, role: Role, part: Told, files: list[tuple[str, bytes]]) -> Any:
        if not role.media:
            return part["text"]
        from ingather.releases.content import released_bytes, suffix_of

        content = released_bytes(self.workspace, part["blob"], image=role.media == "image")
        name = part["name"] + suffix_of(content, part["media_type"])
        if not self.apart:
            return {"bytes": content, "path": name}
        files.append((f"media/{name}", content))
        return f"media/{name}"


def _order(part: Told) -> int:
    return int(part["order"])


def _array(values: list[list[Any]], role: Role, kind: pa.DataType) -> pa.Array:
    if role.many:
        return pa.array(values, kind)
    return pa.array([one[0] if one else None for one in values], kind)


def _kind(media_type: str | None) -> str:
    kind = (media_type or "").partition("/")[0]
    return kind if kind in ("image", "audio", "video") else "other"
