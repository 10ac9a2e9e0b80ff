"""Tabular regression: a number from the fields of a record, with numbers, words and gaps among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from ingather.plan.model import Names
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.table_columns import Column, encode, learn_columns
from ingather.training.table_models import Learner, fit_table
from ingather.training.targets import number_targets

tasks = frozenset({"regression"})
modalities = frozenset({"record"})
most = 200_000


class Config(RecipeConfig):
    """Options of tabular regression."""

    learner: Learner = Field(
        "auto", description="linear, boosted trees, lightgbm (extra boosting), or by the number of records"
    )
    ignore: Names = Field((), description="fields that must not be learned from, such as a record's number")


@dataclass(frozen=True, slots=True)
class TableRegressor:
    """A fitted regression."""

    columns: tuple[Column, ...]
    machine: Any
    told: tuple[str, ...]

    def predict(self, examples: Examples) -> Predictions:
        """A number each, in order."""
        if not examples.ids:
            return Predictions([])
        return Predictions(self.machine.predict(encode(self.columns, examples.inputs)).tolist())


def fit(train: Examples, config: Config, seed: int) -> TableRegressor:
    """Learns from the records whose label is a number.

    Raises:
        InputError: no record has one.
        MissingExtra: LightGBM is asked for and not installed.
    """
    rows, numbers = number_targets(train)
    records = [train.inputs[row] for row in rows]
    ignore = (*config.ignore, str(train.task.get("target") or ""))
    columns, told = learn_columns(records, [train.labels[row] for row in rows], ignore)
    table = encode(columns, records)
    if len(rows) < 2:
        from sklearn.dummy import DummyRegressor

        return TableRegressor(columns, DummyRegressor().fit(table, numbers), told)
    machine = fit_table(config.learner, columns, table, numbers, numbers=True, seed=seed)
    return TableRegressor(columns, machine, told)
