"""What keeps samples together in one split: prompts, clusters of near-duplicates, a panel's people."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from release_workspaces import AUDIO, TEXT, audio_data, prepare, run, text_data

from ingather.plan.read import read_plan
from ingather.releases.selection import select
from ingather.releases.ties import tie
from ingather.store.workspace import open_workspace


def values_by_split(release: Path, column: str) -> dict[str, set[str]]:
    return {
        file.name.split("-")[0]: set(pq.read_table(file, columns=[column])[column].to_pylist())
        for file in (release / "data").iterdir()
    }


def test_words_read_aloud_are_in_one_split_only(data: Path, tmp_path: Path) -> None:
    text = AUDIO.replace("{type: classification, labels: ['0', '1', '2']}", "{type: transcription}")
    text = text.replace(
        "{splits: {train: .7, test: .3}}", "{apart_by: prompt, splits: {train: .7, test: .3}}"
    )
    folder = audio_data(prepare(tmp_path / "w", text), data)
    told = run(folder)
    labels = values_by_split(folder / told["path"], "label")
    assert labels["train"] | labels["test"] == {"0", "1", "2"}
    assert not labels["train"] & labels["test"]


def test_a_cluster_is_joined_by_way_of_a_copy_that_is_left_out(data: Path, tmp_path: Path) -> None:
    folder = text_data(prepare(tmp_path / "w", TEXT), data, 60)
    run(folder, "collect", "clean")
    workspace = open_workspace(folder)
    plan = read_plan(workspace.plan_path)
    chosen = select(workspace, plan)
    ids = [one for portion in chosen.ids.portions() for one in portion.to_pylist()]
    away = "f" * 32
    pairs = [(ids[0], away), (away, ids[7]), (ids[3], ids[4])]
    workspace.duplicates.upsert(
        pa.table(
            {
                "id": [f"{number:032x}" for number in range(3)],
                "left": [left for left, _ in pairs],
                "right": [right for _, right in pairs],
                "operator": ["near-duplicates"] * 3,
                "similarity": pa.array([0.9] * 3, pa.float32()),
            }
        )
    )
    codes = tie(open_workspace(folder), plan, chosen, "cluster")
    assert codes[0] == codes[7] >= 0
    assert codes[3] == codes[4] >= 0
    assert codes[0] != codes[3]
    assert (codes[[1, 2, 5, 6]] == -1).all()


def test_media_as_files_lie_beside_the_shards_once(data: Path, tmp_path: Path) -> None:
    folder = audio_data(prepare(tmp_path / "w", AUDIO.replace("{splits", "{media: files, splits")), data)
    release = folder / run(folder)["path"]
    names = set().union(*values_by_split(release, "audio").values())
    there = {file.relative_to(release).as_posix() for file in (release / "media").iterdir()}
    assert names == there
    assert len(there) == 89
    contents = {(release / name).read_bytes() for name in names}
    assert contents < {file.read_bytes() for file in (folder / "recordings").iterdir()}


def test_a_panel_is_in_test_alone_and_shares_nobody_with_train(data: Path, tmp_path: Path) -> None:
    panel = """\
  - name: panel
    kind: files
    role: evaluate
    path: panel
    pattern: '{label}_{speaker}_{n}.wav'
    contributor: speaker
    sidecar: {path: speakers.csv, on: speaker}
    licence: CC-BY-SA-4.0
contributors: {same: [digits, panel]}
release:"""
    text = AUDIO.replace("release: {splits: {train: .7, test: .3}}", f"{panel} {{splits: {{train: 1}}}}")
    folder = audio_data(prepare(tmp_path / "w", text), data)
    (folder / "panel").mkdir()
    for file in (data / "fsdd" / "recordings").glob("[0-2]_theo_[5-9].wav"):
        (folder / "panel" / file.name).write_bytes(file.read_bytes())
    release = folder / run(folder)["path"]
    sources, people = values_by_split(release, "source"), values_by_split(release, "contributor")
    assert sources == {"train": {"digits"}, "test": {"digits", "panel"}}
    assert len(people["train"]) == 5
    assert len(people["test"]) == 1
    assert not people["train"] & people["test"]
    card = (release / "README.md").read_text()
    assert "What judges only is in `test` alone" in card
