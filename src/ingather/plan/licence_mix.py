"""What licences allow together: purposes, obligations, and terms that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import get_args

from ingather.plan.licences import family_of, forbids, parts_of, terms_of
from ingather.plan.model import LicenceTerms, Purpose, Term

_OBLIGATIONS: dict[Term, str] = {
    "attribution": "Name who made each part, its licence, and what was changed",
    "share-alike": "Share what is made from these parts under the same licence",
    "non-commercial": "Use it for no commercial end",
    "no-derivatives": "Pass these parts on only as they are, not changed or cut",
    "research-only": "Use it for research only",
    "no-redistribution": "Do not pass these parts on",
}
_INTO: dict[str, frozenset[str]] = {
    "CC-BY-SA-4.0": frozenset({"GPL-3.0-only", "GPL-3.0-or-later"}),
    "LGPL-2.1-or-later": frozenset({"GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later"}),
    "LGPL-3.0-only": frozenset({"GPL-3.0-only", "GPL-3.0-or-later"}),
    "GPL-2.0-or-later": frozenset({"GPL-3.0-only", "GPL-3.0-or-later"}),
}
"""Share-alike licences whose works may go on under another one, as the licences themselves say."""


@dataclass(frozen=True, slots=True)
class Mix:
    """What parts under several licences allow together.

    Attributes:
        licences: the single licences, in the order they came.
        allows: for every purpose, whether all parts allow it (False where one is unknown).
        obligations: what whoever uses it must do, in words, with the licences that ask it.
        contradictions: pairs of terms that cannot be met in one work, in words.
        unknown: licences of which nothing is known; None stands for parts without one.
    """

    licences: tuple[str, ...]
    allows: dict[Purpose, bool]
    obligations: tuple[str, ...]
    contradictions: tuple[str, ...]
    unknown: tuple[str | None, ...]


def mix(licences: Iterable[str | None], own: Mapping[str, LicenceTerms] | None = None) -> Mix:
    """What a dataset of parts under these licences allows as a whole.

    Args:
        licences: SPDX expressions as ``spdx_of`` gives them; None for parts without a licence.
        own: the plan's own licences by ``LicenseRef-NAME``.
    """
    distinct = tuple(dict.fromkeys(licences))
    unknown = tuple(licence for licence in distinct if terms_of(licence, own) is None)
    known = [licence for licence in distinct if licence is not None]
    single = tuple(dict.fromkeys(part for licence in known for part in _chosen(licence, own)))
    terms = {licence: terms_of(licence, own) or frozenset() for licence in single}
    forbidden = frozenset[Purpose]().union(*(forbids(asked) for asked in terms.values()))
    purposes: tuple[Purpose, ...] = get_args(Purpose)
    obligations = tuple(
        f"{words} ({', '.join(asking)})."
        for term, words in _OBLIGATIONS.items()
        if (asking := [licence for licence, asked in terms.items() if term in asked])
    )
    return Mix(
        licences=single,
        allows={purpose: purpose not in forbidden and not unknown for purpose in purposes},
        obligations=obligations,
        contradictions=tuple(_contradictions(terms)),
        unknown=unknown,
    )


def objections(
    licence: str, parts: Iterable[str], own: Mapping[str, LicenceTerms] | None = None
) -> tuple[str, ...]:
    """Why a whole made of these parts cannot be given under a licence, in words; empty where it can.

    Args:
        licence: the licence of the whole.
        parts: the licences of what is in it.
        own: the plan's own licences by ``LicenseRef-NAME``.
    """
    asked = terms_of(licence, own) or frozenset()
    told: list[str] = []
    for part in dict.fromkeys(leaf for whole in parts for leaf in _chosen(whole, own)):
        if part == licence:
            continue
        terms = terms_of(part, own) or frozenset()
        if "share-alike" in terms and not _goes_into(part, licence):
            told.append(f"what is under {part} is shared under the same licence, not under {licence}")
        for term in ("non-commercial", "research-only", "no-redistribution"):
            if term in terms and term not in asked and "share-alike" not in terms:
                told.append(f"{part} is {term}, and {licence} does not pass that on")
        if "no-derivatives" in terms:
            told.append(f"{part} lets nothing be changed, so it cannot be put under {licence}")
    return tuple(told)


def _chosen(licence: str, own: Mapping[str, LicenceTerms] | None) -> tuple[str, ...]:
    """The single licences that hold: of an OR the choice with the fewest terms, otherwise all."""
    if " OR " in licence and " AND " not in licence:
        known = [part for part in parts_of(licence) if terms_of(part, own) is not None]
        return (min(known, key=lambda part: len(terms_of(part, own) or ())),) if known else ()
    return parts_of(licence)


def _contradictions(terms: Mapping[str, frozenset[Term]]) -> Iterable[str]:
    alike = [licence for licence, asked in terms.items() if "share-alike" in asked]
    for one, other in combinations(alike, 2):
        if not (_goes_into(one, other) or _goes_into(other, one)):
            yield (
                f"{one} and {other} both want the whole shared under themselves: keep them apart, "
                "or give each part under its own licence"
            )
    for fixed in [licence for licence, asked in terms.items() if "no-derivatives" in asked]:
        for licence in alike:
            yield f"{fixed} lets nothing be changed, but {licence} wants what is made from it shared alike"


def _goes_into(part: str, whole: str) -> bool:
    """Whether a work under one share-alike licence may go on under another one."""
    if part == whole or whole in _INTO.get(part, ()):
        return True
    family, version = family_of(part)
    other, later = family_of(whole)
    return bool(version and later) and family == other and "1.0" < version <= later
