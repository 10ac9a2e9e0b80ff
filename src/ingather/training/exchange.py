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

_NUMBERS = frozenset({"regression", "forecasting", "retrieval", "ranking"})
_ANSWERS = {"translation": ["translation"]}
"""Roles of parts that are the answer itself, by task."""
_PARTS = pa.list_(
    pa.struct(
        [
            ("role", pa.string()),
            ("order", pa.int64()),
            ("text", pa.large_string()),
            ("path", pa.string()),
            ("media_type", pa.string()),
            ("start", pa.float64()),
            ("end", pa.float64()),
        ]
    )
)


def write_examples(examples: Examples, path: Path, *, labelled: bool) -> None:
    """Writes ``id``, the input (``text``, ``media`` as bytes, ``path`` of a film, or ``data``) and ``label``.

    A label is a string, a number for regression, and JSON where it is a list or a mapping. Where samples have
    more, there are ``parts`` (a list of role, order, text, path, media_type, start, end), ``data`` as JSON,
    ``session`` and ``segment``. What is to be answered has no part that is itself the answer.

    Args:
        examples: n samples.
        path: of the file.
        labelled: whether the labels are written, without which there is no such column.
    """
    text = pa.large_string()
    name, kind = {"text": ("text", text), "record": ("data", text), "video": ("path", text)}.get(
        examples.modality, ("media", pa.large_binary())
    )
    inputs = examples.inputs
    if name == "path":
        inputs = [None if value is None else str(value) for value in inputs]
    if name == "data":
        inputs = [None if value is None else orjson.dumps(value).decode() for value in inputs]
    columns = {"id": pa.array(examples.ids, pa.string()), name: pa.array(inputs, kind)}
    columns |= _beside(examples, [] if labelled else _ANSWERS.get(str(examples.task.get("type")), []))
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
        as_json = structured or _is_json(examples) or _looks_json(examples, value)
        values[place[name]] = _parsed(value) if as_json else value
    missing = len(examples.ids) - len(ids)
    if "scores" not in table.column_names:
        return Predictions(values), missing
    return _scored(values, [place[name] for name in ids], table["scores"].to_pylist()), missing


def _beside(examples: Examples, without: Sequence[str]) -> dict[str, pa.Array]:
    """The columns of what samples have beside their input; none where none has any."""
    known = examples.beside
    found: dict[str, pa.Array] = {}
    if any(one.parts for one in known):
        parts = [
            [
                {
                    "role": part.role,
                    "order": part.order,
                    "text": part.text,
                    "path": str(part.content) if isinstance(part.content, Path) else None,
                    "media_type": part.media_type,
                    "start": part.start,
                    "end": part.end,
                }
                for part in one.parts
                if part.role not in without
            ]
            for one in known
        ]
        found["parts"] = pa.array(parts, _PARTS)
    if examples.modality != "record" and any(one.data for one in known):
        told = [None if one.data is None else orjson.dumps(one.data).decode() for one in known]
        found["data"] = pa.array(told, pa.large_string())
    if any(one.session for one in known):
        found["session"] = pa.array([one.session for one in known], pa.string())
    if any(one.segment for one in known):
        cut = [None if one.segment is None else orjson.dumps(one.segment).decode() for one in known]
        found["segment"] = pa.array(cut, pa.string())
    return found


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


def _looks_json(examples: Examples, value: Any) -> bool:
    """Alarms are a list of stretches and places of replies a mapping, where labels would be plain words."""
    kinds = ("anomaly", "failure", "dialogue")
    return examples.task.get("type") in kinds and isinstance(value, str) and value[:1] in ("[", "{")


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
