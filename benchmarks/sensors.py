"""Values a second that the default operators of sensors clean on one core, reading Arrow bytes included.

``python benchmarks/sensors.py [--values N] [--json]``: series of one, six and 32 channels at 100 Hz, of
which every operator of the defaults measures everything. Run with OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
import pyarrow as pa

from ingather.cleaning.measuring import INPUT, measure_batch, output_schema, payload
from ingather.cleaning.steps import prepare
from ingather.plan.model import Plan
from ingather.series import Stream, describe, encode

SHAPES = ((1, 100_000), (6, 20_000), (32, 5_000))
"""Channels and rows of a series."""


def made(channels: int, rows: int, number: int) -> Stream:
    """A series like a motion sensor's: swings, noise, the grid of a converter of 16 bits; uneven steps."""
    dice = np.random.default_rng([channels, rows, number])
    steps = np.round(10_000_000 + dice.normal(0, 20_000, rows)).astype(np.int64)
    seconds = np.cumsum(steps) / 1e9
    values = {}
    for n in range(channels):
        plain = np.sin(seconds * dice.uniform(1, 9)) + 0.2 * dice.standard_normal(rows)
        values[f"c{n}"] = np.round(plain * 4096) / 4096
    start = 1_700_000_000 * 10**9
    return Stream(start + np.cumsum(steps), values, dict.fromkeys(values, "m/s^2"), 100.0)


def run(folder: Any, channels: int, rows: int, values: int) -> dict[str, float]:
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "bench",
            "objective": "Clean sensors fast.",
            "modality": "sensor",
            "task": {"type": "none"},
            "sources": [{"name": "a", "kind": "files", "path": "x"}],
        }
    )
    count = max(1, values // (channels * rows))
    names, data = [], []
    for number in range(count):
        stream = made(channels, rows, number)
        place = folder / f"{number:02x}"
        place.mkdir(parents=True, exist_ok=True)
        name = f"{number:02x}{number:062x}"
        (place / name).write_bytes(encode(stream))
        names.append(name)
        facts = {"channels": describe(stream), "start": "2023-11-14T22:13:20+00:00", "zone": "UTC"}
        data.append(json.dumps(facts))
    steps = prepare(plan)
    batch = (
        pa.table({"id": names, "text": pa.nulls(count), "blob": names, "data": data})
        .cast(INPUT)
        .combine_chunks()
        .to_batches()[0]
    )
    told = payload(steps, folder, {}, "sensor")
    measure_batch(batch.slice(0, 1), told)
    began, busy = time.perf_counter(), time.process_time()
    out = measure_batch(batch, told)
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    assert out.schema.names == output_schema(steps).names or out.num_rows == count
    slowest = json.loads(out.column("cpu")[0].as_py())
    return {
        "channels": channels,
        "rows": rows,
        "series": count,
        "million_values_per_core_second": round(count * channels * rows / max(cpu, 1e-9) / 1e6, 1),
        "seconds": round(seconds, 3),
        **{name: round(one, 3) for name, one in sorted(slowest.items(), key=lambda pair: -pair[1])[:6]},
    }


def main() -> None:
    import tempfile
    from pathlib import Path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=20_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    results = []
    for channels, rows in SHAPES:
        with tempfile.TemporaryDirectory() as folder:
            results.append(run(Path(folder), channels, rows, asked.values))
    if asked.json:
        print(json.dumps({"sensors": results}, indent=2))
        return
    for result in results:
        print(*(f"{name} {value}" for name, value in result.items()), sep=" · ")


if __name__ == "__main__":
    main()
