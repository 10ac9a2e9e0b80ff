"""The replay benchmark runs, and its parts are what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

NEXT = Path(__file__).resolve().parents[2] / "benchmarks" / "next"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(NEXT))


def test_the_fast_replay_prints_its_tables(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, NEXT / "run.py", "--fast", "--json", tmp_path / "figures.json"],
        capture_output=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "| ours |" in done.stdout
    by_label, _ = json.loads((tmp_path / "figures.json").read_text())
    assert by_label["of equal"]["equal"] == 1
    assert by_label["of proportional"]["ours"] < 0.9


@pytest.mark.usefixtures("parts")
def test_out_of_fold_answers_are_those_of_machines_fitted_without_the_fold() -> None:
    from learner import Ridge

    rng = np.random.default_rng(0)
    rows, label, fold = rng.normal(size=(60, 5)), rng.integers(0, 3, 60), rng.integers(0, 4, 60)
    kernel = np.exp(-((rows[:, None] - rows) ** 2).sum(axis=2) / 5).astype(np.float32)
    found = Ridge(kernel, label, 3, 0.1).out_of_fold(fold)
    for one in range(4):
        out, rest = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
        machine = Ridge(kernel[np.ix_(rest, rest)], label[rest], 3, 0.1)
        assert found[out] == pytest.approx(machine.answer(kernel[np.ix_(out, rest)]), abs=1e-5)


@pytest.mark.usefixtures("parts")
def test_what_is_decided_does_not_depend_on_the_test() -> None:
    from dataclasses import replace

    from replay import _split, replay
    from rules import ours
    from sets import Pool, gram

    rng = np.random.default_rng(5)
    group, label = np.repeat([0, 1, 2], 120), rng.integers(0, 2, 360)
    rows = rng.normal(size=(360, 4)) + label[:, None] * (2 - 0.6 * group[:, None])
    pool = Pool("made", gram(rows), label, group, np.arange(360), 120)
    in_test = _split(pool, np.random.default_rng(3))
    label = pool.label.copy()
    label[in_test] = 1 - label[in_test]
    seen: list[list[int]] = []
    for one in (pool, replace(pool, label=label)):
        rounds: list[int] = []
        replay(one, lambda view, kept=rounds: kept.extend(ours(view)) or ours(view), 3)  # type: ignore[misc]
        seen.append(rounds)
    assert seen[0] == seen[1]
