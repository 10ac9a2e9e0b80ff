"""The demonstration tells a true story: the worst accent gains from what was proposed."""

from __future__ import annotations

from pathlib import Path

from command_line import run_json


def worst(training: dict[str, object]) -> float:
    return float(training["worst_group"]["value"])  # type: ignore[index]


def test_the_story_is_true(tmp_path: Path) -> None:
    told = run_json("demo", "--out", tmp_path / "demo")
    first, second = (one["train"] for one in told["cycles"])
    control = told["control"]["train"]
    assert first["basis"] == second["basis"] == "panel"
    assert first["worst_group"]["by"] == {"accent": "indian"}
    assert told["cycles"][0]["next"]["collect"][0]["by"] == {"accent": "indian"}
    by = [{str(g["by"]): g["value"] for g in one["groups"]} for one in (first, second, control)]
    key = str({"accent": "indian"})
    assert by[1][key] >= by[0][key] + 0.05
    assert by[1][key] >= by[2][key] + 0.05
    assert first["learned_from"] < second["learned_from"]
    status = run_json("-C", tmp_path / "demo", "status")
    assert len(status["releases"]) == 2
