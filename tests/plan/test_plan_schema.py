"""The JSON Schema says yes and no where the check does."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ingather.plan.positions import parse, plain
from ingather.plan.schema import plan_schema
from ingather.plugins import OPERATORS, RECIPES, SOURCES, names

GOOD = """\
version: 1
name: voices
objective: Tell words apart.
x-owner: me
modality: audio
languages: [en]
task: {type: classification, labels: [zero, 1, yes]}
attributes:
  accent: {of: contributor, values: [us, uk]}
  noise: {from: snr, bins: {noisy: [0, 15], clean: [15, 99]}}
targets:
  budget: 500 EUR
  groups:
    - {by: accent, each: 300, contributors: 10}
    - {by: [accent, label], only: {us × zero: 40}}
rights: {licences: [CC0-1.0], lawful_basis: consent}
sources:
  - {name: a, kind: files, path: x, pattern: '{label}.wav', licence: CC0-1.0, cost: .10 EUR, x-note: free}
  - {name: b, kind: synthetic, accents: {us: 10}}
clean: [decode, {silence: {least: 0.2}}]
annotate:
release: {apart_by: contributor, formats: [jsonl]}
train: {recipe: audio-classification, metric: accuracy, goal: {overall: .9}}
"""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = plan_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def errors(validator: Draft202012Validator, text: str) -> list[str]:
    tree, flaws = parse(text)
    assert tree is not None
    assert not flaws
    value: Any = plain(tree)
    return [error.message for error in validator.iter_errors(value)]


def test_a_good_plan_fits(validator: Draft202012Validator) -> None:
    assert errors(validator, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("modality: audio", "modality: audoi"),
        ("version: 1", "version: 2"),
        ("objective: Tell words apart.\n", ""),
        ("languages: [en]", "langauges: [en]"),
        ("kind: files, path: x", "kind: files"),
        ("kind: files", "kind: file"),
        ("pattern:", "patern:"),
        ("accents: {us: 10}", "accents: {us: ten}"),
        ("[decode,", "[decod,"),
        ("least: 0.2", "leest: 0.2"),
        ("budget: 500 EUR", "budget: {amount: 3}"),
        ("recipe: audio-classification", "recipe: audio"),
        ("formats: [jsonl]", "formats: [jsnl]"),
        ("each: 300", "each: many"),
    ],
)
def test_what_is_wrong_does_not_fit(validator: Draft202012Validator, old: str, new: str) -> None:
    assert old in GOOD
    assert errors(validator, GOOD.replace(old, new, 1))


def test_every_plugin_is_in_it() -> None:
    schema = plan_schema()
    kinds = {branch["if"]["properties"]["kind"]["const"] for branch in schema["$defs"]["SourceSpec"]["allOf"]}
    recipes = {branch["if"]["properties"]["recipe"]["const"] for branch in schema["$defs"]["Train"]["allOf"]}
    operators = schema["properties"]["clean"]["anyOf"][0]["items"]["anyOf"][0]["enum"]
    assert kinds == set(names(SOURCES))
    assert recipes == set(names(RECIPES))
    assert operators == list(names(OPERATORS))
