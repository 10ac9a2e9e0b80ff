"""Word and character error rate of transcripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from ingather.training.metrics.edit_distance import edit_distances
from ingather.training.metrics.estimate import Estimate, ratio
from ingather.training.metrics.facts import EditFacts

NORMALISER = "NFC, lower case, punctuation removed, white space as one blank"


class _WithoutPunctuation(dict[int, int | None]):
    """For ``str.translate``: drops punctuation of every script, looked up once per character."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)).startswith("P") else code
        self[code] = kept
        return kept


_PLAIN = _WithoutPunctuation()


def normalise(text: str) -> str:
    """A transcript as it is compared: NFC, lower case, no punctuation, words apart by one blank."""
    return " ".join(unicodedata.normalize("NFC", text).lower().translate(_PLAIN).split())


def edit_facts(truths: Sequence[str], answers: Sequence[str]) -> EditFacts:
    """Counts the wrong words and characters of n transcripts, both sides normalised."""
    said = [normalise(text) for text in truths]
    heard = [normalise(text) for text in answers]
    words = [text.split() for text in said]
    return EditFacts(
        edit_distances(words, [text.split() for text in heard]).astype(float),
        np.array([len(tokens) for tokens in words], float),
        edit_distances(said, heard).astype(float),
        np.array([len(text) for text in said], float),
    )


def wer(facts: EditFacts) -> Estimate:
    """Words put in, left out or changed, over the words that were said; may be above 1."""
    return ratio(facts.word_edits, facts.words)


def cer(facts: EditFacts) -> Estimate:
    """Characters put in, left out or changed, over the characters that were said; may be above 1."""
    return ratio(facts.character_edits, facts.characters)
