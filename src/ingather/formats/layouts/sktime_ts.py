"""sktime .ts: labelled series in one text file, dimensions between colons, the class at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.series_items import series_item, stamp_of, unreadable
from ingather.formats.split_names import split_of
from ingather.formats.times import times_of_numbers, times_of_words
from ingather.sample import Item, Json, Loss
from ingather.series import MISSING, SECOND, Stream

tasks = ("classification", "regression", "none")
series_suffixes = (".ts",)
_LONGEST_LINE = 256 << 20
_PAIR = re.compile(r"\(([^,()]+),([^()]*)\)")
_SPLIT = re.compile(r"[_-](TRAIN|TEST|VALID\w*)\Z", re.IGNORECASE)


class Config(FormatConfig):
    """What the files do not say themselves."""

    rate: float | None = Field(None, gt=0, description="values a second, where the file has no times")
    channels: tuple[str, ...] = Field((), description="names of the dimensions, in their order")


@dataclass
class _Header:
    name: str = ""
    timed: bool = False
    classes: tuple[str, ...] | None = None
    target: bool = False
    dimensions: int | None = None


def sniff(path: Path) -> Sniff | None:
    """Sure where a file, or a file of the folder, ends in .ts and has ``@data``."""
    files = _files(path)
    if not files:
        return None
    with files[0].open("rb") as stream:
        head = stream.read(1 << 16)
    if b"@problemname" not in head.lower() and b"@data" not in head.lower():
        return None
    return Sniff(0.95, f"{files[0].name} is a .ts file with its header")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every series of the files as one item; ``_TRAIN`` and ``_TEST`` in the name are the split.

    Keys are ``FILE#N`` with N counted from 0. Where the file has no times and the plan says no rate, times
    are unknown: the order of the values is all there is. Missing values (``?``) are NaN.
    """
    root = path if path.is_dir() else path.parent
    for file in _files(path):
        key = file.relative_to(root).as_posix()
        if fault := unreadable(file):
            yield Loss(key, fault)
            continue
        yield from _file(file, key, config)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".ts" else []
    return sorted(path.rglob("*.ts")) if path.is_dir() else []


def _file(file: Path, key: str, config: Config) -> Iterator[Item | Loss]:
    found = _SPLIT.search(file.stem)
    split = split_of(found[1]) if found else None
    stamp, uri = stamp_of(file), file.absolute().as_uri()
    header, number, begun = _Header(), 0, False
    with file.open("rb") as stream:
        line = 0
        while raw := stream.readline(_LONGEST_LINE):
            line += 1
            text = raw.decode("utf-8", "replace").strip()
            if not text or text.startswith("#"):
                continue
            if not begun:
                begun = text.casefold() == "@data"
                if not begun and (odd := _head(header, text)):
                    yield Loss(f"{key}, line {line}", odd, 0)
                continue
            where, name = f"{key}, line {line}", f"{key}#{number}"
            number += 1
            made = _item(text, name, header, config)
            if isinstance(made, str):
                yield Loss(where, made)
                continue
            made.split, made.stamp, made.uri = split, stamp, uri
            yield made
    if not begun:
        yield Loss(key, "it has no @data: nothing in it is read")
    elif not number:
        yield Loss(key, "it has no series behind @data")


def _head(header: _Header, text: str) -> str | None:
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    match word.casefold():
        case "@problemname":
            header.name = rest
        case "@timestamps":
            header.timed = rest.casefold() == "true"
        case "@classlabel":
            told = rest.split()
            header.classes = tuple(told[1:]) if told[:1] and told[0].casefold() == "true" else None
        case "@targetlabel":
            header.target = rest.casefold().startswith("true")
        case "@dimensions" | "@dimension":
            header.dimensions = int(rest) if rest.isdecimal() else None
        case _ if not text.startswith("@"):
            return "stands before @data and is no part of the header"
    return None


def _item(text: str, key: str, header: _Header, config: Config) -> Item | str:
    timed = header.timed or text.startswith("(")
    label: str | None = None
    if header.classes is not None or header.target:
        text, _, label = text.rpartition(":")
        label = label.strip()
        if header.classes and label not in header.classes:
            return f"its class '{label}' is none that the header names"
    dimensions = _timed(text) if timed else [_untimed(one, config.rate) for one in text.split(":")]
    broken = next((one for one in dimensions if isinstance(one, str)), None)
    if broken is not None:
        return broken
    columns = [one for one in dimensions if not isinstance(one, str)]
    if header.dimensions is not None and len(columns) != header.dimensions:
        return f"it has {len(columns)} dimensions where the header says {header.dimensions}"
    if not columns or not len(columns[0][1]):
        return "it is empty"
    names = [
        config.channels[place] if place < len(config.channels) else f"dim_{place}"
        for place in range(len(columns))
    ]
    item = series_item(
        key, _streams(columns, names, config.rate if not timed else None), facts=_facts(header)
    )
    if not timed and config.rate is None:
        item.data = {**(item.data or {}), "clock": "order"}
    item.label = _number(label) if header.target and label else label or None
    return item


_Column = tuple[NDArray[np.int64], NDArray[np.float64]]


def _streams(columns: list[_Column], names: list[str], rate: float | None) -> list[Stream]:
    """Dimensions of one clock are one stream."""
    groups: list[tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]] = []
    for name, (time, values) in zip(names, columns, strict=True):
        for known, channels in groups:
            if np.array_equal(known, time):
                channels[name] = values
                break
        else:
            groups.append((time, {name: values}))
    return [
        Stream(time, channels, rate=rate, name="" if place == 0 else next(iter(channels)))
        for place, (time, channels) in enumerate(groups)
    ]


def _untimed(text: str, rate: float | None) -> _Column | str:
    try:
        values = np.array(
            [np.nan if cell.strip() in ("?", "") else float(cell) for cell in text.split(",")], np.float64
        )
    except ValueError as error:
        return f"a value is no number ({error})"
    if rate is None:
        return np.full(len(values), MISSING), values
    return np.round(np.arange(len(values)) * (SECOND / rate)).astype(np.int64), values


def _timed(text: str) -> list[_Column | str]:
    import pyarrow as pa

    columns: list[_Column | str] = []
    for one in re.split(r":(?=\s*\()", text):
        pairs = _PAIR.findall(one)
        if not pairs:
            columns.append("its values are not pairs of a time and a value")
            continue
        try:
            values = np.array([np.nan if v.strip() == "?" else float(v) for _, v in pairs], np.float64)
            times = times_of_numbers(np.array([float(t) for t, _ in pairs])).time
        except ValueError:
            told = times_of_words(pa.array([t.strip() for t, _ in pairs], pa.string()))
            if told is None:
                columns.append("its times or values are not understood")
                continue
            times = told.time
        columns.append((times, values))
    return columns


def _facts(header: _Header) -> dict[str, Json]:
    return {"problem": header.name} if header.name else {}


def _number(text: str) -> Json:
    try:
        return float(text)
    except ValueError:
        return text
