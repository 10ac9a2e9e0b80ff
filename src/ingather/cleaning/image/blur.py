"""Blur: how little a picture changes when it is blurred once more.

After Crété, Dolmière, Ladret and Nicolas, "The blur effect: perception and estimation with a new no-reference
perceptual blur metric" (2007): the steps from pixel to pixel of a sharp picture are flattened by a second
blur, those of a blurred one are not. Here steps count by the fourth power, so that the clearest edges
decide, not noise or plain ground; and the worse of the two directions, so that motion is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
measures = {"blur": pa.float32()}
_KERNEL = 9
_LEAST_SIDE = 2 * _KERNEL


class Config(OperatorConfig):
    """How blurred a picture may be."""

    max_blur: float = limit(
        0.7,
        gt=0,
        le=1,
        description="0 is sharp, 1 is even; photos in focus lie below .3, soft microscopy below .65",
    )


def measure(batch: ImageBatch, config: Config) -> dict[str, NDArray[Any]]:
    """Blur from 0 to 1, of the picture at 512 pixels; NaN where it is even, tiny or cannot be decoded."""
    told = np.full(len(batch), np.nan, dtype=np.float32)
    for row, picture in enumerate(batch.images):
        grey = picture.grey if picture is not None else None
        if grey is not None and min(grey.shape) >= _LEAST_SIDE:
            told[row] = max(_kept(grey, 0), _kept(grey, 1))
    return {"blur": told}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Too blurred."""
    reason = "The picture is blurred ({value}, at most {threshold}): hold still, and let the camera focus."
    return (Bound("blur", reason, high=config.max_blur, field="max_blur"),)


def _kept(grey: NDArray[np.float32], axis: int) -> float:
    """The share of the steps along one axis that stays after one more blur."""
    from scipy.ndimage import uniform_filter1d

    before = np.abs(np.diff(grey, axis=axis))
    after = np.abs(np.diff(uniform_filter1d(grey, _KERNEL, axis=axis), axis=axis))
    cubes = before**3
    total = float((cubes * before).sum())
    return float((cubes * after).sum()) / total if total > 1e-9 else np.nan
