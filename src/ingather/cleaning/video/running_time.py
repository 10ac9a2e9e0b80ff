"""Running time: how long a film is, by the times of its frames, not by what its header says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from numpy.typing import NDArray

from ingather.cleaning.contract import Bound, OperatorConfig, limit

if TYPE_CHECKING:
    from ingather.media.video import VideoBatch

reads = "video"
version = 1
measures = {"seconds": pa.float32(), "frames": pa.int32()}


class Config(OperatorConfig):
    """How short and how long a film may be."""

    least: float = limit(0.5, ge=0, description="seconds below which a film is refused")
    most: float | None = limit(None, gt=0, description="seconds above which it is refused; none by default")


def measure(batch: VideoBatch, config: Config) -> dict[str, Any]:
    """Seconds from the first frame to the end of the last, and how many frames."""
    seconds: NDArray[Any] = batch.each(lambda scan: scan.seconds)
    frames = pa.array([film and len(film.scan.times) for film in batch.films], pa.int32())
    return {"seconds": seconds, "frames": frames}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Not too short, and where the plan says so, not too long."""
    short = Bound("seconds", "Too short ({value} s of {threshold} s).", low=config.least, field="least")
    if config.most is None:
        return (short,)
    return short, Bound("seconds", "Too long: {value} s of {threshold} s.", high=config.most, field="most")
