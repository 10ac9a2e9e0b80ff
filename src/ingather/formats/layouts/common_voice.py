"""Common Voice: tables of clips (validated.tsv, train.tsv, ...) beside a folder ``clips``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import describe_media, find_below
from ingather.formats.split_names import split_of
from ingather.formats.tables import TableOptions, read_table
from ingather.formats.values import number
from ingather.sample import AttributeValue, Item, Json, Loss

tasks = ("transcription",)
_SPLITS = ("train", "dev", "test")
_NEEDED = frozenset({"client_id", "path", "sentence"})
_ATTRIBUTES = ("age", "gender", "accents", "accent", "variant", "locale", "segment", "up_votes", "down_votes")


class Config(FormatConfig):
    """Options of the Common Voice layout."""

    take: Literal["splits", "validated", "other", "invalidated"] = Field(
        "splits",
        description="which tables: train, dev and test where they are there (else validated), or one",
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a table beside ``clips`` has the columns client_id, path and sentence."""
    root = _root(path)
    if root is None:
        return None
    return Sniff(0.97, f"{root.name} has clips and tables with client_id, path and sentence")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every clip with its sentence as label, its speaker and what the speaker said of themselves.

    Keys are the clips' paths below ``path``. The licence is what a licence file or README beside the data
    says; without one it is unknown.
    """
    root = _root(path)
    if root is None:
        return
    licence = licence_of_folder(root) or (licence_of_folder(path) if path.is_dir() else None)
    told = licence.spdx if licence else None
    seen: set[str] = set()
    for table in _tables(root, config.take):
        split = split_of(table.stem)
        for row in read_table(table.name, _opener(table), TableOptions("tsv")):
            if isinstance(row, Loss):
                yield row
                continue
            line, cells, fault = row
            made = _item(cells, f"{table.name}, line {line}", root, path)
            if isinstance(made, Item):
                if made.key in seen:
                    yield Loss(f"{table.name}, line {line}", f"the clip {made.key} was named before", 1)
                    continue
                seen.add(made.key)
                made.split, made.licence, made.fault = split, told, fault
            yield made


def _opener(table: Path) -> Callable[[], BinaryIO]:
    return lambda: table.open("rb")


def _tables(root: Path, take: str) -> list[Path]:
    names = _SPLITS if take == "splits" else (take,)
    found = [root / f"{name}.tsv" for name in names if (root / f"{name}.tsv").is_file()]
    if not found and take == "splits":
        found = [file for file in sorted(root.glob("*.tsv")) if _has_columns(file)][:1]
        validated = root / "validated.tsv"
        found = [validated] if validated.is_file() else found
    return found


def _item(cells: dict[str, Json], where: str, root: Path, path: Path) -> Item | Loss:
    name = str(cells.get("path") or "")
    if not name:
        return Loss(where, "names no clip")
    found = find_below(root, f"clips/{name}")
    if isinstance(found, str):
        return Loss(where, found)
    base = path if path.is_dir() else root
    item = Item(found.relative_to(base).as_posix(), "audio")
    describe_media(item, name, found)
    item.label = str(cells.get("sentence") or "") or None
    item.contributor = str(cells.get("client_id") or "") or None
    for attribute in _ATTRIBUTES:
        value = cells.get(attribute)
        if isinstance(value, str) and value:
            item.attributes[attribute] = _value(attribute, value)
            item.bases[attribute] = "declared"
    if cells.get("sentence_id"):
        item.evidence = {"sentence_id": cells["sentence_id"]}
    status = found.stat()
    item.stamp = f"{status.st_size}-{status.st_mtime_ns}"
    return item


def _value(attribute: str, value: str) -> AttributeValue:
    if attribute.endswith("_votes"):
        votes = number(value)
        return float(votes) if votes is not None else value
    return value


def _root(path: Path) -> Path | None:
    if not path.is_dir():
        return None
    inner = [
        folder for folder in sorted(path.iterdir()) if folder.is_dir() and not folder.name.startswith(".")
    ]
    for folder in (path, *inner[:20]):
        if (folder / "clips").is_dir() and any(_has_columns(file) for file in sorted(folder.glob("*.tsv"))):
            return folder
    return None


def _has_columns(file: Path) -> bool:
    with file.open("rb") as stream:
        first = stream.readline(1 << 16).decode("utf-8", "replace")
    return set(first.rstrip("\r\n").removeprefix("\ufeff").split("\t")) >= _NEEDED
