"""Splits that share nobody: units are never torn, each is assigned once, strata are kept as well as they can.

A unit is what hangs together: samples of one contributor (or of whatever the plan keeps apart), their
children, and copies of one another. What has a split keeps it; newcomers follow their unit, and one that
would tie units of different splits together is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BRIDGE = -2
NONE = -1


@dataclass(frozen=True, slots=True)
class Assigned:
    """Splits of n samples.

    Attributes:
        splits: n indices of splits, ``BRIDGE`` where a sample ties units of different splits together.
        units: n unit numbers.
        shortfall: by (stratum, split), how many samples it has less than its share; only what is missing.
        notes: sentences on what could not be kept apart.
    """

    splits: NDArray[np.int64]
    units: NDArray[np.int64]
    shortfall: dict[tuple[int, int], float]
    notes: list[str] = field(default_factory=list)


def units_of(n: int, ties: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Numbers the units of n samples.

    Args:
        n: how many samples.
        ties: for each kind of tie, n codes; samples with one code belong together, -1 belongs to none.
    """
    lowest = np.arange(n, dtype=np.int32)  # of each sample, the first one known to be of its unit
    tied = [(np.flatnonzero(codes >= 0).astype(np.int32), codes) for codes in ties]
    while True:
        before = lowest.copy()
        for rows, codes in tied:
            if not len(rows):
                continue
            of_code = np.full(int(codes.max()) + 1, n, np.int32)
            np.minimum.at(of_code, codes[rows], lowest[rows])
            lowest[rows] = np.minimum(lowest[rows], of_code[codes[rows]])
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            break
    first = np.zeros(n, bool)
    first[lowest] = True
    return (np.cumsum(first) - 1)[lowest]


def assign(
    shares: NDArray[np.float64],
    units: NDArray[np.int64],
    strata: NDArray[np.int64],
    before: NDArray[np.int64],
    order: NDArray[np.uint64],
) -> Assigned:
    """Gives every unit a split.

    Args:
        shares: share of each split; sums to 1.
        units: n unit numbers, 0 and up.
        strata: n stratum numbers, 0 and up.
        before: n splits that samples already have, -1 where they have none.
        order: n random but stable numbers, such as the ids' first bits.
    """
    splits = _kept(units, before)
    tied = splits == BRIDGE
    counts = np.zeros((int(strata.max(initial=0)) + 1, len(shares)))
    settled = splits >= 0
    np.add.at(counts, (strata[settled], splits[settled]), 1)
    totals = np.bincount(strata[~tied], minlength=len(counts)).astype(float)
    open_rows = np.flatnonzero(splits == NONE)
    if len(open_rows):
        _assign_open(splits, open_rows, shares, units, strata, order, counts, totals)
    wanted = totals[:, None] * shares[None, :]
    lacks = np.argwhere((wanted - counts >= 1) & (counts < 0.5 * wanted))
    shortfall = {(int(s), int(k)): float(wanted[s, k] - counts[s, k]) for s, k in lacks}
    return Assigned(splits, units, shortfall)


def beside_panel(
    units: NDArray[np.int64], before: NDArray[np.int64], panel: NDArray[np.bool_], test: int
) -> NDArray[np.int64]:
    """The splits known beforehand, so that a panel, which is only ever in test, shares no unit with train.

    What has a split keeps it; of the rest, what is of a panel's unit goes to test with it, and a panel's
    sample whose unit lies in another split already is a bridge.
    """
    splits = before.copy()
    size = int(units.max(initial=-1)) + 1
    elsewhere, judged = np.zeros(size, bool), np.zeros(size, bool)
    elsewhere[units[~panel & (before >= 0) & (before != test)]] = True
    splits[panel & elsewhere[units]] = BRIDGE
    judged[units[panel & (splits >= 0)]] = True
    splits[~panel & (before < 0) & judged[units]] = test
    return splits


def _kept(units: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.int64]:
    """What has a split keeps it; newcomers take their unit's; those of a unit with several are bridges."""
    splits = before.astype(np.int64).copy()
    known = np.flatnonzero(before >= 0)
    if not len(known):
        return splits
    size = int(units.max()) + 1
    lowest, highest = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(lowest, units[known], before[known])
    np.maximum.at(highest, units[known], before[known])
    new = before < 0
    one = highest[units]
    splits[new & (one >= 0)] = one[new & (one >= 0)]
    splits[new & (one >= 0) & (lowest[units] != one)] = BRIDGE
    return splits


def _assign_open(
    splits: NDArray[np.int64],
    rows: NDArray[np.int64],
    shares: NDArray[np.float64],
    units: NDArray[np.int64],
    strata: NDArray[np.int64],
    order: NDArray[np.uint64],
    counts: NDArray[np.float64],
    totals: NDArray[np.float64],
) -> None:
    numbers, unit = np.unique(units[rows], return_inverse=True)
    sizes = np.bincount(unit)
    rank = np.full(len(numbers), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(rank, unit, order[rows])
    chosen = np.full(len(numbers), NONE)
    single = sizes == 1
    big = np.flatnonzero(~single)
    # By lot, not by size: the largest first would all go to train and leave the test to small contributors.
    big = big[np.argsort(rank[big], kind="stable")]
    grouped = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[grouped], np.arange(len(numbers)))
    for place, one in enumerate(big.tolist()):
        own = np.bincount(
            strata[rows[grouped[starts[one] : starts[one] + sizes[one]]]], minlength=len(counts)
        )
        chosen[one] = _best(own, shares, counts, totals, left=len(big) - place + int(single.sum()))
        counts[:, chosen[one]] += own
    lone = np.flatnonzero(single)
    lone = lone[np.argsort(rank[lone], kind="stable")]
    stratum = strata[rows[grouped[starts[lone]]]]
    carried = np.zeros(
        len(shares)
    )  # what rounding owes each split: strata of one sample would all go to train
    for number in np.unique(stratum).tolist():
        members = lone[stratum == number]
        amounts, carried = _apportion(len(members), shares * totals[number] - counts[number], carried)
        chosen[members] = np.repeat(np.arange(len(shares)), amounts)
        counts[number] += amounts
    splits[rows] = chosen[unit]


def _best(
    own: NDArray[np.int64],
    shares: NDArray[np.float64],
    counts: NDArray[np.float64],
    totals: NDArray[np.float64],
    left: int,
) -> int:
    """The split in which a unit leaves the least squared shortfall; an empty split comes first at the end."""
    empty = np.flatnonzero((counts.sum(0) == 0) & (shares > 0))
    allowed = empty if 0 < len(empty) >= left else np.flatnonzero(shares > 0)
    there = np.flatnonzero(own)
    mine = own[there][:, None].astype(float)
    over = counts[there][:, allowed] - totals[there][:, None] * shares[None, allowed]
    cost = (mine * (2 * over + mine) / totals[there][:, None]).sum(0)
    return int(allowed[np.argmin(cost)])


def _apportion(
    n: int, wanted: NDArray[np.float64], carried: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Shares n things out to what is wanted and was owed before; returns how many, and what is owed now."""
    wanted = np.maximum(wanted, 0.0)
    total = wanted.sum()
    exact = wanted * (n / total) if total > 0 else np.eye(len(wanted))[0] * n
    amounts: NDArray[np.int64] = np.floor(exact + 1e-9).astype(np.int64)
    rest = n - int(amounts.sum())
    owed = exact - amounts + carried
    amounts[np.argsort(-owed, kind="stable")[:rest]] += 1
    return amounts, exact - amounts + carried


def codes_of(values: Sequence[str | None] | pa.Array) -> NDArray[np.int64]:
    """Codes of values in the order in which they come, -1 where there is none."""
    words = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    codes: NDArray[np.int64] = words.dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.int64)
    return codes


def strata_of(columns: Mapping[str, pa.Array], n: int) -> tuple[NDArray[np.int64], list[str]]:
    """One stratum for each combination of values that is there; unknown is a value too.

    Args:
        columns: by name, n values; words or numbers.
        n: how many samples.

    Returns:
        n codes, and the name of each stratum, in alphabetical order.
    """
    cells = np.zeros(n, np.int64)
    names = [""] if n else []
    for values in columns.values():
        coded = values.dictionary_encode()
        words = [None if word is None else str(word) for word in coded.dictionary.to_pylist()]
        own = coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
        cells *= len(words) + 1
        cells += own
        there, cells = np.unique(cells, return_inverse=True)
        parts = [divmod(cell, len(words) + 1) for cell in there.tolist()]
        told = [(*words, None)[word] or "unknown" for _, word in parts]
        names = [f"{names[cell]} × {word}" for (cell, _), word in zip(parts, told, strict=True)]
    if not columns:
        return cells, ["all"]
    # Two combinations may have one name: a value "unknown" and a value that is unknown.
    plain = [name.removeprefix(" × ") for name in names]
    ordered = sorted(set(plain))
    place = {name: number for number, name in enumerate(ordered)}
    return np.array([place[name] for name in plain], np.int64)[cells], ordered
