"""Fair cleaning: what every filter rejects, by group, and where a group loses clearly more than the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingather.statistics.rejections import Rejection, rejections

LEAST = 5
"""Fewer rejected samples than this say nothing of a group."""


@dataclass(frozen=True, slots=True)
class GroupLoss:
    """What one filter takes from one group.

    Attributes:
        operator: the filter.
        attribute: what the group is by.
        value: the group.
        total: samples of the group.
        rejected: how many of them the filter rejects.
        against: the share with its interval, against the rest.
        unfair: whether its verdicts go to review.
    """

    operator: str
    attribute: str
    value: str
    total: int
    rejected: int
    against: Rejection
    unfair: bool


def losses_by_group(
    operators: list[str],
    rejecting: NDArray[np.int16],
    groups: Mapping[str, tuple[list[str], NDArray[np.int32]]],
) -> list[GroupLoss]:
    """The share that each filter rejects of each group, against the rest of the samples.

    Args:
        operators: names of the filters.
        rejecting: n indices of the filter that rejects each sample, -1 where none does.
        groups: by attribute, its values and n indices of each sample's value, -1 where unknown.
    """
    found: list[GroupLoss] = []
    for number, operator in enumerate(operators):
        rejected = rejecting == number
        if not rejected.any():
            continue
        for attribute, (values, codes) in groups.items():
            known = codes >= 0
            total = np.bincount(codes[known], minlength=len(values))
            lost = np.bincount(codes[known & rejected], minlength=len(values))
            for place, against in enumerate(rejections(lost, total)):
                if total[place]:
                    unfair = against.unfair and int(lost[place]) >= LEAST
                    found.append(
                        GroupLoss(
                            operator,
                            attribute,
                            values[place],
                            int(total[place]),
                            int(lost[place]),
                            against,
                            unfair,
                        )
                    )
    return found
