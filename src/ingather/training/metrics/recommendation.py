"""Metrics of ranked lists: every user counts once, however many things were held out.

Within a group of things (films of the nineties) a user's value is over the held-out things of that group.
"""

from __future__ import annotations

import numpy as np

from ingather.training.metrics.estimate import NOTHING, Estimate, Floats, ratio
from ingather.training.metrics.facts import RankFacts


def recall_at_k(facts: RankFacts) -> Estimate:
    """Of the held-out things that fit into k places, the share found there; the mean over users."""
    hits = _listed(facts).astype(float)
    return _mean_over_users(facts, hits, np.arange(1, facts.cut + 1, dtype=float))


def ndcg_at_k(facts: RankFacts) -> Estimate:
    """Gain 1/log2(place + 1) of held-out things in the first k places, over the best there could be.

    Source: K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002).
    """
    gains = np.where(_listed(facts), 1 / np.log2(np.maximum(facts.rank, 1) + 1), 0)
    best = np.cumsum(1 / np.log2(np.arange(2, facts.cut + 2)))
    return _mean_over_users(facts, gains, best)


def _listed(facts: RankFacts) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return (facts.rank >= 1) & (facts.rank <= facts.cut)


def _mean_over_users(facts: RankFacts, gains: Floats, best: Floats) -> Estimate:
    """The mean over users of their gains over the best gain that their number of things allows."""
    if not len(gains):
        return NOTHING
    _, first, user, count = np.unique(facts.user, return_index=True, return_inverse=True, return_counts=True)
    values = np.bincount(user, gains) / best[np.minimum(count, len(best)) - 1]
    return ratio(values, np.ones(len(values)), rows=first)
