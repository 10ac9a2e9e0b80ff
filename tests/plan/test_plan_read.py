"""One plan with mistakes of every kind, each told with its place; and plans that are sound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingather.errors import Finding, InputError, NotMet, PlanError
from ingather.plan.read import check_plan, check_text, read_plan, reread_plan

ECHOES = """\
version: 1
name: echoes
objective: Tell x from y.
modality: record
task: {type: classification, labels: [x, y], target: label}
targets: {groups: [{by: label, each: 10}]}
rights: {licences: [CC0-1.0]}
sources:
  - {name: one, kind: files, path: data.csv, label: label, licence: CC0-1.0}
release: {}
train: {recipe: tabular-classification, metric: accuracy, goal: {overall: .9, worst_group: .8}}
"""
PLANTED = """\
version: 1
name: Spoken Digits
objective: Tell the digits apart.
modality: audoi
sead: 3
languages: [en, en_US, no]
task: {type: classification, labels: [zero, one, zero, 1]}
attributes:
  accent: {of: contributor, values: [us, scotland]}
  age: {of: contributer, values: [young, old]}
  health: {of: contributor, values: [well, ill], sensitive: true, basis: inferred}
  noise: {from: snr, bins: {noisy: [0, 20], clean: [15, 99]}}
targets:
  unit: sample
  total: -5
  budget: 500 euros
  groups:
    - {by: acent, each: 30}
    - {by: accent, shares: {us: .6, scotland: .6}}
    - {by: accent, only: {scottland: 40}}
    - {by: [accent, label]}
    - {each: 4}
rights: {licences: [CC-BY-4.1, LicenseRef-ours], consent: consent/en.md, keep_until: soon}
sources:
  - {name: a, kind: file, path: x}
  - {name: b, kind: files, path: nowhere/, patern: '{label}.wav', licence: CC BY}
  - {name: b, kind: synthetic, costs: {scotland: .20 EUR, wales: .10 EUR}}
  - {name: c, kind: synthetic, takes: many, consent: required, cost: cheap}
clean: [silense, {silence: {leest: 1}}]
release:
  splits: {train: .8, test: .3, validation: .1}
  stratify: [label, acccent]
  formats: [hugingface]
  gap: a week
train:
  recipe: audio-clasification
  metric: mae
  goal: {overal: .9, worst_group: 95}
"""
EXPECTED = [
    (2, 7, "name", "fit", "between words"),
    (4, 11, "modality", "audoi", "'audio'"),
    (5, 1, "sead", "no field", "'seed'"),
    (6, 17, "languages[1]", "joined by '-'", "BCP 47"),
    (7, 50, "task.labels[2]", "stands twice", "Keep one"),
    (10, 13, "attributes.age.of", "contributer", "'contributor'"),
    (11, 74, "attributes.health.basis", "never inferred", "declared"),
    (12, 52, "attributes.noise.bins.clean", "overlap from 15 to 20", "Begin 'clean' at 20"),
    (14, 9, "targets.unit", "sample", "'samples'"),
    (15, 10, "targets.total", "greater than 0", "greater than 0"),
    (16, 11, "targets.budget", "500 euros", "such as 500 EUR"),
    (18, 12, "targets.groups[0].by", "acent", "'accent'"),
    (19, 28, "targets.groups[1].shares", "sum to 1.2", "us: 0.5"),
    (20, 27, "targets.groups[2].only.scottland", "not one of the values", "'scotland'"),
    (22, 7, "targets.groups[4].by", "'by' is missing", "Add 'by'"),
    (23, 21, "rights.licences[0]", "no licence", "CC-BY-4.0"),
    (23, 32, "rights.licences[1]", "nothing is said", "rights.own"),
    (23, 59, "rights.consent", "nothing at 'consent/en.md'", "Put it there"),
    (23, 86, "rights.keep_until", "no date", "2030-12-31"),
    (25, 21, "sources[0].kind", "not a source kind", "'files'"),
    (26, 34, "sources[1].path", "nothing at 'nowhere/'", "Put it there"),
    (26, 44, "sources[1].patern", "no field", "'pattern'"),
    (26, 76, "sources[1].licence", "which version", "SPDX"),
    (27, 12, "sources[2].name", "stands twice", "Keep one"),
    (27, 59, "sources[2].costs.wales", "no value of any attribute", "Known:"),
    (28, 39, "sources[3].takes", "whole number", "whole number"),
    (28, 70, "sources[3].cost", "cheap", "such as 500 EUR"),
    (29, 9, "clean[0]", "not an operator", "'silence'"),
    (29, 29, "clean[1].silence.leest", "no field", "'least'"),
    (31, 11, "release.splits", "sum to 1.2", "Make them sum to 1"),
    (32, 21, "release.stratify[1]", "acccent", "'accent'"),
    (33, 13, "release.formats[0]", "not a format", "Known:"),
    (34, 8, "release.gap", "no length of time", "7d"),
    (36, 11, "train.recipe", "not a recipe", "'audio-classification'"),
    (37, 11, "train.metric", "no metric 'mae'", "accuracy"),
    (38, 10, "train.goal.overal", "no field", "'overall'"),
]


def told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{f.line}:{f.column} {f.field} | {f.message} | {f.fix}" for f in findings)


def test_every_planted_mistake_is_found_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLANTED)
    found = check_plan(tmp_path).mistakes
    missing = [
        expected
        for expected in EXPECTED
        if not any(
            (f.line, f.column, f.field) == expected[:3]
            and expected[3].lower() in f.message.lower()
            and expected[4].lower() in f.fix.lower()
            for f in found
        )
    ]
    assert not missing, f"not found: {missing}\nfound:\n{told(found)}"


def test_nothing_else_is_called_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLANTED)
    places = {expected[:3] for expected in EXPECTED}
    extra = tuple(f for f in check_plan(tmp_path).mistakes if (f.line, f.column, f.field) not in places)
    assert not extra, told(extra)


def test_a_mistake_names_file_and_value(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLANTED)
    found = {f.field: f for f in check_plan(path).mistakes}
    assert found["modality"].file == str(path)
    assert found["modality"].value == "audoi"
    assert found["sead"].value == "sead"


GOOD = """\
version: 1
name: spoken-digits
objective: Tell the ten digits apart for speakers of four accents of English.
x-owner: the speech group        # free
modality: audio
languages: [en, no, ff-Adlm, gya-x-yaayuwee]
task: {type: classification, labels: [zero, 1, yes, 007], x-note: free too}
attributes:
  accent: {of: contributor, values: [us, scotland, x-large]}
  age_group: {of: contributor, values: [18-29, 30-49, 50+], sensitive: true}
  noise: {of: sample, from: snr, bins: {noisy: [0, 15], clean: [15, 99]}}
targets:
  unit: samples
  total: 1200
  budget: 500 EUR
  groups:
    - {by: accent, each: 300, contributors: 10}
    - {by: [accent, label], each: 20, only: {us × zero: 40}}
    - {by: age_group, shares: {18-29: .3, 30-49: .4, 50+: .3}, tolerance: .05}
    - {by: noise, each: 10}
  max_share_per_contributor: .05
rights:
  licences: [CC0-1.0, CC-BY-4.0, CC-BY-SA-4.0, LicenseRef-ours]
  own: {LicenseRef-ours: {text: Ask us., terms: [attribution]}}
  consent: consent/en.md
  purposes: [train, evaluate]
  controller: An institute
  contact: data@example.org
  lawful_basis: consent
  special_basis: explicit consent
sources:
  - name: digits
    kind: files
    path: recordings/
    pattern: '{label}_{speaker}_{n}.wav'
    contributor: speaker
    licence: CC-BY-SA-4.0
    cost: .10 EUR
  - {name: panel, kind: synthetic, role: evaluate, accents: {us: 10, scotland: 10}, cost: .01 EUR}
clean: []
annotate:
release:
  splits: {train: .8, validation: .1, test: .1}
  apart_by: contributor
  stratify: [accent, label]
  formats: [huggingface, jsonl]
train: {recipe: audio-classification, metric: accuracy, goal: {overall: .95, worst_group: .9}}
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "consent").mkdir()
    (tmp_path / "consent/en.md").write_text("I agree.")
    (tmp_path / "plan.yaml").write_text(GOOD)
    return tmp_path


def test_a_good_plan_is_read(good: Path) -> None:
    checked = check_plan(good)
    assert checked.mistakes == (), told(checked.mistakes)
    plan = read_plan(good / "plan.yaml")
    assert plan.text == GOOD
    assert len(plan.hash) == 64
    assert plan.languages == ("en", "no", "ff-Adlm", "gya-x-yaayuwee")
    assert plan.task.labels == ("zero", "1", "yes", "007")
    assert plan.attributes["accent"].values == ("us", "scotland", "x-large")
    assert plan.clean == ()
    assert plan.annotate is None
    assert plan.release is not None
    assert plan.release.apart_by == ("contributor",)
    assert plan.source("panel").options == {"accents": {"us": 10, "scotland": 10}}


def test_short_forms(good: Path) -> None:
    short = GOOD.replace("clean: []", "clean: [decode, {silence: {floor: -50}}, {clipping: }]")
    short = short.replace("{recipe: audio-classification,", "{recipe: audio-classification, seeds: 3,")
    checked = check_text(short, good / "plan.yaml", whole=False)
    assert checked.plan is not None, told(checked.mistakes)
    steps = [(step.operator, step.options) for step in checked.plan.clean or ()]
    assert steps == [("decode", {}), ("silence", {"floor": -50}), ("clipping", {})]
    assert checked.plan.train is not None
    assert checked.plan.train.options == {"seeds": 3}
    named = check_text(GOOD.replace("clean: []", ""), good / "plan.yaml").plan
    assert named is not None
    assert named.clean is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("total: 1200", "total: 100", "more than the total"),
        ("budget: 500 EUR", "budget: 5 EUR", "more than the budget"),
        ("from: snr", "from: loudnes", "No operator measures 'loudnes'"),
        ("from: snr", "from: snr_column_of_mine", None),
        ("clean: []", "", None),
        ("clean: []", "clean: [decode, snr]", None),
        ("  controller: An institute\n", "", "who is answerable"),
        ("  lawful_basis: consent\n", "", "lawful ground"),
        ("  special_basis: explicit consent\n", "", "sensitive"),
        ("    licence: CC-BY-SA-4.0\n", "", "has no licence"),
        ("    licence: CC-BY-SA-4.0\n", "    licence: CC-BY-3.0\n", "not among rights.licences"),
        ("recipe: audio-classification, ", "", "names no recipe"),
        ("[train, evaluate]", "[evaluate]", "not among the purposes"),
        ("[CC0-1.0,", "[CC0-1.0, CC-BY-NC-4.0,", None),
        ("[train, evaluate]", "[train, evaluate, commercial]", None),
        ("[CC0-1.0, CC-BY-4.0,", "[CC-BY-NC-4.0, CC-BY-4.0,", None),
        ("  apart_by: contributor", "  licence: CC-BY-4.0", "under the same licence"),
        ("    kind: files\n", "    kind: files\n    role: evaluate\n", "only evaluates"),
        ("consent\n  special", "consent\n  keep_until: 2001-01-01\n  special", "has passed"),
        ("  apart_by: contributor", "  published: 2001-01-01", None),
    ],
)
def test_what_is_unwise_is_a_warning(good: Path, old: str, new: str, words: str | None) -> None:
    before = check_plan(good).warnings
    (good / "plan.yaml").write_text(GOOD.replace(old, new, 1))
    checked = check_plan(good)
    assert checked.plan is not None, told(checked.mistakes)
    fresh = [w for w in checked.warnings if w.message not in {b.message for b in before}]
    if words is None:
        assert not fresh, told(tuple(fresh))
    else:
        assert any(words in w.message for w in fresh), told(checked.warnings)


def test_strict_refuses_warnings(good: Path) -> None:
    (good / "plan.yaml").write_text(GOOD.replace("  controller: An institute\n", ""))
    assert read_plan(good).name == "spoken-digits"
    with pytest.raises(NotMet):
        read_plan(good, strict=True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("worst_group: .9}", "worst_group: .99}", "cannot be better"),
        ("overall: .95,", "overall: 95,", "Write 0.95"),
        ("each: 300, contributors: 10", "each: 5, contributors: 10", "cannot come from"),
        ("cost: .10 EUR\n  - {name: panel", "cost: .10 USD\n  - {name: panel", None),
        ("budget: 500 EUR", "budget: 500 CHF", "one currency"),
        ("type: classification,", "type: boxes,", "makes no sense for audio"),
        ("type: classification,", "type: regression,", "does not answer with labels"),
        ("    - {by: noise, each: 10}", "    - {by: accent, each: 9}", "already"),
        (
            "    - {by: noise, each: 10}",
            "    - {by: noise, each: 9, shares: {noisy: 1}}",
            "Keep one of the two",
        ),
        ("    - {by: noise, each: 10}", "    - {by: [noise, noise], each: 1}", "with itself"),
        ("{us × zero: 40}", "{us: 40}", "one value of each"),
        ("bins: {noisy: [0, 15]", "bins: {noisy: [15, 0]", "nothing is in it"),
        ("consent: consent/en.md", "ethics: approved", None),
        ("    kind: files\n", "    kind: files\n    consent: required\n", None),
        ("{name: panel,", "{name: panel, was: digits,", "still a source"),
        ("accent: {of", "label: {of", "every sample has already"),
    ],
)
def test_contradictions_are_mistakes(good: Path, old: str, new: str, words: str | None) -> None:
    checked = check_text(GOOD.replace(old, new, 1), good / "plan.yaml")
    if words is None:
        assert not checked.mistakes, told(checked.mistakes)
    else:
        assert words in told(checked.mistakes)


def test_consent_is_needed_where_a_source_requires_it(good: Path) -> None:
    text = GOOD.replace("  consent: consent/en.md\n", "").replace(
        "    kind: files\n", "    kind: files\n    consent: required\n"
    )
    assert "has no consent text" in told(check_text(text, good / "plan.yaml").mistakes)


def test_reread_asks_nothing_of_disk_or_plugins(good: Path) -> None:
    (good / "recordings").rmdir()
    with pytest.raises(PlanError) as caught:
        read_plan(good)
    assert [m.field for m in caught.value.mistakes] == ["sources[0].path"]
    assert reread_plan(good).name == "spoken-digits"


@pytest.mark.parametrize(
    ("old", "new", "place", "fix"),
    [
        ("goal: {overall: .95, worst_group: .9}", "goal: .9", "train.goal", "overall, worst_group"),
        ("clean: [15, 99]", "clean: [15]", "attributes.noise.bins.clean", "Write 2"),
        ("clean: []", "clean: decode, silence", "clean", "Write [decode, silence]"),
        ("version: 1\n", "", "version", "version: 1"),
        ("modality: audio", "modality:", "modality", "'modality'"),
        ("annotate:", "annotat:", "annotat", "'annotate'"),
        ("total: 1200", "total: 1,200", "targets.total", "Write 1200"),
        ("18-29: .3,", "18-29: 30%,", "targets.groups[2].shares.18-29", "Write 0.3"),
        ("path: recordings/", "path:", "sources[0].path", "'path'"),
        ("attributes:\n", "attributes:\n  mood:\n", "attributes.mood", "of, values"),
    ],
)
def test_one_slip_is_one_mistake_that_says_what_to_write(
    good: Path, old: str, new: str, place: str, fix: str
) -> None:
    found = check_text(GOOD.replace(old, new, 1), good / "plan.yaml").mistakes
    assert [m.field for m in found] == [place], told(found)
    assert fix in found[0].fix


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("purposes: [train, evaluate]", "purposes:"),
        ("pattern: '{label}_{speaker}_{n}.wav'", "session:"),
        ("  max_share_per_contributor: .05", "  max_share_per_contributor:"),
        ("  apart_by: contributor\n", "  apart_by: contributor\n  gap:\n"),
        ("clean: []", "clean:"),
    ],
)
def test_a_field_left_empty_is_as_if_it_were_not_there(good: Path, old: str, new: str) -> None:
    assert old in GOOD
    checked = check_text(GOOD.replace(old, new, 1), good / "plan.yaml")
    assert not checked.mistakes, told(checked.mistakes)


def test_no_plan_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no plan to read"):
        read_plan(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "- a\n- b",
        "version: 1",
        "version: 1\ntask: 3\nsources: {}\n",
        "sources: [1, [2], {}]",
    ],
)
def test_whatever_the_text_is_there_are_mistakes_and_no_traceback(tmp_path: Path, text: str) -> None:
    checked = check_text(text, tmp_path / "plan.yaml")
    assert checked.plan is None
    assert checked.mistakes
    assert all(m.message and m.fix for m in checked.mistakes)


@pytest.mark.parametrize(
    ("old", "new", "wanted", "unwanted"),
    [
        ("version: 1", 'version: "1"', "expects a number, not the word '1'", "not one of the values"),
        ("CC0-1.0}", "CC0-1.0, cost: -1 EUR}", "'cost' cannot be '-1 EUR'", "needs at least 1"),
        ("each: 10", "each: -5", "'each' is -5", "echo of nothing"),
        ("release: {}", "release: {splits: {}}", "there is no split", "echo of nothing"),
        ("metric: accuracy", "metric: wer", "no metric 'wer'", "worst group cannot be better"),
        ("release: {}", "release: {}\nagainst: [data.csv]", "'against' compares texts", "echo of nothing"),
    ],
)
def test_a_mistake_is_told_once_and_without_echoes(
    tmp_path: Path, old: str, new: str, wanted: str, unwanted: str
) -> None:
    plan = ECHOES.replace(old, new, 1)
    assert plan != ECHOES
    (tmp_path / "data.csv").write_text("a,label\n1,x\n")
    text = told(check_text(plan, tmp_path / "plan.yaml").mistakes)
    assert wanted.lower() in str(text).lower(), text
    assert unwanted not in str(text)


def test_what_changes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,label\n1,x\n")
    more = "annotate: {overlap: 5, gold: .1}\n"
    checked = check_text(ECHOES + more, tmp_path / "plan.yaml")
    assert not checked.mistakes, told(checked.mistakes)
    fields = {one.field for one in checked.warnings}
    assert {"annotate.overlap", "annotate.gold", "annotate"} <= fields
    assert "annotate.agreement" not in fields


def test_sources_that_share_names_keep_sharing_them_when_one_is_renamed(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,label\n1,x\n")
    second = "  - {name: two, kind: files, path: data.csv, label: label, licence: CC0-1.0}\n"
    both = ECHOES.replace("release: {}", second + "release: {}")
    plan = check_text(both + "contributors: {same: [one, two]}\n", tmp_path / "plan.yaml").plan
    assert plan is not None
    assert plan.people_of("one") == plan.people_of("two") == "one"
    named = both.replace("name: one", "name: uno, was: one")
    plan = check_text(named + "contributors: {same: [[uno, two]]}\n", tmp_path / "plan.yaml").plan
    assert plan is not None
    assert plan.people_of("one") == plan.people_of("two") == "one"
    assert plan.people_of("other") == "other"


def test_a_link_to_nothing_and_what_is_no_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "data.csv").symlink_to("nowhere.csv")
    assert "is a link to nowhere.csv" in str(told(check_text(ECHOES, tmp_path / "plan.yaml").mistakes))
    (tmp_path / "data.csv").unlink()
    os.mkfifo(tmp_path / "data.csv")
    assert "neither a file nor a folder" in str(told(check_text(ECHOES, tmp_path / "plan.yaml").mistakes))
