"""What several documents say of a release in the same words."""

from __future__ import annotations

from ingather.plan.quotas import Row
from ingather.releases.documents.markdown import cell, count, interval, percent
from ingather.releases.facts import UNKNOWN, Facts

_REASONS = {
    "quarantined": "quarantined by cleaning or by hand",
    "waiting": "not cleaned yet",
    "licence": "no licence, or one that the plan does not allow",
    "expired": "kept no longer than a day that has passed",
    "reserved": "reserved by its site since it was collected",
    "consent": "no consent, where the plan asks for it",
    "unlabelled": "no settled label",
    "share": "above the greatest share of one contributor",
    "personal": "tells of a person, and nobody vouches for it",
    "bridge": "would tie samples of different splits together",
    "gap": "in the time left free between splits",
    "undated": "no time known, in a split by time",
    "apart": "shares with an earlier split what is kept apart",
}
_TASKS = {
    "none": "no task: the samples carry no labels",
    "transcription": "transcription: what is said, in words",
    "recommendation": "recommendation: what each one chooses next",
}


def left_out(facts: Facts) -> list[tuple[str, int]]:
    """Reasons in words with how many samples each kept out, those with any."""
    return [(_REASONS.get(name, name), n) for name, n in facts.left_out.items() if n]


def task(facts: Facts) -> str:
    """The task in words."""
    plan = facts.plan.task
    words = _TASKS.get(plan.type, plan.type)
    if plan.multi:
        words += ", several labels at once"
    if facts.labels:
        words += f", {count(len([label for label in facts.labels if label != UNKNOWN]), 'label')}"
    return words


def synthetic(facts: Facts) -> str:
    """How much of it a machine made, said openly; empty where none."""
    if not facts.synthetic:
        return ""
    share = facts.synthetic / facts.samples if facts.samples else 0.0
    return (
        f"**{facts.synthetic:,} of {facts.samples:,} samples ({percent(share)}) are synthetic**: a program "
        "made them, nobody said, wrote or saw them. They are marked in the column `synthetic`. What a model "
        "scores on them says nothing about real ones."
    )


def gaps(facts: Facts) -> list[str]:
    """What the plan wants and the release lacks, those that have nothing at all first."""
    short = [row for row in facts.coverage if row.kind != "contributor-share" and _is_short(row)]
    return [_gap(facts, row) for row in sorted(short, key=lambda row: (row.kept > 0, -row.gap))]


def unknown(facts: Facts) -> list[str]:
    """Attributes whose value is unknown for some samples."""
    told = []
    for name, values in facts.groups.items():
        missing = sum(values.get(UNKNOWN, {}).values())
        if missing:
            share = percent(missing / facts.samples)
            told.append(f"{name} is unknown for {missing:,} of {facts.samples:,} samples ({share}).")
    return told


def losses(facts: Facts) -> list[str]:
    """Groups of which a filter rejects clearly more than of the rest."""
    told = []
    for entry in facts.rejections:
        if entry["unfair"]:
            against = entry["against"]
            share = interval(against["share"], against["low"], against["high"])
            told.append(
                f"{entry['operator']} would reject {share} of {entry['attribute']} {cell(entry['value'])}, "
                f"and {percent(against['rest'])} of the rest: these stay in, for a person to look at."
            )
    return told


def splitting(facts: Facts) -> str:
    """How the splits were made."""
    release = facts.plan.release
    if release is not None and release.split == "time":
        gap = f", with {release.gap} left free between them" if release.gap else ""
        return f"The splits follow time: what came first is in the first of them{gap}."
    keys = ", ".join(release.apart_by) if release is not None else "contributor"
    words = f"No two splits share a {keys.replace(', ', ' or a ')}, or parts cut from one sample"
    words += ", as far as these are known."
    if release is not None and release.stratify:
        words += f" They hold the same shares of {', '.join(release.stratify)} as far as that allows."
    return words + " A sample keeps its split in every later release."


def labels_by(facts: Facts) -> list[str]:
    """Who the labels are by."""
    told = []
    methods = {
        "source": "came with the data, as its source says",
        "majority": "were settled by the majority of several people's votes",
        "one-coin": "were settled from several people's votes, each weighed by how often they are right",
        "dawid-skene": "were settled from several people's votes by the model of Dawid and Skene (1979)",
        "none": "are left as people's votes: on this task they may rightly disagree",
    }
    for name, n in facts.labelled.items():
        told.append(f"{count(n, 'label')} {methods.get(name, f'were settled by {name}')}.")
    if facts.votes:
        told.append(
            f"{count(facts.votes, 'sample')} carry every vote and their distribution beside the label, in "
            "the columns `votes` and `label_distribution`."
        )
    return told


def _is_short(row: Row) -> bool:
    return row.gap > 0 or row.contributors < row.contributors_target


def _gap(facts: Facts, row: Row) -> str:
    unit = facts.plan.targets.unit
    group = " × ".join(f"{cell(name)} {cell(value)}" for name, value in row.by.items()) or "all together"
    have, want = f"{row.kept:,.6g}", f"{row.target:,.6g}"
    words = f"{group}: {have} of {want} {unit}" if row.target else f"{group}: {have} {unit}"
    if row.contributors_target:
        words += f", {row.contributors} of {row.contributors_target} people"
    return f"**{words}: nothing at all.**" if not row.kept else f"{words}."
