"""The facts that metrics are counted from, in the form of each kind of task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """One label each.

    Attributes:
        truth: code of the true class, n.
        answer: code of the answered class, n; -1 where there was no answer.
        classes: names of the codes.
        scores: n x classes, or None; rows sum to 1 where they are probabilities.
        positive: the class that rates are about, None where every class counts alike.
        only: the one class that is looked at, against all the rest.
    """

    truth: Codes
    answer: Codes
    classes: tuple[str, ...]
    scores: Floats | None = None
    positive: int | None = None
    only: int | None = None

    def take(self, rows: Codes) -> ClassFacts:
        """The facts of these rows."""
        scores = None if self.scores is None else self.scores[rows]
        return replace(self, truth=self.truth[rows], answer=self.answer[rows], scores=scores)


@dataclass(frozen=True, slots=True)
class MultiFacts:
    """Any number of labels each.

    Attributes:
        truth: n x classes, whether the label holds.
        answer: n x classes, whether it was answered.
        classes: names of the columns.
        scores: n x classes, or None.
        only: the one class that is looked at.
    """

    truth: Flags
    answer: Flags
    classes: tuple[str, ...]
    scores: Floats | None = None
    only: int | None = None

    def take(self, rows: Codes) -> MultiFacts:
        """The facts of these rows."""
        scores = None if self.scores is None else self.scores[rows]
        return replace(self, truth=self.truth[rows], answer=self.answer[rows], scores=scores)


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """One number each: the true one and the answered one, n of both."""

    truth: Floats
    answer: Floats

    def take(self, rows: Codes) -> NumberFacts:
        """The facts of these rows."""
        return NumberFacts(self.truth[rows], self.answer[rows])


@dataclass(frozen=True, slots=True)
class EditFacts:
    """Words and characters of a transcript that are wrong, and how many there are; n of each."""

    word_edits: Floats
    words: Floats
    character_edits: Floats
    characters: Floats

    def take(self, rows: Codes) -> EditFacts:
        """The facts of these rows."""
        return EditFacts(
            self.word_edits[rows], self.words[rows], self.character_edits[rows], self.characters[rows]
        )


@dataclass(frozen=True, slots=True)
class RankFacts:
    """Held-out things that users turned out to like, each with its place in the list shown to its user.

    Attributes:
        user: code of the user, n.
        rank: place in the list from 1; 0 where the thing was never met before and cannot be listed.
        cut: how many places of the list are looked at.
    """

    user: Codes
    rank: Codes
    cut: int = 10

    def take(self, rows: Codes) -> RankFacts:
        """The facts of these rows."""
        return RankFacts(self.user[rows], self.rank[rows], self.cut)


Facts: TypeAlias = ClassFacts | MultiFacts | NumberFacts | EditFacts | RankFacts
