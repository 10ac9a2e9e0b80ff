"""Releases: what was cut, how it is split, and what is left out and why."""

from __future__ import annotations

from ingather.report.facts import Facts
from ingather.report.markup import Markup, h, items, joined, plain_table
from ingather.report.wording import count, several

NAME = "releases"
TITLE = "Releases"
_LEFT = {
    "quarantined": "set aside by cleaning",
    "waiting": "not cleaned yet",
    "licence": "under a licence that the plan does not allow, or under none that is known",
    "consent": "without the consent that is required",
    "unlabelled": "without a label",
    "share": "above the greatest share of one person",
    "personal": "tells of a person, nobody vouches",
    "bridge": "tied to two splits at once",
    "gap": "in the gap between splits",
    "undated": "without a time, where splits are by time",
    "apart": "of somebody or something in an earlier split",
    "withdrawn": "taken back by who gave them",
}


_ORDER = ("train", "validation", "test")


def _splits(numbers: dict[str, int]) -> Markup:
    order = sorted(numbers, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    told = (h('<span class="iv">{} {}</span>', name, count(numbers[name])) for name in order)
    return joined(told, ", ")


def body(facts: Facts) -> Markup:
    """Every release in a row, newest first; what the newest leaves out."""
    if facts.release is None:
        return h(
            "<p>Here will stand every release with its splits, and what is left out of it. "
            "To begin: <code>ingather release</code></p>"
        )
    rows: list[list[object]] = [
        [
            one["release"],
            count(one["samples"]),
            _splits(one["splits"]),
            h("<code>{}</code>", one["path"]),
            h("<code>{}</code>", one["digest"][:12]),
        ]
        for one in reversed(facts.releases)
    ]
    parts: list[object] = [
        plain_table("Releases", ["Release", "Samples", "Splits", "Lies in", "Digest"], rows, right=(1,))
    ]
    left = {name: number for name, number in facts.release.get("left_out", {}).items() if number}
    told: list[object] = [f"{count(number)} {_LEFT.get(name, name)}" for name, number in left.items()]
    title = facts.release["release"]
    if told:
        parts.append(h("<h3>Left out of {}</h3>{}", title, items(told)))
    else:
        parts.append(h("<p>Nothing is left out of {}.</p>", title))
    if facts.release.get("blanked"):
        blanked = several(facts.release["blanked"], "sample")
        parts.append(h("<p>{} carry fewer attributes: too few people share them.</p>", blanked))
    return joined(parts)
