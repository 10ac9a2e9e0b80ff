"""Language of a text, with how sure the detector is.

The detector chooses between the plan's languages and some large ones. It judges only where it knows every
language of the plan, only texts that are long enough, and what it doubts goes to review: a language that it
was never measured on is no reason to lose a sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.detector import detector, measured_languages, primary

if TYPE_CHECKING:
    from ingather.media.text import TextBatch
    from ingather.plan.model import Plan

reads = "text"
measures = {"language": pa.string(), "confidence": pa.float32()}


class Config(OperatorConfig):
    """Which languages are wanted, and which others a text may be mistaken for."""

    languages: tuple[str, ...] = Field((), description="BCP 47 tags that are wanted; none: nothing is judged")
    others: tuple[str, ...] = Field(
        ("en", "fr", "de", "es", "pt", "it", "nl", "ru", "ar", "zh", "hi", "ja"),
        description="further languages that are told apart",
    )
    least_characters: int = Field(40, ge=1, description="shorter texts are not measured: too little to tell")
    min_confidence: float = limit(0.8, ge=0, le=1, description="how sure of another language it must be")


def defaults(plan: Plan) -> dict[str, Any]:
    """The plan's own languages.

    Raises:
        MissingExtra: the extra ``lang`` is not installed.
    """
    measured_languages()
    return {"languages": plan.languages}


def measure(batch: TextBatch, config: Config) -> dict[str, pa.Array | NDArray[Any]]:
    """ISO 639-1 code of the likeliest language and its probability, 0 to 1; null where it cannot be told."""
    found = detector(tuple(sorted({*config.languages, *config.others})))
    codes: list[str | None] = [None] * len(batch)
    confidence = np.full(len(batch), np.nan, dtype=np.float32)
    rows = np.flatnonzero(batch.chars >= config.least_characters)
    if found is None or not len(rows):
        return {"language": pa.array(codes, pa.string()), "confidence": confidence}
    texts = batch.filled.take(pa.array(rows)).to_pylist()
    for row, likely in zip(
        rows.tolist(), found.compute_language_confidence_values_in_parallel(texts), strict=True
    ):
        if likely and likely[0].value > 0:
            codes[row] = likely[0].language.iso_code_639_1.name.lower()
            confidence[row] = likely[0].value
    return {"language": pa.array(codes, pa.string()), "confidence": confidence}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Another language than the wanted ones; nothing, if the detector was not measured on all of them."""
    known = measured_languages()
    wanted = tuple(sorted({primary(tag) for tag in config.languages}))
    if not wanted or not set(wanted) <= known:
        return ()
    sure = Bound("confidence", "", low=config.min_confidence, field="min_confidence")
    return (
        Bound(
            "language",
            "The text seems to be in another language ({value}) than asked for ({threshold}).",
            allowed=wanted,
            when=sure,
            to="review",
            field="languages",
        ),
    )
