"""Decode: whether the bytes are a whole recording, of which type, rate and number of channels."""

from __future__ import annotations

import pyarrow as pa

from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.audio import AudioBatch
from ingather.media.audio_container import same_type

reads = "audio"
version = 1
measures = {
    "fault": pa.string(),
    "disguise": pa.string(),
    "media_type": pa.string(),
    "sample_rate": pa.int32(),
    "channels": pa.int16(),
}
_FINE = "none"


class Config(OperatorConfig):
    """What is done with a recording that can be heard, but is not what its name says."""

    refuse_disguised: bool = limit(
        True, description="refuse a recording whose bytes are another type than it was named"
    )


def measure(batch: AudioBatch, config: Config) -> dict[str, pa.Array]:
    """The fault and the disguise in words ("none" where all is well), and what the file says of itself."""
    return {
        "fault": pa.array([fault or _FINE for fault in batch.faults], pa.string()),
        "disguise": pa.array(
            [_disguise(*types) for types in zip(batch.named, batch.found, strict=True)], pa.string()
        ),
        "media_type": pa.array(batch.found, pa.string()),
        "sample_rate": pa.array([c and c.rate for c in batch.clips], pa.int32()),
        "channels": pa.array([c and c.channels.shape[1] for c in batch.clips], pa.int16()),
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """A recording that cannot be decoded to its end is refused."""
    whole = Bound("fault", "This cannot be used: {value}. Send it again.", allowed=(_FINE,))
    honest = Bound(
        "disguise",
        "It is not what its name says: {value}.",
        allowed=(_FINE,),
        field="refuse_disguised",
    )
    return (whole, honest) if config.refuse_disguised else (whole,)


def _disguise(named: str | None, found: str | None) -> str | None:
    if named is None or found is None or not named.startswith(("audio/", "video/", "application/ogg")):
        return None
    return _FINE if same_type(named, found) else f"named {named}, the bytes are {found}"
