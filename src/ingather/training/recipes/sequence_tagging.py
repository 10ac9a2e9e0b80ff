"""Sequence tagging: names in texts by an averaged perceptron over words, their forms and their neighbours.

Learns tags of IOB2 on tokens, or spans of characters. Knows no language and no list of names, so that it
says what the data alone can teach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.sample import Json
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.label_names import is_tags
from ingather.training.perceptron import Perceptron, fit_perceptron
from ingather.training.targets import some_labelled
from ingather.training.tokens import Token, spans_of_tags, tags_of_spans, tokens_of

tasks = frozenset({"tagging", "spans"})
modalities = frozenset({"text"})
most = 50_000
LONGEST = 500
"""Tokens of a sample that are looked at; the rest is answered with O."""


class Config(RecipeConfig):
    """Options of sequence tagging."""

    passes: int = Field(8, ge=1, le=50, description="times that all samples are looked at")
    buckets: int = Field(2**18, ge=2**10, le=2**22, description="places that features are hashed to")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sample as features: its text, its tokens, and tokens x features as places."""

    text: str
    tokens: list[Token]
    codes: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Tagger:
    """A fitted tagger; ``told`` says what was left aside in learning."""

    config: Config
    machine: Perceptron
    told: tuple[str, ...]

    def predict(self, examples: Examples) -> Predictions:
        """Tags for each token, or spans where the task is of spans, in order."""
        values: list[Json] = []
        for one in _sentences(examples, self.config):
            tags = self.machine.answer(one.codes) + ["O"] * (len(one.tokens) - len(one.codes))
            spans = examples.task.get("type") == "spans"
            values.append(spans_of_tags(one.tokens, tags, one.text) if spans else list(tags))
        return Predictions(values)


def prepare(examples: Examples, config: Config) -> Examples:
    """The same examples with features for texts, so that several fits make them once."""
    return replace(examples, inputs=list(_sentences(examples, config)))


def fit(train: Examples, config: Config, seed: int) -> Tagger:
    """Learns from the samples whose tags fit their tokens, or whose spans are known.

    Raises:
        InputError: there is none.
    """
    sentences, tags, unlike = [], [], 0
    for row, label in enumerate(train.labels):
        if not isinstance(label, list):
            continue
        one = _sentences(train.take(np.array([row])), config)[0]
        own = [str(tag) for tag in label] if is_tags(label) else tags_of_spans(one.tokens, label)
        if len(own) != len(one.tokens):
            unlike += 1
            continue
        sentences.append(one.codes)
        tags.append(own[: len(one.codes)])
    some_labelled(train, len(sentences))
    told = (f"{unlike} samples have not one tag for each token; they are left aside.",) if unlike else ()
    return Tagger(config, fit_perceptron(sentences, tags, config.buckets, config.passes, seed), told)


def _sentences(examples: Examples, config: Config) -> list[Any]:
    """Features of texts; features that are there already pass."""
    found: list[Any] = []
    for row, one in enumerate(examples.inputs):
        if isinstance(one, Sentence):
            found.append(one)
            continue
        text = one if isinstance(one, str) else ""
        tokens = tokens_of(text, examples.of(row))
        codes = _codes([token.text for token in tokens[:LONGEST]], config.buckets)
        found.append(Sentence(text, tokens, codes))
    return found


def _codes(words: list[str], buckets: int) -> NDArray[np.int32]:
    """Tokens x features: the word, its form and its pieces, and those of two neighbours on either side."""
    lower = [word.lower() for word in words]
    shapes = [_shape(word) for word in words]

    def at(column: list[str], place: int) -> str:
        return column[place] if 0 <= place < len(column) else "\0"

    rows = []
    for n in range(len(words)):
        word, before, after = lower[n], at(lower, n - 1), at(lower, n + 1)
        told = [
            "bias", f"w {word}", f"s {shapes[n]}", f"-1 {before}", f"+1 {after}",
            f"-2 {at(lower, n - 2)}", f"+2 {at(lower, n + 2)}", f"-1w {before} {word}", f"w+1 {word} {after}",
            f"-1s {at(shapes, n - 1)}", f"+1s {at(shapes, n + 1)}",
            f"sss {at(shapes, n - 1)} {shapes[n]} {at(shapes, n + 1)}", f"first {n == 0} {shapes[n]}",
            *(f"p{size} {word[:size]}" for size in (1, 2, 3, 4)),
            *(f"e{size} {word[-size:]}" for size in (1, 2, 3, 4)),
        ]  # fmt: skip
        rows.append([crc32(one.encode()) % buckets for one in told])
    return np.array(rows, np.int32) if rows else np.empty((0, 1), np.int32)


def _shape(word: str) -> str:
    """Capitals as X, small letters as x, digits as 9, runs of one kind as two."""
    kinds = ["X" if c.isupper() else "x" if c.isalpha() else "9" if c.isdigit() else c for c in word[:20]]
    return "".join(kind for n, kind in enumerate(kinds) if n < 2 or not kind == kinds[n - 1] == kinds[n - 2])
