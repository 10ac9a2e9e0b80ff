"""The gates: a recording is measured at once by the cleaning stage's own operators, with the last word.

They measure a copy at 16 kHz (clipping the recording itself, since resampling rounds flat tops off), in
worker processes. What changes a sample, loudness among it, waits for the stage.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingather.media.audio import AudioBatch

_WHOLE = 64 << 20
_END = 60
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


def measure(content: bytes | str, plan_text: str, plan_path: str) -> Gated:
    """Measures one recording; runs in a worker process.

    Args:
        content: its bytes, or the path of a file that holds them. Of a file above 64 MB the first and the
            last minute are measured; the cleaning stage measures it whole.
        plan_text: the plan, whose ``clean`` section sets the limits.
        plan_path: where it stands.
    """
    import numpy as np
    import pyarrow as pa

    from ingather.cleaning.judging import judge
    from ingather.media.audio import AudioBatch, Clip, decode_audio

    whole_seconds = None
    if isinstance(content, str) and os.path.getsize(content) > _WHOLE:
        batch, whole_seconds = _ends(content)
    else:
        read = Path(content).read_bytes() if isinstance(content, str) else content
        batch = decode_audio(["one"], [read])
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
        if step.name == "duration" and whole_seconds is not None:
            found = {name: np.array([whole_seconds], np.float32) for name in found}
        columns |= {step.column(name): pa.array(values) for name, values in found.items()}
    broken = judge(pa.table(columns), list(steps)) if columns else []
    measures = {name: float(column[0].as_py()) for name, column in columns.items()}
    told = {name: round(value, 4) for name, value in measures.items() if value == value}
    seconds = clip.seconds if whole_seconds is None else whole_seconds
    if broken:
        return Gated(batch.found[0], seconds, told, broken[0].operator, broken[0].reason)
    return Gated(batch.found[0], seconds, told)


def _ends(path: str) -> tuple[AudioBatch, float]:
    """The first and the last minute of a long recording as one clip, and how long the whole is."""
    import numpy as np
    import soundfile

    from ingather.media.audio import AudioBatch, Clip
    from ingather.media.audio_container import sniff

    with open(path, "rb") as file:
        found = sniff(file.read(1 << 16))
    if not (found or "").startswith("audio/"):
        return AudioBatch(["one"], [None], [f"it is no recording: the bytes are {found}"], [found]), 0.0
    try:
        with soundfile.SoundFile(path) as sound:
            rate, promised = sound.samplerate, sound.frames
            parts = [sound.read(_END * rate, dtype="float32", always_2d=True)]
            if promised > 2 * _END * rate:
                sound.seek(promised - _END * rate)
                parts.append(sound.read(dtype="float32", always_2d=True))
            clip = Clip(np.concatenate(parts), rate, sound.format, sound.subtype)
    except (soundfile.SoundFileError, RuntimeError, OverflowError, ValueError, MemoryError):
        return AudioBatch(["one"], [None], ["it is damaged and cannot be decoded"], [found]), 0.0
    fault = None if len(clip.channels) and np.isfinite(clip.channels).all() else "it holds no sound"
    return AudioBatch(["one"], [clip], [fault], [found]), promised / rate


@lru_cache(4)
def _steps(plan_text: str, plan_path: str) -> tuple[Any, ...]:
    from ingather.cleaning.steps import prepare
    from ingather.plan.read import read_plan

    plan = read_plan(Path(plan_path))
    ready = {step.name: step for step in prepare(plan)}
    return tuple(ready[name] for name in OPERATORS if name in ready)
