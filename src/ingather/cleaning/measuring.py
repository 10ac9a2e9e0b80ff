"""What a worker does with one batch: decode once, change, measure and sign with every operator."""

from __future__ import annotations

import time
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pyarrow as pa

from ingather.cleaning.contract import OperatorConfig
from ingather.cleaning.forms import Held, decode
from ingather.cleaning.steps import Ready, measure_column
from ingather.plugins import OPERATORS, load
from ingather.sample import Modality

INPUT = pa.schema(
    [
        ("id", pa.large_string()),
        ("text", pa.large_string()),
        ("blob", pa.large_string()),
        ("data", pa.large_string()),
        ("source", pa.large_string()),
        ("contributor", pa.large_string()),
    ]
)


def output_schema(steps: list[Ready]) -> pa.Schema:
    """The columns that ``measure_batch`` returns for these operators."""
    fields = [
        pa.field("id", pa.string()),
        pa.field("new_text", pa.large_string()),
        pa.field("new_bytes", pa.large_binary()),
        pa.field("steps", pa.string()),
        pa.field("cpu", pa.string()),
    ]
    for step in steps:
        if step.is_deduplicator:
            fields.append(pa.field(f"sign:{step.signature}", pa.large_binary()))
        fields += [pa.field(step.column(name), kind) for name, kind in step.measures.items()]
    return pa.schema(fields)


def payload(steps: list[Ready], blobs: Path, states: dict[str, Any], modality: str) -> dict[str, Any]:
    """What a worker needs to know, in plain types."""
    return {
        "steps": [(step.name, step.config.model_dump_json(), states.get(step.name)) for step in steps],
        "blobs": str(blobs),
        "modality": modality,
    }


def measure_batch(batch: pa.RecordBatch, payload: dict[str, Any]) -> pa.RecordBatch:
    """Runs the operators of the payload over one batch with the columns of ``INPUT``."""
    rows = _Rows(batch, Path(payload["blobs"]), payload["modality"])
    columns: dict[str, Any] = {}
    cpu: dict[str, float] = {}
    for name, options, state in payload["steps"]:
        module = load(OPERATORS, name)
        config: OperatorConfig = module.Config.model_validate_json(options)
        content = rows.read(module.reads)
        began = time.process_time()
        if hasattr(module, "change"):
            rows.change(module.reads, name, module.change(content, config))
        if hasattr(module, "measure"):
            extra = (state,) if hasattr(module, "learn") else ()
            for measure, values in module.measure(content, config, *extra).items():
                kind = _kinds(module, config)[measure]
                columns[measure_column(name, measure)] = _array(values, kind)
        if hasattr(module, "sign"):
            columns[f"sign:{name.replace('-', '_')}"] = module.sign(content, config).cast(pa.large_binary())
        cpu[name] = time.process_time() - began
    cpu["decoding"] = rows.cpu
    told = {
        "id": batch.column("id").cast(pa.string()),
        "new_text": pa.array(rows.new_text, pa.large_string()),
        "new_bytes": pa.array(rows.new_bytes, pa.large_binary()),
        "steps": pa.array([",".join(done) or None for done in rows.steps], pa.string()),
        "cpu": pa.array([orjson.dumps(cpu).decode(), *[None] * (len(batch) - 1)][: len(batch)], pa.string()),
    }
    return pa.RecordBatch.from_pydict({**told, **columns})


def givers(rows: pa.RecordBatch | pa.Table) -> list[tuple[str, str] | None]:
    """Who gave each sample: its source and contributor; None where nobody is known."""
    sources, people = rows.column("source").to_pylist(), rows.column("contributor").to_pylist()
    return [(one, who) if who is not None else None for one, who in zip(sources, people, strict=True)]


def _kinds(module: ModuleType, config: OperatorConfig) -> dict[str, pa.DataType]:
    """Types of what it measures, with what its options add."""
    return dict(module.measures_of(config) if hasattr(module, "measures_of") else module.measures)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return values.cast(kind)
    return pa.array(values, kind, from_pandas=True)


class _Rows:
    """One batch in all the forms that operators read, each decoded once and again only where changed."""

    def __init__(self, batch: pa.RecordBatch, blobs: Path, modality: Modality) -> None:
        self.ids: list[str] = batch.column("id").to_pylist()
        self.texts = batch.column("text")
        self.blobs: list[str | None] = batch.column("blob").to_pylist()
        self.data: list[str | None] = batch.column("data").to_pylist()
        self.givers = givers(batch) if modality == "record" else ()
        self.folder = blobs
        self.modality = modality
        self.new_text: list[str | None] = [None] * len(self.ids)
        self.new_bytes: list[bytes | None] = [None] * len(self.ids)
        self.steps: list[list[str]] = [[] for _ in self.ids]
        self.cpu = 0.0
        self._decoded: dict[str, Any] = {}

    def read(self, form: str) -> Any:
        if form not in self._decoded:
            began = time.process_time()
            self._decoded[form] = decode(form, self._held())
            self.cpu += time.process_time() - began
        return self._decoded[form]

    def change(self, form: str, operator: str, changed: list[str | bytes | None]) -> None:
        touched = [row for row, value in enumerate(changed) if value is not None]
        for row in touched:
            value = changed[row]
            if isinstance(value, bytes):
                self.new_bytes[row] = value
            else:
                self.new_text[row] = value
            self.steps[row].append(operator)
        if touched:
            self._decoded.clear()

    def _held(self) -> Held:
        return Held(
            ids=self.ids,
            modality=self.modality,
            texts=self._current_texts(),
            blobs=self.blobs,
            changed=self.new_bytes,
            data=self.data,
            place=lambda digest: self.folder / digest[:2] / digest,
            givers=self.givers,
        )

    def _current_texts(self) -> pa.Array:
        if not any(value is not None for value in self.new_text):
            return self.texts.cast(pa.large_string())
        old = self.texts.to_pylist()
        return pa.array(
            [new if new is not None else was for new, was in zip(self.new_text, old, strict=True)],
            pa.large_string(),
        )
