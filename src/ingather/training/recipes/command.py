"""Command: any program of your own, in any framework, learns and answers.

It is run in the plan's folder without a shell and finds in its environment:

    INGATHER_RELEASE   the folder of the release
    INGATHER_TRAIN     Parquet to learn from: id, text | media | path | data, label, and where there is more
                       parts, data, session, segment
    INGATHER_PREDICT   Parquet to answer: the same without label
    INGATHER_OUT       where it writes Parquet: id, prediction, and, if it likes, scores by label
    INGATHER_TASK      the plan's task as JSON
    INGATHER_SEED      the plan's seed

It learns and answers in one go, so it is run once for every set of samples to answer.
"""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import orjson
from pydantic import BeforeValidator, Field, field_validator

from ingather.sample import MODALITIES
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.exchange import read_answers, write_examples
from ingather.training.program import run_program
from ingather.training.targets import some_labelled

tasks = frozenset(
    {"classification", "tagging", "spans", "boxes", "polygons", "tracks", "transcription", "translation",
     "regression", "forecasting", "anomaly", "failure", "recommendation", "retrieval", "ranking", "dialogue"}
)  # fmt: skip
modalities = frozenset(MODALITIES)
most = 200_000
Words = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: tuple(shlex.split(v)) if isinstance(v, str) else v)
]


class Config(RecipeConfig):
    """Options of a program of one's own."""

    run: Words = Field(description="the program and its arguments; python is the one that ingather runs in")
    timeout: float = Field(3600, gt=0, description="seconds after which the program is ended")
    release: str = Field("", description="the release's folder; filled in by training")
    folder: str = Field(".", description="where the program is run; filled in by training: the plan's folder")

    @field_validator("run")
    @classmethod
    def _something(cls, run: tuple[str, ...]) -> tuple[str, ...]:
        if not run:
            raise ValueError("names no program")
        return run


@dataclass
class Program:
    """A program that learns anew each time it is asked; ``told`` says what it left unanswered."""

    config: Config
    train: Examples
    seed: int
    told: tuple[str, ...] = ()

    def predict(self, examples: Examples) -> Predictions:
        """Runs the program and reads its answers.

        Raises:
            InputError: there is no such program, or its answers cannot be read.
            OutsideError: it failed or ran too long.
        """
        if not examples.ids:
            return Predictions([])
        with tempfile.TemporaryDirectory(prefix="ingather-") as made:
            own = Path(made)
            train, asked, out = own / "train.parquet", own / "predict.parquet", own / "predictions.parquet"
            write_examples(self.train, train, labelled=True)
            write_examples(examples, asked, labelled=False)
            environment = {
                "INGATHER_RELEASE": self.config.release,
                "INGATHER_TRAIN": str(train),
                "INGATHER_PREDICT": str(asked),
                "INGATHER_OUT": str(out),
                "INGATHER_TASK": orjson.dumps(examples.task).decode(),
                "INGATHER_SEED": str(self.seed),
            }
            run_program(self.config.run, Path(self.config.folder), environment, self.config.timeout)
            found, missing = read_answers(out, examples)
        if missing:
            self.told = (f"The program left {missing} of {len(examples.ids)} samples unanswered.",)
        return found


def fit(train: Examples, config: Config, seed: int) -> Program:
    """Keeps what the program will learn from: the samples that have a label.

    Raises:
        InputError: none has one, and the task needs labels.
    """
    rows = np.flatnonzero([label is not None for label in train.labels])
    if train.task.get("type") != "recommendation":
        some_labelled(train, len(rows))
        train = train.take(rows)
    return Program(config, train, seed)
