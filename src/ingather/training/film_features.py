"""What a film looks like, as named numbers: its pictures, how they change, its light and its sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingather.media.video import open_film
from ingather.media.video_scan import Scan
from ingather.training.series_features import channel_features

_GRID = 4
_DIRECTIONS = 8


def film_features(source: Path | bytes | None) -> dict[str, float] | None:
    """Features of a film by name; None where no frame of it can be decoded.

    Raises:
        MissingExtra: PyAV is not installed.
    """
    film, _ = open_film(source) if source is not None else (None, None)
    if film is None or not len(film.scan.times):
        return None
    scan = film.scan
    found = {"length": float(np.log1p(scan.seconds))}
    for name, values in (("light", scan.light), ("change", scan.change), ("dark", scan.dark)):
        step = scan.step if len(scan.times) > 1 else float("nan")
        told = channel_features(values.astype(np.float64), step)
        found |= {f"{name} {what}": value for what, value in told.items()}
    return found | _pictures(scan)


def _pictures(scan: Scan) -> dict[str, float]:
    """Of the small grey pictures: light by place, movement by place, edges by direction."""
    stills = scan.stills.astype(np.float64) / 255
    if not len(stills):
        return {}
    found = _by_place("light", stills.mean(axis=0))
    found |= _by_place("variety", stills.std(axis=0))
    if len(stills) > 1:
        found |= _by_place("movement", np.abs(np.diff(stills, axis=0)).mean(axis=0))
        found |= {f"way {side}": value for side, value in zip("xy", _drift(stills), strict=True)}
    down, across = np.gradient(stills, axis=(1, 2))
    strength = np.hypot(down, across)
    way = (np.mod(np.arctan2(down, across), np.pi) / np.pi * _DIRECTIONS).astype(np.int64) % _DIRECTIONS
    gathered = np.bincount(way.ravel(), strength.ravel(), _DIRECTIONS)
    shares = gathered / max(float(gathered.sum()), 1e-9)
    found |= {f"edges {n}": float(share) for n, share in enumerate(shares)}
    found["edges in all"] = float(strength.mean())
    return found


def _by_place(name: str, picture: NDArray[np.float64]) -> dict[str, float]:
    side = picture.shape[0] // _GRID
    cut = picture[: side * _GRID, : side * _GRID]
    cells = cut.reshape(_GRID, side, _GRID, side).mean(axis=(1, 3)).ravel()
    return {f"{name} at {n}": float(value) for n, value in enumerate(cells)}


def _drift(stills: NDArray[np.float64]) -> tuple[float, float]:
    """How far the middle of what changes wanders from picture to picture, across and down."""
    moved = np.abs(np.diff(stills, axis=0))
    weight = moved.sum(axis=(1, 2)) + 1e-9
    place = np.arange(stills.shape[1])
    across = (moved.sum(axis=1) @ place) / weight
    down = (moved.sum(axis=2) @ place) / weight
    if len(across) < 2:
        return 0.0, 0.0
    return float(np.diff(across).mean()), float(np.diff(down).mean())
