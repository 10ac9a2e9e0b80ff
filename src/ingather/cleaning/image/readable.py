"""Readable: the file is a picture and can be decoded to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
measures = {"fault": pa.string()}


class Config(OperatorConfig):
    """Nothing to be set: a picture that cannot be seen cannot be learnt from."""


def measure(batch: ImageBatch, config: Config) -> dict[str, pa.Array]:
    """What is wrong with each file, in words, or ``none``; null where a sample has no file at all."""
    told: list[str | None] = []
    for picture, fault in zip(batch.images, batch.faults, strict=True):
        told.append(fault if picture is None else picture.fault or "none")
    return {"fault": pa.array(told, pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Any fault at all."""
    return (Bound("fault", "The picture cannot be shown: {value}.", allowed=("none",)),)
