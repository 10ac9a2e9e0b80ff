"""A dry run tells layout, items, labels, licences and losses, and writes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from ingather.plan.read import read_plan
from ingather.sources.preview import preview
from ingather.store.workspace import open_workspace

PLAN = """version: 1
name: names
objective: Names in posts.
modality: text
task: {{type: tagging, labels: [O, B-person, I-person]}}
sources:
  - {{name: posts, kind: dataset, path: {data}/wnut17-ner}}
  - {{name: counts, kind: dataset, path: {data}/common-voice-stats}}
"""


def test_what_is_there_is_told(data: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN.format(data=data))
    workspace = open_workspace(tmp_path)
    posts, counts = preview(workspace, read_plan(workspace.plan_path))
    assert posts.layout.startswith("conll: ")
    assert (posts.items, posts.unfit, posts.lost) == (4403, 0, 0)
    assert posts.labels["O"] == 74053
    assert posts.licences == {"CC-BY-4.0": 4403}
    assert posts.splits == {"train": 3394, "validation": 1009}
    assert "no layout that is known" in counts.refused
    assert not workspace.samples.exists


def test_what_has_no_known_layout_is_described_with_the_nearest(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    shutil.copyfile(data / "warc-samples/test/data/example.warc", folder / "one.capture")
    shutil.copyfile(data / "warc-samples/test/data/example.warc.gz", folder / "two.capture")
    plan = PLAN.format(data=data).replace(f"{data}/common-voice-stats", str(folder))
    (tmp_path / "plan.yaml").write_text(plan)
    workspace = open_workspace(tmp_path)
    (refused,) = preview(workspace, read_plan(workspace.plan_path), ("counts",))
    assert refused.items == 0
    for words in ("2 web archives", "The nearest known", "warc, where the files' names end in", "webdataset"):
        assert words in refused.refused
