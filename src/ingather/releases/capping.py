"""The greatest share that one contributor may have of a release."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def within_share(
    contributors: NDArray[np.int64], amounts: NDArray[np.float64], order: NDArray[np.uint64], share: float
) -> NDArray[np.bool_]:
    """Which samples may stay so that no contributor gives more than a share of all that stays.

    Args:
        contributors: n codes, -1 where unknown; such samples count as one contributor each and stay.
        amounts: n amounts in the plan's unit.
        order: n stable numbers; a contributor's samples with the highest go first.
        share: greatest share, above 0 and at most 1. With fewer people than 1 / share nobody can keep it:
            each is then cut to the smallest.
    """
    n = len(contributors)
    stays = np.ones(n, bool)
    known = contributors >= 0
    if share >= 1 or not known.any():
        return stays
    given = np.bincount(contributors[known], amounts[known]).astype(np.float64)
    given = given[given > 0]
    if share * (len(given) + int((~known).sum())) < 1 - 1e-9:
        most = float(given.min(initial=np.inf))
    else:
        most = _ceiling(given, float(amounts[~known].sum()), share)
    rows = np.flatnonzero(known)
    rows = rows[np.lexsort((order[rows], contributors[rows]))]
    running = np.cumsum(amounts[rows])
    first = np.searchsorted(contributors[rows], contributors[rows], side="left")
    before = np.concatenate([[0.0], running])[first]
    stays[rows] = running - before <= most + 1e-9
    return stays


def _ceiling(given: NDArray[np.float64], others: float, share: float) -> float:
    """The amount c with c = share x (everything, each contributor cut at c)."""
    ordered = np.sort(given)
    for cut in range(len(ordered) + 1):
        left = ordered[: len(ordered) - cut].sum() + others
        room = 1 - share * cut
        if room <= 0:
            break
        ceiling = share * left / room
        below = ordered[len(ordered) - cut - 1] if cut < len(ordered) else 0.0
        if below <= ceiling + 1e-9:
            return float(ceiling) if cut else float(ordered[-1])
    return float(ordered[0])
