"""From items to rows of the samples table: ids, pseudonyms, types, canonical JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa

from ingather.plan.licences import spdx_of
from ingather.plan.model import Attribute, Plan, SourceSpec
from ingather.sample import AttributeValue, Item, Json
from ingather.store.sample_schema import SAMPLES, attribute_fields
from ingather.store.workspace import Workspace

Blob = tuple[str, int] | None


def sample_rows(
    workspace: Workspace,
    plan: Plan,
    source: SourceSpec,
    items: Sequence[Item],
    ids: Sequence[str],
    revisions: Sequence[int],
    blobs: Sequence[Blob],
    parts: Sequence[Json],
) -> pa.Table:
    """One row an item, in order.

    Args:
        workspace: for ids of parents and for pseudonyms.
        plan: for its attributes.
        source: the source that brought the items.
        items: the items.
        ids: their sample ids.
        revisions: their revisions, from 1.
        blobs: digest and size of their bytes, None where they have none.
        parts: their further parts as JSON, blobs already named.
    """
    now = datetime.now(UTC)
    home = workspace.root.as_uri() + "/"
    licence = spdx_of(source.licence) or source.licence if source.licence else None
    columns: dict[str, list[Any]] = {
        "id": list(ids),
        "source": [source.name] * len(items),
        "key": [item.key for item in items],
        "revision": list(revisions),
        "modality": [item.modality for item in items],
        "role": ["carrier" if item.carrier else source.role for item in items],
        "text": [item.text for item in items],
        "blob": [blob[0] if blob else None for blob in blobs],
        "media_type": [item.media_type for item in items],
        "size": [_size(item, blob) for item, blob in zip(items, blobs, strict=True)],
        "data": [canonical(dict(item.data)) if item.data is not None else None for item in items],
        "parts": [canonical(part) if part else None for part in parts],
        "parent": [
            workspace.sample_id(source.identity, item.parent) if item.parent else None for item in items
        ],
        "segment": [canonical(dict(item.segment)) if item.segment else None for item in items],
        "session": [item.session for item in items],
        "label": [canonical(item.label) if item.label is not None else None for item in items],
        "split": [item.split for item in items],
        "contributor": [
            workspace.pseudonym(plan, source.identity, item.contributor) if item.contributor else None
            for item in items
        ],
        "licence": [(spdx_of(item.licence) or item.licence) if item.licence else licence for item in items],
        "consent": [item.consent for item in items],
        "origin": [_origin(item, home) for item in items],
        "made_at": [_utc(item.at) for item in items],
        "synthetic": [item.synthetic for item in items],
        "fault": [item.fault for item in items],
        "collected_at": [now] * len(items),
    }
    for name, attribute in plan.attributes.items():
        columns[f"attr_{name}"] = [typed(attribute, item.attributes.get(name)) for item in items]
        columns[f"basis_{name}"] = [
            item.bases.get(name, attribute.basis or "source")
            if item.attributes.get(name) is not None
            else None
            for item in items
        ]
    return pa.table(columns, schema=pa.schema([*SAMPLES, *attribute_fields(plan)]))


def canonical(value: Json) -> str:
    """JSON with sorted keys and no spaces: the same value is the same text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def typed(attribute: Attribute, value: AttributeValue) -> AttributeValue:
    """A value as its column's type; what cannot be a number where bins need one is unknown."""
    if value is None or value == "":
        return None
    if not attribute.bins:
        return str(value)
    try:
        return float(value)
    except ValueError:
        return None


def _utc(at: datetime | None) -> datetime | None:
    """A time without a zone is taken as UTC."""
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)


def _size(item: Item, blob: Blob) -> int:
    if blob:
        return blob[1]
    return len(item.text.encode()) if item.text is not None else 0


def _origin(item: Item, home: str) -> str:
    """Where it is from; what lies in the workspace is named from there, so that a workspace can be moved."""
    told: dict[str, Json] = {"uri": item.uri.removeprefix(home)}
    if item.evidence:
        told["evidence"] = item.evidence
    return canonical(told)
