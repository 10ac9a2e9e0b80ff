"""Physical values as the whole numbers of a WFDB signal: exactly where that can be, else finely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingather.formats.wfdb_samples import BITS, FLAC

_FORMATS = ("16", "24", "32")
_DECIMALS = tuple(10.0**places for places in range(10))
_MOST_BASELINE = 1 << 47
_LOOKED_AT = 256
_ULPS = 4
"""Rounding of a float64 within which a decimal step is still that step."""


@dataclass(frozen=True, slots=True)
class Digital:
    """A channel as whole numbers.

    Attributes:
        samples: (n,) int64; the format's mark where a value is missing.
        gain: steps for one unit.
        baseline: the number that stands for 0 units.
        format: storage format.
        rounded: values that do not come back as they were.
        error: the largest difference of one, in units.
    """

    samples: NDArray[np.int64]
    gain: float
    baseline: int
    format: str
    rounded: int = 0
    error: float = 0.0


def digital(values: NDArray[np.float64], stored: Mapping[str, Any]) -> Digital:
    """Finds gain, baseline and format for a channel.

    Args:
        values: (n,) float64 in physical units; what is not finite is missing.
        stored: how it was stored where it came from: ``gain``, ``baseline``, ``format``.
    """
    there = np.isfinite(values)
    known = values[there]
    gain, baseline, form = stored.get("gain"), stored.get("baseline"), str(stored.get("format"))
    if isinstance(gain, int | float) and gain and isinstance(baseline, int) and form in BITS:
        form = {"508": "8", "516": "16", "524": "24"}.get(form, form) if form in FLAC else form
        for tried in (form, *_FORMATS):
            if found := _stepped(values, there, float(gain), baseline, tried, 0.0):
                return found
    slack = _ULPS * np.finfo(np.float64).eps * float(np.abs(known).max(initial=0))
    for allowed in (0.0, slack):
        for gain in _DECIMALS:
            for tried in _FORMATS:
                if found := _stepped(values, there, gain, 0, tried, allowed):
                    return found
    return _finely(values, there, known)


def _stepped(
    values: NDArray[np.float64],
    there: NDArray[np.bool_],
    gain: float,
    baseline: int,
    form: str,
    allowed: float,
) -> Digital | None:
    """The values as whole steps, if they are that but for an ``allowed`` difference in units."""
    known = values[there]
    if len(known) > 2 * _LOOKED_AT and not _fits(known[:_LOOKED_AT], gain, baseline, allowed):
        return None
    scaled = known * gain + baseline
    most = 1 << (BITS[form] - 1)
    if len(known) and not (scaled.min() > -most + 0.5 and scaled.max() < most - 0.5):
        return None
    whole = np.rint(scaled).astype(np.int64)
    back = (whole - baseline) / gain
    error = float(np.abs(back - known).max(initial=0))
    if error > allowed:
        return None
    samples = np.full(len(values), -most)
    samples[there] = whole
    if form == "8" and not (
        there.all() and (not len(samples) or np.abs(np.diff(samples)).max(initial=0) < 128)
    ):
        return None
    return Digital(samples, gain, baseline, form, int((back != known).sum()), error)


def _fits(known: NDArray[np.float64], gain: float, baseline: int, allowed: float) -> bool:
    """Whether a few values are whole steps: most gains that are none fail here."""
    back = (np.rint(known * gain + baseline) - baseline) / gain
    return float(np.abs(back - known).max()) <= allowed


def _finely(values: NDArray[np.float64], there: NDArray[np.bool_], known: NDArray[np.float64]) -> Digital:
    """The range of the values over 32 bits."""
    low, high = float(known.min()), float(known.max())
    most = 1 << 31
    spread = max(high - low, abs(high) * 1e-9, 1e-300)
    gain = float(f"{min((2.0 * most - 8) / spread, 1e300):.6g}") * 0.99
    while abs(baseline := round(-(low / 2 + high / 2) * gain)) > _MOST_BASELINE:
        gain /= 16
    samples = np.full(len(values), -most)
    samples[there] = np.clip(np.rint(known * gain + baseline), -most + 1, most - 1).astype(np.int64)
    back = (samples[there] - baseline) / gain
    wrong = back != known
    return Digital(
        samples, gain, baseline, "32", int(wrong.sum()), float(np.abs(back - known).max(initial=0))
    )
