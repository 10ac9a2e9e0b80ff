"""Gopher's repetition filter: documents of the web that say the same over and over.

Measures and thresholds of table A1 of "Scaling Language Models: Methods, Analysis & Insights from Training
Gopher" (Rae et al. 2021). Made for documents of prose; short messages are judged by ``repetition``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.repetition import MEASURES, measure_repetition

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"
measures = MEASURES


class Config(OperatorConfig):
    """The greatest shares that may be repeated."""

    duplicate_paragraphs: float = limit(0.3, ge=0, le=1, description="paragraphs that were there before")
    duplicate_paragraph_characters: float = limit(0.2, ge=0, le=1, description="their share of characters")
    duplicate_lines: float = limit(0.3, ge=0, le=1, description="lines that were there before")
    duplicate_line_characters: float = limit(0.2, ge=0, le=1, description="their share of characters")
    top_2_gram: float = limit(0.2, ge=0, description="characters in the commonest two words")
    top_3_gram: float = limit(0.18, ge=0, description="characters in the commonest three words")
    top_4_gram: float = limit(0.16, ge=0, description="characters in the commonest four words")
    repeated_5_grams: float = limit(0.15, ge=0, le=1, description="characters in repeated runs of 5 words")
    repeated_6_grams: float = limit(0.14, ge=0, le=1, description="characters in repeated runs of 6 words")
    repeated_7_grams: float = limit(0.13, ge=0, le=1, description="characters in repeated runs of 7 words")
    repeated_8_grams: float = limit(0.12, ge=0, le=1, description="characters in repeated runs of 8 words")
    repeated_9_grams: float = limit(0.11, ge=0, le=1, description="characters in repeated runs of 9 words")
    repeated_10_grams: float = limit(0.1, ge=0, le=1, description="characters in repeated runs of 10 words")


def measure(batch: TextBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Thirteen shares of every text, from 0; NaN where there is no text."""
    return measure_repetition(batch)


def bounds(config: Config) -> tuple[Bound, ...]:
    """None of the shares may be greater than its limit."""
    return tuple(
        Bound(
            name,
            f"The text repeats itself ({name.replace('_', ' ')}: {{value}}, at most {{threshold}}).",
            high=getattr(config, name),
            field=name,
        )
        for name in MEASURES
    )
