"""Leaves out what the store already has unchanged, asking in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ingather.sample import Loss

BATCH = 1000
"""How many pairs of key and stamp are asked for at once."""

Thing = TypeVar("Thing")


def fresh(
    things: Iterable[tuple[str, str, Thing] | Loss], known: Callable[[Sequence[tuple[str, str]]], list[bool]]
) -> Iterator[tuple[str, str, Thing] | Loss]:
    """Yields the (key, stamp, thing) that the store has not, and every loss, in order within a batch."""
    waiting: list[tuple[str, str, Thing]] = []
    for thing in things:
        if isinstance(thing, Loss):
            yield thing
            continue
        waiting.append(thing)
        if len(waiting) >= BATCH:
            yield from _unknown(waiting, known)
            waiting = []
    yield from _unknown(waiting, known)


def _unknown(
    waiting: list[tuple[str, str, Thing]], known: Callable[[Sequence[tuple[str, str]]], list[bool]]
) -> Iterator[tuple[str, str, Thing]]:
    if waiting:
        answers = known([(key, stamp) for key, stamp, _ in waiting])
        for thing, answer in zip(waiting, answers, strict=True):
            if not answer:
                yield thing
