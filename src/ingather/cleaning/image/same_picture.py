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

from ingather.cleaning.alignment import COARSE_SIDE, HOPELESS, coarse, coarse_likeness, likeness, small
from ingather.cleaning.contract import OperatorConfig, limit
from ingather.cleaning.perceptual import BYTES, candidates, sign_picture

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch, Picture

reads = "image"
version = 2
_LEAST_CONTRAST = 0.01
_WIDTH = BYTES + COARSE_SIDE**2
_PAIRS_AT_ONCE = 8192


class Config(OperatorConfig):
    """What is looked at closely, and how alike is a copy."""

    farthest: int = Field(
        14, ge=0, le=24, description="bits of 64 by which hashes of candidates may differ: more find more"
    )
    threshold: float = limit(
        0.9, gt=0, le=1, description="correlation of pixels and detail from which a picture is a copy"
    )


def sign(batch: ImageBatch, config: Config) -> pa.Array:
    """336 bytes a picture, its hashes and 16 x 16 pixels; null where it is broken or shows nothing."""
    signed: list[bytes | None] = []
    for picture in batch.images:
        grey = picture.grey if picture is not None else None
        plain = grey is None or float(grey.std()) < _LEAST_CONTRAST
        signed.append(None if grey is None or plain else sign_picture(grey) + _tiny(grey))
    return pa.array(signed, pa.binary(_WIDTH))


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) rows that are near by hash and by their few pixels, left before right, right new."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    rows = np.flatnonzero(signatures.is_valid().to_numpy(zero_copy_only=False))
    present = b"".join(signatures.take(pa.array(rows)).to_pylist()) if len(rows) else b""
    signed = np.frombuffer(present, dtype=np.uint8).reshape(len(rows), _WIDTH)
    found = candidates(signed[:, :BYTES], int(np.searchsorted(rows, first_new)), config.farthest)
    near = np.zeros(len(found), dtype=np.bool_)
    for start in range(0, len(found), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        left, right = (
            signed[found[some, side], BYTES:].reshape(-1, COARSE_SIDE, COARSE_SIDE).astype(np.float32)
            / np.float32(255)
            for side in (0, 1)
        )
        near[some] = coarse_likeness(left, right) >= HOPELESS
    return rows[found[near]]


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


def _tiny(grey: NDArray[np.float32]) -> bytes:
    """16 x 16 pixels in 8 bits, stretched so that the darkest is 0 and the lightest 255."""
    few = coarse(small(grey)[None])[0]
    low, high = float(few.min()), float(few.max())
    stretched = np.round((few - low) / max(high - low, 1e-6) * 255).astype(np.uint8)
    return bytes(stretched)


def _small(picture: Picture | None) -> NDArray[np.float32] | None:
    grey = picture.grey if picture is not None else None
    return small(grey) if grey is not None else None
