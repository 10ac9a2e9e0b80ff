"""What tests of image operators share: batches of edited pictures, judged as the clean stage does."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ingather.cleaning.contract import OperatorConfig
from ingather.media.image import ImageBatch, decode_images


def batch_of(contents: list[bytes]) -> ImageBatch:
    return decode_images([f"id-{i}" for i in range(len(contents))], contents)


def edited(content: bytes, edit: Callable[[Image.Image], Image.Image], kind: str = "JPEG") -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        out = io.BytesIO()
        edit(image.convert("RGB")).save(out, format=kind, quality=90)
    return out.getvalue()


def refused(
    operator: ModuleType, batch: ImageBatch, config: OperatorConfig | None = None
) -> NDArray[np.bool_]:
    """For each picture, whether the operator would put it aside."""
    config = config or operator.Config()
    measured = operator.measure(batch, config)
    assert list(measured) == list(operator.measures)
    bad = np.zeros(len(batch), dtype=bool)
    for bound in operator.bounds(config):
        column = measured[bound.measure]
        values = column.to_pylist() if isinstance(column, pa.Array) else column.tolist()
        for row, value in enumerate(values):
            if value is None or value != value:
                continue
            bad[row] |= bound.allowed is not None and value not in bound.allowed
            bad[row] |= bound.low is not None and value < bound.low
            bad[row] |= bound.high is not None and value > bound.high
    return bad
