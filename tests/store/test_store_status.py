"""Status at once: what is kept beside the counts is what would be made from them, and little is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command_line import environment, ingather, run_json
from ingather.plan.read import reread_plan
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor
from ingather.store.status_document import read_kept, status_document
from ingather.store.workspace import Workspace, open_workspace

PLAN = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
task: {type: classification, labels: [ham, spam]}
targets: {total: 1000, budget: 20 EUR, groups: [{by: label, each: 100}]}
sources:
  - {name: mail, kind: files, path: mail.tsv, text: SMS, label: Label, licence: CC-BY-4.0, cost: .01 EUR}
release: {}
"""

_LOADED = """\
import sys
from ingather.cli.main import run
from ingather.cli import settings
words, chosen = settings.split(sys.argv[1:])
settings.use(chosen)
code = run(words, chosen)
print(",".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Workspace:
    folder = tmp_path_factory.mktemp("status")
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "mail.tsv").write_text("".join(lines[:501]), encoding="utf-8")
    (folder / "plan.yaml").write_text(PLAN)
    ingather("-C", folder, "collect")
    ingather("-C", folder, "clean")
    ingather("-C", folder, "release")
    return open_workspace(folder)


def made_now(workspace: Workspace) -> dict[str, Any]:
    plan = reread_plan(workspace.plan_path)
    states: Any = get_cursor(workspace, "counts")
    return status_document(plan, read_counts(workspace, plan), states)


def test_what_is_kept_is_what_would_be_made(mail: Workspace) -> None:
    kept = read_kept(mail)
    assert kept is not None
    releases = kept.pop("releases")
    assert kept == made_now(mail)
    assert kept["samples"]["collected"] == 500
    assert kept["spent"] == "5.00 EUR"
    assert [one["release"] for one in releases] == ["v1"]
    assert run_json("-C", mail.root, "status") == {**kept, "releases": releases}


@pytest.mark.parametrize("words", [["--json", "status"], ["status"]])
def test_status_loads_neither_tables_nor_models(mail: Workspace, words: list[str]) -> None:
    call = [sys.executable, "-c", _LOADED, "-C", str(mail.root), *words]
    done = subprocess.run(call, capture_output=True, text=True, env=environment(), check=True)
    loaded = set(done.stderr.strip().splitlines()[-1].split(","))
    assert not loaded & {"lance", "daft", "pyarrow", "numpy", "sqlalchemy", "pydantic", "ruamel.yaml"}


def test_an_edited_plan_is_counted_anew_and_the_old_one_again_when_it_returns(mail: Workspace) -> None:
    mail.plan_path.write_text(PLAN.replace("each: 100", "each: 200"))
    try:
        assert read_kept(mail) is None
        told = run_json("-C", mail.root, "status")
        assert {row["target"] for row in told["quotas"] if row["by"]} == {200}
        kept = read_kept(mail)
        assert kept == told
    finally:
        mail.plan_path.write_text(PLAN)
    assert read_kept(mail) is None, "counts by the other plan are not those of this one"
    assert {row["target"] for row in run_json("-C", mail.root, "status")["quotas"] if row["by"]} == {100}


def test_the_plan_names_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INGATHER_DATABASE_URL", raising=False)
    (tmp_path / "plan.yaml").write_text(f"{PLAN}database: 'sqlite:///{tmp_path}/elsewhere.db'\n")
    assert open_workspace(tmp_path).database.url.database == f"{tmp_path}/elsewhere.db"
    (tmp_path / "plan.yaml").write_text(PLAN + "x-note: database\n")
    assert open_workspace(tmp_path).database.url.database == f"{tmp_path}/.ingather/ingather.db"
