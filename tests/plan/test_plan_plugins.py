"""What a check asks of installed plug-ins: real ones, on disk, found by their entry points."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingather.plan.read import check_plan
from ingather.plugins import SOURCES, load, names

WELL = """
from pydantic import Field
from ingather.sources.contract import SourceConfig

asks = True

class Config(SourceConfig):
    where: str = Field(json_schema_extra={"path": True})
    lists: tuple[str, ...] = Field((), json_schema_extra={"path": True})
    speed: int = Field(1, ge=1, description="how fast")
    lots: dict[str, int] | list[str] = Field(default_factory=dict)

def check(config, plan, folder):
    if config.speed > plan.seed + 5:
        yield "speed", f"{config.speed} is too fast for {folder.name}", "Slow down"

def supplies(config, plan, folder):
    return {"accent": frozenset({"us"})}

def collect(config, request):
    yield from ()
"""
BROKEN = "import a_module_that_nobody_has\n"
RAISING = WELL.replace('yield "speed"', 'raise RuntimeError("boom"); yield "speed"')
ENTRIES = "[ingather.sources]\nwell = acme_well\nbroken = acme_broken\nraising = acme_raising\n"
PLAN = """\
version: 1
name: voices
objective: Tell words apart.
modality: audio
task: {type: classification, labels: [yes, no]}
attributes: {accent: {of: contributor, values: [us, uk]}, mood: {of: sample, values: [good, bad]}}
targets: {groups: [{by: accent, each: 3}, {by: mood, each: 2}]}
sources:
  - {name: a, kind: well, where: here, OPTIONS}
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    site = tmp_path / "site"
    info = site / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    for name, code in (("well", WELL), ("broken", BROKEN), ("raising", RAISING)):
        (site / f"acme_{name}.py").write_text(code)
    monkeypatch.syspath_prepend(str(site))
    names.cache_clear()
    folder = tmp_path / "plan"
    (folder / "here").mkdir(parents=True)
    yield folder
    names.cache_clear()


def told(folder: Path, text: str) -> list[tuple[str, str]]:
    (folder / "plan.yaml").write_text(text)
    return [(m.field, m.message) for m in check_plan(folder).mistakes]


def test_a_plugin_from_outside_is_known_and_its_options_are_read(installed: Path) -> None:
    assert told(installed, PLAN.replace("OPTIONS", "speed: 2")) == []


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ("sped: 2", "sources[0].sped", "no field 'sped' of source kind 'well'"),
        ("speed: 0", "sources[0].speed", "greater than or equal to 1"),
        ("speed: 9", "sources[0].speed", "9 is too fast for plan"),
        ("lots: {a: b}", "sources[0].lots.a", "a whole number"),
        ("lots: 3", "sources[0].lots", "names with values"),
        ("lists: [here, gone.txt]", "sources[0].lists[1]", "nothing at 'gone.txt'"),
    ],
)
def test_options_that_do_not_fit(installed: Path, options: str, field: str, words: str) -> None:
    found = told(installed, PLAN.replace("OPTIONS", options))
    assert [place for place, _ in found] == [field]
    assert words in found[0][1]


@pytest.mark.parametrize(("place", "words"), [("gone", "nothing at"), ("s3://bucket/x", ""), ("her*", "")])
def test_paths_must_exist_and_addresses_need_not(installed: Path, place: str, words: str) -> None:
    found = told(installed, PLAN.replace("here, OPTIONS", f"'{place}'"))
    assert [field for field, _ in found] == (["sources[0].where"] if words else [])


def test_a_path_is_told_beside_an_unknown_option(installed: Path) -> None:
    found = told(installed, PLAN.replace("here, OPTIONS", "gone, sped: 3"))
    assert {field for field, _ in found} == {"sources[0].where", "sources[0].sped"}


@pytest.mark.parametrize(
    ("kind", "words"), [("broken", "ModuleNotFoundError"), ("raising", "RuntimeError: boom")]
)
def test_what_a_plugin_raises_is_a_mistake_in_words(installed: Path, kind: str, words: str) -> None:
    found = told(installed, PLAN.replace("kind: well", f"kind: {kind}").replace("OPTIONS", "speed: 99"))
    assert len(found) == 1
    assert words in found[0][1]


def test_groups_that_no_source_can_fill_are_warned_of(installed: Path) -> None:
    (installed / "plan.yaml").write_text(PLAN.replace("OPTIONS", "speed: 2"))
    warned = [w.message for w in check_plan(installed).warnings]
    assert "No source can fill accent uk." in warned
    assert "No source says 'mood' of its samples, so this group stays empty." in warned


def test_options_are_read_as_they_were_written(installed: Path) -> None:
    (installed / "07").mkdir()
    text = PLAN.replace("where: here, OPTIONS", "where: 07, speed: ~, lists: [07]")
    (installed / "plan.yaml").write_text(text)
    plan = check_plan(installed).plan
    assert plan is not None
    assert plan.sources[0].options == {"where": "07", "lists": ["07"]}
    config = load(SOURCES, "well").Config(**plan.sources[0].options)
    assert (config.where, config.lists, config.speed) == ("07", ("07",), 1)


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ("format: coko", "sources[0].format", "'coko' is not a format"),
        ("format: voc, options: {a: 1}", "sources[0].options.a", "no such option"),
        ("format: 08", "sources[0].format", "'08' is not a format"),
    ],
)
def test_layouts_and_their_options_are_checked(installed: Path, options: str, field: str, words: str) -> None:
    text = PLAN.replace("kind: well, where: here, OPTIONS", f"kind: dataset, path: here, {options}")
    found = told(installed, text)
    assert [place for place, _ in found] == [field]
    assert words in found[0][1]
