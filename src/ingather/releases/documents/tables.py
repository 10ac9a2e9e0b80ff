"""The tables of a release as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from ingather.plan.licences import terms_of
from ingather.releases.facts import Facts

_FORMULA = ("=", "+", "-", "@", "\t")
_BREAKS = re.compile(r"[\r\n\0]+")


def coverage_table(facts: Facts) -> str:
    """Every quota: target, what there is, what is missing, people; a group with nothing stands at 0."""
    head = ("quota", "group", "target", "collected", "kept", "gap", "people_target", "people", "unknown")
    return write_csv(
        head,
        (
            (
                row.kind, " × ".join(f"{name}={value}" for name, value in row.by.items()) or "all",
                row.target, row.collected, row.kept, row.gap, row.contributors_target, row.contributors,
                row.unknown,
            )
            for row in facts.coverage
        ),
    )  # fmt: skip


def groups_table(facts: Facts) -> str:
    """Labels and released attributes: samples by value and split."""
    rows = [
        (name, value, *(counts.get(split, 0) for split in facts.splits))
        for name, values in (("label", facts.labels), *facts.groups.items())
        for value, counts in values.items()
    ]
    return write_csv(("attribute", "value", *facts.splits), rows)


def quality_table(facts: Facts) -> str:
    """Samples in and out of every cleaning step, and how many of them wait for a person."""
    head = ("step", "in", "out", "rejected", "in_review")
    return write_csv(
        head,
        ((o["operator"], o["in"], o["out"], o["in"] - o["out"], o["review"]) for o in facts.operators),
    )


def rights_table(facts: Facts) -> str:
    """Licences by source, with how many samples lie under each and what it asks."""
    rows = []
    for (source, licence), n in facts.licences_by_source.items():
        terms = terms_of(licence, facts.plan.rights.own)
        asks = " ".join(sorted(terms)) if terms is not None else "unknown"
        rows.append((source, licence, n, asks or "nothing"))
    return write_csv(("source", "licence", "samples", "asks"), rows)


def rejections_table(facts: Facts) -> str:
    """What every filter rejects of every group, with its interval, against the rest."""
    head = (
        "filter", "attribute", "value", "samples", "rejected", "share", "low", "high", "share_of_rest",
        "ratio", "to_review",
    )  # fmt: skip
    rows = []
    for told in facts.rejections:
        against = told["against"]
        shares = (against[name] for name in ("share", "low", "high", "rest", "ratio"))
        rows.append(
            (
                told["operator"], told["attribute"], told["value"], told["total"], told["rejected"],
                *(round(one, 6) if one is not None else None for one in shares),
                "yes" if told["unfair"] else "no",
            )
        )  # fmt: skip
    return write_csv(head, rows)


def left_out_table(facts: Facts) -> str:
    """Samples that there were and that are not in the release, by reason."""
    return write_csv(("reason", "samples"), facts.left_out.items())


def write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV text; each value on one line, and an apostrophe before what would be a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    return stream.getvalue()


def _safe(value: object) -> object:
    if isinstance(value, str):
        line = _BREAKS.sub(" ", value)
        return "'" + line if line.startswith(_FORMULA) else line
    if isinstance(value, float) and value == int(value):
        return int(value)
    return "" if value is None else value
