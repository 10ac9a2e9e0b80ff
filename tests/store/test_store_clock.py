"""What the time of a sample says, and that it is an attribute like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from command_line import run_json
from ingather.plan.clock import ClockMeasure
from ingather.plan.read import check_plan
from ingather.store.clock import clock_values

MOMENTS = pa.array(
    [datetime(2026, 1, 1, 23, 30, tzinfo=UTC), datetime(2027, 1, 3, 6, 15, tzinfo=UTC), None],
    pa.timestamp("us", tz="UTC"),
)


@pytest.mark.parametrize(
    ("measure", "zone", "told"),
    [
        ("hour", None, [23.5, 6.25, None]),
        ("hour", "Asia/Kathmandu", [5.25, 12.0, None]),
        ("weekday", None, [4.0, 7.0, None]),
        ("weekday", "Asia/Kathmandu", [5.0, 7.0, None]),
        ("week", None, [202601.0, 202653.0, None]),
    ],
)
def test_a_clock_tells(measure: ClockMeasure, zone: str | None, told: list[float | None]) -> None:
    assert clock_values(measure, MOMENTS, zone).to_pylist() == told


SEASONS = ", bins: {early: [202601, 202610], late: [202610, 202653]}"
PLAN = f"""\
version: 1
name: opinions
objective: Tell good opinions from bad ones.
modality: text
languages: [en]
task: {{type: classification, labels: [good, bad]}}
attributes:
  day: {{from: hour, zone: ZONE, bins: {{day: [6, 20], evening: [20, 24], night: [0, 6]}}}}
  season: {{from: week{SEASONS}}}
targets: {{groups: [{{by: day, each: 2}}, {{by: season, each: 2}}]}}
rights: {{licences: [CC0-1.0]}}
sources: [{{name: o, kind: files, path: o.csv, text: text, label: label, at: at, licence: CC0-1.0}}]
clean: []
"""
ROWS = """\
text,label,at
a fine thing,good,2026-01-05T23:30:00Z
not a fine thing,bad,2026-03-20T03:00:00Z
quite a fine thing,good,
"""


def test_time_of_day_and_week_are_quotas_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(ROWS)
    (tmp_path / "plan.yaml").write_text(PLAN.replace("ZONE", "Africa/Dakar"))
    run_json("-C", tmp_path, "run")
    told = run_json("-C", tmp_path, "status")
    kept = {next(iter(row["by"].items())): row["kept"] for row in told["quotas"] if row["by"]}
    assert kept["day", "evening"] == kept["day", "night"] == 1
    assert kept["day", "day"] == 0
    assert kept["season", "early"] == kept["season", "late"] == 1
    assert told["unknown"] == {"day": 1, "season": 1}


def test_a_zone_that_is_none_and_a_clock_without_ranges_are_told(tmp_path: Path) -> None:
    plan = PLAN.replace("ZONE", "Asia/Tokio").replace(SEASONS, "").replace(", {by: season, each: 2}", "")
    (tmp_path / "plan.yaml").write_text(plan)
    (tmp_path / "o.csv").write_text(ROWS)
    checked = check_plan(tmp_path)
    assert [finding.field for finding in checked.mistakes] == ["attributes.day.zone"]
    (tmp_path / "plan.yaml").write_text(plan.replace("Asia/Tokio", "Asia/Tokyo"))
    assert any("says no ranges" in finding.message for finding in check_plan(tmp_path).warnings)


def test_a_number_is_stratified_by_its_ranges(tmp_path: Path) -> None:
    rows = [f"thing number {n} is fine,good,2026-0{1 + n % 6}-05T12:00:00Z" for n in range(100)]
    (tmp_path / "o.csv").write_text("text,label,at\n" + "\n".join(rows) + "\n")
    plan = PLAN.replace("ZONE", "UTC") + "release: {stratify: [season]}\n"
    (tmp_path / "plan.yaml").write_text(plan)
    stages = {one["stage"]: one for one in run_json("-C", tmp_path, "run")["stages"]}
    assert stages["release"]["splits"] == {"train": 80, "validation": 10, "test": 10}
