"""The averaged structured perceptron: the best sequence of tags by token features and pairs of tags.

Source: M. Collins, "Discriminative training methods for hidden Markov models" (2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Perceptron:
    """Averaged weights.

    Attributes:
        tags: of IOB2, k.
        features: buckets x k.
        pairs: k x k from one tag to the next; -1e9 where IOB2 does not allow it.
        first: k, of the first tag.
    """

    tags: tuple[str, ...]
    features: NDArray[np.float32]
    pairs: NDArray[np.float32]
    first: NDArray[np.float32]

    def answer(self, tokens: Codes) -> list[str]:
        """The best tags for the features of some tokens, tokens x features."""
        if not len(tokens):
            return []
        best = _best(self.features[tokens].sum(axis=1), self.pairs, self.first)
        return [self.tags[code] for code in best.tolist()]


def fit_perceptron(
    sentences: Sequence[Codes], tags: Sequence[Sequence[str]], buckets: int, passes: int, seed: int
) -> Perceptron:
    """Learns from sentences, those it gets wrong changing the weights.

    Args:
        sentences: features of tokens, tokens x features each, places below ``buckets``.
        tags: of IOB2, one a token.
        buckets: places of features.
        passes: over all sentences.
        seed: of the order in which they are looked at.
    """
    names = tuple(sorted({tag for one in tags for tag in one}))
    code = {name: place for place, name in enumerate(names)}
    truths = [np.array([code[tag] for tag in one], np.int64) for one in tags]
    k = len(names)
    allowed, start = _allowed(names)
    features, late = np.zeros((buckets, k), np.float32), np.zeros((buckets, k), np.float32)
    pairs, late_pairs = np.zeros((k, k), np.float32), np.zeros((k, k), np.float32)
    rng = np.random.default_rng(seed)
    count = 1.0
    for _ in range(passes):
        wrong = 0
        for at in rng.permutation(len(sentences)):
            tokens, truth = sentences[at], truths[at]
            if not len(tokens):
                continue
            said = _best(features[tokens].sum(axis=1), pairs + allowed, start)
            off = np.flatnonzero(said != truth)
            if len(off):
                wrong += 1
                for sign, of in ((1.0, truth), (-1.0, said)):
                    where = (tokens[off], np.repeat(of[off, None], tokens.shape[1], axis=1))
                    np.add.at(features, where, sign)
                    np.add.at(late, where, sign * count)
                    np.add.at(pairs, (of[:-1], of[1:]), sign)
                    np.add.at(late_pairs, (of[:-1], of[1:]), sign * count)
            count += 1
        if not wrong:
            break
    return Perceptron(names, features - late / count, pairs - late_pairs / count + allowed, start)


def _best(
    scores: NDArray[np.float32], pairs: NDArray[np.float32], first: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The best path through tokens x tags (Viterbi)."""
    back = np.empty(scores.shape, np.int64)
    row = scores[0] + first
    for place in range(1, len(scores)):
        reached = row[:, None] + pairs
        back[place] = reached.argmax(axis=0)
        row = reached[back[place], np.arange(len(row))] + scores[place]
    path = np.empty(len(scores), np.int64)
    path[-1] = int(row.argmax())
    for place in range(len(scores) - 1, 0, -1):
        path[place - 1] = back[place, path[place]]
    return path


def _allowed(names: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """0 where one tag may follow another, or begin; a name goes on only after its own kind.

    Where the truth itself has a tag I without its B, that kind may begin so.
    """
    begun = {name[2:] for name in names if name.startswith("B-")}
    pairs = np.zeros((len(names), len(names)), np.float32)
    first = np.zeros(len(names), np.float32)
    for to, name in enumerate(names):
        if name.startswith("I-") and name[2:] in begun:
            first[to] = _NEVER
            pairs[:, to] = [0.0 if one[1:] == name[1:] else _NEVER for one in names]
    return pairs, first
