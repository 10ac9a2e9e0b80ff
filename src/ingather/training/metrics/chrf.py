"""chrF of translations: shared runs of one to six characters; serves every language and script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ingather.training.metrics.estimate import Estimate, Floats, of_sums
from ingather.training.metrics.facts import CountFacts

ORDER = 6
BETA = 2
"""How many times more what is left out weighs than what is too much."""


def chrf_facts(truths: Sequence[str], answers: Sequence[str]) -> CountFacts:
    """Counts of n translations: runs of each length in the answer, in the truth, and in both."""
    table = np.zeros((len(truths), 3 * ORDER))
    for row, (truth, answer) in enumerate(zip(truths, answers, strict=True)):
        true, said = "".join(truth.split()), "".join(answer.split())
        for size in range(1, ORDER + 1):
            of_truth, of_answer = _runs(true, size), _runs(said, size)
            at = 3 * (size - 1)
            # runs longer than the truth itself cannot be right and are not held against the answer
            table[row, at] = of_answer.total() if of_truth else 0
            table[row, at + 1] = of_truth.total()
            table[row, at + 2] = (of_truth & of_answer).total()
    return CountFacts({"chrf": table})


def chrf(facts: CountFacts) -> Estimate:
    """chrF2 from 0 to 100 over all samples together, white space left out.

    Source: M. Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015).
    """
    return of_sums(facts.counts["chrf"], _score)


def _score(sums: Floats) -> float:
    said, true, both = sums[0::3], sums[1::3], sums[2::3]
    known = (said > 0) & (true > 0)
    if not known.any():
        return 0.0
    precision = float((both[known] / said[known]).mean())
    recall = float((both[known] / true[known]).mean())
    if precision + recall == 0:
        return 0.0
    return 100 * (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _runs(text: str, size: int) -> Counter[str]:
    return Counter(text[start : start + size] for start in range(len(text) - size + 1))
