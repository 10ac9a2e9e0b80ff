"""Retrieval: documents sorted for a query, or replies for a dialogue, by a learned linear ranker.

A pair is described by BM25, by shared words and pieces of words, and by what usually answers what. For search
a sample is a query with one graded document (the part ``document``), and its answer is a score. For dialogues
a sample is a whole dialogue, and its answer says at which place the true reply of each turn stands among
candidates drawn from the dialogues that are asked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from pydantic import Field

from ingather.errors import InputError
from ingather.sample import Json
from ingather.training.contract import Beside, Examples, Predictions, RecipeConfig
from ingather.training.label_names import number
from ingather.training.ranker import Ranker, fit_ranker
from ingather.training.targets import some_labelled

tasks = frozenset({"retrieval", "ranking", "dialogue"})
modalities = frozenset({"text"})
most = 50_000
together = True
_REPLYING = frozenset({"system", "assistant", "agent", "bot", "wizard", "model"})


class Config(RecipeConfig):
    """Options of retrieval."""

    candidates: int = Field(
        100, ge=2, le=1000, description="replies of other dialogues, and the true one, to choose from"
    )
    context: int = Field(3, ge=1, le=50, description="turns before a reply that are looked at")
    against: int = Field(4, ge=1, le=50, description="wrong replies that are learned from beside a true one")
    pairs: int = Field(
        50_000, ge=100, description="replies that are learned from at most, drawn by lot above it"
    )


@dataclass(frozen=True, slots=True)
class Retriever:
    """A fitted ranker; ``told`` says what was left aside in learning."""

    config: Config
    seed: int
    machine: Ranker
    told: tuple[str, ...]

    def predict(self, examples: Examples) -> Predictions:
        """Scores of documents, or ``{"ranks", "of", "reply"}`` of dialogues, in order."""
        values: list[Json] = [None] * len(examples.ids)
        pairs = [row for row in range(len(examples.ids)) if examples.of(row).part("document") is not None]
        scores = self.machine.scores(
            [_query(examples.inputs[row]) for row in pairs],
            [examples.of(row).words("document") for row in pairs],
        )
        for row, score in zip(pairs, scores.tolist(), strict=True):
            values[row] = score
        self._reply(examples, values)
        return Predictions(values)

    def _reply(self, examples: Examples, values: list[Json]) -> None:
        turns = [
            (row, *turn) for row in range(len(examples.ids)) for turn in _turns(examples, row, self.config)
        ]
        pool = sorted({reply for _, _, reply in turns})
        lists: list[list[str]] = []
        for at, (row, _, reply) in enumerate(turns):
            lots = np.random.default_rng(_lot(f"{examples.ids[row]}/{at}/{reply}", self.seed))
            drawn = lots.permutation(len(pool))[: self.config.candidates].tolist()
            others = [pool[place] for place in drawn if pool[place] != reply]
            lists.append([reply, *others[: self.config.candidates - 1]])
        contexts = [context for (_, context, _), one in zip(turns, lists, strict=True) for _ in one]
        scores = self.machine.scores(contexts, [reply for one in lists for reply in one])
        of = min(self.config.candidates, len(pool))
        end = 0
        for (row, _, _), one in zip(turns, lists, strict=True):
            own = scores[end : end + len(one)]
            end += len(one)
            told = values[row] if isinstance(values[row], dict) else {"ranks": [], "of": of}
            assert isinstance(told, dict)
            before = told["ranks"]
            assert isinstance(before, list)
            rank = 1 + int((own[1:] >= own[0]).sum())
            values[row] = {"ranks": [*before, rank], "of": of, "reply": one[int(own.argmax())]}


def fit(train: Examples, config: Config, seed: int) -> Retriever:
    """Learns from graded pairs, or from the replies of dialogues against those of others.

    Raises:
        InputError: there are neither.
    """
    rows = [row for row in range(len(train.ids)) if train.of(row).part("document") is not None]
    if rows:
        graded = [row for row in rows if number(train.labels[row]) is not None]
        some_labelled(train, len(graded))
        asked = [_query(train.inputs[row]) for row in graded]
        told = [train.of(row).words("document") for row in graded]
        fits = np.array([(number(train.labels[row]) or 0.0) > 0 for row in graded], bool)
        return Retriever(config, seed, fit_ranker(asked, told, fits, seed), ())
    turns = [turn for row in range(len(train.ids)) for turn in _turns(train, row, config)]
    if not turns:
        raise InputError(
            f"None of the {len(train.ids)} samples to learn from has a document or a reply.",
            why="A ranker learns from queries with graded documents, or from dialogues with turns.",
            fix="Use a layout that reads them: a part 'document' with a grade as label, or turns.",
            where="train",
        )
    told_left: tuple[str, ...] = ()
    lots = np.random.default_rng(seed)
    if len(turns) > config.pairs:
        told_left = (f"Learned from {config.pairs:,} of {len(turns):,} replies, drawn by lot.",)
        turns = [turns[place] for place in np.sort(lots.permutation(len(turns))[: config.pairs])]
    contexts, replies, flags = [], [], []
    for context, reply in turns:
        wrong = [turns[place][1] for place in lots.integers(0, len(turns), config.against)]
        for other in (reply, *(one for one in wrong if one != reply)):
            contexts.append(context)
            replies.append(other)
            flags.append(other == reply)
    machine = fit_ranker(contexts, replies, np.array(flags, bool), seed)
    return Retriever(config, seed, machine, told_left)


def _query(text: object) -> str:
    return text if isinstance(text, str) else ""


def _turns(examples: Examples, row: int, config: Config) -> list[tuple[str, str]]:
    """Every reply with the turns before it; a first turn replies to nothing."""
    beside: Beside = examples.of(row)
    if beside.part("document") is not None:
        return []
    turns = (beside.data or {}).get("turns")
    known = [turn for turn in turns if isinstance(turn, dict)] if isinstance(turns, list) else []
    found = []
    for place, turn in enumerate(known):
        words = turn.get("text")
        if place and isinstance(words, str) and str(turn.get("speaker")).lower() in _REPLYING:
            before = known[max(0, place - config.context) : place]
            found.append(("\n".join(str(one.get("text") or "") for one in before), words))
    return found


def _lot(name: str, seed: int) -> int:
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "big")
