"""The gates: a recording is measured at once by the cleaning stage's own operators, with the last word.

They measure a copy at 16 kHz (clipping the recording itself, since resampling rounds flat tops off), in
worker processes. What changes a sample, loudness among it, waits for the stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

RATE = 16_000
OPERATORS = ("duration", "silence", "clipping", "snr", "cut")
"""In this order: the first that is broken is told."""
_AS_RECORDED = ("clipping",)


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gates found.

    Attributes:
        media_type: by the bytes, None where they are no recording.
        seconds: how long it is.
        measures: by name.
        operator: which operator refuses it, ``decode`` where it cannot be read; None where it is fine.
        reason: a kind sentence for who recorded it.
    """

    media_type: str | None
    seconds: float = 0.0
    measures: dict[str, float] = field(default_factory=dict)
    operator: str | None = None
    reason: str = ""


def measure(content: bytes, plan_text: str, plan_path: str) -> Gated:
    """Measures one recording; runs in a worker process.

    Args:
        content: its bytes.
        plan_text: the plan, whose ``clean`` section sets the limits.
        plan_path: where it stands.
    """
    import numpy as np
    import pyarrow as pa

    from ingather.cleaning.judging import judge
    from ingather.media.audio import AudioBatch, Clip, decode_audio

    batch = decode_audio(["one"], [content])
    clip, fault = batch.clips[0], batch.faults[0]
    if clip is None or fault is not None:
        words = f"This recording cannot be used: {fault}. Please record it again."
        return Gated(batch.found[0], operator="decode", reason=words)
    small = clip
    if clip.rate > RATE:
        samples = clip.resampled(RATE)
        small = Clip(samples.reshape(-1, 1).astype(np.float32), RATE, clip.format, clip.subtype)
    columns: dict[str, Any] = {}
    steps = _steps(plan_text, plan_path)
    for step in steps:
        heard = clip if step.name in _AS_RECORDED else small
        found = step.module.measure(AudioBatch(["one"], [heard], [None]), step.config)
        columns |= {step.column(name): pa.array(values) for name, values in found.items()}
    broken = judge(pa.table(columns), list(steps)) if columns else []
    measures = {name: float(column[0].as_py()) for name, column in columns.items()}
    told = {name: round(value, 4) for name, value in measures.items() if value == value}
    if broken:
        return Gated(batch.found[0], clip.seconds, told, broken[0].operator, broken[0].reason)
    return Gated(batch.found[0], clip.seconds, told)


@lru_cache(4)
def _steps(plan_text: str, plan_path: str) -> tuple[Any, ...]:
    from pathlib import Path

    from ingather.cleaning.steps import prepare
    from ingather.plan.read import read_plan

    plan = read_plan(Path(plan_path))
    ready = {step.name: step for step in prepare(plan)}
    return tuple(ready[name] for name in OPERATORS if name in ready)
