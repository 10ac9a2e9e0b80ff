"""Attributes of people in a release: combinations that too few share are blanked, the rarest value first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.plan.model import Plan

LEAST_PEOPLE = 5


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
) -> tuple[dict[str, pa.Array], int]:
    """The attributes that a release carries, and how many of its samples had a value blanked.

    Args:
        plan: which attributes are released, and how many people must share a combination.
        groups: by attribute, the value of every sample.
        contributors: pseudonym of every sample, null counts as one person each.
        inside: n flags, which samples are in the release; the others hide nobody. All where None.
    """
    told = {name: groups[name] for name, a in plan.attributes.items() if a.release and name in groups}
    least = least_people(plan)
    of_people = [name for name in told if plan.attributes[name].of == "contributor"]
    blanked = np.zeros(len(contributors), bool)
    within = np.ones(len(contributors), bool) if inside is None else inside
    if least <= 1 or not of_people:
        return told, 0
    people = contributors.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(float)
    unknown = np.isnan(people)
    people[unknown] = -1.0 - np.arange(int(unknown.sum()))
    for name in sorted(of_people, key=lambda one: -len(pc.unique(told[one]))):
        rare = _rare(told, of_people, people, least, within)
        if not rare.any():
            break
        blanked |= rare & told[name].is_valid().to_numpy(zero_copy_only=False)
        told[name] = pc.if_else(pa.array(rare), pa.scalar(None, told[name].type), told[name])
    return told, int((blanked & within).sum())


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
