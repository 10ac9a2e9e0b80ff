"""mAP at an overlap of one half, of boxes and outlines."""

from __future__ import annotations

import math

import numpy as np

from ingather.training.metrics.estimate import Estimate, Floats, Rows, by_leaving_out
from ingather.training.metrics.facts import FoundFacts

RECALLS = np.linspace(0, 1, 101)


def map_50(facts: FoundFacts) -> Estimate:
    """The mean over classes of the average precision, where an overlap of half of the union is a hit.

    Precision at 101 levels of recall, each the best that is reached at that recall or above, as in the COCO
    benchmark. Source: T.-Y. Lin and others, "Microsoft COCO: common objects in context" (2014).
    """
    order = np.argsort(-facts.score, kind="stable")
    classes = range(len(facts.classes)) if facts.only is None else [facts.only]
    of_class = {code: order[facts.label[order] == code] for code in classes}

    def figure(rows: Rows) -> float:
        inside = np.zeros(len(facts.true), bool)
        inside[rows] = True
        found = []
        for code, places in of_class.items():
            there = float(facts.true[inside, code].sum())
            if there:
                some = places[inside[facts.sample[places]]]
                found.append(_average_precision(facts.hit[some].astype(float), there))
        return float(np.mean(found)) if found else math.nan

    return by_leaving_out(len(facts.true), figure)


def _average_precision(hits: Floats, there: float) -> float:
    """Of answers sorted from sure to unsure."""
    if not len(hits):
        return 0.0
    right = np.cumsum(hits)
    precision = right / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(right / there, RECALLS, "left")
    return float(np.where(at < len(best), best[np.minimum(at, len(best) - 1)], 0.0).mean())
