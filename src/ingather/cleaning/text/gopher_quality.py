"""Gopher's quality filter: documents of the web that are not prose.

Rules and thresholds of appendix A.1.1 of "Scaling Language Models: Methods, Analysis & Insights from Training
Gopher" (Rae et al. 2021), for English; other languages give their own ``stop_words``. Made for documents of
prose: most short messages would fall.
"""

from __future__ import annotations

from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.lines import bullet_and_ellipsis_lines, share

if TYPE_CHECKING:
    from ingather.media.text import TextBatch

reads = "text"
measures = {
    "words": pa.int32(),
    "mean_word_length": pa.float32(),
    "hashes_per_word": pa.float32(),
    "ellipses_per_word": pa.float32(),
    "bullet_lines": pa.float32(),
    "ellipsis_lines": pa.float32(),
    "alphabetic_words": pa.float32(),
    "stop_words": pa.int32(),
}
_BEYOND_PUNCTUATION = r"[^\p{P}\p{Cc}$+<=>^`|~]|•"
_ALPHANUMERIC = ascii_letters + digits


class Config(OperatorConfig):
    """The limits of the paper."""

    stop_words: tuple[str, ...] = Field(
        ("the", "be", "to", "of", "and", "that", "have", "with"),
        description="words that prose of the language is full of",
    )
    min_words: int = limit(50, ge=0, description="words that are not only punctuation")
    max_words: int = limit(100_000, ge=1, description="words that are not only punctuation")
    min_mean_word_length: float = limit(3, ge=0, description="characters of the mean word")
    max_mean_word_length: float = limit(10, ge=0, description="characters of the mean word")
    max_symbols_per_word: float = limit(0.1, ge=0, description="hash signs, and ellipses, for every word")
    max_bullet_lines: float = limit(0.9, ge=0, le=1, description="lines that begin with a bullet")
    max_ellipsis_lines: float = limit(0.3, ge=0, le=1, description="lines that end in an ellipsis")
    min_alphabetic_words: float = limit(0.8, ge=0, le=1, description="words that hold a letter")
    min_stop_words: int = limit(2, ge=0, description="different stop words")


def measure(batch: TextBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Counts and ratios of every text; ratios are NaN where there is nothing to count."""
    words = batch.words
    solid = words.holding(_ALPHANUMERIC, _BEYOND_PUNCTUATION)
    counts = words.total(solid)
    bullets, ellipses = bullet_and_ellipsis_lines(batch)
    found = {
        "mean_word_length": share(words.total(np.where(solid, words.chars, 0)), counts),
        "hashes_per_word": share(batch.count("#"), words.counts),
        "ellipses_per_word": share(batch.count("...") + batch.count("…"), words.counts),
        "bullet_lines": bullets,
        "ellipsis_lines": ellipses,
        "alphabetic_words": share(words.total(words.holding(ascii_letters, r"\p{L}")), words.counts),
    }
    return {
        "words": counts.astype(np.int32),
        **{name: values.astype(np.float32) for name, values in found.items()},
        "stop_words": _different_stop_words(batch, config.stop_words),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """The rules of the paper, each on its own measure."""
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
            "mean_word_length",
            "The mean word has {value} character{s}, less than {threshold}.",
            low=config.min_mean_word_length,
            field="min_mean_word_length",
        ),
        Bound(
            "mean_word_length",
            "The mean word has {value} character{s}, more than {threshold}.",
            high=config.max_mean_word_length,
            field="max_mean_word_length",
        ),
        Bound(
            "hashes_per_word",
            "There are {value} hash signs for every word, more than {threshold}.",
            high=config.max_symbols_per_word,
            field="max_symbols_per_word",
        ),
        Bound(
            "ellipses_per_word",
            "There are {value} ellipses for every word, more than {threshold}.",
            high=config.max_symbols_per_word,
            field="max_symbols_per_word",
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
        Bound(
            "alphabetic_words",
            "Only {value} of the words hold a letter, less than {threshold}.",
            low=config.min_alphabetic_words,
            field="min_alphabetic_words",
        ),
        Bound(
            "stop_words",
            "The text holds {value} different common words of its language, at least {threshold} are needed.",
            low=config.min_stop_words,
            field="min_stop_words",
        ),
    )


def _different_stop_words(batch: TextBatch, stop_words: tuple[str, ...]) -> NDArray[np.int32]:
    """How many different stop words every text holds, as they are written."""
    words = batch.words
    known = pa.array(sorted(set(stop_words)), pa.large_string())
    which = (
        pc.index_in(words.vocabulary, value_set=known).fill_null(-1).to_numpy().astype(np.int64)[words.codes]
    )
    found = np.flatnonzero(which >= 0)
    pairs = words.documents[found] * max(1, len(known)) + which[found]
    documents = np.unique(pairs) // max(1, len(known))
    return np.bincount(documents, minlength=len(batch)).astype(np.int32)
