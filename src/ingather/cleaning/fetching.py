"""Samples fetched from the store in the form that an operator reads, cleaned where they were cleaned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingather.cleaning.forms import Held, decode
from ingather.cleaning.measuring import INPUT, givers
from ingather.sample import Modality
from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace


def measuring_input(workspace: Workspace, since: int, *, original: bool) -> Iterator[pa.RecordBatch]:
    """What workers are given, of all samples written after a version of ``samples``.

    Args:
        workspace: where they lie.
        since: version of ``samples``; 0 means all.
        original: whether mappers run again, so that they must see what was collected.
    """
    columns = ["id", "text", "blob", "data", "source", "contributor"]
    cleaned = (
        None if original or not workspace.cleaned.exists else Lookup(workspace.cleaned, ["text", "blob"])
    )
    for batch in workspace.samples.scan(columns, since=since, batch_size=5_000):
        table = pa.Table.from_batches([batch])
        if cleaned is not None:
            new = cleaned.match(table["id"].combine_chunks())
            for name in ("text", "blob"):
                place = table.schema.get_field_index(name)
                table = table.set_column(place, name, pc.coalesce(new[name], table[name]))
        yield from table.cast(INPUT).combine_chunks().to_batches()


class Fetcher:
    """Fetches some samples by id, decoded, in the order asked for."""

    def __init__(self, workspace: Workspace, modality: Modality) -> None:
        self.workspace = workspace
        self.modality = modality
        self._samples = Lookup(workspace.samples, ["text", "blob", "data", "source", "contributor"])
        self._cleaned = Lookup(workspace.cleaned, ["text", "blob"])

    def __call__(self, form: str, ids: list[str]) -> Any:
        """The samples with these ids as a batch of that form."""
        asked = pa.array(ids, pa.string())
        rows, new = self._samples.match(asked), self._cleaned.match(asked)
        held = Held(
            ids=ids,
            modality=self.modality,
            texts=pc.coalesce(new["text"], rows["text"]).combine_chunks(),
            blobs=pc.coalesce(new["blob"], rows["blob"]).to_pylist(),
            changed=[None] * len(ids),
            data=rows["data"].to_pylist(),
            place=self.workspace.blobs.path,
            givers=givers(rows) if self.modality == "record" else (),
        )
        return decode(form, held)
