"""What a stretch of a series looks like, as named numbers: level, spread, shape, change and rhythm."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ingather.series import SECOND, BrokenStream, Stream, decode
from ingather.training.contract import Beside

BANDS = 5
"""Parts of the spectrum, each twice as wide as the one below it."""
MOST_PAIRS = 15
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def streams_of(content: bytes, beside: Beside) -> list[Stream]:
    """The streams of a sample that can be read, the main one first."""
    contents = [content]
    for part in beside.parts:
        if part.role.startswith("stream") and part.content is not None:
            own = part.content
            contents.append(own if isinstance(own, bytes) else own.read_bytes())
    found = []
    for one in contents:
        try:
            found.append(decode(one))
        except (BrokenStream, OSError):
            continue
    return [stream for stream in found if len(stream)]


def series_features(streams: Sequence[Stream]) -> dict[str, float] | None:
    """Features of all channels of some streams by name; None where there is no channel.

    Channels of one stream are compared with each other too, the first fifteen pairs of them.
    """
    found: dict[str, float] = {}
    for stream in streams:
        of = f"{stream.name}." if stream.name else ""
        step = stream.period / SECOND
        for name, values in stream.channels.items():
            found |= {f"{of}{name} {what}": value for what, value in channel_features(values, step).items()}
        found |= {f"{of}{pair}": value for pair, value in _together(stream.channels).items()}
    return found or None


def channel_features(values: NDArray[np.float64], step: float = float("nan")) -> dict[str, float]:
    """Features of one channel.

    Args:
        values: n numbers; NaN where nothing was measured.
        step: seconds from value to value, NaN where there is no clock; the rhythm is then in values.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return {"missing": 1.0}
    mean, spread = float(known.mean()), float(known.std())
    found = {"mean": mean, "spread": spread, "missing": 1 - len(known) / len(values)}
    quantiles = np.quantile(known, _QUANTILES)
    found |= {f"quantile {q}": float(v) for q, v in zip(_QUANTILES, quantiles, strict=True)}
    if len(known) < 4 or spread == 0:
        return found
    scaled = (known - mean) / spread
    steps = np.diff(known)
    found["skew"] = float((scaled**3).mean())
    found["peakedness"] = float((scaled**4).mean())
    found["change"] = float(np.abs(steps).mean())
    found["jerk"] = float(np.abs(np.diff(steps)).mean())
    found["crossings"] = float((np.diff(np.sign(scaled)) != 0).mean())
    found["trend"] = float(np.corrcoef(np.arange(len(known)), known)[0, 1])
    found["likeness to the value before"] = float((scaled[1:] * scaled[:-1]).mean())
    found |= _rhythm(scaled, step)
    return found


def _rhythm(scaled: NDArray[np.float64], step: float) -> dict[str, float]:
    """Shares of power in octaves, the strongest frequency and how much of the power it is."""
    power = np.abs(np.fft.rfft(scaled * np.hanning(len(scaled)))[1:]) ** 2
    whole = float(power.sum())
    if whole <= 0:
        return {}
    edges = len(power) / 2.0 ** np.arange(BANDS - 1, -1, -1)
    octave = np.searchsorted(edges, np.arange(1, len(power) + 1), "left")
    shares = np.bincount(np.minimum(octave, BANDS - 1), power, BANDS) / whole
    found = {f"octave {n}": float(share) for n, share in enumerate(shares)}
    top = int(power.argmax())
    every = step if np.isfinite(step) and step > 0 else 1.0
    return {
        **found,
        "strongest frequency": (top + 1) / (len(scaled) * every),
        "share of the strongest": float(power[top] / whole),
    }


def _together(channels: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for left, right in list(combinations(channels, 2))[:MOST_PAIRS]:
        a, b = channels[left], channels[right]
        both = np.isfinite(a) & np.isfinite(b)
        if both.sum() > 3 and a[both].std() > 0 and b[both].std() > 0:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found[f"{left} with {right}"] = float(np.corrcoef(a[both], b[both])[0, 1])
    return found
