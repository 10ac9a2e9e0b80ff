"""NumPy: .npy and .npz files of series: rows over time, columns as channels, times in another array."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.numpy_files import MAGIC, load_array, load_arrays
from ingather.formats.series_items import series_item, stamp_of
from ingather.formats.times import TIME_NAME, times_of_numbers
from ingather.sample import Item, Json, Loss
from ingather.series import MISSING, SECOND, Stream

tasks = ("classification", "regression", "forecasting", "anomaly", "failure", "none")
series_suffixes = (".npy", ".npz")
_LABELS = ("y", "label", "labels", "target", "targets")
_MOST_CHANNELS = 1024


class Config(FormatConfig):
    """What arrays do not say themselves."""

    rate: float | None = Field(None, gt=0, description="values a second, where there is no array of times")
    channels: tuple[str, ...] = Field((), description="names of the columns, in their order")


def sniff(path: Path) -> Sniff | None:
    """Half sure of .npy and .npz files: what their axes mean, they do not say."""
    files = _files(path)
    if not files:
        return None
    with files[0].open("rb") as stream:
        head = stream.read(6)
    if head != MAGIC and not head.startswith(b"PK"):
        return None
    return Sniff(0.55, f"{files[0].name} holds NumPy arrays")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every .npy file as one item, every .npz as one with an array of times, or one for each of its arrays.

    An array of three dimensions is many series (series, time, channels), labelled by an array ``y`` or
    ``label`` of the same length beside it; keys are then ``FILE#N``. Pickled objects are never read.
    """
    root = path if path.is_dir() else path.parent
    for file in _files(path):
        key = file.relative_to(root).as_posix()
        for thing in _npz(file, key, config) if file.suffix.lower() == ".npz" else _npy(file, key, config):
            if isinstance(thing, Item):
                thing.stamp, thing.uri = stamp_of(file), file.absolute().as_uri()
            yield thing


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() in series_suffixes else []
    if not path.is_dir():
        return []
    return sorted(one for one in path.rglob("*") if one.suffix.lower() in series_suffixes and one.is_file())


def _npy(file: Path, key: str, config: Config) -> Iterator[Item | Loss]:
    array = load_array(file)
    if isinstance(array, str):
        yield Loss(key, array)
    elif array.dtype.names:
        yield from _npz_items(key, {name: array[name] for name in array.dtype.names}, config)
    else:
        yield from _array(key, array, None, None, config)


def _npz(file: Path, key: str, config: Config) -> Iterator[Item | Loss]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, array in load_arrays(file):
        if isinstance(array, str):
            yield Loss(f"{key}/{name}" if name else key, array)
        else:
            arrays[name] = array
    if arrays:
        yield from _npz_items(key, arrays, config)


def _npz_items(key: str, arrays: dict[str, NDArray[Any]], config: Config) -> Iterator[Item | Loss]:
    """Arrays that belong together: those as long as the array of times are channels of one series."""
    times = next(
        (n for n, a in arrays.items() if TIME_NAME.fullmatch(n) and a.ndim == 1 and a.dtype.kind in "fiuM"),
        None,
    )
    labels = next((arrays[name] for name in _LABELS if name in arrays and arrays[name].ndim == 1), None)
    many = [name for name, array in arrays.items() if array.ndim == 3]
    for name in many:
        yield from _array(f"{key}/{name}" if len(many) > 1 else key, arrays[name], None, labels, config)
    if times is None:
        for name, array in arrays.items():
            if array.ndim in (1, 2) and not (many and name in _LABELS):
                yield from _array(f"{key}/{name}", array, None, None, config)
        return
    time = arrays[times]
    columns: dict[str, NDArray[np.float64]] = {}
    for name, array in arrays.items():
        if name == times or array.ndim == 3:
            continue
        if array.ndim == 0 or len(array) != len(time) or array.dtype.kind not in "fiub":
            yield Loss(
                f"{key}/{name}", f"{array.shape} of {array.dtype} does not fit the times: it is left out", 0
            )
            continue
        columns |= _columns(array, name, ())
    yield from _series(key, columns, time, None, config)


def _array(
    key: str, array: NDArray[Any], time: NDArray[Any] | None, labels: NDArray[Any] | None, config: Config
) -> Iterator[Item | Loss]:
    if array.dtype.kind not in "fiub":
        yield Loss(key, f"it holds {array.dtype}, not numbers")
    elif array.ndim == 3:
        for number, one in enumerate(array):
            label = _plain(labels[number]) if labels is not None and len(labels) == len(array) else None
            yield from _series(
                f"{key}#{number}", _columns(one, "value", config.channels), time, label, config
            )
    elif array.ndim:
        yield from _series(key, _columns(array, "value", config.channels), time, None, config)
    else:
        yield Loss(key, "it is a single number, no series")


def _columns(array: NDArray[Any], name: str, names: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    flat = array.reshape(len(array), -1) if len(array) else array.reshape(0, 1)
    width = flat.shape[1]
    told = [
        names[n] if n < len(names) else name if width == 1 else f"{name}_{n}"
        for n in range(min(width, _MOST_CHANNELS + 1))
    ]
    return {one: np.ascontiguousarray(flat[:, n], dtype=np.float64) for n, one in enumerate(told)}


def _series(
    key: str,
    columns: dict[str, NDArray[np.float64]],
    time: NDArray[Any] | None,
    label: Json,
    config: Config,
) -> Iterator[Item | Loss]:
    rows = len(next(iter(columns.values()))) if columns else 0
    if not rows:
        yield Loss(key, "it has no values over time")
        return
    if len(columns) > _MOST_CHANNELS:
        yield Loss(key, f"it has more than {_MOST_CHANNELS} columns: are its axes (time, channels)?")
        return
    facts: dict[str, Json] = {}
    dated = False
    if time is not None and time.dtype.kind == "M":
        stamps, dated = time.astype("datetime64[ns]").astype(np.int64), True
    elif time is not None:
        found = times_of_numbers(time if time.dtype.kind in "iu" else time.astype(np.float64))
        stamps, dated = found.time, found.dated
        if found.told:
            yield Loss(key, found.told, 0)
    elif config.rate is not None:
        stamps = np.round(np.arange(rows) * (SECOND / config.rate)).astype(np.int64)
    else:
        stamps, facts = np.full(rows, MISSING), {"clock": "order"}
    rate = config.rate if time is None else None
    item = series_item(key, [Stream(stamps, columns, rate=rate)], dated=dated, facts=facts)
    item.label = label
    yield item


def _plain(value: Any) -> Json:
    plain = value.item() if isinstance(value, np.generic) else value
    return plain.decode("utf-8", "replace") if isinstance(plain, bytes) else plain
