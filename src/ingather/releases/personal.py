"""Samples that tell of a person: in no release, unless the plan says who answers for them.

A measure named ``personal`` says what a sample tells of a person, ``none`` where it tells nothing. It is
asked here again, whatever the verdict: a sample that was taken back by hand is still not vouched for.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.plan.model import Plan
from ingather.store.lookup import Lookup
from ingather.store.workspace import Workspace

_ENDING = "__personal"
_MEDICAL = "application/dicom"
_ASKS_MEDICAL = "dicom-identifiers"
_COPIES_MEDICAL = "dicom-deidentify"


class Personal:
    """Finds what may not be released, batch by batch.

    Args:
        workspace: whose measures are read.
        plan: who vouches for what.
    """

    def __init__(self, workspace: Workspace, plan: Plan) -> None:
        self._plan = plan
        there = workspace.measures.columns if workspace.measures.exists else []
        columns = [name for name in there if name.endswith(_ENDING)]
        self._operators = {name: name.removesuffix(_ENDING).replace("_", "-") for name in columns}
        self._measures = Lookup(workspace.measures, columns) if columns else None
        self._cleaned = Lookup(workspace.cleaned, ["steps"])

    def unvouched(self, rows: pa.Table) -> NDArray[np.bool_]:
        """Which rows tell of a person and nobody answers for it; medical files that were not asked do.

        Args:
            rows: samples with ``id``, ``source`` and ``media_type``.
        """
        sources = rows["source"].to_pylist()
        ids = rows["id"].combine_chunks()
        medical = pc.equal(rows["media_type"], _MEDICAL).combine_chunks().fill_null(False)
        unasked = medical.to_numpy(zero_copy_only=False) & ~self._copied(ids)
        found = np.zeros(len(sources), bool)
        if self._measures is not None:
            told = self._measures.match(ids)
            for column, operator in self._operators.items():
                values = told[column].combine_chunks()
                some = pc.not_equal(values, "none").fill_null(False).to_numpy(zero_copy_only=False)
                found |= some & ~self._vouched(operator, sources)
                if operator == _ASKS_MEDICAL:
                    unasked = unasked & values.is_null().to_numpy(zero_copy_only=False)
        refused: NDArray[np.bool_] = found | (unasked & ~self._vouched(_ASKS_MEDICAL, sources))
        return refused

    def _copied(self, ids: pa.Array) -> NDArray[np.bool_]:
        """Which samples are now the copy that names nobody, perhaps no medical file any more."""
        steps = self._cleaned.match(ids)["steps"].to_pylist()
        return np.array([_COPIES_MEDICAL in (told or "").split(",") for told in steps], bool)

    def _vouched(self, operator: str, sources: list[str]) -> NDArray[np.bool_]:
        known = {name: self._plan.vouches(operator, name) for name in set(sources)}
        return np.array([known[name] for name in sources], bool)
