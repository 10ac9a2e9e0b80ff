"""Exposure: how light a picture is, how much of it is plain black or white, and its contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
measures = {
    "exposure": pa.float32(),
    "dark": pa.float32(),
    "light": pa.float32(),
    "contrast": pa.float32(),
}
_BLACK, _WHITE = 4 / 255, 251 / 255


class Config(OperatorConfig):
    """How dark, light and even a picture may be; night scenes and white pages pass."""

    min_exposure: float = limit(0.07, ge=0, le=1, description="least mean luma, 0 is black")
    max_exposure: float = limit(0.96, ge=0, le=1, description="greatest mean luma, 1 is white")
    max_dark: float = limit(0.9, ge=0, le=1, description="greatest share of pixels that are black")
    max_light: float = limit(0.95, ge=0, le=1, description="greatest share of pixels that are white")
    min_contrast: float = limit(0.02, ge=0, le=1, description="least standard deviation of luma")


def measure(batch: ImageBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Mean luma (Rec. 601, as encoded), shares of black and white, standard deviation: all 0 to 1.

    NaN where the picture cannot be decoded.
    """
    told = np.full((len(batch), 4), np.nan, dtype=np.float32)
    for row, picture in enumerate(batch.images):
        grey = picture.grey if picture is not None else None
        if grey is not None and grey.size:
            told[row] = grey.mean(), (grey <= _BLACK).mean(), (grey >= _WHITE).mean(), grey.std()
    return dict(zip(measures, told.T, strict=True))


def bounds(config: Config) -> tuple[Bound, ...]:
    """Too dark, too light, or with nothing to be seen."""
    dark = "The picture is too dark ({value}, at least {threshold}): more light is needed."
    light = "The picture is too light ({value}, at most {threshold}): less light is needed."
    black = "{value} of the picture is plain black, at most {threshold} may be."
    white = "{value} of the picture is plain white, at most {threshold} may be."
    even = "The picture shows next to nothing: its contrast is {value}, at least {threshold} is needed."
    return (
        Bound("exposure", dark, low=config.min_exposure, field="min_exposure"),
        Bound("exposure", light, high=config.max_exposure, field="max_exposure"),
        Bound("dark", black, high=config.max_dark, field="max_dark"),
        Bound("light", white, high=config.max_light, field="max_light"),
        Bound("contrast", even, low=config.min_contrast, field="min_contrast"),
    )
