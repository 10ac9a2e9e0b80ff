"""Same picture: the picture again though scaled, encoded anew, brightened or cut at its edges.

Candidates come from a perceptual hash, proof from the pixels laid over each other, so that two pictures of
things that look alike, such as two cells, are no copies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.alignment import likeness, small
from ingather.cleaning.contract import OperatorConfig, limit
from ingather.cleaning.perceptual import BYTES, candidates, sign_picture

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch, Picture

reads = "image"
_LEAST_CONTRAST = 0.01


class Config(OperatorConfig):
    """What is looked at closely, and how alike is a copy."""

    farthest: int = Field(
        14, ge=0, le=24, description="bits of 64 by which hashes of candidates may differ: more find more"
    )
    threshold: float = limit(
        0.9, gt=0, le=1, description="correlation of pixels and detail from which a picture is a copy"
    )


def sign(batch: ImageBatch, config: Config) -> pa.Array:
    """80 bytes a picture; null where it cannot be decoded or shows next to nothing."""
    signed: list[bytes | None] = []
    for picture in batch.images:
        grey = picture.grey if picture is not None else None
        plain = grey is None or float(grey.std()) < _LEAST_CONTRAST
        signed.append(None if grey is None or plain else sign_picture(grey))
    return pa.array(signed, pa.binary(BYTES))


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) rows whose hashes are near, left before right, right not before ``first_new``."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    rows = np.flatnonzero(signatures.is_valid().to_numpy(zero_copy_only=False))
    present = b"".join(signatures.take(pa.array(rows)).to_pylist()) if len(rows) else b""
    signed = np.frombuffer(present, dtype=np.uint8).reshape(len(rows), BYTES)
    return rows[candidates(signed, int(np.searchsorted(rows, first_new)), config.farthest)]


def same(left: ImageBatch, right: ImageBatch, config: Config) -> NDArray[np.float64]:
    """How alike each pair is when laid over each other, 0 to 1."""
    one, other = [_small(picture) for picture in left.images], [_small(picture) for picture in right.images]
    told = np.zeros(len(left))
    both = [
        (row, a, b)
        for row, (a, b) in enumerate(zip(one, other, strict=True))
        if a is not None and b is not None
    ]
    if both:
        alike = likeness(np.stack([a for _, a, _ in both]), np.stack([b for _, _, b in both]))
        told[[row for row, _, _ in both]] = alike
    return told


def reason(config: Config) -> str:
    """Words for who gave the copy."""
    return (
        f"The picture is one that came before, perhaps scaled or cut ({config.threshold:.0%} alike or more)."
    )


def _small(picture: Picture | None) -> NDArray[np.float32] | None:
    grey = picture.grey if picture is not None else None
    return small(grey) if grey is not None else None
