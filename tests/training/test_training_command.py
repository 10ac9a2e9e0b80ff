"""Programs of the user's: what they are given, and every way in which they can fail."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ingather.errors import InputError, OutsideError
from ingather.training.contract import Examples
from ingather.training.recipes import command

ASKED = Examples(["a", "b", "c"], ["one", "two", "three"], [None] * 3, {"type": "classification"}, "text")
TRAIN = Examples(["t", "u"], ["uno", "due"], ["x", "y"], {"type": "classification"}, "text")
HEAD = """
import json, os, sys, time
import pyarrow as pa, pyarrow.parquet as pq
train = pq.read_table(os.environ["INGATHER_TRAIN"])
asked = pq.read_table(os.environ["INGATHER_PREDICT"])
out = os.environ["INGATHER_OUT"]
"""


def run(folder: Path, body: str, asked: Examples = ASKED, timeout: float = 60, imports: str = HEAD):
    (folder / "own.py").write_text(imports + body)
    config = command.Config(
        run=[sys.executable, "own.py"], timeout=timeout, folder=str(folder), release=str(folder / "v1")
    )
    model = command.fit(TRAIN, config, 5)
    return model, model.predict(asked)


def test_answers_scores_and_what_the_program_is_given(tmp_path: Path) -> None:
    model, found = run(
        tmp_path,
        """
assert train.column_names == ["id", "text", "label"] and train["label"].to_pylist() == ["x", "y"]
assert asked.column_names == ["id", "text"]
assert os.environ["INGATHER_RELEASE"].endswith("v1") and os.environ["INGATHER_SEED"] == "5"
assert json.loads(os.environ["INGATHER_TASK"])["type"] == "classification"
pq.write_table(pa.table({"id": ["c", "a"], "prediction": ["y", "x"],
    "scores": [{"x": .2, "y": .8}, {"x": .9, "y": .1}]}), out)
""",
    )
    assert found.values == ["x", None, "y"]
    assert found.classes == ("x", "y")
    assert found.scores.tolist() == [[0.9, 0.1], [0.0, 0.0], [0.2, 0.8]]
    assert model.told == ("The program left 1 of 3 samples unanswered.",)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "was not written"),
        ("open(out, 'w').write('hello')", "no Parquet that can be read"),
        (
            "pq.write_table(pa.table({'name': ['a']}), out)",
            "lacks the columns id and prediction; it has: name",
        ),
        ("pq.write_table(pa.table({'id': ['z'], 'prediction': ['x']}), out)", "not asked for, such as 'z'"),
        ("pq.write_table(pa.table({'id': ['a', 'a'], 'prediction': ['x', 'y']}), out)", "more than once"),
    ],
)
def test_answers_that_cannot_be_taken(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(InputError, match="INGATHER_OUT") as refused:
        run(tmp_path, body)
    assert said in refused.value.message


def test_a_program_that_fails_is_told_with_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as failed:
        run(tmp_path, "import sys\nprint('no memory left', file=sys.stderr); sys.exit(7)", imports="")
    assert "ended with code 7" in failed.value.message
    assert "no memory left" in failed.value.why


def test_a_program_without_end_is_ended_with_all_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(OutsideError, match="had not ended after"):
        run(
            tmp_path,
            "import subprocess, sys, time\n"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(4); open(\"late\", \"w\")'])\n"
            "time.sleep(60)",
            timeout=2,
            imports="",
        )
    assert time.monotonic() - began < 20
    time.sleep(4)
    assert not (tmp_path / "late").exists()


def test_a_program_that_is_not_there() -> None:
    config = command.Config(run="no-such-program --fast 'two words'")
    assert config.run == ("no-such-program", "--fast", "two words")
    with pytest.raises(InputError, match="no-such-program"):
        command.fit(TRAIN, config, 0).predict(ASKED)


def test_records_media_and_several_labels_travel(tmp_path: Path) -> None:
    body = """
import base64
kind = asked.column_names[1]
told = [json.dumps([kind, len(value)]) for value in asked[kind].to_pylist()]
pq.write_table(pa.table({"id": asked["id"], "prediction": told}), out)
"""
    several = {"type": "classification", "multi": True}
    record = Examples(["r"], [{"n": 1}], [None], several, "record")
    assert run(tmp_path, body, record)[1].values == [["data", 7]]
    clip = Examples(["m"], [b"\x00\xff\x00"], [None], several, "audio")
    assert run(tmp_path, body, clip)[1].values == [["media", 3]]


def test_nothing_asked_runs_nothing(tmp_path: Path) -> None:
    _, found = run(tmp_path, "raise SystemExit(1)", ASKED.take(np.empty(0, np.int64)))
    assert found.values == []
