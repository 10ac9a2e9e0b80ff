"""People who are called differently are one where the plan says so, and are parted when it no longer does."""

from __future__ import annotations

from pathlib import Path

from command_line import ingather, run_json

PLAN = """version: 1
name: people
objective: Sentences of few people.
modality: text
task: {type: none}
sources:
  - {name: one, kind: files, path: one.csv, text: text, contributor: who, licence: CC0-1.0}
  - {name: two, kind: files, path: two.csv, text: text, contributor: who, licence: CC0-1.0}
clean: []
"""
JOINED = PLAN + "contributors: {aliases: people.csv}\n"


def people(folder: Path) -> dict[str, list[str]]:
    """Pseudonyms by source, in the order of keys."""
    from ingather.store.workspace import open_workspace

    rows = open_workspace(folder).samples.read(["source", "key", "text", "contributor"]).to_pylist()
    rows.sort(key=lambda row: (row["source"], row["text"]))
    return {name: [row["contributor"] for row in rows if row["source"] == name] for name in ("one", "two")}


def test_aliases_join_people_and_can_be_undone(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text,who\na,anna\nb,Anna M.\nc,bob\n")
    (tmp_path / "two.csv").write_text("text,who\nd,AM\ne,bob\n")
    (tmp_path / "people.csv").write_text("source,name,person\none,anna,1\none,Anna M.,1\ntwo,AM,1\n")
    (tmp_path / "plan.yaml").write_text(PLAN)
    run_json("-C", tmp_path, "collect")
    apart = people(tmp_path)
    assert len({*apart["one"], *apart["two"]}) == 5

    (tmp_path / "plan.yaml").write_text(JOINED)
    stage = run_json("-C", tmp_path, "collect")["stages"][0]
    joined = people(tmp_path)
    assert joined["one"][0] == joined["one"][1] == joined["two"][0]
    assert (joined["one"][2], joined["two"][1]) == (apart["one"][2], apart["two"][1])
    assert any("one: 2 names" in note and "people.csv" in note for note in stage["notes"])
    assert stage["new"] == 0
    assert run_json("-C", tmp_path, "collect")["stages"][0]["changed"] == 0

    (tmp_path / "plan.yaml").write_text(PLAN)
    run_json("-C", tmp_path, "collect")
    assert people(tmp_path) == apart


def test_table_of_aliases_is_checked(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("text,who\na,anna\n")
    (tmp_path / "plan.yaml").write_text(JOINED)
    for table, words in (
        ("source,name\none,anna\n", "no column person"),
        ("source,name,person\nonce,anna,1\n", "names a source 'once'"),
        ("source,name,person\none,anna,1\none,anna,2\n", "is another than 1"),
    ):
        (tmp_path / "people.csv").write_text(table)
        called = ingather("-C", tmp_path, "check", code=2)
        assert words in called.out + called.err
