"""Frame size: width and height of a film as it is shown, turned as its player turns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.video import Film, VideoBatch

reads = "video"
version = 1
measures = {"width": pa.int32(), "height": pa.int32(), "shorter": pa.int32()}


class Config(OperatorConfig):
    """How small a film may be."""

    least: int = limit(144, ge=1, description="pixels that the shorter side must have")


def measure(batch: VideoBatch, config: Config) -> dict[str, Any]:
    """Width, height and the shorter of both, in pixels."""
    sizes = [_shown(film) if film is not None else None for film in batch.films]
    return {
        "width": pa.array([size and size[0] for size in sizes], pa.int32()),
        "height": pa.array([size and size[1] for size in sizes], pa.int32()),
        "shorter": pa.array([size and min(size) for size in sizes], pa.int32()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Not too small."""
    reason = "The picture is too small: its shorter side has {value} pixels, at least {threshold}."
    return (Bound("shorter", reason, low=config.least, field="least"),)


def _shown(film: Film) -> tuple[int, int]:
    width, height = film.stored_size
    return (height, width) if film.scan.rotation % 180 else (width, height)
