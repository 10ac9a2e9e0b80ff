"""Files that exist: tables, media, archives, buckets; labels from columns, names or a sidecar."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ingather.errors import InputError
from ingather.formats.document import KINDS as DOCUMENTS
from ingather.formats.tables import TableFormat, TableOptions, read_table, table_format
from ingather.plan.model import Names, Plan, Word
from ingather.sample import Item, Loss
from ingather.sources.archive import is_archive
from ingather.sources.contract import Request, SourceConfig, option
from ingather.sources.listing import Entry, file_entry, glob_root, is_glob, missing_path
from ingather.sources.losses import Tally
from ingather.sources.media_items import FOLDER, MediaReading
from ingather.sources.objects import is_address
from ingather.sources.occurrences import Occurrences
from ingather.sources.pattern import NamePattern, compile_pattern
from ingather.sources.places import Place, open_place
from ingather.sources.roles import Roles, resolve_roles
from ingather.sources.row_media import media_of_rows
from ingather.sources.series_files import SeriesConfig
from ingather.sources.sidecar import Sidecar, read_sidecar
from ingather.sources.table_items import TableReading


def _quoting(value: Any) -> Any:
    return {"none": False, "never": False, "no": False, "double": True, "yes": True}.get(
        str(value).lower(), value
    )


Quoting = Annotated[bool | None, BeforeValidator(_quoting)]

_NO_TABLES = frozenset({".txt", ".md", ".json", ".xml", ".py", ".yaml", ".yml", *DOCUMENTS})
"""Endings of files that are not looked into for a table."""


class SidecarConfig(BaseModel):
    """A table that says more about the files."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str = option(description="the table, from the plan's folder or the source's")
    on: str = option(
        description="a name of the pattern that the table has too, a column of file names, or name=column"
    )
    columns: Names = option((), description="the columns to take; all when left out")
    encoding: str | None = option(None, description="of the table; found out when left out")
    delimiter: str | None = option(None, description="of the table; found out when left out")


class Config(SourceConfig):
    """Where the files are and what their columns and names mean."""

    path: str = option(
        description="a file, folder, glob, archive, or s3://bucket/prefix", json_schema_extra={"path": True}
    )
    pattern: str | None = option(
        None, description="parts of the relative path, such as '{label}_{speaker}_{n}.wav'"
    )
    format: Literal["auto", "csv", "tsv", "jsonl", "xlsx", "parquet", "media", "text"] = option(
        "auto",
        description="what the files are; found out by name and bytes. media: no tables. text: every file "
        "whose bytes are text, whatever its name ends in",
    )
    text: str | None = option(None, description="the column of the text")
    label: str | None = option(None, description="the column or name of the label; 'folder' for the folder's")
    key: str | None = option(None, description="the column that names each row; by content when left out")
    contributor: str | None = option(None, description="the column or name of who gave it")
    session: str | None = option(None, description="the column or name of the drive, patient, conversation")
    licence_from: str | None = option(None, description="the column of each row's own licence")
    split_from: str | None = option(None, description="the column or name of the split that it comes with")
    at: str | None = option(None, description="the column or name of the time")
    attributes: dict[str, str] = option(default_factory=dict, description="attribute of the plan to column")
    values: dict[str, dict[Word, Word]] = option(
        default_factory=dict, description="column to what its values mean: {gender: {1: male, 2: female}}"
    )
    fields: Names = option((), description="the columns that make up a record")
    parts: dict[str, str] = option(
        default_factory=dict, description="further parts by role, such as {translation: column of its words}"
    )
    separator: str = option("|", description="what stands between several labels in one cell")
    missing: tuple[Word, ...] = option((), description="cells that mean 'not known', such as -9")
    content: str | None = option(None, description="the column that holds the media or their paths")
    header_rows: int | None = option(None, ge=0, le=10, description="lines of names above the data")
    columns: Names = option((), description="names of the columns, where the table has none")
    quoting: Quoting = option(None, description="none or double; CSV has quotes, TSV none, unless said")
    encoding: str | None = option(None, description="of tables; found out when left out")
    delimiter: str | None = option(None, min_length=1, max_length=1, description="between cells")
    sheet: Annotated[str | None, BeforeValidator(lambda v: str(v) if isinstance(v, int) else v)] = option(
        None, description="name or number of the sheet of a workbook"
    )
    sidecar: SidecarConfig | None = option(None, description="a table that says more about each file or row")
    series: SeriesConfig = option(
        default_factory=SeriesConfig, description="how tables over time are read, for recordings of sensors"
    )
    max_file_size: int = option(
        2_000_000_000, gt=0, description="bytes; larger files are passed over and told"
    )


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """Brings every row or file that the store has not, in the order of the names, and tells every loss.

    Raises:
        InputError: there is nothing at the path, or the plan names what the files do not have.
    """
    tally = Tally()
    own = (request.cache, request.folder / "releases")
    place = open_place(config.path, request.folder, own, tally)
    sidecar = _sidecar(config, request.folder, place)
    if sidecar is not None:
        yield from sidecar.told
    reads_tables = _reads_tables(config, request, place)
    brought = (
        _tables(config, request, place, sidecar, tally)
        if reads_tables
        else _media(config, request, place, sidecar, tally)
    )
    yield from brought
    if sidecar is not None:
        yield from sidecar.unmet()
    yield from tally.losses()


def check(config: Config, plan: Plan, folder: Path) -> list[tuple[str, str, str]]:
    """A sidecar that lies neither in the plan's folder nor beside the files; of archives it is not asked."""
    asked = config.sidecar
    if asked is None or is_address(config.path) or is_archive(config.path):
        return []
    path = folder / Path(config.path).expanduser()
    root = glob_root(folder, config.path)[0] if is_glob(config.path) and not path.exists() else path
    root = root.parent if root.is_file() else root
    if not root.exists() or any((base / asked.path).is_file() for base in (folder, root, root.parent)):
        return []
    error = missing_path(folder / asked.path, asked.path)
    told = f"there is no table at '{asked.path}', neither beside the plan nor beside the files"
    return [("sidecar.path", told, error.fix or "Put the path right.")]


def _reads_tables(config: Config, request: Request, place: Place) -> bool:
    if config.format != "auto":
        return config.format not in ("media", "text")
    if config.content is not None or config.text is not None or request.modality == "record":
        return True
    if place.single is not None:
        return _table_format(config, place.single) is not None
    return request.modality == "text" and not _holds_texts(place)


def _holds_texts(place: Place) -> bool:
    """Whether a place holds files of plain text, or at least no tables."""
    tables = False
    for entry in place.entries():
        if entry.suffix in (".txt", ".text") and not entry.name.lower().startswith(("readme", "licen")):
            return True
        tables = tables or table_format(entry.name) is not None
    return not tables


def _table_format(config: Config, entry: Entry) -> TableFormat | None:
    if config.format not in ("auto", "media", "text"):
        return config.format  # type: ignore[return-value]
    known = table_format(entry.name)
    if known or entry.suffix in _NO_TABLES:
        return known
    return table_format(entry.name, entry.head(1 << 14))


def _tables(
    config: Config, request: Request, place: Place, sidecar: Sidecar | None, tally: Tally
) -> Iterator[Item | Loss]:
    modality = request.modality
    media = media_of_rows(config.content, modality, place, config.max_file_size) if config.content else None
    reading = TableReading(
        modality,
        request,
        lambda names: _table_roles(config, request, place.told, names),
        sidecar,
        media,
        frozenset(config.missing),
        Occurrences(),
        tally,
    )
    met = False
    pattern = compile_pattern(config.pattern) if config.pattern else None
    for entry in place.entries():
        kind = _table_format(config, entry) if pattern is None or pattern.match(entry.name) else None
        if kind is None or (config.format not in ("auto", kind)):
            if media is None:
                tally.add(entry.name, "is no table: passed over", lost=False)
            continue
        met = True
        options = TableOptions(
            kind,
            config.delimiter,
            config.quoting,
            config.encoding,
            config.header_rows,
            config.columns,
            config.sheet,
        )
        yield from reading.items(entry.name, entry.uri, read_table(entry.name, entry.open, options))
    if not met:
        raise _nothing_there(place, "table (CSV, TSV, JSONL, XLSX or Parquet)", tally)


def _media(
    config: Config, request: Request, place: Place, sidecar: Sidecar | None, tally: Tally
) -> Iterator[Item | Loss]:
    pattern = compile_pattern(config.pattern) if config.pattern else None
    names = (FOLDER, *(pattern.names if pattern else ()), *(sidecar.columns if sidecar else ()))
    hint = "Name the parts of the file's name: pattern: '{label}_{speaker}_{n}.wav'."
    roles = _roles(config, request, place.told, names, config.label, hint)
    reading = MediaReading(
        request.modality,
        request,
        pattern,
        sidecar,
        roles,
        config.max_file_size,
        tally,
        all_texts=config.format == "text" and request.modality == "text",
        alone=place.single is not None,
        series=config.series.options(),
    )
    yield from reading.items(place.entries())
    if not reading.met:
        raise _nothing_there(place, f"{request.modality} file", tally)
    if pattern is not None and tally.count(pattern.misfit) == reading.met:
        raise _fits_nothing(pattern, place, reading.met, tally)


def _table_roles(config: Config, request: Request, where: str, names: tuple[str, ...]) -> Roles:
    if request.modality == "text" and config.text is None:
        own = [
            name for name in names if name.casefold() in ("text", "sentence", "message", "content", "body")
        ]
        if len(own) == 1 or len(names) == 1:
            config = config.model_copy(update={"text": own[0] if own else names[0]})
        else:
            raise InputError(
                f"{where}: the plan does not say which column holds the text.",
                why=f"It has: {', '.join(names[:40])}.",
                fix="Write 'text: COLUMN' in the source, with one of these.",
                where=where,
            )
    return _roles(config, request, where, names, config.label)


def _roles(
    config: Config,
    request: Request,
    where: str,
    names: tuple[str, ...],
    label: str | None,
    hint: str = "",
) -> Roles:
    asked: dict[str, str | None] = {
        "text": config.text,
        "label": label,
        "key": config.key,
        "contributor": config.contributor,
        "session": config.session,
        "licence": config.licence_from,
        "split": config.split_from,
        "at": config.at,
    }
    return resolve_roles(
        request.plan,
        names,
        asked,
        where,
        attributes=config.attributes,
        values=config.values,
        fields=config.fields,
        parts=config.parts,
        separator=config.separator,
        hint=hint,
    )


def _sidecar(config: Config, folder: Path, place: Place) -> Sidecar | None:
    asked = config.sidecar
    if asked is None:
        return None
    names = compile_pattern(config.pattern).names if config.pattern else ()
    table = _beside(asked.path, folder, place)
    options = {"encoding": asked.encoding, "delimiter": asked.delimiter}
    sidecar = read_sidecar(table, asked.on, names, asked.columns, options)
    if table.path is not None and place.root is not None:
        way = os.path.relpath(place.root, table.path.parent).replace(os.sep, "/")
        sidecar.prefix = "" if way == "." else f"{way}/"
    return sidecar


def _beside(path: str, folder: Path, place: Place) -> Entry:
    """The sidecar's table: from the plan's folder, beside the files, or beside their folder."""
    for base in (folder, place.root, place.root.parent if place.root else None):
        if base is not None and (base / path).is_file():
            return file_entry(base / path)
    found = place.find(path) if place.root is None else None
    if found is None:
        raise missing_path(folder / path, path)
    return found


def _fits_nothing(pattern: NamePattern, place: Place, number: int, tally: Tally) -> InputError:
    return InputError(
        f"No file in '{place.told}' fits the pattern '{pattern.text}', of {number:,}.",
        why=f"A source that brings nothing is almost always a wrong pattern. {tally.in_short(1)}",
        fix="Write each part that changes as {name}: '{label}_{speaker}_{n}.wav' fits 3_anna_12.wav; "
        "'ingather init FOLDER --from PATH' proposes one.",
        where=place.told,
    )


def _nothing_there(place: Place, what: str, tally: Tally) -> InputError:
    return InputError(
        f"There is no {what} in '{place.told}'.",
        why=" ".join(
            filter(None, ("A source that brings nothing is almost always a wrong path.", tally.in_short()))
        ),
        fix="Put 'path:' right, or take the source out of the plan.",
        where=place.told,
    )
