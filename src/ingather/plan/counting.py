"""In which cells samples count: columns in, codes out, for a million rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingather.plan.cells import CROSS, TOTAL, cell_key, dimensions, known_values
from ingather.plan.model import Plan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_LABEL_FIELDS = ("label", "value", "result", "results", "choices")
UNIT_MEASURES: dict[str, tuple[str, ...]] = {"hours": ("seconds", "duration"), "tokens": ("words",)}
"""The measures of cleaning that a unit of the plan is counted by; hours are measured in seconds."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Which samples count in which cells of one dimension (one attribute, or several crossed).

    A sample with several labels stands in several cells; one whose value is unknown or not in the plan in
    none. ``np.bincount(codes, weights=amounts[rows], minlength=len(keys))`` gives the amounts of all cells.

    Attributes:
        by: the attributes, in the plan's order; empty for the total.
        keys: ``cell_key`` of every cell.
        rows: row numbers of the samples that count, int64, ascending.
        codes: index into ``keys`` for each of ``rows``, int32.
    """

    by: tuple[str, ...]
    keys: tuple[str, ...]
    rows: NDArray[np.int64]
    codes: NDArray[np.int32]


def cells_of(plan: Plan, columns: Mapping[str, Any], n: int) -> tuple[Coded, ...]:
    """The cells in which n samples count: the total first, then every dimension of the plan.

    Args:
        plan: whose groups count.
        columns: by attribute name, and ``label``, ``language``, ``source``: n values each, as a list, a numpy
            or an Arrow array; None (NaN in bins) is unknown, a column that is not there is all unknown.
            Labels may be plain or JSON text: a string, a list of several, a path, annotation results.
        n: the number of samples.
    """
    import numpy as np

    everything = Coded((), (TOTAL,), np.arange(n), np.zeros(n, np.int32))
    single: dict[str, tuple[NDArray[np.int64], NDArray[np.int32]]] = {}
    return (everything, *(_coded(plan, by, columns, n, single) for by in dimensions(plan)))


def unknown_of(plan: Plan, columns: Mapping[str, Any], n: int) -> dict[str, int]:
    """How many of n samples lack a value: by attribute, and by crossed attributes (joined by ' × ')."""
    import numpy as np

    missing: dict[str, NDArray[np.bool_]] = {}
    wanted = [(name,) for name in plan.attributes] + list(dimensions(plan))
    for name in {name for by in wanted for name in by}:
        missing[name] = _missing(plan, name, columns.get(name), n)
    return {
        CROSS.join(by): int(np.logical_or.reduce([missing[name] for name in by]).sum())
        for by in dict.fromkeys(wanted)
    }


def labels_in(value: Any, *, tree: bool = False) -> list[str]:
    """The distinct labels that one answer names.

    Args:
        value: a label, several, a path, boxes or spans with labels, Label Studio results.
        tree: whether labels are paths; then every node on the way counts too.
    """
    found: dict[str, None] = {}
    _gather(value, tree, found)
    return list(found)


def bin_of(plan: Plan, name: str, values: Any) -> NDArray[np.int32]:
    """Index of the bin in which each of n numbers lies, int32, -1 for none.

    A bin holds its start and not its end, except the highest, which holds both.
    """
    import numpy as np

    numbers = np.asarray(values, dtype=np.float64)
    ranges = list(plan.attributes[name].bins.values())
    codes = np.full(len(numbers), -1, np.int32)
    last = max(end for _, end in ranges)
    for code, (start, end) in enumerate(ranges):
        inside = (numbers >= start) & ((numbers < end) | ((numbers == end) & (end == last)))
        codes[inside & (codes < 0)] = code
    return codes


def _coded(
    plan: Plan,
    by: tuple[str, ...],
    columns: Mapping[str, Any],
    n: int,
    single: dict[str, tuple[NDArray[np.int64], NDArray[np.int32]]],
) -> Coded:
    import numpy as np

    rows, codes = np.arange(n), np.zeros(n, np.int32)
    combinations: list[dict[str, str]] = [{}]
    for name in by:
        if name not in single:
            single[name] = _codes(plan, name, columns.get(name), n)
        values = known_values(plan, name)
        own_rows, own_codes = single[name]
        rows, left, right = _join(rows, own_rows, n)
        codes = codes[left] * np.int32(max(len(values), 1)) + own_codes[right]
        combinations = [{**cell, name: value} for cell in combinations for value in values]
    keys = tuple(cell_key(cell) for cell in combinations)
    return Coded(by, keys, rows, codes.astype(np.int32))


def _join(
    left_rows: NDArray[np.int64], right_rows: NDArray[np.int64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of places in two ascending lists of row numbers that mean the same row."""
    import numpy as np

    starts = np.searchsorted(right_rows, left_rows, "left")
    counts = np.searchsorted(right_rows, left_rows, "right") - starts
    left = np.repeat(np.arange(len(left_rows)), counts)
    within = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    return left_rows[left], left, np.repeat(starts, counts) + within


def _codes(plan: Plan, name: str, column: Any, n: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Row numbers and codes of all samples with a known value of one attribute."""
    import numpy as np

    if column is None and name == "language" and len(plan.languages) == 1:
        return np.arange(n), np.zeros(n, np.int32)
    if column is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int32)
    places = {value: code for code, value in enumerate(known_values(plan, name))}
    array = _arrow(column)
    if name in plan.attributes and plan.attributes[name].bins and _is_number(array):
        codes = bin_of(plan, name, array.to_numpy(zero_copy_only=False))
        rows = np.flatnonzero(codes >= 0)
        return rows, codes[rows]
    tree = plan.task.tree

    def codes_of(value: Any) -> list[int]:
        words = labels_in(_decoded(value), tree=tree) if name == "label" else [_word(value)]
        return [places[word] for word in words if word in places]

    return _explode(array, codes_of)


def _explode(array: Any, codes_of: Callable[[Any], list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    import numpy as np
    import pyarrow as pa

    if pa.types.is_nested(array.type):
        answers = [codes_of(value) if value is not None else [] for value in array.to_pylist()]
        indices = np.arange(len(answers))
    else:
        encoded = array.dictionary_encode()
        answers = [codes_of(value) for value in encoded.dictionary.to_pylist()] + [[]]
        indices = np.asarray(encoded.indices.fill_null(len(answers) - 1).to_numpy(zero_copy_only=False))
    lengths = np.array([len(answer) for answer in answers], np.int64)
    flat = np.array([code for answer in answers for code in answer], np.int32)
    counts = lengths[indices]
    rows = np.repeat(np.arange(len(indices)), counts)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = (np.cumsum(lengths) - lengths)[indices]
    return rows, flat[np.repeat(starts, counts) + within]


def _missing(plan: Plan, name: str, column: Any, n: int) -> NDArray[np.bool_]:
    import numpy as np

    if column is None:
        known = name == "language" and len(plan.languages) == 1
        return np.zeros(n, bool) if known else np.ones(n, bool)
    array = _arrow(column)
    missing = np.asarray(array.is_null(nan_is_null=True).to_numpy(zero_copy_only=False))
    return missing.astype(bool)


def _arrow(column: Any) -> Any:
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks()
    if isinstance(column, pa.Array):
        return column
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else _word(value) for value in column])


def _is_number(array: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(array.type) or pa.types.is_integer(array.type))


def _word(value: Any) -> str:
    """A value as the plan writes it: 3.0 is '3', True is 'true'."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _decoded(value: Any) -> Any:
    import orjson

    if not isinstance(value, str) or not value or value[0] not in '"[{0123456789-tfn':
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _gather(value: Any, tree: bool, found: dict[str, None]) -> None:
    if value is None:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("label", "labels", "value", "result", "results", "choices") or name.endswith(
                "labels"
            ):
                _gather(inner, tree, found)
        return
    if isinstance(value, list | tuple):
        if tree and value and all(isinstance(step, str) for step in value) and "/" not in "".join(value):
            value = "/".join(value)
        else:
            for inner in value:
                _gather(inner, tree, found)
            return
    word = _word(value)
    if tree:
        steps = word.split("/")
        found.update(dict.fromkeys("/".join(steps[: depth + 1]) for depth in range(len(steps))))
    found[word] = None
