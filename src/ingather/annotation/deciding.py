"""Answers of several people about one thing, and what follows: agreed, disputed, or asked once more.

Judges are blind to each other. A task with a known answer decides nothing: it tells how far its judge can be
trusted. A judge whose known answers are mostly wrong has no vote, and after enough of them no more tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BARRED_AFTER = 5
"""Tasks with a known answer that must have been asked before a judge can lose the task."""
LEAST_TRUST = 0.5
_PRIOR_RIGHT, _PRIOR_ASKED = 1.5, 2.0
"""What a judge begins with: three right of four, weighing as much as two answers."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's answer, and how far they could be trusted when they gave it (0 to 1)."""

    answer: str
    weight: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What the answers so far come to.

    Attributes:
        state: open, agreed, disputed, or known (it was a task with a known answer).
        answer: the answer that was agreed on.
    """

    state: Literal["open", "agreed", "disputed", "known"]
    answer: str | None = None


def trust(right: float, asked: int) -> float:
    """How far a judge can be trusted, 0 to 1, from answers to tasks with a known answer."""
    return (right + _PRIOR_RIGHT) / (asked + _PRIOR_ASKED)


def is_barred(right: float, asked: int) -> bool:
    """Whether a judge gets no more of this work."""
    return asked >= BARRED_AFTER and trust(right, asked) < LEAST_TRUST


@dataclass(frozen=True, slots=True)
class Rule:
    """How many trusted people judge a thing (``ask``), and how many of them must say the same (``agree``)."""

    ask: int
    agree: int


def decide(ballots: Sequence[Ballot], rule: Rule) -> tuple[Decision, int]:
    """What these answers come to, and how many people are to be asked in all.

    For each answer of somebody who is not trusted one person more is asked.
    """
    votes = Counter(one.answer for one in ballots if one.weight >= LEAST_TRUST)
    best = votes.most_common(1)
    wanted = max(rule.ask, rule.agree) + len(ballots) - sum(votes.values())
    if best and best[0][1] >= rule.agree:
        return Decision("agreed", best[0][0]), wanted
    return Decision("open" if len(ballots) < wanted else "disputed"), wanted
