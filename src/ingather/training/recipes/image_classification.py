"""Image classification: colours and directions of edges into a linear support vector machine.

A baseline for pictures of one thing each, such as crops: no network to load, seconds for thousands of
pictures, and strong where classes differ in colour, shape or texture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.errors import InputError
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.linear import LinearClassifier, fit_linear
from ingather.training.picture_features import PictureShape
from ingather.training.targets import ClassTargets, class_targets

tasks = frozenset({"classification", "tagging", "failure", "anomaly"})
modalities = frozenset({"image"})
most = 50_000
_STEADY = 0.01
"""Added to the deviation of every feature: what hardly varies must not weigh more than what does."""


class Config(RecipeConfig):
    """Options of image classification."""

    side: int = Field(48, ge=16, le=256, description="pixels to a side that every picture is brought to")
    cells: int = Field(
        6, ge=2, le=32, description="cells to a side in which directions of edges are gathered"
    )
    directions: int = Field(9, ge=4, le=36, description="directions of edges that are told apart")
    colours: int = Field(16, ge=2, le=64, description="shades of red, green and blue that are told apart")
    size: bool = Field(
        False,
        description="learn from width and height too; only where size shows the thing, not the camera",
    )
    strength: float = Field(1.0, gt=0, description="greater follows the data more closely")
    balanced: bool = Field(False, description="rare labels weigh as much as frequent ones")


@dataclass(frozen=True, slots=True)
class ImageClassifier:
    """A fitted classifier.

    Attributes:
        shape: of the features.
        centre: mean of every feature.
        scale: what standardised features are divided by.
        machine: probabilities of the classes.
        targets: the classes.
    """

    shape: PictureShape
    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    machine: LinearClassifier
    targets: ClassTargets

    def predict(self, examples: Examples) -> Predictions:
        """Labels with probabilities, in order; what cannot be decoded is answered as the mean picture."""
        found = _vectors(self.shape, examples.inputs)
        rows = np.stack([self.centre if v is None else v for v in found]) if found else np.empty((0, 1))
        if not len(rows):
            return self.targets.answers(np.empty((0, len(self.targets.classes))))
        return self.targets.answers(self.machine.scores((rows - self.centre) / self.scale))


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with features for files, so that several fits decode once."""
    vectors = _vectors(_shape(config), examples.inputs)
    return replace(examples, inputs=list(vectors))


def fit(train: Examples, config: Config, seed: int) -> ImageClassifier:
    """Learns from the pictures that have a label and can be decoded.

    Raises:
        InputError: there is none.
    """
    shape = _shape(config)
    targets = class_targets(train)
    vectors = _vectors(shape, [train.inputs[row] for row in targets.rows])
    seen = np.array([row for row, vector in enumerate(vectors) if vector is not None], np.int64)
    if not len(seen):
        raise InputError(
            "There is nothing to learn from: no labelled picture can be decoded.",
            why="A baseline is fitted on pictures with labels.",
            fix="See what was set aside and why: ingather samples --quarantined",
            where="train",
        )
    if len(seen) < len(vectors):
        targets = class_targets(train.take(targets.rows[seen]))
    rows = np.stack([vector for vector in vectors if vector is not None])
    centre = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    # rows of length about 1, so that ``strength`` means the same whatever the features' number
    scale = (rows.std(axis=0, dtype=np.float64) + _STEADY).astype(np.float32) * np.float32(shape.length**0.5)
    machine = fit_linear(
        (rows - centre) / scale,
        targets,
        strength=config.strength,
        balanced=config.balanced,
        seed=seed,
    )
    return ImageClassifier(shape, centre, scale, machine, targets)


def _shape(config: Config) -> PictureShape:
    cells = min(config.cells, config.side // 4)
    return PictureShape(config.side, cells, config.directions, config.colours, cells, config.size)


def _vectors(
    shape: PictureShape, inputs: Sequence[bytes | NDArray[np.float32] | None]
) -> list[NDArray[np.float32] | None]:
    """The features of files; features that are there already pass."""
    return [shape.of(one) if isinstance(one, bytes) else one for one in inputs]
