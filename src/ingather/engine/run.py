"""Runs one function over a stream of Arrow batches: in this process, or by Daft in processes of its own.

The function is named as ``package.module:function`` and takes ``(batch, payload)``, so that a worker on this
machine or on a Ray cluster can import it. Results come in the order of the input, while the input is read.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pyarrow as pa

Work = Callable[[pa.RecordBatch, dict[str, Any]], pa.RecordBatch]

RUNNER = "INGATHER_RUNNER"
"""Environment variable: ``here``, ``daft`` or ``ray``; unset, the size of the work decides."""

_AHEAD = 8
_WORKER_START = 4.0
"""Seconds that worker processes take to be ready: less work than that is faster in this process."""


def run_batches(
    batches: Iterator[pa.RecordBatch],
    work: str,
    payload: dict[str, Any],
    output: pa.Schema,
    *,
    seconds: float,
    batch_size: int,
) -> Iterator[pa.RecordBatch]:
    """Maps batches through a function, in order.

    Args:
        batches: the input; read a few batches ahead of the work at the most.
        work: ``package.module:function`` with signature ``(batch, payload) -> batch``.
        payload: what the function gets beside the batch; must be picklable.
        output: the schema of what it returns.
        seconds: a guess of the CPU time that all of it takes, which decides where it runs.
        batch_size: rows that the function gets at once.
    """
    runner = os.environ.get(RUNNER) or ("here" if seconds < _WORKER_START else "daft")
    if runner == "here":
        function = _find(work)
        for batch in batches:
            for start in range(0, batch.num_rows, batch_size):
                yield function(batch.slice(start, batch_size), payload)
        return
    yield from _run_daft(batches, work, payload, output, runner, batch_size)


def _find(work: str) -> Work:
    module, _, name = work.partition(":")
    found: Work = getattr(importlib.import_module(module), name)
    return found


def _run_daft(
    batches: Iterator[pa.RecordBatch],
    work: str,
    payload: dict[str, Any],
    output: pa.Schema,
    runner: str,
    batch_size: int,
) -> Iterator[pa.RecordBatch]:
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
    import daft
    from daft import DataType, col
    from daft.io.source import DataSource, DataSourceTask
    from daft.recordbatch import RecordBatch

    if runner == "ray":
        daft.set_runner_ray(os.environ.get("RAY_ADDRESS"))
    first = next(batches, None)
    if first is None:
        return
    schema = pa.schema([pa.field(f.name, _wide(f.type)) for f in first.schema])
    daft_schema = daft.Schema.from_pyarrow_schema(schema)
    read = done = 0

    class Task(DataSourceTask):
        @property
        def schema(self) -> Any:
            return daft_schema

        async def read(self) -> AsyncIterator[Any]:
            import asyncio
            import itertools

            nonlocal read
            for batch in itertools.chain([first], batches):
                while read - done > _AHEAD * max(batch_size, batch.num_rows):
                    await asyncio.sleep(0.01)  # the source would otherwise be read whole into memory
                read += batch.num_rows
                for start in range(0, batch.num_rows, batch_size):
                    piece = batch.slice(start, batch_size).cast(schema)
                    yield RecordBatch.from_arrow_record_batches([piece], schema)

    class Source(DataSource):
        @property
        def name(self) -> str:
            return "ingather"

        @property
        def schema(self) -> Any:
            return daft_schema

        async def get_tasks(self, pushdowns: Any) -> AsyncIterator[Any]:
            yield Task()

    wide = pa.schema([pa.field(f.name, _wide(f.type)) for f in output])
    call = _Call(work, payload, list(schema.names), wide)
    struct = DataType.from_arrow_type(pa.struct(list(wide)))
    udf = daft.func.batch(return_dtype=struct, use_process=True, batch_size=batch_size)(call.run)
    frame = Source().read().select(udf(*[col(name) for name in schema.names]).alias("out"))
    for part in frame.to_arrow_iter(results_buffer_size=2):
        column = part.column(0)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        done += len(column)
        flat = pa.RecordBatch.from_arrays(column.flatten(), schema=pa.schema(list(column.type)))
        yield flat.cast(output)


class _Call:
    """What a worker process is sent: which function, with what, and the columns' names."""

    def __init__(self, work: str, payload: dict[str, Any], names: list[str], output: pa.Schema) -> None:
        self.work = work
        self.payload = payload
        self.names = names
        self.output = output

    def run(self, *columns: Any) -> Any:
        arrays = [column.to_arrow() for column in columns]
        arrays = [a.combine_chunks() if isinstance(a, pa.ChunkedArray) else a for a in arrays]
        batch = pa.RecordBatch.from_arrays(arrays, names=self.names)
        result = _find(self.work)(batch, self.payload).cast(self.output)
        return pa.StructArray.from_arrays(result.columns, fields=list(self.output))


def _wide(kind: pa.DataType) -> pa.DataType:
    """The type as Daft keeps it: strings and bytes with 64-bit offsets."""
    if pa.types.is_string(kind):
        return pa.large_string()
    if pa.types.is_binary(kind):
        return pa.large_binary()
    return kind
