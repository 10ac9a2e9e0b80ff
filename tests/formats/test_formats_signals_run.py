"""Recordings in every layout of signals, from a folder or one file: looked at, told by a dry run, and run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from signal_specimens import SIGNALS, clock

from command_line import ingather, run_json
from ingather.formats.layouts import wfdb
from ingather.formats.series_items import series_item
from ingather.plan.compose import compose
from ingather.plan.read import check_text, read_plan
from ingather.series import Stream
from ingather.sources.look import look
from ingather.sources.preview import preview
from ingather.store.workspace import open_workspace

ONE_FILE = {
    "wfdb": "ward/100.hea",
    "edf": "night.edf",
    "mcap": "route/1.mcap",
    "gpx": "run.gpx",
    "can": "drive.log",
    "nmea": "trip.nmea",
    "rosbag2": None,
}


@pytest.mark.parametrize("name", sorted(ONE_FILE))
def test_a_plan_is_written_from_what_is_there(name: str, tmp_path: Path) -> None:
    SIGNALS[name](tmp_path / "data")
    inner = ONE_FILE[name]
    for number, place in enumerate([tmp_path / "data", *([tmp_path / "data" / inner] if inner else [])]):
        found = look(place)
        assert (found.modality, found.kind, found.options["format"]) == ("sensor", "dataset", name)
        folder = tmp_path / f"work{number}"
        folder.mkdir()
        path = folder / "plan.yaml"
        path.write_text(compose(found), "utf-8")
        assert check_text(path.read_text("utf-8"), path).mistakes == ()
        workspace = open_workspace(folder)
        told = preview(workspace, read_plan(workspace.plan_path))[0]
        assert told.layout.startswith(name)
        assert (told.items, told.unfit, told.lost) == (found.samples, 0, 0)


def test_records_go_the_whole_way(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    items = []
    for n in range(6):
        values = np.round(np.cumsum(random.normal(size=400)), 2)
        item = series_item(f"r{n}", [Stream(clock(400, 50), {"x": values, "y": values[::-1] / 2}, {}, 50.0)])
        item.label, item.licence, item.contributor = f"kind {n % 2}", "CC-BY-4.0", f"p{n}"
        items.append(item)
    wfdb.write(items, tmp_path / "records", wfdb.Config())
    (tmp_path / "records" / "r0.dat").write_bytes((tmp_path / "records" / "r0.dat").read_bytes()[:-100])
    ingather("init", tmp_path / "work", "--from", tmp_path / "records")
    told = run_json("-C", tmp_path / "work", "collect", "--dry-run")
    assert told["sources"][0]["items"] == 6
    assert told["sources"][0]["unfit"] == 1
    done = run_json("-C", tmp_path / "work", "run")
    stages = {one["stage"]: one for one in done["stages"]}
    assert (stages["collect"]["new"], stages["clean"]["kept"], stages["clean"]["quarantined"]) == (6, 5, 1)
    refused = run_json("-C", tmp_path / "work", "samples", "--quarantined")["samples"]
    assert [one["key"] for one in refused] == ["r0"]
    assert "breaks off" in refused[0]["reason"]
