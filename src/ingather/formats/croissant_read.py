"""Records of a Croissant document: rows of tables, files, records of other sets, joined by references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any

from ingather.errors import InputError
from ingather.formats.croissant_files import FoundFile, files_of, wrong_sum
from ingather.formats.croissant_model import Document, Field, RecordSet, Resource, Source
from ingather.formats.croissant_values import BadValue, json_path, transformed, typed
from ingather.formats.tables import TableFormat, TableOptions, read_table, table_format
from ingather.sample import Json, Loss

_DEEPEST = 8
_ENCODINGS: dict[str, TableFormat] = {
    "text/csv": "csv",
    "text/tsv": "tsv",
    "text/tab-separated-values": "tsv",
    "application/jsonlines": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/x-parquet": "parquet",
    "application/vnd.apache.parquet": "parquet",
}


@dataclass(slots=True)
class Record:
    """One record.

    Attributes:
        values: by the name of the field.
        paths: the file on disk of a field whose value is a file's content.
        fault: what is wrong with it, in words.
    """

    values: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    fault: str | None = None


@dataclass(slots=True)
class Reader:
    """Reads the records of a document's sets.

    Attributes:
        document: what it says.
        root: the folder it lies in.
        checked: resources whose checksum was told already.
    """

    document: Document
    root: Path
    checked: set[str] = field(default_factory=set)

    def records(self, chosen: RecordSet, depth: int = 0) -> Iterator[Record | Loss]:
        """The records of a set in order."""
        if chosen.data is not None:
            for row in chosen.data:
                yield Record(dict(row))
            return
        if depth > _DEEPEST:
            yield Loss(chosen.name, "its fields come from one another without end")
            return
        leaves = [leaf for one in chosen.fields for leaf in _leaves(one, "")]
        sources = [(name, leaf, leaf.source) for name, leaf in leaves if leaf.source is not None]
        if not sources:
            yield Loss(chosen.name, "none of its fields says where it comes from")
            return
        first = next((s for _, leaf, s in sources if leaf.references), sources[0][2])
        primary = self._table(first)
        joins: dict[str, _Join] = {}
        for _, _, source in sources:
            other = self._table(source)
            if other == primary or other in joins:
                continue
            found = self._join(other, primary, leaves, depth)
            if isinstance(found, Loss):
                yield found
                joins[other] = _Join(None, None, {})
            else:
                joins[other] = found[0]
                yield from found[1]
        wanted = [source for _, _, source in sources if self._table(source) == primary]
        for made in self._rows(primary, wanted, depth):
            if isinstance(made, Loss):
                yield made
                continue
            for together in self._joined(made, primary, joins):
                record = Record()
                for one in chosen.fields:
                    record.values[one.name] = self._fill(one, one.name, together, record)
                yield record

    def _joined(
        self, row: _Row, primary: str, joins: Mapping[str, _Join]
    ) -> Iterator[Mapping[str, _Row | None]]:
        """A row with every row that it is joined with, once by itself where there is none (a left join)."""
        found: list[Sequence[_Row | None]] = []
        for join in joins.values():
            try:
                key = self._value(join.own, row) if join.own is not None else None
            except BadValue:
                key = None
            found.append(join.index.get(_key(key)) or (None,))
        for others in product(*found):
            yield {primary: row, **dict(zip(joins, others, strict=True))}

    def _fill(self, one: Field, name: str, rows: Mapping[str, _Row | None], record: Record) -> Any:
        if one.parts:
            told = {part.name: self._fill(part, f"{name}/{part.name}", rows, record) for part in one.parts}
            return _side_by_side(told) if one.repeated else told
        if one.source is None:
            return None
        row = rows.get(self._table(one.source))
        if row is None:
            record.fault = record.fault or f"nothing joins its field '{name}'"
            return None
        try:
            value = self._value(one.source, row)
            if isinstance(value, Path):
                record.paths[name] = value
                return None if "Text" not in one.types else value.read_bytes().decode("utf-8", "replace")
            return typed(value, one)
        except (BadValue, OSError) as error:
            record.fault = record.fault or f"its field '{name}': {error}"
            return None

    def _value(self, source: Source, row: _Row) -> Any:
        value = row.get(source)
        if isinstance(value, Path) and source.transforms:
            value = value.read_bytes()
        return transformed(value, source)

    def _table(self, source: Source) -> str:
        """What a source's rows come from: a resource, or a record set."""
        if source.how != "field":
            return source.target
        return self._split(source.target)[0]

    def _split(self, target: str) -> tuple[str, str]:
        """A field's name cut into its record set's and its own."""
        names = [name for name in self.document.sets if target == name or target.startswith(f"{name}/")]
        best = max(names, key=len, default=target.rpartition("/")[0])
        return best, target.removeprefix(best).removeprefix("/")

    def _rows(self, table: str, wanted: list[Source], depth: int) -> Iterator[_Row | Loss]:
        if table in self.document.sets:
            for made in self.records(self.document.sets[table], depth + 1):
                yield made if isinstance(made, Loss) else _Row(fields=made, table=table)
            return
        resource = self.document.resources.get(table)
        if resource is None:
            yield Loss(table, "is named as a source, and the document does not describe it")
            return
        paths = sorted({one.what for one in wanted if one.how == "json_path"})
        columns = any(one.how == "column" for one in wanted)
        lines = any(one.what in ("lines", "lineNumbers") for one in wanted)
        for file in files_of(resource, self.document.resources, self.root):
            if isinstance(file, Loss):
                yield file
                continue
            if not resource.several and resource.id not in self.checked:
                self.checked.add(resource.id)
                changed = wrong_sum(resource, file)
                if changed:
                    yield changed
            if paths:
                yield from _json_rows(file, paths)
            elif columns:
                yield from _table_rows(file, resource)
            elif lines:
                yield from _line_rows(file)
            else:
                yield _Row(file=file)

    def _join(
        self, other: str, primary: str, leaves: list[tuple[str, Field]], depth: int
    ) -> tuple[_Join, list[Loss]] | Loss:
        """The rows of another table by the value that a reference between the two speaks of."""
        for _, leaf in leaves:
            if leaf.source is None or leaf.references is None:
                continue
            here, there = leaf.source, leaf.references
            if self._table(here) == other and self._table(there) == primary:
                here, there = there, here
            if self._table(here) != primary or self._table(there) != other:
                continue
            wanted = [s for _, one in leaves if (s := one.source) and self._table(s) == other]
            index: dict[str, list[_Row]] = {}
            losses: list[Loss] = []
            for row in self._rows(other, [*wanted, there], depth):
                if isinstance(row, Loss):
                    losses.append(row)
                    continue
                try:
                    index.setdefault(_key(self._value(there, row)), []).append(row)
                except (BadValue, OSError) as error:
                    losses.append(Loss(other, f"a row cannot be joined: {error}"))
            return _Join(here, there, index), losses
        return Loss(other, f"no reference joins it with '{primary}'", 0)


@dataclass(slots=True)
class _Row:
    """A row of a table, a file, or a record of another set."""

    file: FoundFile | None = None
    cells: Mapping[str, Any] = field(default_factory=dict)
    fields: Record | None = None
    table: str = ""
    line: tuple[int, str] | None = None

    def get(self, source: Source) -> Any:
        if source.how == "field":
            if self.fields is None:
                return None
            name = source.target.removeprefix(f"{self.table}/")
            return self.fields.paths.get(name, self.fields.values.get(name))
        if source.how in ("column", "json_path"):
            if source.what not in self.cells:
                raise BadValue(
                    f"there is no {'column' if source.how == 'column' else 'path'} '{source.what}'"
                )
            return self.cells[source.what]
        assert self.file is not None or self.cells
        return self._property(source.what)

    def _property(self, what: str) -> Any:
        if self.file is None:
            raise BadValue(f"a row has no {what} of a file")
        if what == "filename":
            return PurePosixPath(self.file.name).name
        if what in ("filepath", "fullpath"):
            return self.file.name
        if what == "content":
            return self.file.content
        if self.line is not None:
            return self.line[1] if what == "lines" else self.line[0]
        raise BadValue(f"files have no property '{what}'")


@dataclass(frozen=True, slots=True)
class _Join:
    own: Source | None
    there: Source | None
    index: Mapping[str, list[_Row]]


def _side_by_side(told: Mapping[str, Any]) -> Any:
    """Parts of a field of several values, one mapping a value; as they are where their numbers differ."""
    lists = [value if isinstance(value, list) else [value] for value in told.values()]
    if len({len(values) for values in lists}) != 1:
        return dict(told)
    return [dict(zip(told, row, strict=True)) for row in zip(*lists, strict=True)]


def _leaves(one: Field, before: str) -> Iterator[tuple[str, Field]]:
    if one.parts:
        for part in one.parts:
            yield from _leaves(part, f"{before}{one.name}/")
    else:
        yield f"{before}{one.name}", one


def _key(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _table_rows(file: FoundFile, resource: Resource) -> Iterator[_Row | Loss]:
    import io

    kind = _ENCODINGS.get(resource.encoding) or table_format(file.name)
    if kind is None and "json" in resource.encoding + file.name.lower():
        found = _load(file)
        if isinstance(found, Loss):
            yield found
            return
        for row in found if isinstance(found, list) else []:
            if isinstance(row, Mapping):
                yield _Row(file, row)
            else:
                yield Loss(file.name, "holds a row that is no object")
        return
    if kind is None:
        yield Loss(file.name, "is no kind of table that is known")
        return
    content = file.content
    try:
        for told in read_table(
            file.name,
            lambda: io.BytesIO(content) if isinstance(content, bytes) else content.open("rb"),
            TableOptions(kind),
        ):
            if isinstance(told, Loss):
                yield told
            elif told[2]:
                yield Loss(f"{file.name}, line {told[0]}", told[2])
            else:
                yield _Row(file, told[1])
    except InputError as error:
        yield Loss(file.name, error.message)


def _json_rows(file: FoundFile, paths: list[str]) -> Iterator[_Row | Loss]:
    """The values that each path finds, side by side."""
    found = _load(file)
    if isinstance(found, Loss):
        yield found
        return
    try:
        columns = {path: json_path(found, path) for path in paths}
    except BadValue as error:
        yield Loss(file.name, str(error))
        return
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        told = ", ".join(f"{path}: {len(values)}" for path, values in columns.items())
        yield Loss(file.name, f"its paths find unlike numbers of values ({told})")
        return
    for row in zip(*columns.values(), strict=True):
        yield _Row(file, dict(zip(columns, row, strict=True)))


def _line_rows(file: FoundFile) -> Iterator[_Row | Loss]:
    try:
        for number, line in enumerate(file.read().decode("utf-8", "replace").splitlines()):
            yield _Row(file, line=(number, line))
    except OSError as error:
        yield Loss(file.name, f"cannot be read: {error.strerror or error}")


def _load(file: FoundFile) -> Json | Loss:
    import orjson

    try:
        found: Json = orjson.loads(file.read())
        return found
    except (orjson.JSONDecodeError, OSError) as error:
        return Loss(file.name, f"is no JSON: {error}")
