"""Documents as pure functions: hostile words stay words, in YAML, Markdown and spreadsheets."""

from __future__ import annotations

import csv
import io
import re

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.releases.documents.head import _yaml
from ingather.releases.documents.markdown import cell, interval, table
from ingather.releases.documents.tables import write_csv

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None)
@given(st.dictionaries(WORDS.filter(bool), st.lists(WORDS, min_size=1), min_size=1))
def test_any_word_comes_back_from_yaml(told: dict[str, list[str]]) -> None:
    assert yaml.safe_load(_yaml(told)) == told


def test_words_that_yaml_takes_for_others_stay_words() -> None:
    told = {"language": ["no", "on", "y", "1e3", "2020-01-01", "null", "~", "a: b", "- c", "#d"], "n": 3}
    assert yaml.safe_load(_yaml(told)) == told


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_no_cell_is_a_formula(row: list[str]) -> None:
    text = write_csv([str(number) for number in range(len(row))], [row])
    (back,) = list(csv.reader(io.StringIO(text, newline="")))[1:] or [[""]]
    for written, read in zip(row, back, strict=True):
        assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))
        line = re.sub(r"[\r\n\0]+", " ", written)
        assert read in (line, f"'{line}")


def test_numbers_stay_numbers() -> None:
    assert write_csv(("a", "b", "c"), [(-3, 2.0, None), (0.25, "=1+1", "-x")]) == (
        "a,b,c\n-3,2,\n0.25,'=1+1,'-x\n"
    )


def test_a_cell_of_a_table_cannot_break_out() -> None:
    assert cell("a|b\n<script>") == "a\\|b \\<script>"
    assert table(("x", "n"), [("y", 1200)]).splitlines()[-1] == "| y | 1,200 |"
    long = table(("n",), [(n,) for n in range(45)], "tables/groups.csv")
    assert long.endswith("And 15 further rows, in `tables/groups.csv`.")


def test_shares_come_with_their_interval() -> None:
    assert interval(0.19, 0.12, 0.28) == "19 % (12 to 28)"
    assert interval(None, 0.1, 0.2) == "unknown"
