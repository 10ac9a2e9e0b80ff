"""Patient identifiers: a document that names, numbers or dates a patient is set aside, with what was found.

Looked for are the kinds of 45 CFR 164.514(b)(2)(i) that have a form: names after a title or the word
patient, addresses, dates of birth and of care, telephone, social security, record, insurance and account
numbers, e-mail and network addresses, ages above 89. What anybody's message may hold (a telephone number, a
date) counts only in a text that speaks of somebody's care. On by default where the plan is about health
(``plan/health.py``). A name alone in a sentence is not found: this is a net, not a de-identification.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig
from ingather.cleaning.personal_patterns import MEDICAL, TEXT
from ingather.plan.health import is_about_health

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"
measures = {"personal": pa.string()}
remedy = (
    "Take out of the texts what tells of patients; who has looked and answers for them writes under rights "
    "'vouched: [{by: NAME, for: [patient-identifiers]}]'"
)
"""The way on, told where nothing is left to release."""
by_default = is_about_health
"""Whether a plan that names no steps is cleaned with it."""


class Config(OperatorConfig):
    """What is looked for."""

    least_medical: int = Field(
        2, ge=0, description="words of care that a text must hold for a mere number, name or date to count"
    )


def measure(batch: TextBatch, config: Config) -> dict[str, pa.Array]:
    """The kinds of identifiers in every text, joined by commas, or ``none``; null where there is no text."""
    texts = batch.filled
    kinds: list[dict[str, None]] = [{} for _ in range(len(batch))]
    medical: NDArray[np.bool_] | None = None
    for pattern in TEXT:
        found = _matches(texts, pattern.pattern)
        if found.any() and not pattern.alone:
            if medical is None:
                medical = _is_medical(texts, config.least_medical)
            found &= medical
        for row in np.flatnonzero(found).tolist():
            kinds[row][pattern.kind] = None
    present = batch.present
    told = [", ".join(row) or "none" if there else None for row, there in zip(kinds, present, strict=True)]
    return {"personal": pa.array(told, pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Whatever names, numbers or dates a patient is quarantined, with what was found."""
    reason = "The text tells of a patient: {value}."
    return (Bound("personal", reason, allowed=("none",), field="least_medical"),)


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found.copy()


def _is_medical(texts: pa.Array, least: int) -> NDArray[np.bool_]:
    """Which texts hold so many different words of care."""
    if least <= 0:
        return np.ones(len(texts), bool)
    likely = _matches(texts, MEDICAL)
    for row in np.flatnonzero(likely).tolist():
        words = {found.lower() for found in _words().findall(texts[row].as_py())}
        likely[row] = len(words) >= least
    return likely


@cache
def _words() -> re.Pattern[str]:
    return re.compile(MEDICAL)
