"""Length of a text in characters and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"
measures = {"characters": pa.int32(), "words": pa.int32()}


class Config(OperatorConfig):
    """How long a text must and may be; by default anything that is not blank and not a whole library."""

    min_words: int = limit(1, ge=0, description="words that a text must have")
    max_words: int = limit(100_000, ge=1, description="words that a text may have")
    min_characters: int = limit(1, ge=0, description="characters that a text must have")
    max_characters: int = limit(2_000_000, ge=1, description="characters that a text may have")


def measure(batch: TextBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Characters (Unicode code points) and words (as white space parts them); 0 where there is no text."""
    return {"characters": batch.chars.astype(np.int32), "words": batch.words.counts.astype(np.int32)}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Too short or too long."""
    return (
        Bound(
            "words",
            "The text has {value} word{s}, at least {threshold} are needed.",
            low=config.min_words,
            field="min_words",
        ),
        Bound(
            "words",
            "The text has {value} word{s}, more than the {threshold} allowed.",
            high=config.max_words,
            field="max_words",
        ),
        Bound(
            "characters",
            "The text has {value} character{s}, at least {threshold} are needed.",
            low=config.min_characters,
            field="min_characters",
        ),
        Bound(
            "characters",
            "The text has {value} character{s}, more than the {threshold} allowed.",
            high=config.max_characters,
            field="max_characters",
        ),
    )
