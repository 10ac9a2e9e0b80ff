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


@dataclass(frozen=True, slots=True)
class CountFacts:
    """Counts of each sample, from whose sums a figure is made.

    Attributes:
        counts: n numbers, or n x k, by name.
    """

    counts: dict[str, Floats]

    def take(self, rows: Codes) -> CountFacts:
        """The facts of these rows."""
        return CountFacts({name: column[rows] for name, column in self.counts.items()})


@dataclass(frozen=True, slots=True)
class SpanFacts:
    """Things marked in each sample: how many are marked, truly there, and both, by label.

    Attributes:
        right: n x classes, marked where and as what they are.
        said: n x classes, marked.
        true: n x classes, there.
        classes: names of the columns.
        tokens: n, how many tokens are tagged in all; 0 where there are no tokens.
        same: n, how many of them are tagged rightly.
        only: the one class that is looked at.
    """

    right: Floats
    said: Floats
    true: Floats
    classes: tuple[str, ...]
    tokens: Floats
    same: Floats
    only: int | None = None

    def take(self, rows: Codes) -> SpanFacts:
        """The facts of these rows."""
        return replace(
            self,
            right=self.right[rows],
            said=self.said[rows],
            true=self.true[rows],
            tokens=self.tokens[rows],
            same=self.same[rows],
        )


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """Boxes or outlines answered in each sample, matched with those that are there.

    Attributes:
        sample: row of the sample of each answered thing, m.
        label: code of its class, m.
        score: how sure the answer was, m.
        hit: whether it lies on one that is there, m.
        true: n x classes, how many there are.
        classes: names of the codes.
        only: the one class that is looked at.
    """

    sample: Codes
    label: Codes
    score: Floats
    hit: Flags
    true: Floats
    classes: tuple[str, ...]
    only: int | None = None

    def take(self, rows: Codes) -> FoundFacts:
        """The facts of these rows."""
        place = np.full(len(self.true), -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[self.sample] >= 0 if len(self.true) else np.zeros(0, bool)
        return replace(
            self,
            sample=place[self.sample[kept]],
            label=self.label[kept],
            score=self.score[kept],
            hit=self.hit[kept],
            true=self.true[rows],
        )


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """Questions with ranked answers: one a sample, several (turns of a dialogue), or one over several.

    Attributes:
        query: code of the question of each entry, m; entries of one question have the same values.
        row: row of the sample of each entry, m.
        recall: share of what answers the question that stands in the first places.
        gain: nDCG of the question's list.
    """

    query: Codes
    row: Codes
    recall: Floats
    gain: Floats
    n: int

    def take(self, rows: Codes) -> QueryFacts:
        """The facts of these rows."""
        place = np.full(self.n, -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[self.row] >= 0 if self.n else np.zeros(0, bool)
        return QueryFacts(
            self.query[kept], place[self.row[kept]], self.recall[kept], self.gain[kept], len(rows)
        )


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """Windows of machines: one label each, and the alarms that they are when taken together.

    Attributes:
        classes: the labels.
        alarms: counts of events, of alarms and of time watched, each in the row of one window.
    """

    classes: ClassFacts
    alarms: CountFacts

    def take(self, rows: Codes) -> WindowFacts:
        """The facts of these rows."""
        return WindowFacts(self.classes.take(rows), self.alarms.take(rows))


Facts: TypeAlias = (
    ClassFacts
    | MultiFacts
    | NumberFacts
    | EditFacts
    | RankFacts
    | CountFacts
    | SpanFacts
    | FoundFacts
    | QueryFacts
    | WindowFacts
)
ByClass: TypeAlias = ClassFacts | MultiFacts | SpanFacts | FoundFacts
"""Facts that can be looked at for one class alone."""
