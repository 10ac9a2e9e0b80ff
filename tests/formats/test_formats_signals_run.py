"""Recordings in every layout of signals, from a folder or one file: looked at, told by a dry run, and run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from signal_specimens import SIGNALS, clock

from command_line import ingather, run_json
from ingather.formats.layouts import wfdb
from ingather.formats.series_items import series_item
from ingather.formats.time_ranges import TimeRange, as_label
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


def test_labelled_moments_and_stretches_are_cut_out(tmp_path: Path) -> None:
    ranges = [TimeRange(n, n, "N" if n % 3 else "V") for n in range(1, 70)] + [TimeRange(80, 80, "odd")]
    item = series_item("a", [Stream(clock(5000, 50), {"x": np.arange(5000.0)}, {}, 50.0)])
    item.label = as_label(ranges)
    wfdb.write([item], tmp_path / "moments", wfdb.Config())
    found = look(tmp_path / "moments")
    assert (found.task, found.labels, found.samples) == ("classification", ("N", "V"), 69)
    assert found.options["cut"] == {"events": {"before": 0.5, "after": 0.5}}
    assert "odd" in " ".join(found.notes)
    item.label = as_label([TimeRange(n, n + 0.8, "walk" if n % 2 else "run") for n in range(80)])
    wfdb.write([item], tmp_path / "stretches", wfdb.Config())
    found = look(tmp_path / "stretches")
    assert found.options["cut"] == {"windows": {"seconds": 0.8}}
    path = tmp_path / "plan.yaml"
    path.write_text(compose(found), "utf-8")
    assert check_text(path.read_text("utf-8"), path).mistakes == ()
    item.label = as_label([TimeRange(n, n, "N") for n in range(80)])
    wfdb.write([item], tmp_path / "one", wfdb.Config())
    assert "cut" not in look(tmp_path / "one").options


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
