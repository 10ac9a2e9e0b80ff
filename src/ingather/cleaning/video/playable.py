"""Playable: whether a film can be decoded to its end, and lasts as long as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.video import Film, VideoBatch

reads = "video"
version = 1
measures = {
    "fault": pa.string(),
    "cut": pa.int64(),
    "damaged": pa.int32(),
    "missing": pa.float32(),
    "container": pa.string(),
    "codec": pa.string(),
}
_FINE = "none"


class Config(OperatorConfig):
    """How much damage is borne."""

    most_damaged: int = limit(
        0, ge=0, description="packets and frames that may be damaged, of picture and sound together"
    )
    most_missing: float = limit(
        0.5, ge=0, description="seconds by which the frames may end before the duration that the header says"
    )


def measure(batch: VideoBatch, config: Config) -> dict[str, pa.Array]:
    """The fault in words ("none" where there is none), what is missing and damaged, and what it is."""
    films = batch.films
    return {
        "fault": pa.array([_fault(*both) for both in zip(films, batch.faults, strict=True)], pa.string()),
        "cut": pa.array([film and film.shortfall for film in films], pa.int64()),
        "damaged": pa.array([film and film.scan.damaged for film in films], pa.int32()),
        "missing": pa.array([_missing(film) for film in films], pa.float32(), from_pandas=True),
        "container": pa.array([film and film.container for film in films], pa.string()),
        "codec": pa.array([film and film.codec for film in films], pa.string()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """It decodes, without damage, and to its end."""
    return (
        Bound("fault", "This cannot be used: {value}. Send it again.", allowed=(_FINE,)),
        Bound("cut", "{value} bytes are missing at the end: it was cut short. Send it again.", high=0),
        Bound(
            "damaged",
            "{value} parts of the film are damaged: it was cut or spoiled on its way. Send it again.",
            high=config.most_damaged,
            field="most_damaged",
        ),
        Bound(
            "missing",
            "The film ends {value} s before its header says: it was cut short. Send it again.",
            high=config.most_missing,
            field="most_missing",
        ),
    )


def _fault(film: Film | None, fault: str | None) -> str | None:
    if film is None:
        return fault or "there is no film"
    if film.scan.fault is not None:
        return film.scan.fault
    return _FINE if len(film.scan.times) else "not one frame of it can be decoded"


def _missing(film: Film | None) -> float | None:
    """Seconds by which it ends early; the clock begins at 0, and some films show their first frame later."""
    if film is None or film.told_seconds is None or not len(film.scan.times):
        return None
    step = film.scan.step
    end = float(film.scan.times.max()) + (step if np.isfinite(step) else 0.0)
    heard = film.scan.sound.end if film.scan.sound is not None else 0.0
    return max(film.told_seconds - float(np.nanmax([end, film.scan.seconds, heard])), 0.0)
