"""The samples of a release in other layouts: the same content, one item each, by the formats' own writers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.formats.media_types import BY_SUFFIX
from ingather.plan.model import Plan
from ingather.plugins import FORMATS, load, names
from ingather.releases.content import MEDIA, Content
from ingather.releases.part_columns import Role
from ingather.sample import Item, Json, Part

OWN = "huggingface"
"""What the folder of a release is by itself."""
FOLDER = "formats"


def writers(plan: Plan) -> dict[str, ModuleType]:
    """The formats that a plan wants beside the release's own, with their modules.

    Raises:
        InputError: one is unknown, can only be read, or carries no labels of the plan's task.
    """
    wanted = plan.release.formats if plan.release is not None else ()
    found: dict[str, ModuleType] = {}
    for name in dict.fromkeys(wanted):
        if name == OWN:
            continue
        module = load(FORMATS, name)
        if not hasattr(module, "write"):
            raise InputError(
                f"release.formats: the format '{name}' can be read, but not written.",
                why="The release would lack a form that the plan asks for.",
                fix=f"Choose among {', '.join(_fitting(plan))}.",
            )
        if plan.task.type not in module.tasks:
            raise InputError(
                f"release.formats: the format '{name}' carries no labels of the task {plan.task.type}.",
                why=f"It carries {', '.join(module.tasks)}.",
                fix=f"Choose among {', '.join(_fitting(plan))}.",
            )
        found[name] = module
    return found


def write_formats(
    modules: dict[str, ModuleType], content: Content, rows: dict[str, NDArray[np.int64]], folder: Path
) -> dict[str, list[dict[str, Any]]]:
    """Writes every format below ``formats/NAME/``; returns what each could not carry, by reason.

    Args:
        modules: as ``writers`` gives them.
        content: reads the samples.
        rows: by split, the places of its samples in the selection, in order.
        folder: of the release.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for name, module in modules.items():
        target = folder / FOLDER / name
        target.mkdir(parents=True, exist_ok=True)
        losses: Counter[str] = Counter()
        for loss in module.write(items(content, rows), target, module.Config()):
            losses[loss.reason] += loss.count
        told[name] = [{"reason": reason, "samples": count} for reason, count in sorted(losses.items())]
    return told


def items(content: Content, rows: dict[str, NDArray[np.int64]]) -> Iterator[Item]:
    """Every sample of a release as an item, split by split; its key is its id, unless keys are released."""
    keyed = content.plan.release is not None and content.plan.release.keys
    for split, places in rows.items():
        start = 0
        for table, files in content.batches(places):
            labels = content.selection.labels.take(pa.array(places[start : start + table.num_rows]))
            media = dict(files)
            for row, label in zip(table.to_pylist(), labels.to_pylist(), strict=True):
                yield _item(content, row, label, split, media, row["key"] if keyed else row["id"])
            start += table.num_rows


def _item(
    content: Content, row: dict[str, Any], label: str | None, split: str, media: dict[str, bytes], key: str
) -> Item:
    main = content.plan.modality
    item = Item(key, main, split=split)
    if main == "text":
        item.text = row["text"]
    elif main in MEDIA:
        told = row[main]
        name = told if isinstance(told, str) else told["path"]
        item.content = media[name] if isinstance(told, str) else told["bytes"]
        item.media_type = BY_SUFFIX.get(PurePosixPath(name).suffix, (None, None))[1]
    else:
        item.data = {name: row[content.plain(name)] for name in content.fields}
    if row.get("data"):
        item.data = orjson.loads(row["data"])
    item.parts = tuple(part for role in content.roles for part in _parts(role, row, media))
    item.label = _label(label)
    item.attributes = {name: row[name] for name in content.attributes if row[name] is not None}
    item.contributor, item.licence, item.session = row["contributor"], row["licence"], row["session"]
    item.parent, item.synthetic = row["parent"], bool(row["synthetic"])
    item.segment = orjson.loads(row["segment"]) if row["segment"] else None
    return item


def _parts(role: Role, row: dict[str, Any], media: dict[str, bytes]) -> Iterator[Part]:
    def listed(column: str) -> list[Any]:
        value = row.get(column)
        return [] if value is None else value if role.many else [value]

    starts, ends = listed(f"{role.column}_start"), listed(f"{role.column}_end")
    for order, value in enumerate(listed(role.column)):
        start = starts[order] if starts else None
        end = ends[order] if ends else None
        if not role.media:
            yield Part(role.name, order, text=value, start=start, end=end)
            continue
        name = value if isinstance(value, str) else value["path"]
        content = media[name] if isinstance(value, str) else value["bytes"]
        kind = BY_SUFFIX.get(PurePosixPath(name).suffix, (None, None))[1]
        yield Part(role.name, order, content=content, media_type=kind, start=start, end=end)


def _label(label: str | None) -> Json:
    told: Json = orjson.loads(label) if label is not None else None
    return told


def _fitting(plan: Plan) -> list[str]:
    modules = {name: load(FORMATS, name) for name in names(FORMATS)}
    able = [n for n, m in modules.items() if hasattr(m, "write") and plan.task.type in m.tasks]
    return [OWN, *able]
