"""Examples and answers as Parquet, for programs outside: what they are given and what is read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingather.errors import InputError
from ingather.sample import Json
from ingather.training.contract import Examples, Predictions
from ingather.training.label_names import several_labels

_NUMBERS = frozenset({"regression", "forecasting"})


def write_examples(examples: Examples, path: Path, *, labelled: bool) -> None:
    """Writes columns ``id``, the input (``text``, ``media`` as bytes, or ``data`` as JSON) and ``label``.

    A label is a string, a number for regression, and JSON where it is a list or a mapping.

    Args:
        examples: n samples.
        path: of the file.
        labelled: whether the labels are written, without which there is no such column.
    """
    name, kind = {"text": ("text", pa.large_string()), "record": ("data", pa.large_string())}.get(
        examples.modality, ("media", pa.large_binary())
    )
    inputs = examples.inputs
    if name == "data":
        inputs = [None if value is None else orjson.dumps(value).decode() for value in inputs]
    columns = {"id": pa.array(examples.ids, pa.string()), name: pa.array(inputs, kind)}
    if labelled:
        columns["label"] = _labels(examples)
    pq.write_table(pa.table(columns), path)


def read_answers(path: Path, examples: Examples) -> tuple[Predictions, int]:
    """Reads columns ``id``, ``prediction`` and, where there is one, ``scores`` (a struct or map by label).

    Returns:
        The answers in the order of the examples, and how many have none.

    Raises:
        InputError: the file is missing or unreadable, lacks a column, answers a sample twice or one that was
            not asked for.
    """
    table = _table(path)
    lacking = [name for name in ("id", "prediction") if name not in table.column_names]
    if lacking:
        raise _refused(
            f"lacks the column{'s' if len(lacking) > 1 else ''} {' and '.join(lacking)}; "
            f"it has: {', '.join(table.column_names) or 'none'}"
        )
    ids = [str(name) for name in table["id"].to_pylist()]
    place = {name: row for row, name in enumerate(examples.ids)}
    strange = [name for name in ids if name not in place]
    if strange:
        raise _refused(f"answers {len(strange)} samples that were not asked for, such as '{strange[0]}'")
    if len(set(ids)) < len(ids):
        raise _refused(f"answers {len(ids) - len(set(ids))} samples more than once")
    structured = several_labels(examples.task) or bool(examples.task.get("tree"))
    values: list[Json] = [None] * len(examples.ids)
    for name, value in zip(ids, table["prediction"].to_pylist(), strict=True):
        values[place[name]] = _parsed(value) if structured or _is_json(examples) else value
    missing = len(examples.ids) - len(ids)
    if "scores" not in table.column_names:
        return Predictions(values), missing
    return _scored(values, [place[name] for name in ids], table["scores"].to_pylist()), missing


def _labels(examples: Examples) -> pa.Array:
    if examples.task.get("type") in _NUMBERS:
        return pa.array([v if isinstance(v, int | float) else None for v in examples.labels], pa.float64())
    texts = [v if v is None or isinstance(v, str) else orjson.dumps(v).decode() for v in examples.labels]
    return pa.array(texts, pa.string())


def _table(path: Path) -> pa.Table:
    if not path.exists():
        raise _refused("was not written")
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as wrong:
        raise _refused(f"is no Parquet that can be read ({wrong})") from wrong


def _scored(values: list[Json], rows: Sequence[int], scores: Sequence[Any]) -> Predictions:
    found = [dict(row) if row is not None else {} for row in scores]
    classes = tuple(dict.fromkeys(str(name) for row in found for name in row))
    table = np.zeros((len(values), len(classes)))
    for at, row in zip(rows, found, strict=True):
        try:
            table[at] = [float(row.get(name) or 0) for name in classes]
        except (TypeError, ValueError) as wrong:
            raise _refused("has scores that are no numbers") from wrong
    return Predictions(values, table, classes)


def _is_json(examples: Examples) -> bool:
    return examples.task.get("type") in ("recommendation", "spans", "boxes", "polygons", "tracks")


def _parsed(value: Any) -> Json:
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    try:
        parsed: Json = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return parsed


def _refused(what: str) -> InputError:
    return InputError(
        f"The file of predictions at $INGATHER_OUT {what}.",
        why="Answers are matched with samples by id; a guess would put them to the wrong ones.",
        fix="Write Parquet with one row for each id of $INGATHER_PREDICT: id, prediction, and, if you like, "
        "scores as a struct or map from label to number.",
        where="train.options.run",
    )
