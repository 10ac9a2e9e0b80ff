"""Several streams on one clock: when each begins and ends beside the main one, and how many values it lost.

Read from ``data.streams``, where every reader of recordings with several streams puts first and last stamp,
number of values and usual step of each.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ingather.cleaning.channel_faults import FINE
from ingather.cleaning.contract import Bound, OperatorConfig, limit
from ingather.media.series import Series, SeriesBatch
from ingather.sample import Json

reads = "sensor"
version = 1
measures = {
    "streams": pa.int32(),
    "offset": pa.float64(),
    "offset_stream": pa.string(),
    "least_overlap": pa.float64(),
    "lost": pa.int64(),
    "lost_share": pa.float64(),
    "lost_stream": pa.string(),
}


class Config(OperatorConfig):
    """How far streams may be apart."""

    most_offset: float | None = limit(
        None, ge=0, description="seconds that a stream may begin before or after the main one"
    )
    least_overlap: float = limit(
        0.5, ge=0, le=1, description="share of the main stream's time that every other must be there for"
    )
    most_lost: float = limit(0.5, ge=0, le=1, description="share of a stream's values that may be lost")


def measure(batch: SeriesBatch, config: Config) -> dict[str, pa.Array]:
    """Number of further streams; greatest offset of a beginning in seconds, least overlap, most lost values.

    Null where there are no further streams. Values are lost where steps are longer than 1.5 usual ones;
    streams that send in bursts have no usual step, and none is said to be lost.
    """
    found = batch.each(_measured)
    return {
        name: pa.array([one and one[place] for one in found], kind)
        for place, (name, kind) in enumerate(measures.items())
    }


def bounds(config: Config) -> tuple[Bound, ...]:
    """Streams that are not there at the same time cannot be laid beside each other."""
    found = [
        Bound(
            "least_overlap",
            "A stream is there for only {value} of the time (as a share); {threshold} is asked.",
            low=config.least_overlap,
            field="least_overlap",
        ),
        Bound(
            "lost_share",
            "A stream has lost {value} of its values (as a share); {threshold} may be.",
            high=config.most_lost,
            field="most_lost",
        ),
    ]
    if config.most_offset is not None:
        found.append(
            Bound(
                "offset",
                "A stream begins {value} seconds apart from the main one; {threshold} may be.",
                high=config.most_offset,
                field="most_offset",
            )
        )
    return tuple(found)


def _measured(
    series: Series,
) -> tuple[int, float | None, str | None, float | None, int | None, float | None, str | None] | None:
    told = series.facts.get("streams")
    if not isinstance(told, list) or not told:
        return None
    streams = [one for one in told if isinstance(one, Mapping)]
    whole = series.main.seconds
    offsets = [
        (abs(start), str(one.get("name"))) for one in streams if (start := _figure(one, "start")) is not None
    ]
    overlaps = [_overlap(one, whole) for one in streams if whole > 0]
    lost = [
        (count, str(one.get("name")), one) for one in streams if (count := _figure(one, "lost")) is not None
    ]
    most = max(lost, key=lambda pair: _share(pair[2]), default=None)
    apart = max(offsets, default=(None, None))
    return (
        len(streams),
        apart[0],
        apart[1],
        min(overlaps, default=None),
        int(sum(count for count, _, _ in lost)) if lost else None,
        _share(most[2]) if most else None,
        (most[1] if most[0] else FINE) if most else None,
    )


def _overlap(stream: Mapping[str, Json], whole: float) -> float:
    start, end = _figure(stream, "start"), _figure(stream, "end")
    if start is None or end is None:
        return 0.0
    return max(0.0, min(whole, end) - max(0.0, start)) / whole


def _share(stream: Mapping[str, Json]) -> float:
    lost, there = _figure(stream, "lost") or 0.0, _figure(stream, "values") or 0.0
    return lost / (lost + there) if lost + there > 0 else 0.0


def _figure(stream: Mapping[str, Json], name: str) -> float | None:
    value = stream.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
