"""Reads the tables of the MovieLens sets: 100K (u.data), 1M and 10M (.dat), 20M, 25M and latest (.csv)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import xxhash

from ingather.errors import InputError
from ingather.formats.json_document import json_head
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.speech_files import text_lines
from ingather.formats.tables import TableOptions, read_table
from ingather.formats.values import number
from ingather.sample import AttributeValue, Item, Json, Loss

RATINGS = ("ratings.csv", "ratings.dat", "u.data")
_TAGS = ("tags.csv", "tags.dat")
_FILMS = ("movies.csv", "movies.dat", "u.item")
_USERS = ("users.csv", "users.dat", "u.user")
_NAMES = {"userid": "user", "movieid": "item", "timestamp": "at"}
_COLUMNS: dict[str, tuple[str, ...]] = {
    "ratings.dat": ("user", "item", "rating", "at"),
    "u.data": ("user", "item", "rating", "at"),
    "tags.dat": ("user", "item", "tag", "at"),
    "movies.dat": ("item", "title", "genres"),
    "u.item": ("item", "title", "released", "video", "imdb"),
    "users.dat": ("user", "gender", "age", "occupation", "zip"),
    "u.user": ("user", "age", "gender", "occupation", "zip"),
}
_CUTS = {".dat": "::", ".data": "\t", ".item": "|", ".user": "|"}
_GENRES = ("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
           "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller",
           "War", "Western")  # fmt: skip
"""Of u.item, whose last 19 columns are 0 or 1, as its README lists them."""
_ABOUT_USERS = ("gender", "age", "occupation")
Row = tuple[str, dict[str, str]]
"""Where a row stands, and its cells by column."""


def find(path: Path, names: Sequence[str]) -> Path | None:
    """The first of these files in a folder; the path itself where it is one of them."""
    if path.is_file():
        return path if path.name in names else None
    return next((path / name for name in names if (path / name).is_file()), None)


def looks_like_ratings(table: Path) -> bool:
    """Whether the first line is of a user, a film, a rating and a time."""
    line = json_head(table, 4096).split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    if table.suffix == ".csv":
        return {"userid", "movieid", "rating"} <= {cell.strip('"').lower() for cell in line.split(",")}
    cells = line.split(_CUTS[table.suffix])
    return len(cells) == 4 and all(number(cell) is not None for cell in cells)


def read_ratings(path: Path, take: Literal["ratings", "tags"]) -> Iterator[Item | Loss]:
    """Every rating, or every tag, with what is told of its film and user."""
    table = find(path, RATINGS if take == "ratings" else _TAGS)
    if table is None:
        yield Loss(path.name, f"has no table of {take}")
        return
    folder = table.parent
    losses: list[Loss] = []
    films, users = _table(folder, _FILMS, "item", losses), _table(folder, _USERS, "user", losses)
    yield from losses
    licence = licence_of_folder(folder)
    what = "rating" if take == "ratings" else "tag"
    seen: set[str] = set()
    strangers = 0
    for row in _rows(table):
        if isinstance(row, Loss):
            yield row
            continue
        where, cells = row
        item = _interaction(where, cells, what)
        if isinstance(item, Loss):
            yield item
            continue
        if item.key in seen:
            yield Loss(where, f"{item.key} came before; the first is kept")
            continue
        seen.add(item.key)
        film = films.get(cells["item"])
        strangers += bool(films) and film is None
        assert isinstance(item.data, dict)
        item.data.update(_film(film) if film else {})
        item.attributes = _user(users.get(cells["user"], {}))
        item.licence = licence.spdx if licence else None
        yield item
    if strangers:
        yield Loss(table.name, f"{strangers} rows are about films that no table describes", 0)


def read_films(path: Path) -> Iterator[Item | Loss]:
    """Every film as a record with its title as text and its genres."""
    table = find(path, _FILMS)
    if table is None:
        yield Loss(path.name, "has no table of films")
        return
    licence = licence_of_folder(table.parent)
    for row in _rows(table):
        if isinstance(row, Loss):
            yield row
            continue
        where, cells = row
        if not cells.get("item"):
            yield Loss(where, "names no film")
            continue
        item = Item(cells["item"], "record", data={"item": cells["item"], **_film(cells)})
        item.stamp = _stamp(cells)
        item.licence = licence.spdx if licence else None
        yield item


def _interaction(where: str, cells: dict[str, str], what: str) -> Item | Loss:
    user, film, told = cells.get("user", ""), cells.get("item", ""), cells.get(what, "")
    if not user or not film or not told:
        return Loss(where, f"lacks its user, film or {what}")
    value: Json = number(told) if what == "rating" else told
    if value is None:
        return Loss(where, f"its rating '{told[:40]}' is no number")
    item = Item(f"{user}/{film}" if what == "rating" else f"{user}/{film}/{told}", "record", contributor=user)
    item.data = {"user": user, "item": film, what: float(value) if isinstance(value, int) else value}
    seconds = number(cells.get("at", ""))
    if seconds is not None:
        item.data = {**item.data, "at": seconds}
        try:
            item.at = datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            item.fault = f"its time {seconds} is none"
    item.label = value
    item.stamp = _stamp(cells)
    return item


def _film(cells: dict[str, str]) -> dict[str, Json]:
    genres = cells.get("genres", "")
    told = [one for one in genres.split("|") if one and one != "(no genres listed)"]
    return {"title": cells.get("title", ""), "genres": list(told)}


def _user(cells: dict[str, str]) -> dict[str, AttributeValue]:
    return {name: cells[name] for name in _ABOUT_USERS if cells.get(name)}


def _table(folder: Path, names: Sequence[str], key: str, losses: list[Loss]) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    table = find(folder, names)
    for row in _rows(table) if table is not None else ():
        if isinstance(row, Loss):
            losses.append(row)
        elif row[1].get(key):
            told.setdefault(row[1][key], row[1])
    return told


def _rows(table: Path) -> Iterator[Row | Loss]:
    """The rows of a table with its columns by the names used here."""
    if table.suffix == ".csv":
        yield from _csv_rows(table)
        return
    columns, cut = _COLUMNS[table.name], _CUTS[table.suffix]
    for line in text_lines(table, table.name):
        if isinstance(line, Loss):
            yield line
            continue
        if not line[1].strip():
            continue
        where = f"{table.name}, line {line[0]}"
        parts = line[1].split(cut)
        if len(parts) < len(columns):
            yield Loss(where, f"has {len(parts)} cells where {len(columns)} are due")
            continue
        told = dict(zip(columns, parts, strict=False))
        if table.name == "u.item":
            flags = parts[-len(_GENRES) :]
            told["genres"] = "|".join(name for name, flag in zip(_GENRES, flags, strict=False) if flag == "1")
        yield where, told


def _csv_rows(table: Path) -> Iterator[Row | Loss]:
    options = TableOptions("csv", header_rows=1, delimiter=",")
    try:
        for row in read_table(table.name, lambda: table.open("rb"), options):
            if isinstance(row, Loss):
                yield row
                continue
            line, cells, fault = row
            where = f"{table.name}, line {line}"
            if fault:
                yield Loss(where, fault)
                continue
            yield where, {_NAMES.get(name.lower(), name.lower()): str(cell) for name, cell in cells.items()}
    except InputError as error:
        yield Loss(table.name, error.message)


def _stamp(cells: dict[str, str]) -> str:
    return xxhash.xxh3_64_hexdigest("\x1f".join(cells.values()).encode("utf-8", "replace"))
