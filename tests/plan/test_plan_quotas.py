"""Cells, the samples that count in them, coverage and gaps: pure functions of a plan and of counts."""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.plan.amounts import Money
from ingather.plan.counting import labels_in
from ingather.plan.model import Plan
from ingather.plan.prices import cheapest, price, spent
from ingather.plan.quotas import (
    TOTAL,
    Counts,
    Gap,
    Tally,
    by_of,
    cell_key,
    cells,
    cells_of,
    coverage,
    gaps,
    tallied,
    unknown_of,
)


def plan_of(**changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "version": 1,
        "name": "voices",
        "objective": "Tell words apart.",
        "modality": "audio",
        "languages": ["en", "fr"],
        "task": {"type": "classification", "labels": ["yes", "no"]},
        "attributes": {
            "accent": {"of": "contributor", "values": ["us", "uk"]},
            "snr": {"from": "snr", "bins": {"noisy": [0, 15], "clean": [15, 99]}},
        },
        "targets": {
            "total": 100,
            "groups": [
                {"by": "accent", "each": 30, "contributors": 5, "only": {"uk": 40}},
                {"by": ["accent", "label"], "each": 5},
                {"by": "snr", "shares": {"noisy": 0.3, "clean": 0.7}, "tolerance": 0.05},
            ],
            "max_share_per_contributor": 0.1,
        },
        "sources": [{"name": "a", "kind": "files"}, {"name": "b", "kind": "files"}],
    }
    return Plan.model_validate({**fields, **changes})


PLAN = plan_of()


def counted(plan: Plan, columns: dict[str, Any], n: int) -> dict[str, int]:
    return {
        key: int(amount)
        for coded in cells_of(plan, columns, n)
        for key, amount in zip(coded.keys, np.bincount(coded.codes, minlength=len(coded.keys)), strict=True)
    }


def test_every_cell_of_the_plan() -> None:
    told = [(cell.key, cell.kind, cell.target, cell.contributors) for cell in cells(PLAN)]
    assert told == [
        (TOTAL, "total", 100, 0),
        ('{"accent":"us"}', "each", 30, 5),
        ('{"accent":"uk"}', "only", 40, 5),
        ('{"accent":"us","label":"yes"}', "each", 5, 0),
        ('{"accent":"us","label":"no"}', "each", 5, 0),
        ('{"accent":"uk","label":"yes"}', "each", 5, 0),
        ('{"accent":"uk","label":"no"}', "each", 5, 0),
        ('{"snr":"noisy"}', "share", 0, 0),
        ('{"snr":"clean"}', "share", 0, 0),
    ]


def test_keys_do_not_depend_on_order_and_come_back() -> None:
    assert cell_key({"b": "é", "a": "1"}) == cell_key({"a": "1", "b": "é"}) == '{"a":"1","b":"é"}'
    assert by_of(cell_key({"a": '"x"', "b": "{}"})) == {"a": '"x"', "b": "{}"}
    assert cell_key({}) == TOTAL


def test_samples_count_where_they_belong() -> None:
    columns = {
        "accent": ["us", "uk", None, "us", "de"],
        "label": ['"yes"', "no", '"yes"', '["yes","no"]', '"no"'],
        "snr": [0.0, 15.0, 99.0, float("nan"), -3.0],
    }
    got = counted(PLAN, columns, 5)
    assert got == {
        TOTAL: 5,
        '{"accent":"us"}': 2,
        '{"accent":"uk"}': 1,
        '{"accent":"us","label":"yes"}': 2,
        '{"accent":"us","label":"no"}': 1,
        '{"accent":"uk","label":"yes"}': 0,
        '{"accent":"uk","label":"no"}': 1,
        '{"snr":"noisy"}': 1,
        '{"snr":"clean"}': 2,
    }
    assert unknown_of(PLAN, columns, 5) == {"accent": 1, "snr": 1, "accent × label": 1}


@pytest.mark.parametrize(
    "column",
    [
        ["us", None, "uk"],
        np.array(["us", None, "uk"], dtype=object),
        pa.array(["us", None, "uk"]),
        pa.chunked_array([["us", None], ["uk"]]),
        pa.array(["us", None, "uk"], pa.large_string()),
        pa.array(["us", None, "uk"]).dictionary_encode(),
    ],
)
def test_columns_may_be_lists_or_arrays(column: Any) -> None:
    got = counted(PLAN, {"accent": column}, 3)
    assert (got['{"accent":"us"}'], got['{"accent":"uk"}']) == (1, 1)
    assert unknown_of(PLAN, {"accent": column}, 3)["accent"] == 1


def test_numbers_and_truths_are_values_as_they_are_written() -> None:
    plan = plan_of(
        attributes={"grade": {"values": ["1", "2"]}, "smoker": {"values": ["true", "false"]}},
        targets={"groups": [{"by": "grade", "each": 1}, {"by": "smoker", "each": 1}]},
    )
    got = counted(plan, {"grade": [1, 2.0, 1.0], "smoker": [True, False, None]}, 3)
    assert got == {
        TOTAL: 3,
        '{"grade":"1"}': 2,
        '{"grade":"2"}': 1,
        '{"smoker":"true"}': 1,
        '{"smoker":"false"}': 1,
    }


def test_one_language_needs_no_column_and_several_do() -> None:
    groups = {"targets": {"groups": [{"by": "language", "each": 1}]}}
    assert counted(plan_of(languages=["en"], **groups), {}, 4)['{"language":"en"}'] == 4
    assert counted(plan_of(**groups), {}, 4)['{"language":"en"}'] == 0
    assert unknown_of(plan_of(**groups), {}, 4)["language"] == 4


@pytest.mark.parametrize(
    ("value", "tree", "labels"),
    [
        ("yes", False, ["yes"]),
        (["a", "b", "a"], False, ["a", "b"]),
        ("animal/dog", True, ["animal", "animal/dog"]),
        (["animal", "dog"], True, ["animal", "animal/dog"]),
        ([{"value": {"x": 3, "rectanglelabels": ["RBC"]}, "type": "rectanglelabels"}], False, ["RBC"]),
        ([{"label": "WBC", "box": [1, 2, 3, 4]}], False, ["WBC"]),
        (3, False, ["3"]),
        (None, False, []),
    ],
)
def test_labels_in_answers(value: Any, tree: bool, labels: list[str]) -> None:
    assert labels_in(value, tree=tree) == labels


def test_nothing_collected_stands_at_zero() -> None:
    rows = coverage(PLAN, Counts())
    assert len(rows) == len(cells(PLAN)) + 1
    assert [row.gap for row in rows[:-1]] == [row.target for row in rows[:-1]]
    assert all(row.collected == row.kept == 0 for row in rows)
    assert rows[-1].kind == "contributor-share"


def counts_of(kept: dict[str, float], people: dict[str, int] | None = None) -> Counts:
    rows = [(key, "a", Tally(amount, amount, 0, int(amount))) for key, amount in kept.items()]
    return tallied(PLAN, rows, contributors=people or {}, unknown={"accent": 7})


def test_coverage_tells_target_gap_people_and_unknown() -> None:
    counts = counts_of({TOTAL: 60, '{"accent":"us"}': 50, '{"accent":"uk"}': 10}, {'{"accent":"us"}': 4})
    by = {cell_key(row.by): row for row in coverage(PLAN, counts) if row.kind != "contributor-share"}
    assert (by[TOTAL].kept, by[TOTAL].gap) == (60, 40)
    us, uk = by['{"accent":"us"}'], by['{"accent":"uk"}']
    assert (us.gap, us.contributors_target, us.contributors, us.unknown) == (0, 5, 4, 7)
    assert (uk.gap, uk.contributors) == (30, 0)
    assert Gap({"accent": "us"}, 0.0, 1) in gaps(PLAN, counts)
    assert Gap({"accent": "uk"}, 30.0, 5) in gaps(PLAN, counts)


def test_a_share_within_its_tolerance_has_no_gap() -> None:
    within = counts_of({TOTAL: 100, '{"snr":"noisy"}': 25, '{"snr":"clean"}': 75})
    below = counts_of({TOTAL: 100, '{"snr":"noisy"}': 24, '{"snr":"clean"}': 76})
    beyond = counts_of({TOTAL: 200, '{"snr":"noisy"}': 40, '{"snr":"clean"}': 160})

    def noisy(counts: Counts) -> tuple[float, float]:
        (row,) = [row for row in coverage(PLAN, counts) if row.by == {"snr": "noisy"}]
        return row.target, row.gap

    assert noisy(within) == (30, 0)
    assert noisy(below) == (30, 6)
    assert noisy(beyond) == (60, 20)


def test_evaluating_sources_fill_no_quota() -> None:
    plan = plan_of(
        sources=[{"name": "a", "kind": "files"}, {"name": "p", "kind": "files", "role": "evaluate"}]
    )
    rows = [(TOTAL, "a", Tally(3, 2)), (TOTAL, "p", Tally(50, 50))]
    counts = tallied(plan, rows)
    assert counts.cells[TOTAL] == Tally(3, 2)
    assert counts.sources["p"][TOTAL].kept == 50


def test_the_greatest_share_of_a_contributor() -> None:
    counts = tallied(PLAN, [(TOTAL, "a", Tally(50, 40, 0, 50))], largest=10, above=6)
    row = coverage(PLAN, counts)[-1]
    assert (row.kind, row.target, row.kept, row.gap) == ("contributor-share", 0.1, 0.25, 6)


@pytest.mark.parametrize(
    ("unit", "gap"), [("samples", 8.0), ("hours", 7.5), ("tokens", 8.0), ("contributors", 6.0)]
)
def test_units(unit: str, gap: float) -> None:
    plan = plan_of(targets={"unit": unit, "groups": [{"by": "accent", "each": 10}]})
    counts = tallied(plan, [('{"accent":"us"}', "a", Tally(2.5, 2.5, 4, 9))])
    assert gaps(plan, counts)[0] == Gap({"accent": "us"}, gap)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["us", "uk", "de", None]), st.sampled_from(['"yes"', '"no"', None])),
        max_size=60,
    ),
    st.integers(0, 60),
)
def test_counting_in_two_batches_equals_counting_in_one(rows: list[tuple[Any, Any]], cut: int) -> None:
    def count(part: list[tuple[Any, Any]]) -> dict[str, int]:
        accents, labels = [row[0] for row in part], [row[1] for row in part]
        columns = {"accent": pa.array(accents, pa.string()), "label": pa.array(labels, pa.string())}
        return counted(PLAN, columns, len(part))

    whole, left, right = count(rows), count(rows[:cut]), count(rows[cut:])
    assert whole == {key: left[key] + right[key] for key in whole}
    for accent in ("us", "uk"):
        assert whole[f'{{"accent":"{accent}"}}'] == sum(row[0] == accent for row in rows)


def test_a_million_rows_take_seconds_not_minutes() -> None:
    n = 1_000_000
    draw = np.random.default_rng(0)
    columns = {
        "accent": pa.DictionaryArray.from_arrays(draw.integers(0, 3, n), ["us", "uk", "de"]),
        "label": pa.DictionaryArray.from_arrays(draw.integers(0, 2, n), ['"yes"', '["yes","no"]']),
        "snr": draw.uniform(-10, 110, n),
    }
    begun = process_time()
    coded = cells_of(PLAN, columns, n)
    took = process_time() - begun
    assert len(coded) == 4
    assert took < 5


PRICED = plan_of(
    targets={"budget": "10 EUR", "groups": [{"by": "accent", "each": 30}]},
    sources=[
        {"name": "a", "kind": "files", "cost": ".10 EUR", "costs": {"uk": ".25 EUR"}},
        {"name": "b", "kind": "files", "cost": "1 USD"},
    ],
)


def test_prices_by_source_and_group() -> None:
    assert price(PRICED, "a", {"accent": "us"}, 30) == Money.of("3 EUR")
    assert price(PRICED, "a", {"accent": "uk"}, 4) == Money.of("1 EUR")
    assert price(PRICED, "b", {}, 2) == Money.of("2 USD")
    assert price(PLAN, "a", {}, 2) is None
    assert cheapest(PRICED) is None


def test_what_was_spent_counts_quarantined_samples_too() -> None:
    rows = [
        (TOTAL, "a", Tally(40, 30, 0, 40)),
        ('{"accent":"us"}', "a", Tally(20, 20, 0, 20)),
        ('{"accent":"uk"}', "a", Tally(16, 6, 0, 16)),
        (TOTAL, "b", Tally(3, 3, 0, 3)),
    ]
    spending = spent(PRICED, tallied(PRICED, rows))
    assert spending.by_source == {"a": Money.of("6.40 EUR"), "b": Money.of("3 USD")}
    assert spending.left == Money.of("3.60 EUR")
    assert str(spending.spent[0]) == "6.40 EUR"
