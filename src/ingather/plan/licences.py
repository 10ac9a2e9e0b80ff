"""Licences: SPDX expressions read from what people write, and what a plan allows.

A licence is allowed when the plan names it, in the version it has: CC-BY-4.0 does not let CC-BY-2.0 in, for
the older text asks other things. A plan that means every version writes the name without one: ``CC-BY``.
A plan that names no licence allows every known one whose terms suit its purposes, and never an unknown one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from ingather.plan.licence_names import written_as
from ingather.plan.model import LicenceTerms, Purpose, Rights, Term

OWN = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_VERSION = re.compile(r"^(CC-(?:BY|SA|NC|ND)(?:-(?:NC|ND|SA))*)(?:-(\d\.\d)(?:-([A-Z]+))?)?$")
_PORT = re.compile(r"(?<=\d\.\d)-[A-Z]{2,3}$")
_BOTH: frozenset[Term] = frozenset({"attribution", "share-alike"})
_TERMS: dict[str, frozenset[Term]] = {
    "CC-SA-1.0": frozenset({"share-alike"}),
    "MIT-0": frozenset(),
    "0BSD": frozenset(),
    "C-UDA-1.0": frozenset({"attribution", "no-redistribution"}),
}
_BY_CATEGORY: dict[str, frozenset[Term]] = {
    "Public Domain": frozenset(),
    "Permissive": frozenset({"attribution"}),
    "Copyleft": _BOTH,
    "Copyleft Limited": _BOTH,
    "Source-available": frozenset({"attribution", "non-commercial"}),
    "Free Restricted": frozenset({"attribution", "non-commercial"}),
}
_FORBIDS: dict[Term, frozenset[Purpose]] = {
    "non-commercial": frozenset({"commercial"}),
    "research-only": frozenset({"commercial"}),
    "no-redistribution": frozenset({"publish", "share"}),
}


def spdx_of(written: str | None) -> str | None:
    """The SPDX expression that a licence's name, address or expression means, or None where unknown.

    Reads identifiers in any case, Creative Commons names and deed addresses, the names that Flickr, Kaggle
    and dataset cards use, and ``LicenseRef-NAME``.
    """
    if written is None or not written.strip():
        return None
    text = written_as(written) or written.strip()
    return _expression(text) or (_expression(_PORT.sub("", text)) if _PORT.search(text) else None)


def parts_of(licence: str) -> tuple[str, ...]:
    """The single licences of an expression, each once; a licence WITH an exception is one."""
    parsed = _parsed(licence)
    return tuple(dict.fromkeys(_leaves(parsed))) if parsed is not None else ()


def known_entry(written: str) -> str | None:
    """An entry of ``rights.licences`` in canonical form: a licence, or one of all versions (``CC-BY``)."""
    found = spdx_of(written)
    if found is not None:
        return found
    family = re.sub(r"[ _]+", "-", written.strip().upper())
    match = _VERSION.fullmatch(family)
    return match[1] if match and match[2] is None and spdx_of(f"{match[1]}-2.0") else None


def terms_of(licence: str | None, own: Mapping[str, LicenceTerms] | None = None) -> frozenset[Term] | None:
    """What a licence asks; None where it or one of its parts is unknown.

    Of licences joined by AND all terms hold; of those joined by OR the choice with the fewest is taken.

    Args:
        licence: an SPDX expression as ``spdx_of`` gives it.
        own: the plan's own licences by ``LicenseRef-NAME``.
    """
    if licence is None:
        return None
    parsed = _parsed(licence)
    return None if parsed is None else _terms(parsed, own or {})


def forbids(terms: frozenset[Term]) -> frozenset[Purpose]:
    """The purposes that terms do not allow."""
    return frozenset(purpose for term in terms for purpose in _FORBIDS.get(term, frozenset()))


def allowed(licence: str | None, rights: Rights) -> bool:
    """Whether a sample under this licence may be used under these rights.

    Of ``A OR B`` one must be allowed, of ``A AND B`` both; ``A WITH exception`` is allowed where A is, and
    ``A-or-later`` where A in that version is. A licence whose terms forbid a purpose of the plan is not
    allowed, even if it is named: ``CC-BY-NC-4.0`` with the purpose commercial.

    Args:
        licence: as the source says it, in any writing that ``spdx_of`` knows; None is never allowed.
        rights: of the plan, or of the source where it differs (``Plan.rights_of``).
    """
    return licence is not None and _allowed(licence, _key(rights))


def why_not(licence: str | None, rights: Rights) -> str:
    """Why a licence is not allowed, in words; empty where it is."""
    if allowed(licence, rights):
        return ""
    found = spdx_of(licence)
    if found is None:
        return "no licence is known of it" if licence is None else f"'{licence}' is no known licence"
    terms = terms_of(found, rights.own)
    against = sorted(forbids(terms or frozenset()).intersection(rights.purposes))
    if against:
        return f"{found} does not allow the purpose {', '.join(against)}"
    if not rights.licences:
        return f"{found} asks terms that are not known or that need naming in rights.licences"
    return f"{found} is not among rights.licences"


def way_in(licence: str, rights: Rights) -> str:
    """What to write so that a licence that is not allowed lets samples in, as half a sentence."""
    found = spdx_of(licence) or licence
    against = sorted(forbids(terms_of(found, rights.own) or frozenset()).intersection(rights.purposes))
    if against:
        return f"remove {', '.join(against)} from rights.purposes, or take sources whose licence allows it"
    return f"add {found} to rights.licences, if you may use it"


def spdx_identifiers() -> tuple[str, ...]:
    """Every licence identifier of the SPDX list."""
    return tuple(key for key in _categories() if not key.startswith("LicenseRef-"))


def family_of(licence: str) -> tuple[str, str]:
    """A Creative Commons licence without version and port, and its version; others whole, with no version."""
    match = _VERSION.fullmatch(licence)
    return (match[1], match[2] or "") if match else (licence, "")


_Key = tuple[tuple[str, ...], tuple[Purpose, ...], tuple[tuple[str, tuple[Term, ...]], ...]]


def _key(rights: Rights) -> _Key:
    own = tuple((name, terms.terms) for name, terms in sorted(rights.own.items()))
    return rights.licences, rights.purposes, own


@cache
def _allowed(licence: str, key: _Key) -> bool:
    entries, purposes, own_terms = key
    own = {name: LicenceTerms(terms=terms) for name, terms in own_terms}
    found = spdx_of(licence)
    if found is None:
        return False
    named = {part for entry in entries for part in parts_of(known_entry(entry) or "")}
    families = {entry for entry in map(known_entry, entries) if entry and spdx_of(entry) is None}

    def suits(part: str) -> bool:
        terms = _terms_of_leaf(part, own)
        if terms is None:
            return part in named
        if forbids(terms).intersection(purposes):
            return False
        if entries:
            base = part.split(" WITH ")[0]
            only = base.replace("-or-later", "-only")
            return bool({part, base, only} & named) or family_of(part)[0] in families
        return "no-derivatives" not in terms

    return _holds(_parsed(found), suits)


def _holds(parsed: Any, suits: Any) -> bool:
    operator = getattr(parsed, "operator", "").strip()
    if operator == "AND":
        return all(_holds(inner, suits) for inner in parsed.args)
    if operator == "OR":
        return any(_holds(inner, suits) for inner in parsed.args)
    return bool(suits(str(parsed)))


def _terms(parsed: Any, own: Mapping[str, LicenceTerms]) -> frozenset[Term] | None:
    operator = getattr(parsed, "operator", "").strip()
    if not operator:
        return _terms_of_leaf(str(parsed), own)
    each = [_terms(inner, own) for inner in parsed.args]
    known = [terms for terms in each if terms is not None]
    if operator == "OR":
        return min(known, key=lambda terms: (len(terms), sorted(terms)), default=None)
    return frozenset().union(*known) if len(known) == len(each) else None


def _terms_of_leaf(licence: str, own: Mapping[str, LicenceTerms]) -> frozenset[Term] | None:
    base = licence.split(" WITH ")[0]
    if licence in own:
        return frozenset(own[licence].terms)
    if base in _TERMS:
        return _TERMS[base]
    if _VERSION.fullmatch(base):
        words = base.split("-")
        asked: dict[str, Term] = {
            "BY": "attribution",
            "NC": "non-commercial",
            "ND": "no-derivatives",
            "SA": "share-alike",
        }
        return frozenset(term for word, term in asked.items() if word in words)
    return _BY_CATEGORY.get(_categories().get(base, ""))


@cache
def _expression(text: str) -> str | None:
    parsed = _parsed(text)
    if parsed is None:
        return None
    unknown = [key for key in _licensing().unknown_license_keys(parsed) if not OWN.fullmatch(key)]
    return None if unknown else str(parsed)


def _leaves(parsed: Any) -> list[str]:
    if getattr(parsed, "operator", "").strip():
        return [leaf for inner in parsed.args for leaf in _leaves(inner)]
    return [str(parsed)]


@cache
def _parsed(licence: str) -> Any:
    try:
        return _licensing().parse(licence)
    except Exception:  # what the parser raises on stray words is not one family of errors
        return None


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


@cache
def _categories() -> dict[str, str]:
    from license_expression import get_license_index

    return {
        key: str(entry.get("category", ""))
        for entry in get_license_index()
        if (key := entry.get("spdx_license_key")) and not entry.get("is_exception")
    }
