"""Workspaces that the report is made of, run once, and a browser to look at it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingather.pipeline import run_stages
from ingather.store.workspace import Workspace

if TYPE_CHECKING:
    pass

PLAN = """\
version: 1
name: bfi-age
objective: "Guess how old somebody is </title><script>alert('x')</script> & <b>no more</b>"
modality: record
task: {{type: regression, target: age}}
attributes:
  gender: {{of: sample, values: [1, 2, 3]}}
  education: {{of: sample, values: [1, 2, 3, 4, 5]}}
targets:
  total: 3000
  groups:
    - {{by: gender, each: 900}}
    - {{by: [gender, education], each: 100}}
    - {{by: education, shares: {{1: .2, 2: .2, 3: .2, 4: .2, 5: .2}}}}
rights: {{licences: [CC0-1.0]}}
sources:
  - {{name: bfi, kind: files, path: "{path}", licence: CC0-1.0, cost: .03 EUR}}
release: {{}}
train: {{recipe: tabular-regression, metric: mae, goal: {{overall: 8, worst_group: 10}}}}
"""


@pytest.fixture(scope="session")
def health(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Answers of 2,800 people, run from plan to report; the plan's objective tries to be markup."""
    path = data / "rdatasets-health-survey" / "csv" / "psych" / "bfi.csv"
    root = tmp_path_factory.mktemp("health")
    (root / "plan.yaml").write_text(PLAN.format(path=path.as_posix()), encoding="utf-8")
    workspace = Workspace(root)
    run_stages(workspace, None)
    return workspace
