"""The data files of a Hugging Face folder: which there are, of which split, and their rows as items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from ingather.errors import InputError
from ingather.formats.card import Card, feature_classes
from ingather.formats.foreign_rows import foreign_item
from ingather.formats.item_rows import FILE, is_own_table, item_of_row, part_files_of
from ingather.formats.media_files import attach
from ingather.formats.split_names import split_of
from ingather.formats.tables import TABLE_SUFFIXES, TableOptions, read_table_of_several
from ingather.sample import Item, Loss

_KINDS = (".parquet", ".jsonl", ".csv", ".tsv")


def data_files(folder: Path, card: Card, config: str | None) -> list[tuple[str | None, Path]]:
    """Split and path of every data file, in the card's order, else by name.

    Raises:
        InputError: the card has no config of that name.
    """
    if config is not None and config not in card.configs:
        raise InputError(
            f"The dataset card has no config '{config}'.",
            why=f"It has: {', '.join(card.configs) or 'none'}.",
            fix="Write one of these under 'options: {config: ...}', or leave it out.",
            where=str(folder),
        )
    chosen = config or card.default
    if chosen is not None and card.configs.get(chosen):
        found = [
            (split, file)
            for split, pattern in card.configs[chosen]
            for file in sorted(folder.glob(pattern))
            if file.is_file() and file.resolve().is_relative_to(folder.resolve())
        ]
        if found:
            return list(found)
    places = [place for place in (folder, folder / "data") if place.is_dir()]
    files = [file for place in places for file in sorted(place.iterdir()) if file.suffix.lower() in _KINDS]
    for kind in _KINDS:
        alike = [
            file for file in files if file.suffix.lower() == kind and not file.stem.startswith("metadata")
        ]
        if alike:
            return [(split_of(file.stem), file) for file in alike]
    return []


def read_shard(file: Path, root: Path, card: Card) -> Iterator[Item | Loss]:
    """Every row of one data file as an item; its key is its own, else the path and the row's number."""
    name = file.relative_to(root).as_posix()
    classes = {**card.classes, **_classes_inside(file)}
    own: bool | None = None
    kind = TABLE_SUFFIXES[file.suffix.lower()]
    for row in read_table_of_several(name, lambda: file.open("rb"), TableOptions(kind)):
        if isinstance(row, Loss):
            yield row
            continue
        number, cells, fault = row
        if own is None:
            own = is_own_table(cells)
        if own:
            item = item_of_row(cells)
            path = cells.get(FILE)
            yield from attach(item, root, str(path) if path else None, part_files_of(cells))
            yield item
            continue
        made = foreign_item(cells, f"{name}#{number}", root, classes)
        if isinstance(made, Item):
            made.fault = fault
        yield made


def _classes_inside(file: Path) -> dict[str, tuple[str, ...]]:
    if file.suffix.lower() != ".parquet":
        return {}
    import pyarrow.parquet as pq

    described = (pq.read_schema(file).metadata or {}).get(b"huggingface")
    return feature_classes(orjson.loads(described)) if described else {}
