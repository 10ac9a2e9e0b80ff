"""Same film: the film again, or a piece of it, though scaled, encoded anew, mirrored or cut out of it.

Films of one camera share their background, so what moves decides. A short piece in which hardly anything
moves and a film whose edges were cut off are found less often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import OperatorConfig, limit
from ingather.cleaning.film_signature import hashes_of, likeness, meeting, moments_of

if TYPE_CHECKING:
    from ingather.media.video import Film, VideoBatch

reads = "video"
version = 2


class Config(OperatorConfig):
    """What is looked at closely, and how alike is a copy."""

    farthest: int = Field(
        12, ge=0, le=24, description="bits of 64 by which the movement at one moment may differ in candidates"
    )
    threshold: float = limit(
        0.72, gt=0, le=1, description="correlation of what moves from which a film is a copy"
    )


def sign(batch: VideoBatch, config: Config) -> pa.Array:
    """8 bytes for each of up to 240 moments at which something moves; null where there is no film."""
    return pa.array([None if film is None else _signed(film) for film in batch.films], pa.large_binary())


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) films that move alike at one moment at least, left before right, right new."""
    if isinstance(signatures, pa.ChunkedArray):
        signatures = signatures.combine_chunks()
    signed = signatures.cast(pa.large_binary()).to_pylist()
    lengths = np.array([len(one) // 8 if one is not None else 0 for one in signed], np.int64)
    hashes = np.frombuffer(b"".join(one for one in signed if one is not None), ">u8").astype(np.uint64)
    films = np.repeat(np.arange(len(signed)), lengths)
    found = meeting(hashes, films, first_new, config.farthest)
    return found.astype(np.int64).reshape(-1, 2)


def same(left: VideoBatch, right: VideoBatch, config: Config) -> NDArray[np.float64]:
    """How alike what moves in each pair is, 0 to 1, where the shorter film lies over the longer."""
    return np.array(
        [
            likeness(one.scan, other.scan) if one is not None and other is not None else 0.0
            for one, other in zip(left.films, right.films, strict=True)
        ],
        np.float64,
    )


def reason(config: Config) -> str:
    """Words for who gave the copy."""
    return "The film is one that came before, or a piece of it."


def _signed(film: Film) -> bytes | None:
    scan = film.scan
    if not len(scan.stills):
        return None
    hashes = moments_of(scan).hashes
    if not len(hashes):
        # nothing moves: the picture itself is signed
        hashes = hashes_of(scan.stills.mean(axis=0, dtype=np.float32)[None])
    return hashes.astype(">u8").tobytes()
