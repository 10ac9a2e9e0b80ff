"""NAB: series of the Numenta Anomaly Benchmark, and a JSON file of the windows that hold anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.series_tables import SeriesOptions, read_series_table
from ingather.formats.time_ranges import TimeRange, as_label
from ingather.formats.times import times_of_words
from ingather.sample import Item, Json, Loss
from ingather.series import MISSING, SECOND, decode

tasks = ("anomaly", "none")
_LABELS = "combined_windows.json"
_MOST = 64 << 20


class Config(FormatConfig):
    """NAB has no options."""


def sniff(path: Path) -> Sniff | None:
    """Sure where ``data/`` with CSV files and ``labels/combined_windows.json`` lie side by side."""
    if not path.is_dir() or not (path / "labels" / _LABELS).is_file() or not (path / "data").is_dir():
        return None
    with (path / "labels" / _LABELS).open("rb") as opened:
        if not opened.read(256).lstrip().startswith(b"{"):
            return None
    return Sniff(0.97, f"data/ and labels/{_LABELS} are side by side")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every series with its anomalies as labelled stretches; one that the labels do not name has none.

    Keys are paths below ``data/``; ``session`` is the series itself. Windows that cannot be read, or that
    lie outside of their series, and windows of series that are not there are losses.
    """
    windows, told = _windows(path / "labels" / _LABELS)
    yield from told
    root = path / "data"
    for file in sorted(root.rglob("*.csv")):
        key = file.relative_to(root).as_posix()
        for thing in read_series_table(file, key, SeriesOptions(time="timestamp")):
            if isinstance(thing, Item):
                entries = windows.pop(key, None)
                thing.session = key
                thing.attributes["kind"] = key.partition("/")[0]
                if entries is not None:
                    yield from _label(thing, entries)
            yield thing
    for key, entries in windows.items():
        count = len(entries) if isinstance(entries, list) else 1
        yield Loss(f"labels/{_LABELS}", f"windows of {key}, which is not there", count)


def _windows(file: Path) -> tuple[dict[str, Json], list[Loss]]:
    where = f"labels/{_LABELS}"
    try:
        if file.stat().st_size > _MOST:
            return {}, [Loss(where, "it is larger than such a file can be: no labels are read")]
        told = orjson.loads(file.read_bytes())
    except OSError as error:
        return {}, [Loss(where, f"it cannot be read: {error.strerror}")]
    except orjson.JSONDecodeError as error:
        return {}, [Loss(where, f"it is not JSON ({error}): no labels are read")]
    if not isinstance(told, dict):
        return {}, [Loss(where, "it is no object of series: no labels are read")]
    return told, []


def _label(item: Item, entries: Json) -> Iterator[Loss]:
    assert isinstance(item.content, bytes)
    stamps = decode(item.content).stamps
    ranges: list[TimeRange] = []
    if not isinstance(entries, list) or not len(stamps):
        yield Loss(item.key, "its windows are not a list, or it has no times: it has no label")
        return
    first, last = int(stamps.min()), int(stamps.max())
    for entry in entries:
        ends = _ends(entry)
        if ends is None or ends[1] < ends[0]:
            yield Loss(item.key, f"the window {entry} is not two times in order: it is left out")
            continue
        if ends[0] > last or ends[1] < first:
            yield Loss(item.key, f"the window {entry} lies outside of the series: it is left out")
            continue
        ranges.append(TimeRange((ends[0] - first) / SECOND, (ends[1] - first) / SECOND, "anomaly"))
    item.label = as_label(ranges)


def _ends(entry: Json) -> tuple[int, int] | None:
    import pyarrow as pa

    if not isinstance(entry, list) or len(entry) != 2 or not all(isinstance(end, str) for end in entry):
        return None
    times = times_of_words(pa.array(entry, pa.string()))
    if times is None or (times.time == MISSING).any():
        return None
    return int(times.time[0]), int(times.time[1])
