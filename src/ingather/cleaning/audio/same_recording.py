"""The same recording again: at another gain, sampling rate or coding, or trimmed by up to 50 ms at an end.

Signatures find candidates, then the waveforms decide. Not found: copies at another speed or pitch, copies
inside longer recordings, and those under 4 kHz of sampling rate. Two takes of one word are not the same.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.audio_candidates import candidates, from_arrow
from ingather.cleaning.audio_correlation import overlay
from ingather.cleaning.audio_signature import SIGNATURE, signature
from ingather.cleaning.contract import OperatorConfig, limit
from ingather.media.audio import AudioBatch

reads = "audio"
version = 1


class Config(OperatorConfig):
    """How alike two waveforms must be."""

    threshold: float = limit(
        0.95, ge=0.8, le=1, description="correlation of the waveforms above which two recordings are one"
    )


def sign(batch: AudioBatch, config: Config) -> pa.Array:
    """1,796 bytes a recording; null where nothing is heard."""
    kept = [None if clip is None else signature(clip) for clip in batch.clips]
    return pa.array(kept, pa.binary(SIGNATURE.itemsize))


def pairs(signatures: pa.Array, first_new: int, config: Config) -> NDArray[np.int64]:
    """(n, 2) rows whose spectra and low waveforms agree around a loud moment, and whose durations do."""
    return candidates(from_arrow(signatures), first_new)


def same(left: AudioBatch, right: AudioBatch, config: Config) -> NDArray[np.float64]:
    """(rows,) correlation of the two waveforms at the best lag, 0 to 1; 0 where one cannot be heard."""
    return np.array(
        [
            0.0 if one is None or other is None else overlay(one, other)
            for one, other in zip(left.clips, right.clips, strict=True)
        ]
    )


def reason(config: Config) -> str:
    """Why a copy is put aside."""
    return "We have this recording already: it is the same as another one, only louder, shorter or recoded."
