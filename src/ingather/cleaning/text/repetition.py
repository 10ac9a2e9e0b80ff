"""Repetition: text that says the same over and over.

For text of any kind, so a short text is not judged: two words that stand alone are all of it.
Documents of prose from the web have the finer ``gopher-repetition``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.repetition import measure_repetition

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"
measures = {
    "words": pa.int32(),
    "duplicate_line_characters": pa.float32(),
    "duplicate_paragraph_characters": pa.float32(),
    "top_2_gram": pa.float32(),
    "repeated_5_grams": pa.float32(),
}


class Config(OperatorConfig):
    """The greatest shares of characters that may be repeated; measured on 5,574 real text messages."""

    least_words: int = limit(12, ge=0, description="words that a text must have to be judged at all")
    duplicate_line_characters: float = limit(0.4, ge=0, le=1, description="in lines that were there before")
    duplicate_paragraph_characters: float = limit(
        0.4, ge=0, le=1, description="in paragraphs that were there before"
    )
    top_2_gram: float = limit(0.45, ge=0, description="in the commonest two words, all times that they stand")
    repeated_5_grams: float = limit(
        0.35, ge=0, le=1, description="in runs of five words that were there before"
    )


def measure(batch: TextBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Number of words, and four shares of characters from 0; shares are NaN where there is no text."""
    found = measure_repetition(batch, top=range(2, 3), repeated=range(5, 6))
    found["words"] = batch.words.counts.astype(np.int32)
    return {name: found[name] for name in measures}


def bounds(config: Config) -> tuple[Bound, ...]:
    """None of the shares may be greater than its limit, in a text that is long enough."""
    enough = Bound("words", "", low=config.least_words, field="least_words")
    told = {
        "duplicate_line_characters": "lines that were there before",
        "duplicate_paragraph_characters": "paragraphs that were there before",
        "top_2_gram": "the same two words",
        "repeated_5_grams": "runs of five words that were there before",
    }
    return tuple(
        Bound(
            name,
            f"{{value}} of the text are {words}, more than {{threshold}}.",
            high=getattr(config, name),
            when=enough,
            field=name,
        )
        for name, words in told.items()
    )
