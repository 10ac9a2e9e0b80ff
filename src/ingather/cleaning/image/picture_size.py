"""Picture size: width and height in pixels, as the picture is seen upright."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
measures = {"width": pa.int32(), "height": pa.int32()}


class Config(OperatorConfig):
    """How small a picture may be."""

    min_width: int = limit(16, ge=1, description="pixels that a picture must be wide")
    min_height: int = limit(16, ge=1, description="pixels that a picture must be high")
    max_side: int = limit(30_000, ge=1, description="pixels that the longer side may have")


def measure(batch: ImageBatch, config: Config) -> dict[str, pa.Array]:
    """Width and height in pixels; null where there is no picture."""
    sizes = [picture.size if picture is not None else (None, None) for picture in batch.images]
    return {
        "width": pa.array([width for width, _ in sizes], pa.int32()),
        "height": pa.array([height for _, height in sizes], pa.int32()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Too small along a side, or too large."""
    small = "The picture is {value} pixels %s, at least {threshold} are needed."
    large = "The picture is {value} pixels %s, more than the {threshold} allowed."
    return (
        Bound("width", small % "wide", low=config.min_width, field="min_width"),
        Bound("height", small % "high", low=config.min_height, field="min_height"),
        Bound("width", large % "wide", high=config.max_side, field="max_side"),
        Bound("height", large % "high", high=config.max_side, field="max_side"),
    )
