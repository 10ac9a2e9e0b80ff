"""Symbols: text that is mostly marks, digits, bullets or trailing dots.

The defaults are for text of any kind, short messages too; prose from the web is judged by ``gopher-quality``.
"""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.lines import bullet_and_ellipsis_lines, share

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"
measures = {
    "symbols_per_word": pa.float32(),
    "letter_share": pa.float32(),
    "digit_share": pa.float32(),
    "alphabetic_words": pa.float32(),
    "bullet_lines": pa.float32(),
    "ellipsis_lines": pa.float32(),
}


class Config(OperatorConfig):
    """How much of a text may be something else than words."""

    max_symbols_per_word: float = limit(1.0, ge=0, description="hash signs and ellipses for every word")
    min_letter_share: float = limit(
        0.15, ge=0, le=1, description="letters among characters that are not space"
    )
    max_digit_share: float = limit(0.7, ge=0, le=1, description="digits among characters that are not space")
    min_alphabetic_words: float = limit(0.4, ge=0, le=1, description="words that hold at least one letter")
    max_bullet_lines: float = limit(1.0, ge=0, le=1, description="lines that begin with a bullet")
    max_ellipsis_lines: float = limit(1.0, ge=0, le=1, description="lines that end in an ellipsis")


def measure(batch: TextBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Six ratios of every text; NaN where there is no word or no line."""
    words = batch.words
    solid = words.total(words.chars)
    bullets, ellipses = bullet_and_ellipsis_lines(batch)
    found = {
        "symbols_per_word": share(batch.count("#") + batch.count("...") + batch.count("…"), words.counts),
        "letter_share": share(words.total(words.counting(ascii_letters, r"[\p{L}\p{M}]")), solid),
        "digit_share": share(words.total(words.counting(digits, r"\p{Nd}")), solid),
        "alphabetic_words": share(words.total(words.holding(ascii_letters, r"\p{L}")), words.counts),
        "bullet_lines": bullets,
        "ellipsis_lines": ellipses,
    }
    return {name: values.astype(np.float32) for name, values in found.items()}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Each ratio on its own side."""
    return (
        Bound(
            "symbols_per_word",
            "There are {value} hash signs and ellipses for every word, more than {threshold}.",
            high=config.max_symbols_per_word,
            field="max_symbols_per_word",
        ),
        Bound(
            "letter_share",
            "Letters are {value} of the characters, less than {threshold}.",
            low=config.min_letter_share,
            field="min_letter_share",
        ),
        Bound(
            "digit_share",
            "Digits are {value} of the characters, more than {threshold}.",
            high=config.max_digit_share,
            field="max_digit_share",
        ),
        Bound(
            "alphabetic_words",
            "Only {value} of the words hold a letter, less than {threshold}.",
            low=config.min_alphabetic_words,
            field="min_alphabetic_words",
        ),
        Bound(
            "bullet_lines",
            "{value} of the lines begin with a bullet, more than {threshold}.",
            high=config.max_bullet_lines,
            field="max_bullet_lines",
        ),
        Bound(
            "ellipsis_lines",
            "{value} of the lines end in an ellipsis, more than {threshold}.",
            high=config.max_ellipsis_lines,
            field="max_ellipsis_lines",
        ),
    )
