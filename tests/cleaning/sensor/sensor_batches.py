from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from ingather.cleaning.judging import judge
from ingather.cleaning.steps import Ready
from ingather.media.series import Series, SeriesBatch
from ingather.series import Stream


def batch_of(streams: Iterable[Stream], **facts: Any) -> SeriesBatch:
    series: list[Series | None] = [Series(stream, facts=dict(facts)) for stream in streams]
    return SeriesBatch([str(n) for n in range(len(series))], series, [None] * len(series))


def measured(operator: ModuleType, streams: Iterable[Stream], **options: Any) -> dict[str, list[Any]]:
    told = operator.measure(batch_of(streams), operator.Config(**options))
    return {name: pa.array(values).to_pylist() for name, values in told.items()}


def refused(operator: ModuleType, streams: Iterable[Stream], **options: Any) -> list[bool]:
    """Which of the streams the operator puts into quarantine."""
    config = operator.Config(**options)
    batch = batch_of(streams)
    step = Ready("it", operator, config, "")
    told = operator.measure(batch, config)
    table = pa.table(
        {step.column(name): pa.array(told[name], kind) for name, kind in operator.measures.items()}
    )
    out = [False] * len(batch)
    for broken in judge(table, [step]):
        out[broken.row] = broken.to == "quarantined"
    return out


def with_values(stream: Stream, channel: str, values: np.ndarray) -> Stream:
    return Stream(stream.time, {**stream.channels, channel: values}, stream.units, stream.rate, stream.name)


def with_time(stream: Stream, time: np.ndarray) -> Stream:
    return Stream(time, stream.channels, stream.units, stream.rate, stream.name)
