"""Tabular classification: a label from the fields of a record, with numbers, words and gaps among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.plan.model import Names
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.table_columns import Column, encode, learn_columns
from ingather.training.table_models import Learner, fit_table
from ingather.training.targets import ClassTargets, class_targets

tasks = frozenset({"classification", "failure", "anomaly"})
modalities = frozenset({"record"})
most = 200_000


class Config(RecipeConfig):
    """Options of tabular classification."""

    learner: Learner = Field(
        "auto", description="linear, boosted trees, lightgbm (extra boosting), or by the number of records"
    )
    ignore: Names = Field((), description="fields that must not be learned from, such as a record's number")
    balanced: bool = Field(False, description="rare labels weigh as much as frequent ones")


@dataclass(frozen=True, slots=True)
class TableClassifier:
    """A fitted classifier: one machine for all classes, or one each where several hold at once."""

    columns: tuple[Column, ...]
    targets: ClassTargets
    machines: tuple[Any, ...]
    told: tuple[str, ...]

    def predict(self, examples: Examples) -> Predictions:
        """Labels with probabilities, in order."""
        scores = np.zeros((len(examples.ids), len(self.targets.classes)))
        if len(scores):
            table = encode(self.columns, examples.inputs)
            if self.targets.multi:
                for code, machine in enumerate(self.machines):
                    scores[:, code] = _chance(machine, table)
            else:
                machine = self.machines[0]
                scores[:] = 1.0 if machine is None else machine.predict_proba(table)
        return self.targets.answers(scores)


def fit(train: Examples, config: Config, seed: int) -> TableClassifier:
    """Learns from the labelled records.

    Raises:
        InputError: no record has a label.
        MissingExtra: LightGBM is asked for and not installed.
    """
    targets = class_targets(train)
    records = [train.inputs[row] for row in targets.rows]
    ignore = (*config.ignore, str(train.task.get("target") or ""))
    columns, told = learn_columns(records, [train.labels[row] for row in targets.rows], ignore)
    table = encode(columns, records)

    def machine(truth: NDArray[Any]) -> Any:
        if len(np.unique(truth)) == 1:
            return bool(truth[0]) if targets.multi else None
        return fit_table(
            config.learner, columns, table, truth, numbers=False, balanced=config.balanced, seed=seed
        )

    truths = targets.holds.T if targets.multi else [targets.codes]
    return TableClassifier(columns, targets, tuple(machine(truth) for truth in truths), told)


def _chance(machine: Any, table: NDArray[np.float64]) -> Any:
    """The probability of a label by itself; a bool stands for one that always or never holds."""
    return float(machine) if isinstance(machine, bool) else machine.predict_proba(table)[:, 1]
