"""Most frequent: always answers with the label that is there most often; what any baseline must beat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from ingather.errors import InputError
from ingather.training.contract import Examples, Predictions, RecipeConfig

tasks = frozenset({"classification"})
modalities = frozenset({"text", "audio", "image", "record"})


class Config(RecipeConfig):
    """How sure it claims to be."""

    smoothing: float = Field(1.0, ge=0, description="added to the count of every label")


@dataclass(frozen=True)
class MostFrequent:
    """Knows nothing but how frequent each label is."""

    labels: tuple[str, ...]
    shares: tuple[float, ...]

    def predict(self, examples: Examples) -> Predictions:
        """The same answer for every example, with the shares as scores."""
        n = len(examples.ids)
        best = self.labels[int(np.argmax(self.shares))]
        return Predictions([best] * n, np.tile(self.shares, (n, 1)), self.labels)


def fit(train: Examples, config: Config, seed: int) -> MostFrequent:
    """Counts the labels.

    Raises:
        InputError: nothing has a label.
    """
    counts = Counter(label for label in train.labels if isinstance(label, str))
    if not counts:
        raise InputError("Nothing in the train split has a label.", fix="ingather annotate")
    labels = tuple(sorted(counts))
    weights = np.array([counts[label] + config.smoothing for label in labels])
    return MostFrequent(labels, tuple((weights / weights.sum()).tolist()))
