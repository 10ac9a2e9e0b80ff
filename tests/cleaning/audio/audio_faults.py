"""Faults to be planted in good recordings, and what an operator with its bounds makes of a batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.judging import breaks
from ingather.cleaning.steps import Ready
from ingather.media.audio import AudioBatch, Clip
from ingather.plugins import OPERATORS, load

Samples = NDArray[np.float32]
Fault = Callable[[Clip, np.random.Generator], Clip | None]


def clip(samples: Samples, rate: int) -> Clip:
    """A mono clip as a 16-bit file would hold it."""
    stored = np.clip(np.round(samples * 32767), -32768, 32767) / 32768
    return Clip(stored.astype(np.float32)[:, None], rate)


def planted(batch: AudioBatch, fault: Fault, seed: int = 0) -> AudioBatch:
    """The batch with the fault in every recording that can have it; the others are left out."""
    rng = np.random.default_rng(seed)
    changed = [(i, fault(c, rng)) for i, c in zip(batch.ids, batch.clips, strict=True) if c is not None]
    kept = [(i, c) for i, c in changed if c is not None]
    return AudioBatch([i for i, _ in kept], [c for _, c in kept], [None] * len(kept))


def refused(operator: str, batch: AudioBatch, **options: object) -> NDArray[np.bool_]:
    """Which rows break any bound of the operator."""
    module = load(OPERATORS, operator)
    step = Ready(operator, module, module.Config(**options), "")
    measured = module.measure(batch, step.config)
    columns = {
        step.column(name): values
        if isinstance(values, pa.Array)
        else pa.array(values, module.measures[name], from_pandas=True)
        for name, values in measured.items()
    }
    table = pa.table(columns)
    out = np.zeros(len(batch), bool)
    for bound in step.bounds:
        out |= breaks(table, step, bound)
    return out


def while_speaking(one: Clip, rng: np.random.Generator) -> int | None:
    """A moment, in samples, up to which the voice sounds for 40 ms, within 10 dB of the loudest tenth."""
    loud = one.levels > one.loud - 10
    moments = np.flatnonzero(loud[3:] & loud[2:-1] & loud[1:-2] & loud[:-3]) + 3
    moments = moments[moments > 0.2 * len(loud)]
    return int((rng.choice(moments) * 0.01 + 0.0125) * one.rate) if len(moments) else None


def mu_law(samples: Samples) -> Samples:
    """8-bit mu-law and back (ITU-T G.711's curve)."""
    code = np.round(127 * np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)) / 127
    return (np.sign(code) * (256 ** np.abs(code) - 1) / 255).astype(np.float32)
