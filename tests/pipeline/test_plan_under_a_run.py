"""The plan while somebody works on it: not changed under a run, and an edit is never undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingather.cycles import apply
from ingather.errors import InputError, WorkspaceBusy
from ingather.plan.read import read_plan
from ingather.store.leases import hold
from ingather.store.workspace import open_workspace
from ingather.training.next_stage import NextRound

PLAN = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
task: {type: classification, labels: [ham, spam]}
targets: {total: 20, groups: [{by: label, each: 10}]}  # a comment that stays
rights: {licences: [CC-BY-4.0]}
sources:
  - {name: mail, kind: files, path: mail.tsv, format: tsv, text: SMS, label: Label, licence: CC-BY-4.0}
release: {}
train: {recipe: text-classification, metric: accuracy}
"""


def _proposal() -> NextRound:
    row = {"by": {"label": "spam"}, "samples": 5, "contributors": 0, "source": None, "cost": None}
    return NextRound(
        stop=None, goal_met=False, basis="cv", metric="accuracy", rows=[row], expected=None, stuck=[], pays=""
    )


def test_a_plan_is_not_changed_under_a_run_nor_an_edit_undone(tmp_path: Path) -> None:
    (tmp_path / "mail.tsv").write_text("Label\tSMS\nham\tsee you at five then\nspam\twin a prize now\n")
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    place = open_workspace(tmp_path)
    plan = read_plan(path)
    with hold(place.database, "run"), pytest.raises(WorkspaceBusy):
        apply(place, plan, _proposal())
    assert path.read_text() == PLAN
    edited = PLAN.replace("Tell spam", "Tell all spam")
    path.write_text(edited)
    with pytest.raises(InputError, match="edited while"):
        apply(place, plan, _proposal())
    assert path.read_text() == edited
    told = apply(place, read_plan(path), _proposal())
    assert told.changes
    assert "Tell all spam" in path.read_text()
    assert "# a comment that stays" in path.read_text()
