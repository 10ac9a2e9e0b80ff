"""Shouting: text that is written in capitals for the greater part."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.text import TextBatch

reads = "text"
version = 1
measures = {"capitals": pa.float32()}


class Config(OperatorConfig):
    """How much of a text may be capitals."""

    least_letters: int = Field(4, ge=1, description="texts with fewer letters are not measured")
    max_share: float = limit(0.7, ge=0, le=1, description="share of letters that may be capitals")


def measure(batch: TextBatch, config: Config) -> dict[str, NDArray[np.float32]]:
    """Share of the letters that are capitals, 0 to 1; NaN where there are too few letters."""
    letters = pc.count_substring_regex(batch.filled, r"\p{L}").to_numpy(zero_copy_only=False)
    capitals = pc.count_substring_regex(batch.filled, r"\p{Lu}").to_numpy(zero_copy_only=False)
    enough = letters >= config.least_letters
    share = np.where(enough, capitals / np.maximum(letters, 1), np.nan)
    return {"capitals": share.astype(np.float32)}


def bounds(config: Config) -> tuple[Bound, ...]:
    """At most so many capitals."""
    return (
        Bound(
            "capitals",
            "{value} of the letters are capitals, more than {threshold}: is somebody shouting?",
            high=config.max_share,
            field="max_share",
        ),
    )
