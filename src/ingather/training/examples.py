"""Examples from a release: which samples, in which split, with their inputs, labels, people and groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.store.lookup import Lookup
from ingather.store.packed_ids import id_numbers
from ingather.store.view import View
from ingather.store.workspace import Workspace
from ingather.training.contract import Examples
from ingather.training.inputs import MEDIA, Ready, read_inputs, read_truths

MOST = 200_000
"""More examples than this are sampled, so that training stays within memory."""
MOST_BYTES = 1_000_000_000
"""More bytes of inputs than this are sampled where a recipe makes no features of them as they are read."""


@dataclass
class Labelled:
    """Examples with what judging needs of them.

    Attributes:
        examples: n examples.
        contributors: n codes, -1 where nobody is known.
        people: pseudonyms by code.
        groups: by attribute, label and source: n values, numbers as the names of their bins.
        split: n splits of the release.
        panel: n flags: from a source that only evaluates.
        left: samples that were sampled away.
    """

    examples: Examples
    contributors: NDArray[np.int64]
    people: list[str]
    groups: dict[str, list[str | None]]
    split: NDArray[np.str_]
    panel: NDArray[np.bool_]
    left: int = 0

    def take(self, rows: NDArray[np.int64]) -> Labelled:
        """The examples at these rows, in that order."""
        return Labelled(
            self.examples.take(rows),
            self.contributors[rows],
            self.people,
            {name: [column[i] for i in rows] for name, column in self.groups.items()},
            self.split[rows],
            self.panel[rows],
            self.left,
        )


def load_examples(
    workspace: Workspace,
    plan: Plan,
    folder: Path,
    most: int = MOST,
    *,
    ready: Ready | None = None,
    inputs: bool = True,
) -> Labelled:
    """Reads the examples of the release in a folder, at most so many, in the order of collection.

    Args:
        workspace: where they lie.
        plan: its modality, attributes and task.
        folder: of the release.
        most: above so many they are drawn by lot.
        ready: makes examples ready for a recipe; media are read and made ready in portions. Without it they
            are drawn by lot above ``MOST_BYTES``, as they all lie in memory.
        inputs: whether inputs and what is beside them are read at all.

    Raises:
        InputError: the release is empty.
    """
    ids, splits = _in_release(folder)
    total = len(ids)
    if not total:
        raise InputError(
            "The release holds no samples.",
            why="There is nothing to learn from and nothing to judge.",
            fix="ingather release   says why samples are left out: often no licence stands in the plan.",
        )
    media = plan.modality in MEDIA
    chosen = _drawn(workspace, ids, most, None if not inputs or (media and ready) else MOST_BYTES)
    if len(chosen) < total:
        ids, splits = ids.take(pa.array(chosen)), splits.take(pa.array(chosen))
    numbers = id_numbers(ids)
    order = np.argsort(numbers, kind="stable")
    evaluating = {source.name for source in plan.sources if source.role == "evaluate"}
    parts: list[tuple[pa.Table, dict[str, pa.Array], NDArray[np.int64]]] = []
    view = View(workspace, plan)
    for batch in view.batches():
        own = id_numbers(batch.rows["id"])
        place = np.minimum(np.searchsorted(numbers, own, sorter=order), len(numbers) - 1)
        at = order[place]
        inside = np.flatnonzero(numbers[at] == own)
        if len(inside):
            take = pa.array(inside)
            groups = {name: values.take(take) for name, values in batch.groups.items()}
            parts.append((batch.rows.take(take), groups, at[inside]))
    rows = pa.concat_tables([part[0] for part in parts]).combine_chunks()
    at = np.concatenate([part[2] for part in parts])
    groups = {
        name: _words(plan, name, pa.concat_arrays([part[1][name] for part in parts])) for name in parts[0][1]
    }
    people = rows["contributor"].combine_chunks().dictionary_encode()
    labels = [orjson.loads(value) if value is not None else None for value in rows["label"].to_pylist()]
    names = rows["id"].to_pylist()
    if inputs:
        examples = read_inputs(workspace, plan, names, labels, ready)
    else:
        examples = read_truths(workspace, plan, names, labels)
    return Labelled(
        examples,
        pc.fill_null(people.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64),
        people.dictionary.to_pylist(),
        groups,
        np.array(splits.take(pa.array(at)).to_pylist(), dtype=np.str_),
        np.array([name in evaluating for name in rows["source"].to_pylist()], bool),
        total - len(names),
    )


def _drawn(workspace: Workspace, ids: pa.Array, most: int, most_bytes: int | None) -> NDArray[np.int64]:
    """Rows of at most so many samples and bytes, drawn by the lot that is in every id."""
    order = np.argsort(id_numbers(ids), kind="stable")[:most]
    if most_bytes is not None:
        sizes = Lookup(workspace.samples, ["size"]).match(ids.take(pa.array(order)))["size"]
        held = np.cumsum(pc.fill_null(sizes, 0).to_numpy())
        order = order[: max(1, int(np.searchsorted(held, most_bytes, "right")))]
    return np.sort(order) if len(order) == len(ids) else np.asarray(order, np.int64)


def _in_release(folder: Path) -> tuple[pa.Array, pa.Array]:
    ids: list[pa.Array] = []
    splits: list[pa.Array] = []
    for path in sorted((folder / "data").glob("*.parquet")):
        # read_table would import pandas where that is installed, which takes longer than the reading.
        own = pq.ParquetFile(path).read(columns=["id"])["id"].combine_chunks()
        ids.append(own)
        splits.append(pa.array([path.name.rsplit("-", 3)[0]] * len(own), pa.string()))
    if not ids:
        return pa.array([], pa.string()), pa.array([], pa.string())
    return pa.concat_arrays(ids), pa.concat_arrays(splits)


def _words(plan: Plan, name: str, values: pa.Array) -> list[str | None]:
    attribute = plan.attributes.get(name)
    if attribute is not None and attribute.bins and pa.types.is_floating(values.type):
        from ingather.plan.counting import bin_of

        names = list(attribute.bins)
        return [names[code] if code >= 0 else None for code in bin_of(plan, name, values).tolist()]
    if name == "label":
        return [None if value is None else _label(value) for value in values.to_pylist()]
    told: list[str | None] = values.cast(pa.string()).to_pylist()
    return told


def _label(value: str) -> str:
    plain = orjson.loads(value)
    return plain if isinstance(plain, str) else value
