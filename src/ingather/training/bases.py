"""Three bases of evaluation: an own panel, the release's test split, or out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from ingather.statistics.intervals import judged, own_contributors
from ingather.training.examples import Labelled


@dataclass(frozen=True)
class Bases:
    """Which rows serve what; none serves two purposes.

    Attributes:
        learn: rows that the baseline is fitted on.
        decide: rows of the panel's half that ``next`` decides from; empty where there is no panel.
        panel: rows of the panel's other half, which only reports.
        test: rows of the release's test split, which only reports.
    """

    learn: NDArray[np.int64]
    decide: NDArray[np.int64]
    panel: NDArray[np.int64]
    test: NDArray[np.int64]

    def report(self, labelled: Labelled) -> str:
        """The basis that is reported: panel, else test where it can be judged at all, else cv."""
        if len(self.panel):
            return "panel"
        people = own_contributors(labelled.contributors[self.test])
        return "test" if judged(len(self.test), len(np.unique(people))) else "cv"


def divide(labelled: Labelled) -> Bases:
    """Divides the examples of a release."""
    rows = np.arange(len(labelled.split))
    own = ~labelled.panel
    decide = _half(labelled, rows[labelled.panel])
    return Bases(
        learn=rows[own & (labelled.split == "train")],
        decide=rows[labelled.panel][decide],
        panel=rows[labelled.panel][~decide],
        test=rows[own & (labelled.split == "test")],
    )


def _half(labelled: Labelled, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Every second person of each group, in the order of a hash, so that both halves look alike."""
    people = own_contributors(labelled.contributors[rows], len(rows))
    names = [name for name in labelled.groups if name not in ("label", "source")]
    first: dict[int, int] = {}
    for place, person in enumerate(people.tolist()):
        first.setdefault(person, place)

    def rank(person: int) -> tuple[str, bytes]:
        row = int(rows[first[person]])
        group = "/".join(str(labelled.groups[name][row]) for name in names)
        code = int(labelled.contributors[row])
        name = labelled.people[code] if code >= 0 else labelled.examples.ids[row]
        return group, blake2b(name.encode(), digest_size=8).digest()

    order = sorted(first, key=rank)
    chosen = np.zeros(len(order), bool)
    chosen[order[::2]] = True
    half: NDArray[np.bool_] = chosen[people] if len(rows) else np.zeros(0, bool)
    return half
