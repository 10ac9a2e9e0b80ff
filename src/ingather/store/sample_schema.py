"""The Lance tables: their columns, and the key that every one is joined by."""

from __future__ import annotations

import pyarrow as pa

from ingather.plan.model import Plan

SAMPLES = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("key", pa.string()),
        ("revision", pa.int32()),
        ("modality", pa.string()),
        ("role", pa.string()),
        ("text", pa.large_string()),
        ("blob", pa.string()),
        ("media_type", pa.string()),
        ("size", pa.int64()),
        ("data", pa.large_string()),
        ("parts", pa.large_string()),
        ("parent", pa.string()),
        ("segment", pa.string()),
        ("session", pa.string()),
        ("label", pa.large_string()),
        ("split", pa.string()),
        ("contributor", pa.string()),
        ("licence", pa.string()),
        ("consent", pa.string()),
        ("origin", pa.large_string()),
        ("made_at", pa.timestamp("us", tz="UTC")),
        ("synthetic", pa.bool_()),
        ("fault", pa.string()),
        ("collected_at", pa.timestamp("us", tz="UTC")),
    ]
)

VERDICTS = pa.schema(
    [
        ("id", pa.string()),
        ("verdict", pa.string()),
        ("operator", pa.string()),
        ("reason", pa.string()),
        ("measure", pa.string()),
        ("value", pa.string()),
        ("threshold", pa.string()),
        ("duplicate_of", pa.string()),
        ("by", pa.string()),
    ]
)

CLEANED = pa.schema(
    [("id", pa.string()), ("text", pa.large_string()), ("blob", pa.string()), ("steps", pa.string())]
)

LABELS = pa.schema(
    [
        ("id", pa.string()),
        ("label", pa.large_string()),
        ("method", pa.string()),
        ("distribution", pa.large_string()),
        ("votes", pa.large_string()),
        ("agreement", pa.float64()),
    ]
)

SPLITS = pa.schema(
    [("id", pa.string()), ("unit", pa.string()), ("split", pa.string()), ("left_out", pa.string())]
)

PREDICTIONS = pa.schema(
    [
        ("id", pa.string()),
        ("basis", pa.string()),
        ("fold", pa.int32()),
        ("prediction", pa.large_string()),
        ("classes", pa.large_string()),
        ("scores", pa.list_(pa.float32())),
    ]
)

DUPLICATES = pa.schema(
    [
        ("id", pa.string()),
        ("left", pa.string()),
        ("right", pa.string()),
        ("operator", pa.string()),
        ("similarity", pa.float32()),
    ]
)


def attribute_fields(plan: Plan) -> list[pa.Field]:
    """The columns that a plan's attributes add to ``samples``: the value and its basis."""
    fields = []
    for name, attribute in plan.attributes.items():
        value = pa.float64() if attribute.bins else pa.string()
        fields += [pa.field(f"attr_{name}", value), pa.field(f"basis_{name}", pa.string())]
    return fields
