"""Cutting a release: the same bytes again, nothing that is not to be told, sums that add up."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from release_workspaces import AUDIO, TEXT, audio_data, prepare, run, text_data

from ingather.errors import InputError, NotMet
from ingather.releases.documents import DOCUMENTS
from ingather.releases.documents.datasheet import OPEN


def rows_of(release: Path) -> list[dict[str, object]]:
    return [row for shard in sorted((release / "data").iterdir()) for row in pq.read_table(shard).to_pylist()]


def test_the_same_content_has_the_same_bytes(data: Path, tmp_path: Path) -> None:
    told = []
    for name in ("one", "other"):
        folder = audio_data(prepare(tmp_path / name, AUDIO), data)
        told.append(run(folder))
    assert told[0]["digest"] == told[1]["digest"]
    first, second = (tmp_path / name / "releases" / "v1" / "manifest.json" for name in ("one", "other"))
    assert first.read_bytes() == second.read_bytes()
    again = run(tmp_path / "one", "release")
    assert (again["new"], again["release"], again["digest"]) == (0, "v1", told[0]["digest"])


def test_nothing_of_outside_is_in_a_release(data: Path, tmp_path: Path) -> None:
    folder = audio_data(prepare(tmp_path / "w", AUDIO), data)
    release = folder / run(folder)["path"]
    names = [file.name.encode() for file in (folder / "recordings").iterdir()]
    people = (b"jackson", b"nicolas", b"theo", b"yweweler", b"lucas", b"george")
    accents = (b"neutral", b"French", b"German", b"Greek")
    for file in release.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found = [word for word in (*names, *people, *accents, str(tmp_path).encode()) if word in content]
            assert found == [], file
    row = rows_of(release)[0]
    assert "accent" not in row
    assert row["gender"] == "male"
    assert "key" not in row


def test_keys_are_released_where_the_plan_asks(data: Path, tmp_path: Path) -> None:
    text = AUDIO.replace("release: {", "release: {keys: true, formats: [jsonl], ")
    folder = audio_data(prepare(tmp_path / "w", text), data)
    release = folder / run(folder)["path"]
    wanted = {file.name for file in (folder / "recordings").iterdir()}
    keys = {str(row["key"]) for row in rows_of(release)}
    assert len(keys) == 89
    assert keys < wanted
    lines = (release / "formats/jsonl/data.jsonl").read_text().splitlines()
    assert {json.loads(line)["key"] for line in lines} == keys


def test_no_two_splits_share_a_person(data: Path, tmp_path: Path) -> None:
    folder = audio_data(prepare(tmp_path / "w", AUDIO), data)
    release = folder / run(folder)["path"]
    people = {
        name: {row["contributor"] for row in pq.read_table(release / "data" / file).to_pylist()}
        for name, file in (("train", "train-00000-of-00001.parquet"), ("test", "test-00000-of-00001.parquet"))
    }
    assert len(people["train"] | people["test"]) == 6
    assert not people["train"] & people["test"]
    assert all(people.values())


def test_what_is_left_out_adds_up(data: Path, tmp_path: Path) -> None:
    text = AUDIO.replace("targets:\n", "targets:\n  max_share_per_contributor: .1\n")
    folder = audio_data(prepare(tmp_path / "w", text), data)
    told = run(folder)
    # Six people cannot have a tenth each: all are cut to what the one with fewest has, which is 14 of 15.
    assert told["left_out"]["share"] == 5
    assert told["in"] == 90 == sum(told["splits"].values()) + sum(told["left_out"].values())
    table = (folder / told["path"] / "tables" / "left_out.csv").read_text().splitlines()[1:]
    assert dict(line.split(",") for line in table) == {k: str(n) for k, n in told["left_out"].items()}


def test_few_people_are_not_told_apart(data: Path, tmp_path: Path) -> None:
    text = AUDIO.replace(", release: false", "").replace("release: {", "release: {least_people: 3, ")
    folder = audio_data(prepare(tmp_path / "w", text), data)
    told = run(folder)
    rows = rows_of(folder / told["path"])
    people: dict[tuple[object, object], set[object]] = {}
    for row in rows:
        people.setdefault((row["gender"], row["accent"]), set()).add(row["contributor"])
    assert all(len(who) >= 3 for cell, who in people.items() if cell != (None, None))
    blank = sum(row["accent"] is None for row in rows)
    assert blank > 0
    assert any(note.startswith(f"{blank} samples carry fewer attributes") for note in told["notes"])
    gone = {"BEL/French", "GRC/Greek"} - {str(row["accent"]) for row in rows}
    assert gone
    for file in (folder / told["path"]).rglob("*.*"):
        assert not any(value.encode() in file.read_bytes() for value in gone), file


def test_a_plan_without_the_licence_leaves_all_out_and_strict_refuses(data: Path, tmp_path: Path) -> None:
    folder = text_data(prepare(tmp_path / "w", TEXT.replace("[CC-BY-4.0]", "[CC0-1.0]")), data, 60)
    told = run(folder)
    assert told["left_out"]["licence"] == told["in"] - told["left_out"]["quarantined"] > 50
    assert sum(told["splits"].values()) == 0
    (folder / "plan.yaml").write_text(
        TEXT.replace("licence: CC-BY-4.0}", "licence: CC-BY-4.0, rights: {licences: [CC0-1.0]}}")
    )
    with pytest.raises(NotMet, match="for licence"):
        run_strict(folder)


def run_strict(folder: Path) -> None:
    from ingather.plan.read import read_plan
    from ingather.releases.stage import release
    from ingather.store.workspace import open_workspace

    release(open_workspace(folder), read_plan(folder / "plan.yaml"), strict=True)


def test_every_key_of_apart_by_holds_or_is_refused(data: Path, tmp_path: Path) -> None:
    text = AUDIO.replace("release: {", "release: {apart_by: [contributor, label], ")
    text = text.replace("splits: {train: .7, test: .3}", "splits: {train: .5, test: .5}")
    assert "'label'" in str(_refused(tmp_path / "label", text))
    for key in ("prompt",):
        folder = audio_data(
            prepare(tmp_path / key, AUDIO.replace("{splits", f"{{apart_by: {key}, splits")), data
        )
        run(folder, "collect", "clean")
        with pytest.raises(InputError, match="no sample says its prompt"):
            run(folder, "release")
    folder = audio_data(
        prepare(
            tmp_path / "accent", AUDIO.replace("{splits", "{apart_by: [accent, session, cluster], splits")
        ),
        data,
    )
    told = run(folder)
    assert "no sample has a session: nothing is kept apart by it" in told["notes"]
    assert sum(told["splits"].values()) == 89


def _refused(folder: Path, text: str) -> list[str]:
    from ingather.errors import PlanError
    from ingather.plan.read import read_plan

    prepare(folder, text)
    with pytest.raises(PlanError) as caught:
        read_plan(folder / "plan.yaml")
    return [finding.message for finding in caught.value.mistakes]


def test_documents_are_all_there_and_tell_what_there_is(data: Path, tmp_path: Path) -> None:
    import yaml

    folder = audio_data(prepare(tmp_path / "w", AUDIO), data)
    release = folder / run(folder)["path"]
    assert all((release / name).is_file() for name in DOCUMENTS)
    card = (release / "README.md").read_text()
    head = yaml.safe_load(card.split("---\n")[1])
    assert head["license"] == "cc-by-sa-4.0"
    assert head["task_categories"] == ["audio-classification"]
    assert head["size_categories"] == ["n<1K"]
    assert {"name": "audio", "dtype": "audio"} in head["dataset_info"]["features"]
    assert [one["num_examples"] for one in head["dataset_info"]["splits"]] == [59, 30]
    assert "**gender female: 0 of 30 samples: nothing at all.**" in card
    assert "accent" not in card
    assert "Audio(decode=False)" in card
    assert "a person must add one" in card
    sheet = (release / "datasheet.md").read_text()
    assert sheet.count("\n### ") == 57
    assert 20 < sheet.count(OPEN) < 40
    assert (release / "tombstones.json").read_text() == "[]\n"
    coverage = (release / "tables/coverage.csv").read_text().splitlines()
    assert coverage[1] == "each,gender=female,30,0,0,30,0,0,0"


def test_votes_reach_the_release_beside_the_settled_label(data: Path, tmp_path: Path) -> None:
    text = TEXT.replace("release:", "annotate: {method: majority, votes: votes.csv}\nrelease:")
    folder = text_data(prepare(tmp_path / "w", text), data, 60)
    (folder / "votes.csv").write_text("worker,task,label\n")
    run(folder, "collect", "clean")
    from ingather.store.workspace import open_workspace

    keys = open_workspace(folder).samples.read(["id"])["id"].to_pylist()[:10]
    votes = [(who, key, "spam" if who != "w3" else "ham") for key in keys for who in ("w1", "w2", "w3")]
    (folder / "votes.csv").write_text("worker,task,label\n" + "".join(f"{w},{k},{v}\n" for w, k, v in votes))
    told = run(folder, "annotate", "release")
    release = folder / told["path"]
    rows = {str(row["id"]): row for row in rows_of(release)}
    voted = [rows[key] for key in keys if key in rows]
    assert len(voted) >= 9
    assert {row["label"] for row in voted} == {"spam"}
    assert json.loads(str(voted[0]["label_distribution"])) == {"ham": 0.333333, "spam": 0.666667}
    assert [tuple(vote) for vote in json.loads(str(voted[0]["votes"]))] == [
        ("w1", "spam"),
        ("w2", "spam"),
        ("w3", "ham"),
    ]
    card = (release / "README.md").read_text()
    assert f"{len(voted)} labels were settled by the majority" in card
    assert "- crowdsourced" in card
