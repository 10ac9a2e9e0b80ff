"""Common Voice: tables of clips (validated.tsv, train.tsv, ...) beside a folder ``clips``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal

import xxhash
from pydantic import Field

from ingather.formats.common_voice_write import write_clips
from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.media_files import describe_media, find_below
from ingather.formats.picture_files import stamp_of
from ingather.formats.split_names import split_of
from ingather.formats.tables import TableOptions, read_table
from ingather.formats.values import number
from ingather.sample import AttributeValue, Item, Json, Loss

tasks = ("transcription",)
_SPLITS = ("train", "dev", "test")
_NEEDED = frozenset({"client_id", "path", "sentence"})
_VOTES = frozenset({"up_votes", "down_votes"})
_ATTRIBUTES = (
    "age", "gender", "accents", "accent", "variant", "locale", "segment", "up_votes", "down_votes",
    "sentence_domain",
)  # fmt: skip


class Config(FormatConfig):
    """Options of the Common Voice layout."""

    take: Literal["splits", "validated", "other", "invalidated"] = Field(
        "splits",
        description="which tables: train, dev and test where they are there (else validated), or one",
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a table has the columns client_id, path and sentence, surer beside a folder ``clips``."""
    root = _root(path)
    if root is None:
        return None
    if (root / "clips").is_dir():
        return Sniff(0.97, f"{root.name} has clips and tables with client_id, path and sentence")
    return Sniff(0.9, f"{root.name} has tables with client_id, path and sentence, but no clips")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every clip with its sentence as label, its speaker and what the speaker said of themselves.

    Keys are the clips' paths below ``path``. The licence is what a licence file or README beside the data
    says; without one it is unknown. Where there is no folder ``clips`` at all, the sentences come as text.
    """
    root = _root(path)
    if root is None:
        return
    licence = licence_of_folder(root) or (licence_of_folder(path) if path.is_dir() else None)
    told = licence.spdx if licence else None
    clips = (root / "clips").is_dir()
    tables = _tables(root, config.take)
    if not clips:
        yield Loss(root.name, "has no folder clips: the sentences come as text, without recordings", 0)
    below = "" if root == path else f"{root.name}/"
    seen: set[str] = set()
    for table in tables:
        split = split_of(table.stem)
        for row in read_table(table.name, _opener(table), TableOptions("tsv")):
            if isinstance(row, Loss):
                yield row
                continue
            line, cells, fault = row
            made = _clip(cells, root, path) if clips else _sentence(cells, below)
            if isinstance(made, str):
                yield Loss(f"{table.name}, line {line}", made)
                continue
            if made.key in seen:
                yield Loss(f"{table.name}, line {line}", f"the clip {made.key} was named before")
                continue
            seen.add(made.key)
            made.split, made.licence, made.fault = split, told, fault or made.fault
            yield made


def write(items: Iterable[Item], path: Path, config: Config) -> list[Loss]:
    """Writes ``clips/`` and the tables below a new folder: validated.tsv has all, the others their split.

    Told: what is no recording with a sentence, attributes without a column, keys that had to change, licence.
    """
    return write_clips(items, path)


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


def _clip(cells: dict[str, Json], root: Path, path: Path) -> Item | str:
    name = str(cells.get("path") or "")
    if not name:
        return "names no clip"
    found = find_below(root, f"clips/{name}")
    if isinstance(found, str):
        return found
    base = path if path.is_dir() else root
    item = Item(found.relative_to(base).as_posix(), "audio")
    try:
        describe_media(item, name, found)
        item.stamp = stamp_of(found, list(cells.values()))
    except OSError as error:
        return f"its file '{name}' cannot be read: {error.strerror or error}"
    item.label = str(cells.get("sentence") or "") or None
    _describe(item, cells)
    return item


def _sentence(cells: dict[str, Json], below: str) -> Item | str:
    name = str(cells.get("path") or "")
    if not name:
        return "names no clip"
    item = Item(f"{below}clips/{name}", "text", text=str(cells.get("sentence") or ""))
    item.stamp = xxhash.xxh3_64_hexdigest("\t".join(cells.values()).encode())  # type: ignore[arg-type]
    _describe(item, cells)
    return item


def _describe(item: Item, cells: dict[str, Json]) -> None:
    item.contributor = str(cells.get("client_id") or "") or None
    for attribute in _ATTRIBUTES:
        value = cells.get(attribute)
        if value and isinstance(value, str):
            item.attributes[attribute] = _votes(value) if attribute in _VOTES else value
            item.bases[attribute] = "declared"
    if cells.get("sentence_id"):
        item.evidence = {"sentence_id": cells["sentence_id"]}


@lru_cache(maxsize=4096)
def _votes(value: str) -> AttributeValue:
    votes = number(value)
    return float(votes) if votes is not None else value


def _root(path: Path) -> Path | None:
    if not path.is_dir():
        return None
    inner = [
        folder for folder in sorted(path.iterdir()) if folder.is_dir() and not folder.name.startswith(".")
    ]
    tabled = [
        folder
        for folder in (path, *inner[:20])
        if any(_has_columns(file) for file in sorted(folder.glob("*.tsv")))
    ]
    return next((folder for folder in tabled if (folder / "clips").is_dir()), tabled[0] if tabled else None)


def _has_columns(file: Path) -> bool:
    with file.open("rb") as stream:
        first = stream.readline(1 << 16).decode("utf-8", "replace")
    return set(first.rstrip("\r\n").removeprefix("\ufeff").split("\t")) >= _NEEDED
