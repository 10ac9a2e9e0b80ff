"""Whether a plan is about people's health, by its own words, so that what tells of a patient is looked for.

It is asked for defaults only: whoever names ``patient-identifiers`` or ``hipaa-fields`` under ``clean`` gets
them anyway, and whoever lists the steps without them does not.
"""

from __future__ import annotations

import re

from ingather.plan.model import Plan

LAYOUTS = frozenset({"dicom", "wfdb", "edf"})
"""Layouts in which only medicine keeps its data."""

_WORDS = re.compile(
    r"\b(?:patient|hospital|clinic|medic(?:al|ine|ation)|health|disease|illness|diagnos|symptom|treatment|"
    r"surg(?:ery|ical)|therap|oncolog|cancer|tumou?r|diabet|cardi(?:ac|olog)|radiolog|x-?rays?\b|ultrasound|"
    r"(?:ct|mri|pet)[ -]?scan|blood|nurs(?:e|ing)\b|physician|doctor|pregnan|psychiatr|dental|dicom|hipaa)",
    re.I,
)


def is_about_health(plan: Plan) -> bool:
    """Whether its name, objective, labels, attributes, target or layouts speak of medicine."""
    told = (
        plan.name.replace("-", " "),
        plan.objective,
        *plan.task.labels,
        *(name.replace("_", " ") for name in plan.attributes),
        (plan.task.target or "").replace("_", " "),
    )
    if any(_WORDS.search(text) for text in told):
        return True
    return any(source.options.get("format") in LAYOUTS for source in plan.sources)
