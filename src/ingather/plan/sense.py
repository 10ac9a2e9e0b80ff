"""Third pass: does what the plan says make sense together?

Contradictions are mistakes; what is merely unwise is told by ``prudence``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from ingather.plan.cells import CROSS
from ingather.plan.findings import Report, instead
from ingather.plan.positions import Node
from ingather.plan.prudence import check_prudence
from ingather.plan.shape import Draft
from ingather.plan.tasks import METRICS, MODALITIES_OF, RANGES, WITH_LABELS, lower_is_better, range_of

SPLITS = ("train", "validation", "test")
ASKING_PEOPLE = ("voice", "upload", "survey")
"""Source kinds to which people give samples: they need a consent text."""
_EXACT = 1e-6
_SPAN = re.compile(r"\d+(\.\d+)?\s*(s|min|h|d|w)")


def check_sense(draft: Draft, report: Report) -> None:
    """Notes what contradicts itself or cannot be met, then what is unwise."""
    _check_task(draft, report)
    _check_twice(draft, report)
    _check_attributes(draft, report)
    _check_groups(draft, report)
    _check_release(draft, report)
    _check_goal(draft, report)
    _check_rights(draft, report)
    if draft.plan.against and draft.plan.modality != "text" and draft.sound("modality", "against"):
        told = f"'against' compares texts, and the plan is about {draft.plan.modality}"
        report.mistake(draft.at("against"), told, "Remove 'against'.", at_key=True)
    check_prudence(draft, report)


def _check_task(draft: Draft, report: Report) -> None:
    plan, task = draft.plan, draft.plan.task
    if not draft.sound("task"):
        return
    fitting = MODALITIES_OF.get(task.type)
    if fitting and plan.modality not in fitting and draft.sound("modality"):
        told = f"the task {task.type} makes no sense for {plan.modality}"
        report.mistake(draft.at("task", "type"), told, f"It is one for {', '.join(fitting)}.")
    if task.labels and task.type not in WITH_LABELS:
        told = f"the task {task.type} does not answer with labels"
        report.mistake(draft.at("task", "labels"), told, "Remove the labels, or choose another type.")
    if task.positive and task.labels and task.positive not in task.labels:
        told = f"'{task.positive}' is not one of the labels"
        report.mistake(draft.at("task", "positive"), told, instead(task.positive, task.labels))


def _check_twice(draft: Draft, report: Report) -> None:
    plan = draft.plan
    lists: list[tuple[Node, Iterable[str], str]] = [
        (draft.at("task", "labels"), plan.task.labels, "the label"),
        (draft.at("languages"), plan.languages, "the language"),
        (draft.at("rights", "licences"), plan.rights.licences, "the licence"),
    ]
    for name, attribute in plan.attributes.items():
        lists.append((draft.at("attributes", name, "values"), attribute.values, "the value"))
    for node, words, what in lists:
        _tell_twice([(word, node.get(i) or node) for i, word in enumerate(words)], what, report)
    names = [(s.name, draft.at("sources", i, "name")) for i, s in enumerate(plan.sources)]
    _tell_twice([pair for pair in names if pair[1].path], "a source named", report)


def _tell_twice(words: list[tuple[str, Node]], what: str, report: Report) -> None:
    first: dict[str, Node] = {}
    for word, node in words:
        if word in first:
            told = f"{what} '{word}' stands twice (first in line {first[word].span.line})"
            report.mistake(node, told, "Keep one of the two.", value=word)
        first.setdefault(word, node)


def _check_attributes(draft: Draft, report: Report) -> None:
    for name, attribute in draft.plan.attributes.items():
        node = draft.at("attributes", name)
        if attribute.sensitive and attribute.basis == "inferred":
            told = f"'{name}' is sensitive, and what is sensitive is never inferred"
            report.mistake(node.nearest("basis"), told, "Write 'basis: declared', or leave it out.")
        if attribute.values and attribute.bins:
            told = f"'{name}' has values and bins: it can be words or a measured number, not both"
            report.mistake(node.nearest("bins"), told, "Keep one of the two.", at_key=True, value="")
        if attribute.basis == "measured" and attribute.source is None:
            told = f"'{name}' is to be measured, but not by what"
            report.mistake(node.nearest("basis"), told, "Add 'from: ...' with the measure.")
        _check_bins(node, attribute.bins, report)


def _check_bins(node: Node, bins: dict[str, tuple[float, float]], report: Report) -> None:
    before: tuple[float, float, str] | None = None
    for label, (low, high) in sorted(bins.items(), key=lambda item: item[1]):
        place = node.nearest("bins", label)
        if low >= high:
            told = f"the bin '{label}' begins at {low:g} and ends at {high:g}, so nothing is in it"
            report.mistake(place, told, "Write the smaller number first.")
        elif before and low < before[1]:
            told = f"the bins '{before[2]}' and '{label}' overlap from {low:g} to {min(before[1], high):g}"
            report.mistake(place, told, f"Begin '{label}' at {before[1]:g}.")
        if low < high:
            before = (low, high, label)


def _check_groups(draft: Draft, report: Report) -> None:
    targets = draft.plan.targets
    seen: dict[tuple[str, ...], int] = {}
    for place, group in enumerate(targets.groups):
        node = draft.at("targets", "groups", place)
        kinds = [k for k in ("each", "shares", "only", "contributors") if getattr(group, k)]
        by = CROSS.join(group.by)
        if not kinds and draft.sound("targets"):
            told = f"the group by {by} does not say how much is wanted"
            report.mistake(node, told, "Add each, shares, only or contributors.", value=by)
        if group.each and group.shares:
            told = f"the group by {by} asks for an amount of each and for shares"
            report.mistake(node.nearest("shares"), told, "Keep one of the two.", at_key=True, value="")
        if len(set(group.by)) < len(group.by):
            report.mistake(node.nearest("by"), f"{by} crosses an attribute with itself", "Name each once.")
        key = tuple(sorted(group.by))
        if key in seen and (kind := _conflict(draft, seen[key], place)):
            line = draft.at("targets", "groups", seen[key]).span.line
            told = f"the group by {by} has a quota of {kind} already in line {line}"
            report.mistake(node, told, "Keep one of the two, or write 'only' for the values that differ.")
        seen.setdefault(key, place)
        if draft.whole(node.nearest("shares")):
            _check_shares(node, group.shares, len(group.by), report)
        if targets.unit == "samples" and group.each and group.each < group.contributors:
            told = f"{group.each:g} samples cannot come from {group.contributors} contributors"
            report.mistake(node.nearest("contributors"), told, f"Raise each to {group.contributors}.")
        for name, amount in group.only.items():
            if amount < 0:
                report.mistake(node.nearest("only", name), "an amount is not below 0", "Write 0 or more.")


def _conflict(draft: Draft, first: int, second: int) -> str | None:
    one, other = draft.plan.targets.groups[first], draft.plan.targets.groups[second]
    for kind in ("each", "shares"):
        if getattr(one, kind) and getattr(other, kind):
            return kind
    return None


def _check_shares(node: Node, shares: dict[str, float], crossed: int, report: Report) -> None:
    if not shares:
        return
    place = node.nearest("shares")
    if crossed > 1:
        told = "shares are of one attribute, not of several crossed"
        report.mistake(place, told, "Write 'each' or 'only' for crossed groups.", at_key=True, value="")
        return
    bad = [name for name, share in shares.items() if not 0 <= share <= 1]
    for name in bad:
        told = f"the share of '{name}' is {shares[name]:g}"
        report.mistake(place.nearest(name), told, "Write a number from 0 to 1.")
    total = sum(shares.values())
    if not bad and abs(total - 1) > _EXACT:
        told = f"the shares sum to {total:g}, not to 1"
        report.mistake(place, told, _fill(shares, total), value=f"{total:g}")


def _fill(shares: dict[str, float], total: float) -> str:
    scaled = ", ".join(f"{name}: {share / total:.3g}" for name, share in shares.items()) if total else ""
    return f"Make them sum to 1, such as {{{scaled}}}." if scaled else "Make them sum to 1."


def _check_release(draft: Draft, report: Report) -> None:
    release = draft.plan.release
    if release is None:
        return
    node = draft.at("release", "splits")
    for name, share in release.splits.items():
        place = node.nearest(name)
        if name not in SPLITS:
            told = f"there is no split '{name}'"
            report.mistake(place, told, instead(name, SPLITS), at_key=True, value=name)
        if not 0 <= share <= 1:
            report.mistake(
                place, f"the share of the split '{name}' is {share:g}", "Write a number from 0 to 1."
            )
    total = sum(release.splits.values())
    if not release.splits and draft.sound("release"):
        told = "there is no split, so a release would hold nothing"
        report.mistake(node, told, "Add 'train: .8' and the others, or remove splits for the usual ones.")
    if node.fields and abs(total - 1) > _EXACT and draft.sound("release"):
        report.mistake(node, f"the splits sum to {total:g}, not to 1", _fill(release.splits, total))
    if node.fields and not release.splits.get("train") and draft.sound("release"):
        report.mistake(node, "no split to train on is left", "Add 'train: .8'.")
    if release.gap and not _SPAN.fullmatch(release.gap):
        told = f"'{release.gap}' is no length of time"
        fix = "Write a number with s, min, h, d or w, such as 7d."
        report.mistake(draft.at("release", "gap"), told, fix)
    elif release.gap and release.split != "time":
        told = "a gap is left between splits by time, but the split is by hash"
        report.mistake(draft.at("release", "gap"), told, "Add 'split: time', or remove the gap.")


def _check_goal(draft: Draft, report: Report) -> None:
    train = draft.plan.train
    if train is None:
        return
    overall, worst = train.goal.overall, train.goal.worst_group
    if train.metric is None or train.metric not in METRICS[draft.plan.task.type]:
        return
    low, high = range_of(train.metric)
    for field, value in (("overall", overall), ("worst_group", worst)):
        if value is None:
            continue
        if (low is not None and value < low) or (high is not None and value > high):
            ends = [f"from {low:g}"] if low is not None else []
            ends += [f"to {high:g}"] if high is not None else ["up"]
            told = f"{train.metric} goes {' '.join(ends)}"
            percent = 1 < value <= 100 and train.metric not in RANGES
            fix = f"Write {value / 100:g}." if percent else "Write a number in that range."
            report.mistake(draft.at("train", "goal", field), f"{told}, so {value:g} is no goal", fix)
    if overall is not None and worst is not None:
        harder = worst < overall if lower_is_better(train.metric) else worst > overall
        if harder:
            told = f"the worst group cannot be better ({worst:g}) than all together ({overall:g})"
            side = "lower" if lower_is_better(train.metric) else "higher"
            fix = f"Of {train.metric} the {side} is the better: exchange the two, or set them alike."
            report.mistake(draft.at("train", "goal", "worst_group"), told, fix)


def _check_rights(draft: Draft, report: Report) -> None:
    plan = draft.plan
    for i, source in enumerate(plan.sources):
        node, rights = draft.at("sources", i), plan.rights_of(source)
        asks = source.kind in ASKING_PEOPLE
        if (asks or source.consent == "required") and not rights.consent and draft.sound("rights"):
            why = "people give samples to it" if asks else "it says 'consent: required'"
            told = f"the source '{source.name}' has no consent text, but {why}"
            fix = "Write the text and name its file under rights.consent."
            report.mistake(node.nearest("kind" if asks else "consent"), told, fix)
        if source.rights and source.rights.keep_until:
            _check_date(draft.at("sources", i, "rights", "keep_until"), source.rights.keep_until, report)
    if plan.release and plan.release.published:
        _check_date(draft.at("release", "published"), plan.release.published, report, ends=False)
    if plan.rights.keep_until:
        _check_date(draft.at("rights", "keep_until"), plan.rights.keep_until, report)
    currencies = Counter(
        price.currency
        for source in plan.sources
        for price in [*source.costs.values(), *([source.cost] if source.cost else [])]
    )
    budget = plan.targets.budget
    if budget and currencies and budget.currency not in currencies and draft.sound("sources"):
        told = f"the budget is in {budget.currency}, but what sources cost is in {', '.join(currencies)}"
        report.mistake(draft.at("targets", "budget"), told, "Write both in one currency.")


def _check_date(node: Node, written: str, report: Report, ends: bool = True) -> None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        report.mistake(node, f"'{written}' is no date", "Write year-month-day, such as 2030-12-31.")
        return
    if ends and day < date.today():
        told = f"{written} has passed, so no release holds it any more"
        report.warn(node, told, "Write a later day.")
