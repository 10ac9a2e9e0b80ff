"""Interactions: who did what with which thing and when, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.sample import Json
from ingather.training.label_names import label_name, number


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of the fields of an interaction; None where there is none such."""

    user: str
    item: str
    rating: str | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Interactions:
    """n interactions; those that name no user or no thing are left out.

    Attributes:
        rows: row of each among the examples.
        users: who, by name.
        items: what, by name.
        liked: whether it shows liking: rated at least so high, or, without ratings, any at all.
        at: when, as a number that grows; a lot drawn from the sample's id where there is no time.
    """

    rows: NDArray[np.int64]
    users: NDArray[np.str_]
    items: NDArray[np.str_]
    liked: NDArray[np.bool_]
    at: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)


def read_interactions(
    ids: Sequence[str], records: Sequence[Any], fields: Fields, least: float | None, seed: int
) -> Interactions:
    """Reads the fields of n records.

    Args:
        ids: of the samples.
        records: mappings of field to value.
        fields: how the fields are called.
        least: the least rating that shows liking; None takes every interaction for one.
        seed: of the lots.

    Raises:
        InputError: no record has the fields of user and item; the fields that there are, are told.
    """
    rows, users, items, liked, at = [], [], [], [], []
    for row, record in enumerate(records):
        cells = record if isinstance(record, dict) else {}
        user, item = label_name(cells.get(fields.user)), label_name(cells.get(fields.item))
        if user is None or item is None:
            continue
        rating = number(cells.get(fields.rating)) if fields.rating else None
        moment = _moment(cells.get(fields.at)) if fields.at else None
        rows.append(row)
        users.append(user)
        items.append(item)
        liked.append(least is None or (rating is not None and rating >= least))
        at.append(_lot(ids[row], seed) if moment is None else moment)
    if len(records) and not rows:
        raise _nothing(records, fields)
    return Interactions(
        np.array(rows, np.int64),
        np.array(users, np.str_),
        np.array(items, np.str_),
        np.array(liked, bool),
        np.array(at, float),
    )


def _moment(cell: Json) -> float | None:
    seconds = number(cell)
    if seconds is not None or not isinstance(cell, str):
        return seconds
    try:
        moment = datetime.fromisoformat(cell.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _lot(name: str, seed: int) -> float:
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=6).digest(), "big") / 2**48


def _nothing(records: Sequence[Any], fields: Fields) -> InputError:
    known = dict.fromkeys(name for record in records[:100] if isinstance(record, dict) for name in record)
    there = ", ".join(known) or "none"
    return InputError(
        f"No record has both fields '{fields.user}' and '{fields.item}'; there are: {there}.",
        why="A recommendation is learned from who did what with which thing.",
        fix="Name them: train: {recipe: recommendation, options: {user: FIELD, item: FIELD}}; a field that "
        "is the source's contributor stays in the record only if the source's fields name it.",
        where="train.options",
    )
