"""README.md: a Hugging Face dataset card, its YAML head and what a person must know before using it."""

from __future__ import annotations

from ingather.releases.documents import sentences
from ingather.releases.documents.head import head
from ingather.releases.documents.licence import address
from ingather.releases.documents.loading import loading
from ingather.releases.documents.markdown import bullets, count, interval, percent, table
from ingather.releases.facts import Facts
from ingather.statistics.intervals import LEVEL_WORDS

_MOST_VALUES = 40


def card(facts: Facts) -> str:
    """The card's text."""
    sections = [
        ("What it is for", _purpose(facts)),
        ("What is in it", _content(facts)),
        ("How to load it", loading(facts)),
        ("How it was collected", _collection(facts)),
        ("How it was cleaned", _cleaning(facts)),
        ("Labels", _labels(facts)),
        ("Rights", _rights(facts)),
        ("Known gaps", _gaps(facts)),
        ("Whom the filters turn away", _rejections(facts)),
        ("What was left out", _left_out(facts)),
        ("Contact, and taking something back", _contact(facts)),
    ]
    body = [f"# {facts.plan.name}", facts.plan.objective.strip()]
    body += [f"## {title}\n\n{text}" for title, text in sections if text]
    return head(facts) + "\n" + "\n\n".join(body) + "\n"


def _purpose(facts: Facts) -> str:
    plan = facts.plan
    may = ", ".join(plan.rights.purposes)
    lines = [f"Goal: {' '.join(plan.objective.split())}", f"Task: {sentences.task(facts)}."]
    if plan.languages:
        lines.append(f"Languages: {', '.join(plan.languages)}.")
    lines.append(f"It was collected to {may}. What its licences allow is under Rights.")
    return bullets(lines)


def _content(facts: Facts) -> str:
    splits = [name for name, n in facts.splits.items() if n]
    rows = [(name, facts.splits[name], percent(facts.splits[name] / facts.samples)) for name in splits]
    parts = [
        f"Release {facts.release}: {count(facts.samples, 'sample')}"
        + (f" by {count(facts.contributors, 'person', 'people')}" if facts.contributors else "")
        + (f", {facts.derived:,} of them cut from others" if facts.derived else "")
        + ".",
        table(("Split", "Samples", "Share"), rows),
        sentences.splitting(facts),
    ]
    if facts.lacks:
        parts.append(
            bullets(f"{split} lacks {lack:,} of {stratum}: nothing could be put there whole."
                    for split, stratum, lack in facts.lacks[:10])
        )  # fmt: skip
    for name, values in (("label", facts.labels), *facts.groups.items()):
        if values:
            parts.append(f"### By {name}\n\n" + _values(name, values, splits))
    if facts.spread:
        rows_of = [(name, *three) for name, three in facts.spread.items()]
        parts.append("### Labels\n\n" + table(("Split", "Least", "Median", "Greatest"), rows_of))
    if facts.blanked:
        parts.append(
            f"{count(facts.blanked, 'sample')} carry fewer attributes: a combination that fewer than "
            f"{facts.least_people} people share is blank, so that nobody is known by it."
        )
    if facts.coarsened:
        parts.append(
            f"{count(facts.coarsened, 'sample')} carry a coarser attribute, such as two ranges in one, since "
            f"fewer than {facts.least_people} people share the finer one."
        )
    return "\n\n".join(parts)


def _values(name: str, values: dict[str, dict[str, int]], splits: list[str]) -> str:
    rows = [
        (value, *(counts.get(split, 0) for split in splits), sum(counts.values()))
        for value, counts in values.items()
    ]
    return table((name.capitalize(), *splits, "All"), rows, "tables/groups.csv")


def _collection(facts: Facts) -> str:
    rows = [
        (name, told["kind"], "judges only" if told["role"] == "evaluate" else "collects", told["samples"],
         told["licence"] or "said by each item" if told["samples"] else "")
        for name, told in facts.sources.items()
    ]  # fmt: skip
    parts = [table(("Source", "Kind", "Role", "Samples here", "Licence"), rows), sentences.synthetic(facts)]
    if any(told["role"] == "evaluate" and told["samples"] for told in facts.sources.values()):
        parts.append("What judges only is in `test` alone, whatever its share.")
    return "\n\n".join(part for part in parts if part)


def _cleaning(facts: Facts) -> str:
    if not facts.operators:
        return "Nothing was cleaned."
    rows = [(o["operator"], o["in"], o["out"], o["in"] - o["out"], o["review"]) for o in facts.operators]
    parts = [
        "Each step, in order, with the samples that went in and came out. What was rejected is kept aside "
        "with the reason and is not deleted.",
        table(("Step", "In", "Out", "Rejected", "In review"), rows, "tables/quality.csv"),
    ]
    if facts.changed:
        parts.append(f"{count(facts.changed, 'sample')} were changed by cleaning (encoding, form, position).")
    if facts.plan.modality == "image":
        parts.append("Place, serial numbers and names of owners in the pictures' metadata were removed.")
    return "\n\n".join(parts)


def _labels(facts: Facts) -> str:
    told = sentences.labels_by(facts)
    return bullets(told) if told else "The samples carry no labels."


def _rights(facts: Facts) -> str:
    mix = facts.mix
    rows = [(source, licence, n) for (source, licence), n in facts.licences_by_source.items()]
    allowed = ", ".join(name for name, ok in mix.allows.items() if ok) or "nothing by itself"
    against = ", ".join(name for name, ok in mix.allows.items() if not ok)
    parts = [
        table(("Source", "Licence", "Samples"), rows, "tables/rights.csv"),
        f"All of it together may be used to: {allowed}." + (f" Not to: {against}." if against else ""),
    ]
    whole = facts.plan.release.licence if facts.plan.release else None
    if whole:
        parts.insert(
            0, f"The collection as a whole is offered under {whole}; each part keeps its own licence."
        )
    if mix.obligations:
        parts.append("Whoever uses it must:\n\n" + bullets(mix.obligations))
    if mix.contradictions:
        parts.append("**These terms contradict each other:**\n\n" + bullets(mix.contradictions))
    parts.append("Texts: " + ", ".join(f"[{name}]({address(name)})" for name in mix.licences) + ".")
    return "\n\n".join(parts)


def _gaps(facts: Facts) -> str:
    told = sentences.gaps(facts) + sentences.unknown(facts)
    if not told:
        return "" if not facts.coverage else "What the plan asks for is there."
    more = len(told) - _MOST_VALUES
    shown = told[:_MOST_VALUES] + ([f"{more:,} further, in `tables/coverage.csv`."] if more > 0 else [])
    return "What the plan asks for and this release lacks:\n\n" + bullets(shown)


def _rejections(facts: Facts) -> str:
    if not facts.rejections:
        return ""
    rows = [
        (told["operator"], f"{told['attribute']} {told['value']}", told["rejected"], told["total"],
         interval(told["against"]["share"], told["against"]["low"], told["against"]["high"]),
         percent(told["against"]["rest"]))
        for told in facts.rejections
        if told["rejected"]
    ]  # fmt: skip
    head_row = ("Filter", "Group", "Rejected", "Of", f"Share ({LEVEL_WORDS} interval)", "Of the rest")
    return "\n\n".join(
        part
        for part in (table(head_row, rows, "tables/rejections.csv"), bullets(sentences.losses(facts)))
        if part
    )


def _left_out(facts: Facts) -> str:
    rows = sentences.left_out(facts)
    if not rows:
        return f"Nothing: all {facts.collected:,} samples collected are in it."
    return (
        f"{count(facts.collected, 'sample')} were collected, {facts.samples:,} are in the release.\n\n"
        + table(("Why", "Samples"), rows)
    )


def _contact(facts: Facts) -> str:
    rights = facts.plan.rights
    lines = []
    if rights.controller:
        lines.append(f"Responsible: {rights.controller}.")
    if rights.contact:
        lines.append(f"Write to {rights.contact}.")
    else:
        lines.append("**The plan names no contact (`rights.contact`): a person must add one.**")
    lines.append(
        "Whoever gave something here may take it back at any time, without a reason. It then goes from the "
        "next release, and `tombstones.json` marks that it was there."
    )
    if rights.keep_until:
        lines.append(f"What people gave is kept until {rights.keep_until}.")
    return bullets(lines)
