"""Tables over time as recordings of a folder or archive: labelled by their names, read by their columns."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from command_line import ingather, run_json

PLAN = """\
version: 1
name: heaters
objective: Tell which heaters are odd.
modality: sensor
task: {type: classification, labels: [normal, odd], positive: odd}
attributes: {make: {values: [alpha, beta]}}
targets: {groups: [{by: label, each: 5}, {by: make, each: 5}]}
rights: {licences: [CC0-1.0]}
sources:
  - name: heaters
    kind: files
    path: PATH
    pattern: '{label}/{make}_{n}.csv'
    series: {units: {draught: Pa}}
    licence: CC0-1.0
release: {splits: {train: 1}}
"""


def write_series(folder: Path, names: tuple[str, ...]) -> None:
    lots = np.random.default_rng(0)
    for name in names:
        table = io.StringIO("")
        table.write("time [s],heat [degC],draught\n")
        for step in range(300):
            table.write(f"{step / 10},{20 + lots.random():.3f},{lots.random():.3f}\n")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(table.getvalue())


NAMES = tuple(
    f"{label}/{make}_{n}.csv" for label in ("normal", "odd") for make in ("alpha", "beta") for n in "123"
)


def test_a_folder_of_tables_is_recordings(tmp_path: Path) -> None:
    write_series(tmp_path / "series", NAMES)
    (tmp_path / "series" / "odd" / "alpha_9.csv").write_text("time,heat\n")
    (tmp_path / "plan.yaml").write_text(PLAN.replace("PATH", "series"))
    stages = {one["stage"]: one for one in run_json("-C", tmp_path, "run")["stages"]}
    assert (stages["collect"]["new"], stages["release"]["kept"]) == (12, 12)
    assert stages["collect"]["sources"]["heaters"]["lost"] == 1  # the one without rows
    quotas = {tuple(row["by"].items()): row["kept"] for row in run_json("-C", tmp_path, "status")["quotas"]}
    assert quotas[("label", "odd"),] == quotas[("make", "alpha"),] == 6
    sample = run_json("-C", tmp_path, "samples", "--limit", "1")["samples"][0]["id"]
    told = run_json("-C", tmp_path, "inspect", sample)
    assert {"name": "draught", "unit": "Pa", "rate": None} in told["data"]["channels"]
    assert {"name": "heat", "unit": "degC", "rate": None} in told["data"]["channels"]
    again = run_json("-C", tmp_path, "run")["stages"]
    assert all(one["new"] == one["changed"] == 0 for one in again)
    (tmp_path / "plan.yaml").write_text(PLAN.replace("PATH", "series").replace("Pa", "hPa"))
    assert run_json("-C", tmp_path, "collect")["stages"][0]["changed"] == 12


def test_recordings_in_an_archive_are_the_same(tmp_path: Path) -> None:
    write_series(tmp_path / "series", NAMES)
    with zipfile.ZipFile(tmp_path / "series.zip", "w") as archive:
        for name in NAMES:
            archive.write(tmp_path / "series" / name, name)
    (tmp_path / "plan.yaml").write_text(PLAN.replace("PATH", "series.zip"))
    assert run_json("-C", tmp_path, "run")["stages"][0]["new"] == 12


def test_init_sees_recordings_in_a_folder_of_tables(tmp_path: Path) -> None:
    write_series(tmp_path / "series", NAMES)
    ingather("init", tmp_path / "work", "--from", tmp_path / "series")
    plan = (tmp_path / "work" / "plan.yaml").read_text()
    assert "modality: sensor" in plan
    assert "labels: [normal, odd]" in plan
    assert "recipe: sensor-classification" in plan
    assert run_json("-C", tmp_path / "work", "check")["ok"]


def test_a_table_without_times_needs_its_rate(tmp_path: Path) -> None:
    (tmp_path / "series" / "odd").mkdir(parents=True)
    (tmp_path / "series" / "odd" / "alpha_1.csv").write_text("heat\n" + "\n".join("12345678"))
    (tmp_path / "plan.yaml").write_text(PLAN.replace("PATH", "series").replace("units:", "rate: 2, units:"))
    run_json("-C", tmp_path, "collect")
    sample = run_json("-C", tmp_path, "samples", "--limit", "1")["samples"][0]["id"]
    assert run_json("-C", tmp_path, "inspect", sample)["data"]["channels"][0]["rate"] == 2
