"""Raising quotas changes the numbers of a plan's text and nothing else."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.plan.quotas import Counts, Tally, cells
from ingather.plan.read import check_text
from ingather.plan.revise import Wanted, more_of, revise

HEAD = """\
# The goal, agreed in May.
version: 1
name: voices          # short
objective: Tell words apart.
modality: audio
task: {type: classification, labels: [yes, no, 'a: b']}
attributes:
  accent: {of: contributor, values: [us, uk]}
sources: [{name: a, kind: files, path: .}]
"""
FLOW = """\
targets:
  total: 100   # a floor
  groups:
    - {by: accent, each: 30}   # every accent
    - {by: [accent, label], each: 5, only: {us × yes: 7}}

# the end
"""
BLOCK = """\
targets:
  groups:
  # first the accents
  - by: accent
    each: 30   # every accent

  - by:
      - label
    each: 9
    # a last word

train: {recipe: audio-classification}
"""
TINY = "targets: {total: 100}\n"
JSON = (
    '{"version": 1, "name": "v", "objective": "o", "modality": "audio", "task": {"type": "classification", '
    '"labels": ["yes", "no"]}, "sources": [{"name": "a", "kind": "files", "path": "."}]}\n'
)


def read(text: str) -> Plan:
    plan = check_text(text, Path("plan.yaml"), whole=False).plan
    assert plan is not None
    return plan


def changed_lines(old: str, new: str) -> list[str]:
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]


def targets(text: str) -> dict[str, float]:
    return {cell.key: cell.target for cell in cells(read(text)) if cell.target}


US, UK = {"accent": "us"}, {"accent": "uk"}


def test_all_cells_alike_raise_each() -> None:
    text = HEAD + FLOW
    revised = revise(read(text), [Wanted(US, 45), Wanted(UK, 45)])
    assert revised.changes == ("accent: each 30 -> 45",)
    assert changed_lines(text, revised.text) == [
        "-     - {by: accent, each: 30}   # every accent",
        "+     - {by: accent, each: 45}   # every accent",
    ]


def test_one_cell_alone_is_named_under_only() -> None:
    text = HEAD + FLOW
    revised = revise(read(text), [Wanted(UK, 50)])
    assert revised.changes == ("accent uk: 30 -> 50",)
    assert "    - {by: accent, each: 30, only: {uk: 50}}   # every accent\n" in revised.text
    assert len(changed_lines(text, revised.text)) == 2


def test_crossed_cells_keep_the_plans_order_and_quote_what_needs_it() -> None:
    revised = revise(
        read(HEAD + FLOW),
        [Wanted({"label": "yes", "accent": "us"}, 12), Wanted({"label": "a: b", "accent": "uk"}, 8)],
    )
    assert "only: {us × yes: 12, 'uk × a: b': 8}}" in revised.text
    assert targets(revised.text)['{"accent":"uk","label":"a: b"}'] == 8


def test_the_total_rises_with_its_groups() -> None:
    revised = revise(read(HEAD + FLOW), [Wanted(US, 90), Wanted(UK, 60)])
    assert "total: 150   # a floor" in revised.text
    assert revised.changes == ("accent us: 30 -> 90", "accent uk: 30 -> 60", "total: 100 -> 150")


def test_lines_of_a_block_stay_where_they_are() -> None:
    text = HEAD + BLOCK
    revised = revise(
        read(text), [Wanted(UK, 40), Wanted({"label": "no"}, 20), Wanted(UK | {"label": "no"}, 3)]
    )
    assert changed_lines(text, revised.text) == [
        "+     only: {uk: 40}",
        "+     only: {no: 20}",
        "+   - {by: [accent, label], only: {uk × no: 3}}",
    ]
    assert targets(revised.text)['{"accent":"uk"}'] == 40


@pytest.mark.parametrize("tail", ["", TINY, "targets:\n", "targets: {}\n", "targets:\n  groups: []\n"])
def test_a_plan_without_such_a_group_gets_one(tail: str) -> None:
    revised = revise(read(HEAD + tail), [Wanted(US, 20, contributors=4)])
    assert targets(revised.text)['{"accent":"us"}'] == 20
    assert read(revised.text).targets.groups[-1].contributors == 4
    assert revised.text.startswith(HEAD)


def test_a_plan_in_json_stays_json_like() -> None:
    revised = revise(read(JSON), [Wanted({"label": "no"}, 20)])
    assert targets(revised.text) == {'{"label":"no"}': 20}
    assert len(revised.text.splitlines()) == 1


def test_windows_line_ends_are_kept() -> None:
    text = (HEAD + BLOCK).replace("\n", "\r\n")
    revised = revise(read(text), [Wanted(UK, 40)])
    assert "\r\n    only: {uk: 40}\r\n" in revised.text
    assert "\n" not in revised.text.replace("\r\n", "")


def test_shares_are_left_alone_and_a_group_is_added() -> None:
    text = HEAD + "targets:\n  groups:\n    - {by: accent, shares: {us: .5, uk: .5}}\n"
    revised = revise(read(text), [Wanted(UK, 40)])
    assert changed_lines(text, revised.text) == ["+     - {by: accent, only: {uk: 40}}"]


def test_people_wanted_everywhere_are_raised_for_the_whole_group() -> None:
    revised = revise(read(HEAD + FLOW), [Wanted(UK, 31, contributors=9), Wanted(US, 31, contributors=9)])
    assert "{by: accent, each: 31, contributors: 9}" in revised.text
    assert revised.changes[0] == "accent: contributors 0 -> 9"


def test_people_wanted_in_one_cell_are_asked_of_no_other() -> None:
    once = revise(read(HEAD + FLOW), [Wanted(UK, 31, contributors=9)])
    assert "{by: accent, only: {uk: 31}, contributors: 9}" in once.text
    assert once.changes == ("accent uk: 30 -> 31", "accent uk: contributors 0 -> 9")
    assert revise(read(once.text), [Wanted(UK, 31, contributors=9)]).changes == ()
    again = revise(read(once.text), [Wanted(UK, 50, contributors=12)])
    assert "{by: accent, only: {uk: 50}, contributors: 12}" in again.text
    assert again.text.count("by: accent") == once.text.count("by: accent")
    asked = {(tuple(cell.by.values()), cell.contributors) for cell in cells(read(again.text)) if cell.by}
    assert (("us",), 0) in asked
    assert not any(values == ("us",) and people for values, people in asked)


def test_nothing_is_ever_lowered() -> None:
    text = HEAD + FLOW
    revised = revise(read(text), [Wanted(UK, 30), Wanted(US, 3), Wanted({}, 50)])
    assert revised.text == text
    assert revised.changes == ()


def test_raising_twice_changes_nothing_more() -> None:
    asked = [Wanted(UK, 50), Wanted({"label": "no"}, 20), Wanted({}, 400)]
    once = revise(read(HEAD + FLOW), asked)
    again = revise(read(once.text), asked)
    assert again.text == once.text
    assert again.changes == ()


def test_more_is_counted_from_what_is_kept() -> None:
    plan = read(HEAD + FLOW)
    counts = Counts(cells={'{"accent":"uk"}': Tally(60, 50, 3, 60)})
    assert more_of(plan, counts, UK, 25, contributors=2) == Wanted(UK, 75, 5)
    assert more_of(plan, counts, US, 25) == Wanted(US, 25, 0)


@pytest.mark.parametrize("by", [{"accent": "wales"}, {"age": "old"}, {"language": "en"}])
def test_what_the_plan_does_not_know_is_refused(by: dict[str, str]) -> None:
    with pytest.raises(InputError):
        revise(read(HEAD + FLOW), [Wanted(by, 5)])
