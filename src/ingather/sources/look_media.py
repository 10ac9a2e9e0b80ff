"""What a folder of media seems to be: by a table that names the files, else by the files' names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingather.formats.media_types import BY_SUFFIX, HEAD, is_plain_text
from ingather.formats.tables import TABLE_SUFFIXES, TableOptions, read_table, table_format
from ingather.plan.compose import AttributeFound, Findings
from ingather.plan.licences import spdx_of
from ingather.sample import MODALITIES, Modality
from ingather.sources.listing import Entry, natural
from ingather.sources.look_columns import (
    MOST_LABELS,
    Table,
    attributes_of,
    contributor_of,
    is_contributor,
    label_of,
    languages_of,
    licence_of,
    survey,
    transcript_of,
)
from ingather.sources.look_names import NamesFound, find_pattern
from ingather.sources.media_items import tells_of_data
from ingather.sources.series_files import SERIES_SUFFIXES

_MOST_TABLE = 64 << 20
_LOOKED_INTO = 20


@dataclass(frozen=True, slots=True)
class Beside:
    """A table that lies among the media."""

    entry: Entry
    table: Table


def main_modality(entries: Sequence[Entry]) -> Modality | None:
    """The modality of most media files; text only where there is no other."""
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.suffix in BY_SUFFIX:
            named.setdefault(entry.suffix, []).append(entry)
    counts: Counter[Modality] = Counter()
    for suffix, found in named.items():
        if not _belied(suffix, found):
            counts[BY_SUFFIX[suffix][0]] += len(found)
    media: list[Modality] = [name for name in MODALITIES if counts[name] and name != "text"]
    if media:
        return max(media, key=lambda name: counts[name])
    return None


def _belied(suffix: str, found: Sequence[Entry]) -> bool:
    """Whether files are text though their names end as media do, as the hosts of Australia (.au)."""
    if BY_SUFFIX[suffix][0] == "text":
        return False
    looked = [entry.head(HEAD) for entry in found[:_LOOKED_INTO] if entry.location]
    return bool(looked) and all(map(is_plain_text, looked))


def texts_by_bytes(entries: Sequence[Entry]) -> list[Entry]:
    """The files that are text by their bytes, though no name says so; none where most files are not."""
    others = [entry for entry in entries if not tells_of_data(entry.name)]
    known = {*TABLE_SUFFIXES, ".json", ".xml", ".yaml", ".yml", ".py", ".md"}
    found = [entry for entry in others if entry.suffix not in known and is_plain_text(entry.head(HEAD))]
    return found if 2 * len(found) > len(others) else []


def look_at_texts(root: Path, entries: Sequence[Entry], facts: dict[str, Any], told: list[str]) -> Findings:
    """What to plan for a folder of texts whose names do not say that they are."""
    found = texts_by_bytes(entries)
    return Findings(
        modality="text",
        kind="files",
        options={"path": str(root), "format": "text"},
        samples=len(found),
        guessed={"sources.format": "by their bytes: the endings of their names say nothing"},
        found={"modality": f"{len(found):,} files of text"},
        notes=tuple(told),
        **facts,
    )


def look_at_media(
    root: Path, entries: Sequence[Entry], modality: Modality, facts: dict[str, Any], told: list[str]
) -> Findings:
    """What to plan for a folder of media.

    Args:
        root: the folder.
        entries: every file in it.
        modality: the one that is meant.
        facts: what is known already (name, licence), as fields of the findings.
        told: notes so far; added to.
    """
    if modality == "sensor":
        media = [entry for entry in entries if entry.suffix in SERIES_SUFFIXES]
        entries = media
    else:
        media = [entry for entry in entries if BY_SUFFIX.get(entry.suffix, ("",))[0] == modality]
    tables = _tables(entries)
    names = {entry.name for entry in media}
    for beside in tables:
        column = _file_column(beside, names)
        if column is not None:
            return _by_table(root, beside, column, len(media), modality, facts, told)
    return _by_names(root, media, tables, modality, facts, told)


def _tables(entries: Sequence[Entry]) -> list[Beside]:
    found: list[Beside] = []
    for entry in entries:
        kind = table_format(entry.name)
        if kind is not None and entry.size <= _MOST_TABLE and len(found) < 10:
            found.append(Beside(entry, survey(read_table(entry.name, entry.open, TableOptions(kind)))))
    return found


def _file_column(beside: Beside, names: set[str]) -> str | None:
    """The column that holds paths of the media, from the table's own folder."""
    folder = beside.entry.name.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    for name, column in beside.table.columns.items():
        values = list(column.counts)[:200]
        hits = sum(prefix + value.removeprefix("./") in names for value in values)
        if values and hits >= 0.8 * len(values):
            return name
    return None


def _by_table(
    root: Path,
    beside: Beside,
    column: str,
    files: int,
    modality: Modality,
    facts: dict[str, Any],
    told: list[str],
) -> Findings:
    table = beside.table
    options: dict[str, Any] = {"path": str(root / beside.entry.name), "content": column}
    found = {"sources.content": f"it names {table.columns[column].filled:,} files"}
    guessed: dict[str, str] = {}
    answer = transcript_of(table) if modality == "audio" else None
    if answer is not None:
        facts["task"] = "transcription"
        options["label"] = answer.name
        guessed["sources.label"] = "its cells look like what is said"
        guessed["task"] = "for the column of words; to tell groups apart, take classification"
    else:
        answer = label_of(table, only_called=True)
        if answer is not None and len(answer.counts) <= MOST_LABELS:
            facts["task"] = "classification"
            facts["labels"] = answer.values
            options["label"] = answer.name
            guessed["labels"] = f"the values of the column {answer.name}"
    who = contributor_of(table)
    if who is not None:
        options["contributor"] = who.name
        facts["people"] = len(who.counts)
        guessed["sources.contributor"] = f"{len(who.counts)} names"
    own = licence_of(table)
    if own is not None:
        options["licence_from"] = own.name
        known = {value: spdx_of(value) for value in own.counts}
        facts["licences"] = tuple(dict.fromkeys(spdx for spdx in known.values() if spdx))
        facts["licence"] = None
        unknown = [value for value, spdx in known.items() if spdx is None]
        if unknown:
            told.append(
                f"the licence of {sum(own.counts[v] for v in unknown)} rows is written {', '.join(unknown)}, "
                f"which is none: 'values: {{{own.name}: {{{unknown[0]}: CC-BY-4.0}}}}' says what it means"
            )
    taken = {column, *(c.name for c in (answer, who, own) if c is not None)}
    attributes = attributes_of(table, taken, all_few=True, of="sample")
    _map_attributes(options, attributes)
    facts["attributes"] = {name: what for name, (_, what) in attributes.items()}
    facts["languages"] = languages_of(table)
    if files > table.rows:
        told.append(f"{files - table.rows:,} files have no row in {beside.entry.name}: they are not taken")
    return Findings(
        modality=modality,
        kind="files",
        options=options,
        samples=table.rows,
        guessed=guessed,
        found={**found, "modality": f"{files:,} {modality} files"},
        notes=tuple(told),
        **facts,
    )


def _by_names(
    root: Path,
    media: Sequence[Entry],
    tables: Sequence[Beside],
    modality: Modality,
    facts: dict[str, Any],
    told: list[str],
) -> Findings:
    shared = _shared_folder([entry.name for entry in media])
    paths = [entry.name.removeprefix(shared) for entry in media]
    joins = {
        name: set(column.counts)
        for beside in tables
        for name, column in beside.table.columns.items()
        if column.unique and not column.is_number
    }
    found = find_pattern(paths, joins, "speaker" if modality == "audio" else "part")
    options: dict[str, Any] = {"path": str(root / shared) + "/"}
    guessed: dict[str, str] = {}
    if found is not None:
        options["pattern"] = found.pattern
        shown = "; ".join(_shown(name, found) for name in found.values if name != "n")
        guessed["sources.pattern"] = shown
        _roles(found, facts, options, guessed)
    else:
        told.append("the file names follow no pattern: labels must come from a table, or by annotation")
    if found is not None:
        _join(root, tables, found, facts, options, told)
    counted = f"{len(media):,} {modality} files in {shared.rstrip('/') or 'the folder'}"
    return Findings(
        modality=modality,
        kind="files",
        options=options,
        samples=len(media),
        guessed=guessed,
        found={"modality": counted},
        notes=tuple(told),
        **facts,
    )


def _roles(
    found: NamesFound, facts: dict[str, Any], options: dict[str, Any], guessed: dict[str, str]
) -> None:
    label = found.values.get("label")
    if label is not None:
        facts["task"] = "classification"
        facts["labels"] = tuple(sorted(label, key=natural))
        guessed["labels"] = "what stands first in the names and comes again and again"
    facts["seen"] = dict(found.values)
    who = next((name for name in found.values if is_contributor(name)), None)
    if who is not None:
        options["contributor"] = who
        facts["people"] = len(found.values[who])
    facts["attributes"] = {
        name: AttributeFound(tuple(sorted(values, key=natural)))
        for name, values in found.values.items()
        if name not in ("n", "label", "split", who) and 1 < len(values) <= 40
    }


def _join(
    root: Path,
    tables: Sequence[Beside],
    found: NamesFound,
    facts: dict[str, Any],
    options: dict[str, Any],
    told: list[str],
) -> None:
    """Joins the table that has one of the pattern's names as a column."""
    for beside in tables:
        on = next((name for name in found.values if name in beside.table.columns), None)
        if on is None or not beside.table.columns[on].unique:
            continue
        options["sidecar"] = {"path": str(root / beside.entry.name), "on": on}
        of = "contributor" if is_contributor(on) else "sample"
        attributes = attributes_of(beside.table, {on}, all_few=True, of=of)
        weights = found.values[on]
        for name, (_, what) in list(attributes.items()):
            if len(what.values) == 1:
                told.append(f"{name} is {what.values[0]} throughout: no other value was seen")
                if what.of != "contributor" or name == "language":
                    del attributes[name]
        facts["attributes"] = {
            **{name: what for name, what in facts.get("attributes", {}).items() if name != on},
            **{name: what for name, (_, what) in attributes.items()},
        }
        _map_attributes(options, attributes)
        lacking = [value for value in weights if value not in beside.table.columns[on].counts]
        if lacking:
            told.append(f"{beside.entry.name} has no row for {', '.join(lacking[:5])}")
        return


def _map_attributes(options: dict[str, Any], attributes: Mapping[str, tuple[str, AttributeFound]]) -> None:
    differ = {
        name: column for name, (column, _) in attributes.items() if name.casefold() != column.casefold()
    }
    if differ:
        options["attributes"] = differ


def _shared_folder(names: Sequence[str]) -> str:
    """The folders that all names begin with, with a slash at the end; '' where there are none."""
    parts = [name.split("/")[:-1] for name in names]
    shared = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/".join(shared) + "/" if shared else ""


def _shown(name: str, found: NamesFound) -> str:
    values = sorted(found.values[name], key=natural)
    return f"{name} {', '.join(values[:6])}{', ...' if len(values) > 6 else ''}"
