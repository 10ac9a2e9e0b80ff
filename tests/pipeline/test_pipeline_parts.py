"""Samples with parts go the whole way: collected, cleaned by their own operators, released as columns."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from ingather.pipeline import run_stages
from ingather.sample import Item, Part
from ingather.store.sample_list import thread_of
from ingather.store.workspace import Workspace, open_workspace

PREFERENCES = """
version: 1
name: answers
objective: Tell the better answer.
modality: text
task: preference
rights: {licences: [CC0-1.0]}
sources: [{name: pairs, kind: dataset, path: pairs.jsonl, format: trl, licence: CC0-1.0}]
release: {splits: {train: 1}, formats: [huggingface, trl], licence: CC0-1.0}
"""


def ran(folder: Path, plan: str) -> Workspace:
    (folder / "plan.yaml").write_text(plan)
    workspace = open_workspace(folder)
    run_stages(workspace, ("collect", "clean", "release"))
    return workspace


def shard(folder: Path) -> pa.Table:
    return pa.concat_tables(
        [pq.read_table(path) for path in sorted(folder.glob("releases/v1/data/*.parquet"))]
    )


@pytest.fixture
def preferences(data: Path, tmp_path: Path) -> Path:
    """Real messages as prompts; what is chosen and what is not are other messages."""
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines()
    texts = sorted({line.split("\t", 1)[1] for line in lines if "\t" in line and len(line) > 60})[:90]
    rows = [{"prompt": texts[i], "chosen": texts[i + 30], "rejected": texts[i + 60]} for i in range(30)]
    rows[3]["chosen"] = "  "
    rows[4]["rejected"] = "Itâ€™s not here"
    (tmp_path / "pairs.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path


def test_preferences_are_released_with_chosen_and_rejected_as_columns(preferences: Path) -> None:
    workspace = ran(preferences, PREFERENCES)
    verdicts = workspace.verdicts.read(["verdict", "reason"]).to_pylist()
    refused = [row["reason"] for row in verdicts if row["verdict"] == "quarantined"]
    assert refused == ["Its part 'chosen' is empty."]
    table = shard(preferences)
    assert table.num_rows == 29
    assert {"text", "chosen", "rejected"} <= set(table.schema.names)
    assert "It’s not here" in table["rejected"].to_pylist()
    assert all(table["chosen"].to_pylist())


def test_a_sample_tells_its_parts(preferences: Path) -> None:
    workspace = ran(preferences, PREFERENCES)
    one = next(
        r["id"] for r in workspace.verdicts.read(["id", "verdict"]).to_pylist() if r["verdict"] == "kept"
    )
    told = thread_of(workspace, one)
    assert [part["role"] for part in told["parts"]] == ["chosen", "rejected"]


def test_what_is_written_for_trl_reads_back_with_its_parts(preferences: Path) -> None:
    from ingather.formats.layouts import trl

    ran(preferences, PREFERENCES)
    folder = preferences / "releases" / "v1" / "formats" / "trl"
    items = [x for x in trl.read(folder, trl.Config()) if isinstance(x, Item)]
    assert len(items) == 29
    assert {tuple(part.role for part in item.parts) for item in items} == {("chosen", "rejected")}


def test_a_changed_sample_loses_the_parts_that_it_no_longer_has(preferences: Path) -> None:
    workspace = ran(preferences, PREFERENCES)
    assert workspace.parts.count() == 60
    rows = (preferences / "pairs.jsonl").read_text().splitlines()
    (preferences / "pairs.jsonl").write_text("\n".join(rows[:10]))
    again = ran(preferences, PREFERENCES)
    assert again.parts.count() == 60  # what is gone from its source is kept
    assert again.samples.count() == 30


def test_other_steps_for_a_role_measure_its_parts_again(preferences: Path) -> None:
    ran(preferences, PREFERENCES)
    stricter = PREFERENCES + "clean_parts: {chosen: [{text-length: {min_characters: 100}}]}\n"
    workspace = ran(preferences, stricter)
    reasons = [r for r in workspace.verdicts.read(["reason"])["reason"].to_pylist() if r]
    assert any(reason.startswith("Its part 'chosen': ") for reason in reasons[1:])


def test_dialogues_of_the_shared_set_keep_their_turns(data: Path, tmp_path: Path) -> None:
    plan = f"""
version: 1
name: talks
objective: Answer people.
modality: text
task: none
rights: {{licences: [CC-BY-SA-4.0]}}
sources:
  - {{name: sgd, kind: dataset, path: {json.dumps(str(data / "sgd-dialogues"))}, licence: CC-BY-SA-4.0}}
clean: [text-length]
release: {{splits: {{train: 1}}, licence: CC-BY-SA-4.0}}
"""
    ran(tmp_path, plan)
    table = shard(tmp_path)
    assert table.num_rows > 50
    turns = [json.loads(text)["turns"] for text in table["data"].to_pylist()]
    assert all(len(one) > 1 and {"speaker", "text"} <= set(one[0]) for one in turns)


MASKS = """
version: 1
name: cells
objective: Find the cells.
modality: image
task: none
rights: {licences: [CC0-1.0]}
sources: [{name: cells, kind: masked, licence: CC0-1.0}]
release: {splits: {train: 1}, licence: CC0-1.0}
"""


def test_masks_and_several_views_are_columns_of_media(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = sorted((data / "bccd-blood-cells" / "BCCD" / "JPEGImages").glob("*.jpg"))[:4]

    def collect(config: object, request: object) -> object:
        for number, path in enumerate(pictures):
            mask = io.BytesIO()
            Image.new("L", (640, 480), number).save(mask, "PNG")
            parts = [Part("mask", content=mask.getvalue(), media_type="image/png")]
            parts += [
                Part("view", n, content=pictures[n], media_type="image/jpeg", start=n / 2) for n in range(2)
            ]
            yield Item(
                path.name, "image", content=path, media_type="image/jpeg", parts=tuple(parts), stamp="1"
            )

    import sys
    import types

    from ingather import plugins
    from ingather.sources.contract import SourceConfig

    module = types.ModuleType("masked")
    module.Config, module.collect = SourceConfig, collect  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "masked", module)
    known = plugins.names(plugins.SOURCES)
    monkeypatch.setitem(known, "masked", "masked")
    ran(tmp_path, MASKS)
    table = shard(tmp_path)
    assert table.num_rows == 4
    row = table.to_pylist()[0]
    assert Image.open(io.BytesIO(row["mask"]["bytes"])).size == (640, 480)
    assert [one["path"][-4:] for one in row["view"]] == [".jpg", ".jpg"]
    assert row["view_start"] == [0.0, 0.5]

    import datasets

    loaded = datasets.load_dataset(str(tmp_path / "releases" / "v1"), cache_dir=str(tmp_path / "cache"))
    assert loaded["train"][0]["mask"].size == (640, 480)
    assert [view.size for view in loaded["train"][0]["view"]] == [(640, 480), (640, 480)]
