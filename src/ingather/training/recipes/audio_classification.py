"""Audio classification: mel cepstra of a short clip, then kernel ridge, one class against the rest.

A baseline for words, commands and sounds of up to a few seconds. Every clip is also learnt from as slightly
other voices would have said it. Nothing is drawn by chance but the landmarks, and those by the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.errors import InputError
from ingather.sample import Json
from ingather.training.cepstra import Features, Shape, View, lowest_rate
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.kernel_ridge import KernelRidge, fit_kernel_ridge
from ingather.training.label_names import class_names, label_name, label_set

tasks = frozenset({"classification"})
modalities = frozenset({"audio"})
most = 50_000
_PLAIN = View()
_OTHER_VOICES = (
    View(edge=0.3),
    View(warp=0.9),
    View(warp=0.9, edge=0.3),
    View(warp=1.1),
    View(warp=1.1, edge=0.3),
)
_SHARPNESS = 5.0
"""Of the softmax over outputs of about -1..1; measured where scores come nearest to frequencies."""


class Config(RecipeConfig):
    """Options of the recipe."""

    voices: bool = Field(
        True, description="learn every clip also as a longer and a shorter throat would have said it"
    )
    most_voiced: int = Field(
        20_000, ge=0, description="number of clips above which `voices` is left out, for the sake of time"
    )
    landmarks: int = Field(
        1000, ge=10, le=5000, description="clips that stand for all in the kernel: more bend closer"
    )
    width: float = Field(0.5, gt=0, description="how fast likeness falls with difference")
    penalty: float = Field(0.3, gt=0, description="weight of smoothness against fit")
    bands: int = Field(24, ge=8, le=80, description="bands of the mel scale")
    cepstra: int = Field(13, ge=4, le=40, description="coefficients kept of each frame")
    segments: int = Field(12, ge=1, le=50, description="equal parts that the sounding span is cut into")


@dataclass(frozen=True, slots=True)
class AudioClassifier:
    """A fitted baseline.

    Attributes:
        features: of clips.
        machine: outputs of about -1..1 for each class.
        classes: names of the outputs.
        multi: whether several labels may hold at once.
    """

    features: Features
    machine: KernelRidge
    classes: tuple[str, ...]
    multi: bool

    def predict(self, examples: Examples) -> Predictions:
        """Answers every example, in order; a clip that cannot be decoded gets what is usual."""
        rows, readable = _rows(self.features, examples.inputs, 1)
        outputs = np.tile(self.machine.offset, (len(examples.ids), 1))
        outputs[readable] = self.machine(rows[:, 0])
        if self.multi:
            scores = 1 / (1 + np.exp(-_SHARPNESS * outputs))
            told: list[Json] = [[self.classes[k] for k in np.flatnonzero(row > 0)] for row in outputs]
            return Predictions(told, scores, self.classes)
        scores = np.exp(_SHARPNESS * (outputs - outputs.max(axis=1, keepdims=True)))
        scores /= scores.sum(axis=1, keepdims=True)
        return Predictions([self.classes[k] for k in outputs.argmax(axis=1)], scores, self.classes)


def fit(train: Examples, config: Config, seed: int) -> AudioClassifier:
    """Fits the baseline to the clips that have a label and can be decoded.

    Raises:
        InputError: there is no such clip.
    """
    multi = bool(train.task.get("multi"))
    told = np.array([i for i, label in enumerate(train.labels) if label_name(label) is not None], np.int64)
    train = train.take(told)
    rate = lowest_rate(train.inputs)
    shape = Shape(config.bands, config.cepstra, config.segments)
    voiced = config.voices and len(told) <= config.most_voiced
    features = _features(shape if rate is None else shape.reaching(rate), voiced)
    views = len(features.views)
    rows, readable = _rows(features, train.inputs, views)
    if not len(readable):
        raise InputError(
            "There is nothing to learn from: no clip has a label and can be decoded.",
            why="A baseline is fitted on labelled recordings.",
            fix="See what was set aside and why: ingather samples --quarantined",
        )
    labels = [train.labels[i] for i in readable]
    classes = class_names(train.task, labels)
    targets = _targets(labels, classes, multi)
    landmarks = np.sort(np.random.default_rng(seed).permutation(len(rows))[: config.landmarks])
    machine = fit_kernel_ridge(
        rows.reshape(-1, shape.size),
        np.repeat(targets, views, axis=0),
        landmarks * views,
        config.width,
        config.penalty,
    )
    return AudioClassifier(features, machine, classes, multi)


@lru_cache(maxsize=4)
def _features(shape: Shape, voiced: bool) -> Features:
    return Features(shape, (_PLAIN, *_OTHER_VOICES) if voiced else (_PLAIN,))


def _rows(
    features: Features, contents: Sequence[bytes], views: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(readable, views, size) vectors and which of the contents they are of."""
    found = [features.of(content, views) for content in contents]
    readable = np.array([i for i, seen in enumerate(found) if seen is not None], np.int64)
    if not len(readable):
        return np.zeros((0, views, features.shape.size), np.float32), readable
    return np.stack([seen for seen in found if seen is not None]), readable


def _targets(labels: Sequence[Json], classes: tuple[str, ...], multi: bool) -> NDArray[np.float64]:
    """1 where a class holds, else -1."""
    column = {name: k for k, name in enumerate(classes)}
    targets = -np.ones((len(labels), len(classes)))
    for row, label in enumerate(labels):
        names = (label_set(label) or frozenset()) if multi else {label_name(label)}
        for name in names:
            if name in column:
                targets[row, column[name]] = 1
    return targets
