"""BLEU of translations: shared runs of one to four words, shorter answers punished."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ingather.training.metrics.estimate import Estimate, Floats, of_sums
from ingather.training.metrics.facts import CountFacts

ORDER = 4
_SIGNS = re.compile(r"([{-~\[-` -&(-+:-@/])")
_AFTER_NO_DIGIT = re.compile(r"([^0-9])([.,])")
_BEFORE_NO_DIGIT = re.compile(r"([.,])([^0-9])")
_AFTER_DIGIT = re.compile(r"([0-9])(-)")
_ESCAPED = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))


def words_13a(text: str) -> list[str]:
    """Words and signs apart, as NIST's mteval-v13a does: points and commas within numbers stay."""
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for escaped, sign in _ESCAPED:
        text = text.replace(escaped, sign)
    text = _SIGNS.sub(r" \1 ", f" {text} ")
    text = _AFTER_NO_DIGIT.sub(r"\1 \2 ", text)
    text = _BEFORE_NO_DIGIT.sub(r" \1 \2", text)
    return _AFTER_DIGIT.sub(r"\1 \2 ", text).split()


def bleu_facts(truths: Sequence[str], answers: Sequence[str]) -> CountFacts:
    """Counts of n translations: shared and answered runs of each length, words answered and true."""
    table = np.zeros((len(truths), 2 * ORDER + 2))
    for row, (truth, answer) in enumerate(zip(truths, answers, strict=True)):
        true, said = words_13a(truth), words_13a(answer)
        for size in range(1, ORDER + 1):
            of_truth, of_answer = _runs(true, size), _runs(said, size)
            table[row, size - 1] = (of_truth & of_answer).total()
            table[row, ORDER + size - 1] = max(len(said) - size + 1, 0)
        table[row, -2:] = len(said), len(true)
    return CountFacts({"bleu": table})


def bleu(facts: CountFacts) -> Estimate:
    """BLEU from 0 to 100 over all samples together, one truth each.

    Source: K. Papineni and others, "BLEU: a method for automatic evaluation of machine translation" (2002),
    with the smoothing of mteval-v13a for run lengths that are shared nowhere.
    """
    return of_sums(facts.counts["bleu"], _score)


def _score(sums: Floats) -> float:
    shared, said, (length, truth) = sums[:ORDER], sums[ORDER : 2 * ORDER], sums[-2:]
    if shared[0] <= 0 or (said <= 0).any():
        return 0.0
    smooth, log = 1.0, 0.0
    for hits, of in zip(shared, said, strict=True):
        if hits <= 0:
            smooth *= 2
            log += math.log(1 / (smooth * of))
        else:
            log += math.log(hits / of)
    shortness = 1.0 if length >= truth else math.exp(1 - truth / length)
    return 100 * shortness * math.exp(log / ORDER)


def _runs(words: list[str], size: int) -> Counter[tuple[str, ...]]:
    if size == 1:
        return Counter((word,) for word in words)
    if size == 2:
        return Counter(pairwise(words))
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))
