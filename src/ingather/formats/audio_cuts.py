"""Pieces of a recording as recordings of their own, cut at the frame, and how long a recording is."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingather.sample import Item, Loss

_AS_FLAC = ("PCM_16", "PCM_24", "PCM_S8")
_BREATH = 0.05
"""Seconds by which an end may lie behind the recording's: rounding, not a mistake."""


def seconds_of(content: bytes | Path) -> float | None:
    """How long a recording is in seconds, None where its head cannot be read."""
    import soundfile

    try:
        info = soundfile.info(io.BytesIO(content) if isinstance(content, bytes) else str(content))
        return float(info.frames / info.samplerate)
    except (soundfile.LibsndfileError, OSError, ZeroDivisionError, TypeError):
        return None


def cut_recording(parent: Item, children: Sequence[Item]) -> Iterator[Item | Loss]:
    """The recording as carrier, then its children with the bytes of their segments.

    Args:
        parent: a recording with its file or its bytes.
        children: items whose ``segment`` has start and end in seconds; their order stays.

    A child without a sound segment inside the recording is a loss; where the recording cannot be read, it
    stays with its fault and every child is a loss. Sound of 16 or 24 bits becomes FLAC, other sound WAV.
    """
    import soundfile

    assert parent.content is not None
    source = io.BytesIO(parent.content) if isinstance(parent.content, bytes) else str(parent.content)
    try:
        with soundfile.SoundFile(source) as sound:
            length = sound.frames / sound.samplerate
            yield replace(parent, carrier=True)
            for child in children:
                reason = flaw_of(child, length)
                if reason is None:
                    child.content, child.media_type = _cut(sound, child)
                    yield child
                else:
                    yield Loss(child.key, reason)
    except (soundfile.LibsndfileError, OSError, ValueError, RuntimeError) as error:
        yield replace(parent, fault=f"the recording cannot be read: {error}")
        yield Loss(parent.key, "the recording cannot be read, so nothing is cut from it", len(children))


def flaw_of(child: Item, length: float) -> str | None:
    """What is wrong with the segment of a piece of a recording of so many seconds, or None."""
    segment = child.segment or {}
    start, end = segment.get("start"), segment.get("end")
    for what, value in (("start", start), ("end", end)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"its {what} is no number"
    assert isinstance(start, int | float)
    assert isinstance(end, int | float)
    if start < 0 or end <= start:
        return f"it goes from {start:g} s to {end:g} s, which is no stretch of time"
    if end > length + _BREATH:
        return f"it ends at {end:g} s, and the recording at {length:g} s"
    return None


def _cut(sound: object, child: Item) -> tuple[bytes, str]:
    import soundfile

    assert isinstance(sound, soundfile.SoundFile)
    assert child.segment is not None
    first = round(float(child.segment["start"]) * sound.samplerate)  # type: ignore[arg-type]
    last = min(round(float(child.segment["end"]) * sound.samplerate), sound.frames)  # type: ignore[arg-type]
    sound.seek(min(first, sound.frames))
    flac = sound.subtype in _AS_FLAC and sound.channels <= 8
    subtype = sound.subtype if sound.subtype in soundfile.available_subtypes("WAV") else "PCM_16"
    frames = sound.read(max(last - first, 0), dtype="int32" if subtype.startswith("PCM") else "float64")
    out = io.BytesIO()
    kind = "FLAC" if flac else "WAV"
    soundfile.write(out, frames, sound.samplerate, subtype=subtype, format=kind)
    return out.getvalue(), "audio/flac" if flac else "audio/wav"
