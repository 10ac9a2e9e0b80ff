"""Many people counted in little memory: 8 bytes for each, 16 with what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

_LEAST = 50_000


def person_numbers(names: Sequence[str]) -> NDArray[np.uint64]:
    """A number of 64 bits for each pseudonym; two share one with a chance of 1 in 10 million at a million."""
    return np.array([xxh3_64_intdigest(name.encode()) for name in names], np.uint64)


@dataclass
class People:
    """A set of people that grows batch by batch."""

    _known: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    _new: list[NDArray[np.uint64]] = field(default_factory=list)
    _waiting: int = 0

    def add(self, numbers: NDArray[np.uint64]) -> None:
        """Adds people; the same one again changes nothing."""
        self._new.append(np.unique(numbers))
        self._waiting += len(self._new[-1])
        if self._waiting > max(_LEAST, len(self._known)):
            self.numbers()

    def numbers(self) -> NDArray[np.uint64]:
        """All of them, sorted."""
        if self._new:
            self._known = np.unique(np.concatenate([self._known, *self._new]))
            self._new, self._waiting = [], 0
        return self._known


@dataclass
class Amounts:
    """What each of many people gave, added up batch by batch."""

    _who: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    _given: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _new: list[tuple[NDArray[np.uint64], NDArray[np.float64]]] = field(default_factory=list)
    _waiting: int = 0

    def add(self, numbers: NDArray[np.uint64], amounts: NDArray[np.float64]) -> None:
        """Adds an amount to each of these people; one may come several times."""
        self._new.append((numbers, amounts))
        self._waiting += len(numbers)
        if self._waiting > max(_LEAST, len(self._who)):
            self.given()

    def given(self) -> NDArray[np.float64]:
        """One amount for each person, in no order that means anything."""
        if self._new:
            who = np.concatenate([self._who, *(numbers for numbers, _ in self._new)])
            amounts = np.concatenate([self._given, *(given for _, given in self._new)])
            self._who, place = np.unique(who, return_inverse=True)
            self._given = np.bincount(place, amounts, len(self._who)).astype(np.float64)
            self._new, self._waiting = [], 0
        return self._given
