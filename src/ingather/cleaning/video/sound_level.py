"""Sound level: how loud the sound of a film is, how much of it is silence, and whether it is distorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.cleaning.stretches import longest, stretches

if TYPE_CHECKING:
    from ingather.media.video import VideoBatch
    from ingather.media.video_sound import Sound

reads = "video"
version = 1
measures = {
    "level": pa.float32(),
    "silent": pa.float32(),
    "longest_silence": pa.float32(),
    "overdriven": pa.float32(),
    "tracks": pa.int16(),
}


class Config(OperatorConfig):
    """What counts as silence, and what is asked of the sound."""

    silence: float = Field(-60.0, lt=0, description="level, in dB re full scale, below which it is silent")
    most_silent: float = limit(
        0.95, ge=0, le=1, description="share of silence from which a person looks at it; films may be mute"
    )
    most_overdriven: float = limit(
        0.2, ge=0, le=1, description="share of the sound in which it reaches full scale (is distorted)"
    )
    needed: bool = limit(False, description="refuse films without sound, or with silence for it")


def measure(batch: VideoBatch, config: Config) -> dict[str, Any]:
    """Level in dB of what is not silent, shares of silence and distortion, longest silence, sound tracks."""
    sounds = [film.scan.sound if film is not None and film.sound else None for film in batch.films]
    rows = [_numbers(sound, config.silence) for sound in sounds]
    told = np.array(rows, np.float32).reshape(len(rows), 4)
    return {
        "level": told[:, 0],
        "silent": told[:, 1],
        "longest_silence": told[:, 2],
        "overdriven": told[:, 3],
        "tracks": pa.array([film and int(film.sound is not None) for film in batch.films], pa.int16()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Not distorted; a silent sound track is looked at, or refused where sound is needed."""
    asked = [
        Bound(
            "silent",
            "Nothing can be heard for {value} of the film: is the microphone on?",
            high=config.most_silent,
            to="quarantined" if config.needed else "review",
            field="most_silent",
        ),
        Bound(
            "overdriven",
            "The sound is distorted for {value} of the film, at most {threshold}: speak further from the "
            "microphone.",
            high=config.most_overdriven,
            field="most_overdriven",
        ),
    ]
    if config.needed:
        asked.append(Bound("tracks", "The film has no sound.", low=1, field="needed"))
    return tuple(asked)


def _numbers(sound: Sound | None, silence: float) -> tuple[float, float, float, float]:
    if sound is None or not len(sound.times):
        return (np.nan,) * 4
    quiet = sound.level < silence
    lengths: NDArray[np.float64] = sound.lengths
    heard = float((sound.power * lengths)[~quiet].sum() / lengths[~quiet].sum()) if not quiet.all() else 0.0
    return (
        10 * float(np.log10(max(heard, 1e-12))),
        float(lengths[quiet].sum() / lengths.sum()),
        longest(stretches(quiet, sound.times, float(lengths[-1]))),
        float(lengths[sound.peak >= 0.999].sum() / lengths.sum()),
    )
