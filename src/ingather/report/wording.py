"""How the report writes numbers, groups and metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ingather.plan.amounts import Money
from ingather.plan.model import Plan
from ingather.report.markup import Markup, h

SHARES = (
    "accuracy", "balanced_accuracy", "f1_macro", "f1_micro", "entity_f1", "false_positive_rate",
    "false_negative_rate", "wer", "cer", "recall_at_k",
)  # fmt: skip
"""Metrics that are shares of something, written in per cent."""
_NAMES = {
    "f1_macro": "macro F1",
    "f1_micro": "micro F1",
    "entity_f1": "entity F1",
    "auroc": "AUROC",
    "wer": "word error rate",
    "cer": "character error rate",
    "mae": "mean absolute error",
    "rmse": "root mean square error",
    "r2": "R²",
    "recall_at_k": "recall at k",
    "ndcg_at_k": "nDCG at k",
    "map_50": "mAP at .5",
}
BASES = {
    "panel": "on the panel: samples that only judge and are never learnt from",
    "test": "on the release's test split, which is never learnt from",
    "cv": "out of fold (cv): each answer comes from a model that did not learn from that sample or its giver",
    "decide": "on the half of the panel that decides what to collect next",
}
SPACE = "\u00a0"
"""A space at which no line breaks."""


def count(number: float) -> str:
    """A number of things."""
    return f"{number:,.0f}"


def several(number: float, one: str, many: str = "") -> str:
    """A number of things with their word, which stay together."""
    return f"{count(number)}{SPACE}{one if number == 1 else many or one + 's'}"


def amount(plan: Plan, number: float) -> str:
    """An amount in the plan's unit: a number of things, or a time, which is told with its unit."""
    return time_of(number) if plan.targets.unit == "hours" else count(number)


def time_of(hours: float) -> str:
    """A time: hours, below one hour minutes and seconds, nothing as 0."""
    seconds = round(hours * 3600)
    if hours >= 1:
        return f"{hours:,.4g}{SPACE}h" if hours < 1000 else f"{count(hours)}{SPACE}h"
    minutes, rest = divmod(seconds, 60)
    told = [f"{n}{SPACE}{unit}" for n, unit in ((minutes, "min"), (rest, "s")) if n]
    return SPACE.join(told) or ("under 1" + SPACE + "s" if hours > 0 else "0")


def percent(share: float | None) -> str:
    """A share in per cent."""
    return "–" if share is None else f"{100 * share:.1f}{SPACE}%"


def metric_name(metric: str) -> str:
    """A metric as people write it."""
    plain, _, rest = metric.partition(" of ")
    name = _NAMES.get(plain, plain.replace("_", " "))
    return f"{name} of {rest}" if rest else name


def sentence_start(name: str) -> str:
    """A name at the beginning of a sentence; one with capitals of its own (nDCG, mAP) stays as it is."""
    return name[0].upper() + name[1:] if name[:2].islower() else name


def is_share(metric: str) -> bool:
    """Whether a metric is written in per cent."""
    return metric.partition(" of ")[0] in SHARES


def value_of(metric: str, value: float | None) -> str:
    """One value of a metric."""
    if value is None:
        return "–"
    if is_share(metric):
        return percent(value)
    return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.4g}"


def range_of(metric: str, figure: Mapping[str, Any]) -> str:
    """The interval in words: ``12.0 to 28.4``; empty where there is none."""
    if figure.get("low") is None or figure.get("high") is None:
        return ""
    ends = [value_of(metric, figure[end]).removesuffix(f"{SPACE}%") for end in ("low", "high")]
    return f"{ends[0]} to {ends[1]}"


def figure_of(metric: str, figure: Mapping[str, Any]) -> Markup:
    """A value with its interval."""
    between = range_of(metric, figure)
    more = h(' <span class="soft iv">({})</span>', between) if between else ""
    return h("{}{}", value_of(metric, figure["value"]), more)


def group_of(by: Mapping[str, str | None], *, names: bool = True) -> Markup:
    """A group: its attributes with their values, or the values alone."""
    if not by:
        return Markup("all together")
    names = names or (len(by) > 1 and any((value or "").isdigit() for value in by.values()))
    parts = [
        h("{} <bdi>{}</bdi>", name.replace("_", " "), value if value is not None else "unknown")
        if names or value is None
        else h("<bdi>{}</bdi>", value)
        for name, value in by.items()
    ]
    return Markup(", ").join(parts)


def unbroken(text: str) -> Markup:
    """A text in which names with hyphens (licences, dates) are not broken at the end of a line."""
    pieces = re.split(r"([A-Za-z0-9.]+(?:-[A-Za-z0-9.+]+)+)", text)
    return Markup("").join(
        h('<span class="iv">{}</span>', piece) if number % 2 else h("{}", piece)
        for number, piece in enumerate(pieces)
    )


def by_words(names: tuple[str, ...]) -> str:
    """A division: ``gender by age group``."""
    return " by ".join(name.replace("_", " ") for name in names)


def people_of(figure: Mapping[str, Any], known: bool) -> str:
    """How many samples and people a figure rests on; people only where any are known."""
    told = several(figure["n"], "sample")
    return f"{told}, {several(figure['contributors'], 'person', 'people')}" if known else told


def price_of(money: Money, samples: float) -> str:
    """The price of one of so many."""
    each = (money.amount / Decimal(str(samples))).quantize(Decimal("0.0001"))
    digits = f"{each:f}".rstrip("0")
    whole, _, rest = digits.partition(".")
    return f"{whole}.{rest.ljust(2, '0')} {money.currency}"
