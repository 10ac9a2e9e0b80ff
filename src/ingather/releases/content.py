"""The rows of a release: the main part, label, attributes and rights of every sample, as Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.formats.media_types import BY_SUFFIX, HEAD, media_type_of
from ingather.plan.model import Plan
from ingather.releases.part_columns import BYTES, PartReader, part_fields, roles_of
from ingather.releases.selection import Selection
from ingather.store.lookup import Lookup
from ingather.store.packed_ids import PackedIds
from ingather.store.word_columns import plain
from ingather.store.workspace import Workspace

MEDIA = {"audio", "image", "video", "sensor"}
_WORDS, _MEDIA, _FILMS = 20_000, 500, 8
"""Samples that are held in memory at once: of words, of media, of films."""
_TAKEN = (*MEDIA, "text", "data", "label_distribution", "votes", "key")
_FIXED = ("id", "label", "contributor", "session", "source", "licence", "synthetic", "parent", "segment")


@dataclass
class Content:
    """Reads the rows of a release from the store.

    Attributes:
        workspace: where they lie.
        plan: whose modality and attributes count.
        selection: what is in.
        attributes: values to release by attribute, blanked where too few people share them.
        fields: for records, the columns of their data with types.
    """

    workspace: Workspace
    plan: Plan
    selection: Selection
    attributes: Mapping[str, pa.Array]
    fields: Mapping[str, pa.DataType]

    def __post_init__(self) -> None:
        names = {*_FIXED, *_TAKEN, *self.attributes, *self.fields}
        self.roles = roles_of(self.workspace, self.selection.ids, names)
        self._parts = PartReader(self.workspace, self.roles, self.plan_media_apart) if self.roles else None
        self._holds_data = (
            self.plan.modality != "record" and self.workspace.samples.count("data IS NOT NULL") > 0
        )
        columns = [
            "text", "blob", "media_type", "data", "source", "licence", "session", "synthetic", "parent",
            "segment", "key",
        ]  # fmt: skip
        self._samples = Lookup(self.workspace.samples, columns)
        self._cleaned = Lookup(self.workspace.cleaned, ["text", "blob"])
        labelled = self.workspace.labels.exists
        self._labels = Lookup(self.workspace.labels, ["distribution", "votes"]) if labelled else None

    @property
    def schema(self) -> pa.Schema:
        """The columns of every shard."""
        fields = [pa.field("id", pa.string())]
        main = self.plan.modality
        if main == "text":
            fields.append(pa.field("text", pa.large_string()))
        elif main in MEDIA:
            fields.append(pa.field(main, pa.string() if self.plan_media_apart else BYTES))
        else:
            fields += [pa.field(self.plain(name), kind) for name, kind in self.fields.items()]
        fields += part_fields(self.roles, apart=self.plan_media_apart)
        if self._holds_data:
            fields.append(pa.field("data", pa.large_string()))
        fields.append(pa.field("label", label_type(self.plan)))
        if self._labels is not None:
            fields += [pa.field("label_distribution", pa.string()), pa.field("votes", pa.string())]
        fields += [
            pa.field(name, pa.float64() if pa.types.is_floating(values.type) else pa.string())
            for name, values in self.attributes.items()
        ]
        fields += [pa.field(name, pa.string()) for name in ("contributor", "session", "source", "licence")]
        fields += [
            pa.field("synthetic", pa.bool_()),
            pa.field("parent", pa.string()),
            pa.field("segment", pa.string()),
        ]
        if self.plan.release is not None and self.plan.release.keys:
            fields.append(pa.field("key", pa.string()))
        return pa.schema(fields)

    @property
    def media(self) -> dict[str, str]:
        """Columns that hold bytes or paths of media: image, audio, video, sensor or other."""
        main: dict[str, str] = {}
        if self.plan.modality in MEDIA:
            main[self.plan.modality] = self.plan.modality
        return {**main, **{role.column: role.media for role in self.roles if role.media}}

    @property
    def plan_media_apart(self) -> bool:
        """Whether media lie as files beside the shards."""
        return self.plan.release is not None and self.plan.release.media == "files"

    def batches(self, rows: NDArray[np.int64]) -> Iterator[tuple[pa.Table, list[tuple[str, bytes]]]]:
        """The chosen rows in order, with the media files to lay beside them, if they lie apart."""
        heavy = self.plan.modality in MEDIA or any(role.media for role in self.roles)
        size = _FILMS if self.plan.modality == "video" else _MEDIA if heavy else _WORDS
        for start in range(0, len(rows), size):
            yield self._batch(rows[start : start + size])

    def _batch(self, rows: NDArray[np.int64]) -> tuple[pa.Table, list[tuple[str, bytes]]]:
        take = pa.array(rows)
        ids = self.selection.ids.take(rows)
        told = self._samples.match(ids)
        new = self._cleaned.match(ids)
        columns: dict[str, Any] = {"id": ids}
        files: list[tuple[str, bytes]] = []
        main = self.plan.modality
        if main == "text":
            columns["text"] = pc.coalesce(new["text"], told["text"])
        elif main in MEDIA:
            blobs = pc.coalesce(new["blob"], told["blob"]).to_pylist()
            pictures = main == "image"
            contents = [released_bytes(self.workspace, blob, image=pictures) for blob in blobs]
            kinds = told["media_type"].to_pylist()
            media: list[dict[str, Any]] = [
                {"bytes": data, "path": one + suffix_of(data, kind)}
                for one, data, kind in zip(ids.to_pylist(), contents, kinds, strict=True)
            ]
            if self.plan_media_apart:
                files += [(f"media/{m['path']}", m["bytes"]) for m in media]
                columns[main] = pa.array([name for name, _ in files], pa.string())
            else:
                columns[main] = pa.array(media, self.schema.field(main).type)
        else:
            data = [orjson.loads(value) if value else {} for value in told["data"].to_pylist()]
            for name, kind in self.fields.items():
                columns[self.plain(name)] = pa.array([_as(row.get(name), kind) for row in data], kind)
        if self._parts is not None:
            more, beside = self._parts.columns(ids)
            columns |= more
            files += beside
        if self._holds_data:
            columns["data"] = told["data"]
        columns["label"] = label_values(self.plan, self.selection.labels.take(take).to_pylist())
        if self._labels is not None:
            votes = self._labels.match(ids)
            columns["label_distribution"] = votes["distribution"].cast(pa.string())
            columns["votes"] = votes["votes"].cast(pa.string())
        for name, values in self.attributes.items():
            columns[name] = plain(values.take(take))
        columns["contributor"] = plain(self.selection.contributors.take(take))
        for name in ("session", "source", "licence", "synthetic", "parent", "segment"):
            columns[name] = told[name]
        if "key" in self.schema.names:
            columns["key"] = told["key"]
        schema = self.schema
        return pa.table({name: columns[name] for name in schema.names}, schema=schema), files

    def plain(self, name: str) -> str:
        """A record's field that has the name of one of the release's own columns gets ``data_`` before it."""
        return f"data_{name}" if name in _FIXED or name in self.attributes else name


def released_bytes(workspace: Workspace, digest: str | None, *, image: bool) -> bytes:
    """The bytes of a blob as they may leave the house: of pictures without what EXIF says of people."""
    if digest is None:
        return b""
    content = workspace.blobs.read(digest)
    if image:
        from ingather.media.exif import strip

        stripped: bytes = strip(content)
        return stripped
    return content


def suffix_of(content: bytes, media_type: str | None) -> str:
    """The ending of a file's name by its bytes, which cleaning may have written anew, else by its type."""
    found = media_type_of(content[:HEAD])
    kind = found[1] if found is not None else media_type
    return next((suffix for suffix, (_, known) in BY_SUFFIX.items() if known == kind), ".bin")


def label_type(plan: Plan) -> pa.DataType:
    """The Arrow type of a task's labels."""
    if plan.task.type == "regression":
        return pa.float64()
    if plan.task.multi:
        return pa.list_(pa.string())
    return pa.string()


def label_values(plan: Plan, labels: list[str | None]) -> pa.Array:
    """Labels of JSON text as the task's type; what is no plain word stays JSON."""
    kind = label_type(plan)
    values: list[Any] = []
    for label in labels:
        value = orjson.loads(label) if label is not None else None
        if plan.task.type == "regression":
            values.append(float(value) if isinstance(value, int | float) else None)
        elif plan.task.multi:
            values.append(
                [str(v) for v in value]
                if isinstance(value, list)
                else None
                if value is None
                else [str(value)]
            )
        else:
            values.append(value if value is None or isinstance(value, str) else label)
    return pa.array(values, kind)


def record_fields(workspace: Workspace, ids: PackedIds) -> dict[str, pa.DataType]:
    """The fields of records and their types: numbers where all values are, else words."""
    kinds: dict[str, pa.DataType] = {}
    data = Lookup(workspace.samples, ["data"])
    for portion in ids.portions(20_000):
        for value in data.match(portion)["data"].drop_null().to_pylist():
            for name, inner in orjson.loads(value).items():
                if inner is not None and kinds.get(name) != pa.string():
                    kinds[name] = _wider(kinds.get(name), inner)
                elif name not in kinds:
                    kinds[name] = pa.null()
    return {name: pa.string() if kind == pa.null() else kind for name, kind in sorted(kinds.items())}


def _wider(known: pa.DataType | None, value: Any) -> pa.DataType:
    if isinstance(value, bool):
        kind = pa.bool_()
    elif isinstance(value, int) and abs(value) < 1 << 62:
        kind = pa.int64()
    elif isinstance(value, int | float):
        kind = pa.float64()
    else:
        kind = pa.string()
    if known is None or known == pa.null() or known == kind:
        return kind
    return pa.float64() if {known, kind} == {pa.int64(), pa.float64()} else pa.string()


def _as(value: Any, kind: pa.DataType) -> Any:
    if value is None or kind != pa.string():
        return value
    return value if isinstance(value, str) else orjson.dumps(value).decode()
