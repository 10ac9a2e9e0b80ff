"""Looks at someone's data and says what it seems to be, so that a plan can be written from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from ingather.formats.licence_files import licence_of_folder
from ingather.formats.series_tables import looks_like_series
from ingather.formats.tables import table_format
from ingather.plan.compose import Findings
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Modality
from ingather.sources.archive import archive_entries, is_archive
from ingather.sources.listing import Entry, file_entry, folder_entries, missing_path
from ingather.sources.look_columns import MOST_LABELS
from ingather.sources.look_media import look_at_media, look_at_texts, main_modality, texts_by_bytes
from ingather.sources.look_recordings import cut_of, lightened
from ingather.sources.look_tables import kind_of, look_at_table, nothing_known
from ingather.sources.look_unknown import what_it_is
from ingather.sources.losses import Tally
from ingather.sources.media_items import tells_of_data
from ingather.sources.recognise import Recognised, candidates
from ingather.sources.series_files import SERIES_SUFFIXES

_SURE = 0.8
_MOST_FILES = 200_000
_MOST_ITEMS = 20_000
_MOST_ROWS = 180_000
_ENOUGH_BOXES = 20
_FEW_SERIES = 5
_TABLE_FORMATS = ("csv", "jsonl", "parquet")


def look(path: Path) -> Findings:
    """What is at a path: a folder, a table, an archive. Nothing is changed; paths found are absolute.

    Raises:
        InputError: there is nothing there, or nothing in it that can be read.
    """
    path = path.expanduser().absolute()
    if not path.exists():
        raise missing_path(path, str(path))
    told: list[str] = []
    facts: dict[str, Any] = {"name": _name(path)}
    _licence(path, facts, told)
    if path.is_dir():
        return _look_at_folder(path, facts, told)
    if is_archive(path.name):
        return _look_at_archive(path, facts, told)
    entry = file_entry(path)
    layouts = candidates(path) if kind_of(entry) is None else []
    if layouts and layouts[0].sniff.sure >= _SURE:
        return _look_at_layout(layouts[0], path, facts, told)
    if kind_of(entry) is None:
        raise nothing_known(path, "It is a single file, and no table")
    return look_at_table(entry, path, facts, told)


def _are_series(root: Path, tables: Sequence[Entry]) -> bool:
    """Whether tables are recordings: several, all of the first ones with a time and numbers over it."""
    first = tables[:_FEW_SERIES]
    return len(first) > 2 and all(
        one.suffix in SERIES_SUFFIXES and looks_like_series(root / one.name) for one in first
    )


def _look_at_folder(path: Path, facts: dict[str, Any], told: list[str]) -> Findings:
    layouts = [one for one in candidates(path) if one.format not in _TABLE_FORMATS]
    if layouts and layouts[0].sniff.sure >= _SURE:
        return _look_at_layout(layouts[0], path, facts, told)
    tally = Tally()
    entries = list(islice(folder_entries(path, tally), _MOST_FILES))
    if len(entries) == _MOST_FILES:
        told.append(f"only the first {_MOST_FILES:,} files were looked at")
    modality = main_modality(entries)
    if modality is not None:
        return look_at_media(path, entries, modality, facts, told)
    tables = _tables(entries)
    if _are_series(path, tables):
        return look_at_media(path, tables, "sensor", facts, told)
    if tables:
        others = [entry.name for entry in tables[1:]]
        if others:
            more = f" and {len(others) - 8} more" if len(others) > 8 else ""
            told.append(f"the largest table is taken; there are also {', '.join(others[:8])}{more}")
        return look_at_table(tables[0], path / tables[0].name, facts, told)
    if _texts(entries):
        return look_at_media(path, entries, "text", facts, told)
    archives = [entry for entry in entries if is_archive(entry.name) and what_it_is(entry) == "archive"]
    if archives:
        way = f"ingather init DIR --from {path / archives[0].name}"
        raise nothing_known(path, fix=f"Name one of its archives: {way}")
    if texts_by_bytes(entries):
        return look_at_texts(path, entries, facts, told)
    raise nothing_known(path)


def _look_at_archive(path: Path, facts: dict[str, Any], told: list[str]) -> Findings:
    entries = list(islice(archive_entries(file_entry(path), Tally()), _MOST_FILES))
    modality = main_modality(entries)
    tables = _tables(entries)
    if modality is None and tables:
        if len(entries) == 1:
            return look_at_table(tables[0], path, facts, told)
        told.append(f"of the archive only {tables[0].name} was looked at")
        found = look_at_table(tables[0], path, facts, told)
        return replace(found, options={**found.options, "pattern": tables[0].name})
    if modality is None and _texts(entries):
        modality = "text"
    if modality is None:
        raise nothing_known(path, f"It holds {len(entries)} files")
    told.append("it is read inside its archive; unpacked, it is read faster")
    found = look_at_media(path, entries, modality, facts, told)
    options = {**found.options, "path": str(path)}
    if "pattern" in options and "/" in str(options["pattern"]):
        options["pattern"] = f"**/{options['pattern']}"
    if "sidecar" in options:
        options["sidecar"] = {
            **options["sidecar"],
            "path": Path(options["sidecar"]["path"]).relative_to(path).as_posix(),
        }
    return replace(found, options=options)


def _tables(entries: Sequence[Entry]) -> list[Entry]:
    """The tables, the largest first; of many texts none is a table because commas stand in its lines."""
    by_name = [entry for entry in entries if table_format(entry.name)]
    if by_name or len(_texts(entries)) > 1:
        return sorted(by_name, key=lambda entry: -entry.size)
    return sorted((entry for entry in entries if kind_of(entry)), key=lambda entry: -entry.size)


def _texts(entries: Sequence[Entry]) -> list[Entry]:
    return [one for one in entries if one.suffix in (".txt", ".text") and not tells_of_data(one.name)]


def _look_at_layout(layout: Recognised, path: Path, facts: dict[str, Any], told: list[str]) -> Findings:
    module = load(FORMATS, layout.format)
    things = module.read(layout.path, module.Config())
    items = [thing for thing in islice(lightened(things), _MOST_ITEMS) if isinstance(thing, Item)]
    if items and items[0].content is None:  # rows are read quickly
        items += [thing for thing in islice(things, _MOST_ROWS) if isinstance(thing, Item)]
    if next(things, None) is not None:
        told.append(f"only the first {len(items):,} items were looked at")
    if not items:
        raise nothing_known(path, f"It looks like {layout.format} ({layout.sniff.why}), but holds no item")
    modality: Modality = Counter(item.modality for item in items).most_common(1)[0][0]
    options: dict[str, Any] = {"path": str(layout.path), "format": layout.format}
    guessed: dict[str, str] = {}
    boxes = Counter(name for item in items for name in _box_names(item))
    plain_labels = Counter(str(item.label) for item in items if isinstance(item.label, str | int))
    samples = len(items)
    if boxes:
        samples = _plan_boxes(boxes, samples, options, facts, guessed)
    elif modality == "record" and module.tasks[0] == "recommendation":
        facts["task"] = "recommendation"
        guessed["task.type"] = "the layout holds what people thought of things"
    elif "transcription" in module.tasks and "classification" not in module.tasks:
        facts["task"] = "transcription"
    elif 1 < len(plain_labels) <= MOST_LABELS:
        facts["task"], facts["labels"] = "classification", tuple(sorted(plain_labels))
    elif modality == "sensor" and (cut := cut_of(items)):
        facts["task"], facts["labels"], options["cut"] = "classification", cut.labels, cut.options
        guessed["sources.cut"] = "every labelled stretch becomes a sample; without it, take task spans"
        if cut.rare:
            told.append(f"labels with fewer than 20 stretches are left out: {', '.join(cut.rare)[:200]}")
        samples = cut.samples
    people = {item.contributor for item in items if item.contributor}
    facts["people"] = len(people)
    _item_licences(items, facts, told)
    splits = Counter(item.split for item in items if item.split)
    if splits:
        told.append("it comes split: " + ", ".join(f"{name} {count:,}" for name, count in splits.items()))
    return Findings(
        modality=modality,
        kind="dataset",
        options=options,
        samples=samples,
        guessed=guessed,
        found={"sources.format": layout.sniff.why, "modality": f"{len(items):,} items"},
        notes=tuple(told),
        **facts,
    )


def _plan_boxes(
    boxes: Counter[str],
    samples: int,
    options: dict[str, Any],
    facts: dict[str, Any],
    guessed: dict[str, str],
) -> int:
    """Crops where there are enough boxes of each label to learn from, else the boxes themselves."""
    facts["labels"] = tuple(name for name, _ in boxes.most_common())
    if sum(boxes.values()) >= _ENOUGH_BOXES * len(boxes):
        options["cut"] = "crops"
        facts["task"] = "classification"
        guessed["sources.cut"] = "every box becomes a picture of its own; without it, take task boxes"
        return sum(boxes.values())
    facts["task"] = "boxes"
    return samples


def _box_names(item: Item) -> list[str]:
    if not isinstance(item.label, list):
        return []
    return [str(box["label"]) for box in item.label if isinstance(box, dict) and "label" in box]


def _item_licences(items: Sequence[Item], facts: dict[str, Any], told: list[str]) -> None:
    counts = Counter(item.licence for item in items if item.licence)
    if not counts:
        return
    shown = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
    if len(counts) > 1:
        told.append(f"licences of the items: {shown}; take out of rights.licences what you do not want")
        facts["licence"] = None
    facts["licences"] = tuple(name for name, _ in counts.most_common())


def _licence(path: Path, facts: dict[str, Any], told: list[str]) -> None:
    folder = path if path.is_dir() else path.parent
    for place in (folder, folder.parent):
        try:
            found = licence_of_folder(place)
        except OSError:
            continue
        if found is None and place == folder and _speaks_of_licence(place):
            told.append("a README speaks of terms that are no licence known by name: read it")
        if found is not None:
            facts["licence"] = found.spdx
            where = found.file if place == folder else f"../{found.file}"
            told.append(f"licence: {where}: {found.told}")
            return


def _speaks_of_licence(folder: Path) -> bool:
    for file in folder.iterdir():
        if file.is_file() and file.name.lower().startswith("readme") and file.stat().st_size < 1 << 18:
            return bool(re.search(rb"licen[cs]e", file.read_bytes(), re.I))
    return False


def _name(path: Path) -> str:
    return re.sub(r"(?:\.tar)?\.[A-Za-z0-9]{1,5}$", "", path.name) or "data"
