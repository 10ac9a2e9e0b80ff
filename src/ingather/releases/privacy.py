"""Attributes of people in a release: combinations that too few share are made coarser, else blanked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.plan.counting import bin_of
from ingather.plan.model import Plan
from ingather.store.word_columns import plain

LEAST_PEOPLE = 5
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*(\d+(?:\.\d+)?)|\s*\+)")
"""A value that is a range of numbers: 18-29, 50+."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a release says of its samples' attributes.

    Attributes:
        values: by attribute, the value of every sample.
        blanked: samples of the release that had a value blanked.
        coarsened: samples of the release that had a value made coarser, and none blanked.
    """

    values: dict[str, pa.Array]
    blanked: int
    coarsened: int


def least_people(plan: Plan) -> int:
    """How many contributors must share a combination; 1 where nothing is asked."""
    if plan.release is not None and plan.release.least_people is not None:
        return plan.release.least_people
    people = any(a.of == "contributor" for a in plan.attributes.values())
    return LEAST_PEOPLE if people and "publish" in plan.rights.purposes else 1


def released_attributes(
    plan: Plan,
    groups: Mapping[str, pa.Array],
    contributors: pa.Array,
    inside: NDArray[np.bool_] | None = None,
) -> Told:
    """The attributes that a release carries, of people only in combinations that enough of them share.

    A measured number becomes its bin, for every sample alike. Where a combination is still rare, neighbouring
    bins or ranges become one (18-29 and 30-49 are 18-49), and what is rare after that is blanked.

    Args:
        plan: which attributes are released, and how many people must share a combination.
        groups: by attribute, the value of every sample.
        contributors: pseudonym of every sample, null counts as one person each.
        inside: n flags, which samples are in the release; the others hide nobody. All where None.
    """
    told = {name: groups[name] for name, a in plan.attributes.items() if a.release and name in groups}
    least = least_people(plan)
    of_people = [name for name in told if plan.attributes[name].of == "contributor"]
    within = np.ones(len(contributors), bool) if inside is None else inside
    if least <= 1 or not of_people:
        return Told(told, 0, 0)
    told |= {name: plain(told[name]) for name in of_people}
    people = contributors.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(float)
    unknown = np.isnan(people)
    people[unknown] = -1.0 - np.arange(int(unknown.sum()))
    by_size = sorted(of_people, key=lambda one: -len(pc.unique(told[one])))
    rare = _rare(told, of_people, people, least, within)
    coarse = np.zeros(len(contributors), bool)
    if (rare & within).any():
        for name in of_people:
            if pa.types.is_floating(told[name].type) and plan.attributes[name].bins:
                told[name] = in_bins(plan, name, told[name])
    for name in by_size:
        rare = _rare(told, of_people, people, least, within)
        wider = _wider(plan, name, told[name])
        if wider is None or not rare.any():
            continue
        tried = {**told, name: pc.if_else(pa.array(rare), wider, told[name])}
        helped = rare & ~_rare(tried, of_people, people, least, within)
        helped &= told[name].is_valid().to_numpy(zero_copy_only=False)
        told[name] = pc.if_else(pa.array(helped), wider, told[name])
        coarse |= helped
    blanked = np.zeros(len(contributors), bool)
    for name in by_size:
        rare = _rare(told, of_people, people, least, within)
        if not rare.any():
            break
        blanked |= rare & told[name].is_valid().to_numpy(zero_copy_only=False)
        told[name] = pc.if_else(pa.array(rare), pa.scalar(None, told[name].type), told[name])
    return Told(told, int((blanked & within).sum()), int((coarse & ~blanked & within).sum()))


def hidden_fields(plan: Plan) -> frozenset[str]:
    """Fields of a record that would tell what its attributes must not: those that the attributes come from.

    These are fields of attributes that are not released, and of people's attributes where few people are
    hidden: the attribute's own column tells as much as may be told.
    """
    least = least_people(plan)
    hidden: set[str] = set()
    for name, attribute in plan.attributes.items():
        if attribute.release and not (least > 1 and attribute.of == "contributor"):
            continue
        hidden |= {name, attribute.source or name}
        for source in plan.sources:
            columns = source.options.get("attributes")
            if isinstance(columns, Mapping) and isinstance(columns.get(name), str):
                hidden.add(columns[name])
    return frozenset(hidden)


def in_bins(plan: Plan, name: str, values: pa.Array) -> pa.Array:
    """A measured attribute's values as the names of the bins that they lie in."""
    codes = bin_of(plan, name, values.to_numpy(zero_copy_only=False))
    words = pa.array(list(plan.attributes[name].bins), pa.string())
    return words.take(pa.array(codes, mask=codes < 0))


def _wider(plan: Plan, name: str, values: pa.Array) -> pa.Array | None:
    """Every value with its neighbour in one; None where the values have no order."""
    if not pa.types.is_string(values.type):
        return None
    ends = _ranges(plan, name)
    if len(ends) < 3:  # of two values the whole would be one, which tells nothing
        return None
    ordered = sorted(ends, key=lambda value: ends[value])
    pairs = [ordered[start : start + 2] for start in range(0, len(ordered), 2)]
    if len(pairs) > 2 and len(pairs[-1]) == 1:
        pairs[-2:] = [pairs[-2] + pairs[-1]]
    joined = {value: _joined(pair) for pair in pairs for value in pair}
    return pa.array([joined.get(value, value) for value in values.to_pylist()], pa.string())


def _ranges(plan: Plan, name: str) -> dict[str, float]:
    """Where each value begins, for bins and for values that are written as ranges; empty for others."""
    attribute = plan.attributes[name]
    if attribute.bins:
        return {value: ends[0] for value, ends in attribute.bins.items()}
    found = [(value, _RANGE.fullmatch(value)) for value in attribute.values]
    return {value: float(match[1]) for value, match in found if match} if all(m for _, m in found) else {}


def _joined(values: list[str]) -> str:
    first, last = _RANGE.fullmatch(values[0]), _RANGE.fullmatch(values[-1])
    if first is None or last is None:
        return " or ".join(values)
    return f"{first[1]}+" if last[2] is None else f"{first[1]}-{last[2]}"


def _rare(
    told: Mapping[str, pa.Array],
    names: list[str],
    people: NDArray[np.float64],
    least: int,
    inside: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which samples have a combination that too few people of the release share."""
    cells = np.zeros(len(people), np.int64)
    known = np.zeros(len(people), bool)
    for name in names:
        encoded = told[name].dictionary_encode()
        own = encoded.indices.to_numpy(zero_copy_only=False).astype(float)
        known |= ~np.isnan(own)
        codes = np.where(np.isnan(own), 0, own + 1).astype(np.int64)
        # Numbered anew each time: the product of many attributes' sizes would not fit an integer.
        _, cells = np.unique(cells * (len(encoded.dictionary) + 1) + codes, return_inverse=True)
    _, persons = np.unique(people, return_inverse=True)
    pairs = np.unique(np.stack([cells, persons])[:, inside], axis=1)
    count = np.bincount(pairs[0], minlength=int(cells.max(initial=-1)) + 1)
    rare: NDArray[np.bool_] = (count[cells] < least) & known
    return rare
