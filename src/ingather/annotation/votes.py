"""Vote files: CSV or TSV of worker, task and label, with or without a header, read into columns of codes.

A million rows take well under a second. A row that is no vote is left out and told with its line.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.annotation.vote_columns import ROLES, VoteColumns, find_columns
from ingather.errors import InputError
from ingather.formats.encoding import detect_encoding
from ingather.sample import Loss

_LOOKED_AT = 1000
_TOLD_ONE_BY_ONE = 100
_Coded: TypeAlias = tuple[list[str], NDArray[np.int64]]


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
    columns = zip(ROLES, (workers, tasks, labels), strict=False)
    return _votes({role: _coded(values, np.arange(len(values))) for role, values in columns}, [])


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
    read = {role: _column(table[f"f{place}"]) for role, place in found.places.items()}
    return _votes(read, [*losses, *_empty_rows(read, numbers, content, path)])


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


def _column(column: pa.ChunkedArray) -> _Coded:
    """A dictionary column as names without blanks around them and codes, -1 where nothing is left."""
    if len(column) == 0:
        return [], np.zeros(0, dtype=np.int64)
    whole = column.combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    # Arrow's own way to numpy imports pandas where that is installed, which takes longer than all of this.
    indices = np.frombuffer(whole.indices.buffers()[1], dtype=np.int32)
    codes = indices[whole.offset : whole.offset + len(whole)].astype(np.int64)
    if whole.null_count:
        codes[np.from_dlpack(whole.is_null().cast("uint8")) == 1] = -1
    return _coded([name.strip() for name in whole.dictionary.to_pylist()], codes)


def _coded(names: Sequence[str], codes: NDArray[np.int64]) -> _Coded:
    """The same column with every name once; -1 for the empty name."""
    known: dict[str, int] = {}
    place = [known.setdefault(name, len(known)) if name else -1 for name in names]
    return list(known), np.array([*place, -1], dtype=np.int64)[codes]


def _empty_rows(
    read: Mapping[str, _Coded], numbers: NDArray[np.int64], content: bytes, path: Path
) -> list[Loss]:
    told: dict[int, list[str]] = {}
    for role in ROLES[:3]:
        for row in np.flatnonzero(read[role][1] < 0).tolist():
            told.setdefault(row, []).append(role)
    lines = _lines(content, [int(numbers[row]) for row in told])
    reasons = [f"has no {' and no '.join(roles)}" for roles in told.values()]
    return _losses(list(zip(lines, reasons, strict=True)), path)


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


def _votes(read: Mapping[str, _Coded], losses: list[Loss]) -> Votes:
    whole = np.all([read[role][1] >= 0 for role in ROLES[:3]], axis=0)
    (workers, worker), (tasks, task), (labels, label) = (
        _used(read[role][0], read[role][1][whole]) for role in ROLES[:3]
    )
    order = sorted(range(len(labels)), key=_rank(labels))
    place = np.argsort(order)
    gold: dict[str, str] = {}
    if "gold" in read:
        names, codes = read["gold"]
        gold, clashes = _gold(tasks, task, names, codes[whole])
        losses = [*losses, *clashes]
    return Votes(
        workers=tuple(workers),
        tasks=tuple(tasks),
        labels=tuple(labels[i] for i in order),
        worker=worker,
        task=task,
        label=place[label] if len(label) else label,
        gold=gold,
        losses=tuple(losses),
    )


def _used(names: list[str], codes: NDArray[np.int64]) -> _Coded:
    """The names that occur, in order of first appearance, and the codes of these."""
    used = np.bincount(codes, minlength=len(names)) > 0
    return [name for name, kept in zip(names, used, strict=True) if kept], (np.cumsum(used) - 1)[codes]


def _gold(
    tasks: list[str], task: NDArray[np.int64], answers: list[str], gold: NDArray[np.int64]
) -> tuple[dict[str, str], list[Loss]]:
    pairs = np.unique(task[gold >= 0] * max(1, len(answers)) + gold[gold >= 0])
    known: dict[str, str] = {}
    clashing: list[str] = []
    for of, answer in zip(*np.divmod(pairs, max(1, len(answers))), strict=True):
        if known.setdefault(tasks[of], answers[answer]) != answers[answer]:
            clashing.append(tasks[of])
    for name in set(clashing):
        del known[name]
    told = dict.fromkeys(clashing)
    return known, [Loss(f"task {name}", "has several gold answers: none is used") for name in told]


def _rank(labels: list[str]) -> Callable[[int], Any]:
    try:
        numbers = [float(label) for label in labels]
    except ValueError:
        return labels.__getitem__
    return lambda i: (numbers[i] if np.isfinite(numbers[i]) else np.inf, labels[i])
