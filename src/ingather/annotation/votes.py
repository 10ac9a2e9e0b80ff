"""Vote files: CSV or TSV of worker, task and label, with or without a header, read into columns of codes.

A million rows take well under a second. A row that is no vote is left out and told with its line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.annotation.vote_columns import ROLES, VoteColumns, find_columns
from ingather.errors import InputError
from ingather.formats.encoding import detect_encoding
from ingather.sample import Loss

_LOOKED_AT = 1000
_TOLD_ONE_BY_ONE = 100


@dataclass(frozen=True, slots=True)
class Votes:
    """Who gave which label to which task; one row a label, repeated readings too.

    Attributes:
        workers: names, in order of first appearance.
        tasks: names, in order of first appearance.
        labels: names, sorted: as numbers where all are numbers, else as text.
        worker: n codes into ``workers``.
        task: n codes into ``tasks``.
        label: n codes into ``labels``.
        gold: the known answer by task, where the file has one.
        losses: rows that are no votes, with their line and why.
    """

    workers: tuple[str, ...]
    tasks: tuple[str, ...]
    labels: tuple[str, ...]
    worker: NDArray[np.int64]
    task: NDArray[np.int64]
    label: NDArray[np.int64]
    gold: dict[str, str] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()


def votes_of(workers: list[str], tasks: list[str], labels: list[str]) -> Votes:
    """Votes from three lists of equal length."""
    columns = {"worker": workers, "task": tasks, "label": labels}
    return _votes({role: pa.array(values, pa.string()) for role, values in columns.items()}, ())


def read_votes(path: Path, columns: Mapping[str, str] | None = None) -> Votes:
    """Reads a vote file; encoding, delimiter, header and the order of columns are found.

    Args:
        path: CSV or TSV, also with ``;`` or ``|``; TSV without quoting.
        columns: names of the columns by role (worker, task, label, gold) where the file's own are unusual.

    Raises:
        InputError: the file cannot be read, is no table, or lacks one of the three columns.
    """
    content = _text(path)
    head = content[: 1 << 20].decode("utf-8", "replace").splitlines()[:_LOOKED_AT]
    head = [line for line in head if line]
    if not head:
        return votes_of([], [], [])
    delimiter, width = _shape(head, path)
    rows = [[cell.strip() for cell in row] for row in _cut(head, delimiter)]
    sound = [row for row in rows if len(row) == width]
    found = find_columns(sound, columns, path.name)
    table, numbers, losses = _table(content, delimiter, width, found, path)
    read = {role: _stripped(table[f"f{place}"]) for role, place in found.places.items()}
    empty = _empty_rows(read, numbers, content, path)
    if empty:
        whole = pc.and_(pc.and_(read["worker"].is_valid(), read["task"].is_valid()), read["label"].is_valid())
        read = {role: column.filter(whole) for role, column in read.items()}
    return _votes(read, (*losses, *empty))


def _text(path: Path) -> bytes:
    """The file as UTF-8 without a byte order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"Cannot read the votes in {path}: {error.strerror or error}.",
            why="Labels are settled from a file of votes.",
            fix="Name a CSV or TSV file of worker, task and label.",
        ) from error
    encoding = detect_encoding(lambda: io.BytesIO(content))
    if encoding.name != "utf-8":
        content = content.decode(encoding.name, "replace").encode()
    elif encoding.damaged:
        content = content.decode("utf-8", "replace").encode()
    if b"\0" in content[: 1 << 16]:
        raise InputError(
            f"{path.name} is not a text file.",
            why="Votes are read from CSV or TSV.",
            fix="Save the table as CSV first.",
        )
    return content


def _shape(head: list[str], path: Path) -> tuple[str, int]:
    """The delimiter that cuts most lines into one and the same number of at least three cells."""
    best = (0, "", 0)
    for delimiter in (",", "\t", ";", "|"):
        widths = Counter(len(row) for row in _cut(head, delimiter))
        width, lines = widths.most_common(1)[0]
        if width >= 3 and lines > best[0]:
            best = (lines, delimiter, width)
    if not best[0]:
        raise InputError(
            f"{path.name} has no three columns: its first line is '{head[0][:80]}'.",
            why="A vote is who (worker) gave which label to which task.",
            fix="Give CSV or TSV with the columns worker, task, label and, if known, gold.",
            where=f"{path.name}:1",
        )
    return best[1], best[2]


def _cut(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    """Cells of lines; a tab-separated file has no quoting."""
    if delimiter == "\t":
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter)


def _table(
    content: bytes, delimiter: str, width: int, found: VoteColumns, path: Path
) -> tuple[pa.Table, NDArray[np.int64], list[Loss]]:
    """The wanted columns as dictionaries, the row number of each row (blank lines not counted), bad rows."""
    from pyarrow import csv as arrow_csv

    bad: list[tuple[int, int]] = []

    def skip(row: Any) -> str:
        bad.append((row.number, row.actual_columns))
        return "skip"

    names = [f"f{i}" for i in range(width)]
    wanted = [names[place] for place in found.places.values()]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=16 << 20),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char=False if delimiter == "\t" else '"',
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.dictionary(pa.int32(), pa.string()) for name in wanted},
                include_columns=wanted,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise InputError(
            f"{path.name} cannot be read as a table: {str(error).splitlines()[0]}",
            why="Votes are read from CSV or TSV.",
            fix="Look for a quote that is never closed, or a row longer than the others.",
        ) from error
    total = table.num_rows + len(bad)
    numbers = np.delete(np.arange(1, total + 1), [number - 1 for number, _ in bad])
    if found.header:
        table, numbers = table.slice(1), numbers[1:]
    lines = _lines(content, [number for number, _ in bad])
    told = [
        (line, f"has {cells} cells where {width} are expected")
        for line, (_, cells) in zip(lines, bad, strict=True)
    ]
    return table.unify_dictionaries().combine_chunks(), numbers, _losses(told, path)


def _stripped(column: pa.ChunkedArray) -> pa.Array:
    """A dictionary column as strings without blanks around them, null where nothing is left."""
    if column.num_chunks == 0:
        return pa.array([], pa.string())
    coded = column.combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    names = pc.utf8_trim_whitespace(coded.dictionary)
    names = pc.if_else(pc.equal(names, ""), pa.scalar(None, pa.string()), names)
    return names.take(coded.indices)


def _empty_rows(
    read: Mapping[str, pa.Array], numbers: NDArray[np.int64], content: bytes, path: Path
) -> list[Loss]:
    told: dict[int, list[str]] = {}
    for role in ROLES[:3]:
        if read[role].null_count:
            for row in np.flatnonzero(read[role].is_null().to_numpy(zero_copy_only=False)):
                told.setdefault(int(row), []).append(role)
    lines = _lines(content, [int(numbers[row]) for row in told])
    return _losses(
        [(line, f"has no {' and no '.join(r)}") for line, r in zip(lines, told.values(), strict=True)], path
    )


def _lines(content: bytes, numbers: list[int]) -> list[int]:
    """Line of each row number; rows are numbered without the blank lines."""
    if not numbers:
        return []
    filled = [i for i, line in enumerate(content.split(b"\n"), start=1) if line.rstrip(b"\r")]
    return [filled[number - 1] if number <= len(filled) else 0 for number in numbers]


def _losses(told: list[tuple[int, str]], path: Path) -> list[Loss]:
    one_by_one = [Loss(f"{path.name}:{line}", reason) for line, reason in told[:_TOLD_ONE_BY_ONE]]
    rest = len(told) - len(one_by_one)
    if rest:
        first = told[_TOLD_ONE_BY_ONE][0]
        one_by_one.append(Loss(f"{path.name}:{first} and below", "are no votes either", rest))
    return one_by_one


def _votes(read: Mapping[str, pa.Array], losses: tuple[Loss, ...]) -> Votes:
    coded = {role: read[role].dictionary_encode() for role in ROLES[:3]}
    codes = {role: column.indices.to_numpy().astype(np.int64) for role, column in coded.items()}
    names = {role: column.dictionary.to_pylist() for role, column in coded.items()}
    rank = _rank(names["label"])
    order = sorted(range(len(names["label"])), key=lambda i: rank(names["label"][i]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    gold: dict[str, str] = {}
    clashes: list[Loss] = []
    if "gold" in read:
        gold, clashes = _gold(read["task"], read["gold"])
    return Votes(
        workers=tuple(names["worker"]),
        tasks=tuple(names["task"]),
        labels=tuple(names["label"][i] for i in order),
        worker=codes["worker"],
        task=codes["task"],
        label=place[codes["label"]],
        gold=gold,
        losses=(*losses, *clashes),
    )


def _gold(task: pa.Array, gold: pa.Array) -> tuple[dict[str, str], list[Loss]]:
    pairs = (
        pa.table({"task": task, "gold": gold})
        .filter(gold.is_valid())
        .group_by(["task", "gold"])
        .aggregate([])
    )
    known: dict[str, str] = {}
    clashing: set[str] = set()
    for name, answer in zip(pairs["task"].to_pylist(), pairs["gold"].to_pylist(), strict=True):
        if known.setdefault(name, answer) != answer:
            clashing.add(name)
    kept = {name: answer for name, answer in known.items() if name not in clashing}
    return kept, [Loss(f"task {name}", "has several gold answers: none is used") for name in sorted(clashing)]


def _rank(labels: list[str]) -> Any:
    try:
        numbers = {label: float(label) for label in labels}
    except ValueError:
        return str
    return lambda label: (numbers[label], label) if np.isfinite(numbers[label]) else (np.inf, label)
