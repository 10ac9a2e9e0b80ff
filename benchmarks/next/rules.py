"""The rules that are compared; each takes a view and says how many of each group."""

from __future__ import annotations

import numpy as np
import slice_tuner
from numpy.typing import NDArray
from replay import Rule, View

from ingather.statistics.allocation import POWER, allocate, share
from ingather.statistics.group_errors import soft_errors, soft_losses
from ingather.statistics.sharing import largest_remainder


def equal(view: View) -> NDArray:
    """The same number of every group."""
    return largest_remainder(np.ones(len(view.room)), view.batch, view.room)


def proportional(view: View) -> NDArray:
    """As people are found: by the population's shares."""
    return largest_remainder(view.shares, view.batch, view.room)


def worst_only(view: View) -> NDArray:
    """All to the group whose shrunk error is greatest, after those under 20."""
    order = np.array([one.shrunk for one in view.errors])
    return share(view.have, (order == order[view.room > 0].max()).astype(float), view.batch, view.room)


def ours(view: View) -> NDArray:
    """What Ingather does: fill to 20, then by the square of the shrunk error."""
    return np.array(allocate(view.errors, view.batch, caps=view.room).samples)


def soft6(view: View) -> NDArray:
    """The option: by the sixth power of soft errors."""
    soft = soft_errors(soft_losses(view.margins), view.group, len(view.room))
    return np.array(allocate(view.errors, view.batch, caps=view.room, soft=soft).samples)


def totals(view: View) -> NDArray:
    """A candidate: half of the rest goes to what totals in proportion to the cube of the error still lack."""
    errors = np.array([one.shrunk for one in view.errors])
    aim = errors**3 / (errors**3).sum() * (view.have.sum() + view.batch)
    lack = np.maximum(aim - view.have, 0)
    square = errors**POWER / (errors**POWER).sum()
    return share(view.have, lack / max(lack.sum(), 1e-9) + square, view.batch, view.room)


def tuner(view: View) -> NDArray:
    """Slice Tuner."""
    scale, power = slice_tuner.curves(view.errors_at)
    return slice_tuner.allocate(scale, power, view.have, view.batch, view.room)


def oracle(view: View) -> NDArray:
    """Our rule fed with the test's errors: the ceiling of its form."""
    return share(view.have, view.truth**POWER, view.batch, view.room)


RULES: dict[str, tuple[Rule, bool]] = {
    "equal": (equal, False),
    "proportional": (proportional, False),
    "worst only": (worst_only, False),
    "slice tuner": (tuner, False),
    "ours": (ours, False),
    "soft6": (soft6, False),
    "ours, new people": (ours, True),
    "totals": (totals, False),
    "oracle": (oracle, False),
}
"""Each rule, and whether new contributors come first within a group."""


def by_price(power: float) -> Rule:
    """A candidate where prices differ: the square of the error over a power of the price."""

    def rule(view: View) -> NDArray:
        errors = np.array([one.shrunk for one in view.errors])
        return share(view.have, errors**POWER / view.price**power, view.batch, view.room)

    return rule


PRICED: dict[str, tuple[Rule, bool]] = {
    "equal": (equal, False),
    "proportional": (proportional, False),
    "ours": (ours, False),
    "ours over root of price": (by_price(0.5), False),
    "ours over price": (by_price(1.0), False),
    "oracle": (oracle, False),
}
"""The rules that are compared by money where the groups' prices differ."""
