"""Aspect: how many times the longer side of a picture is the shorter one; strips are seldom pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
measures = {"aspect": pa.float32()}


class Config(OperatorConfig):
    """How long a strip may be."""

    max_aspect: float = limit(5.0, ge=1, description="times that the longer side may be the shorter one")


def measure(batch: ImageBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Longer side by shorter side, 1 for a square; NaN where there is no picture."""
    sizes = [picture.size if picture is not None else (np.nan, np.nan) for picture in batch.images]
    told = [max(size) / min(size) for size in sizes]
    return {"aspect": np.array(told, dtype=np.float32)}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Too long for its width."""
    reason = "The picture is a strip: one side is {value} times the other, at most {threshold} is allowed."
    return (Bound("aspect", reason, high=config.max_aspect, field="max_aspect"),)
