"""Readable: the file is a picture and can be decoded to its end; whether it holds more than one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
version = 2
measures = {"fault": pa.string(), "frames": pa.int32()}


class Config(OperatorConfig):
    """Nothing to be set: a picture that cannot be seen cannot be learnt from."""


def measure(batch: ImageBatch, config: Config) -> dict[str, pa.Array]:
    """What is wrong with each file, in words, or ``none``, and how many pictures it holds (1 and more).

    Null where a sample has no file at all; the number is null where the file cannot be read.
    """
    told: list[str | None] = []
    for picture, fault in zip(batch.images, batch.faults, strict=True):
        told.append(fault if picture is None else picture.fault or "none")
    frames = [picture.frames if picture is not None else None for picture in batch.images]
    return {"fault": pa.array(told, pa.string()), "frames": pa.array(frames, pa.int32())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Any fault at all; pages and frames after the first are looked at by nobody, so somebody should."""
    return (
        Bound("fault", "The picture cannot be shown: {value}.", allowed=("none",)),
        Bound(
            "frames",
            "The file holds {value} pictures, and only the first is seen: store each as a file of its own.",
            high=1,
            to="review",
        ),
    )
