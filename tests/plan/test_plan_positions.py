"""YAML 1.2 as people write it and as they break it: every flaw has its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingather.plan.positions import decode, parse, plain
from ingather.plan.read import check_plan


def test_yaml_1_2_words_stay_words() -> None:
    tree, flaws = parse(
        "a: no\nb: yes\nc: 18-29\nd: .3\ne: 007\nf: '1'\ng: 2020-01-01\nh: true\ni: ~\nj: 1e3\nk: 0x1F\n"
    )
    assert not flaws
    assert tree is not None
    assert plain(tree) == {
        "a": "no",
        "b": "yes",
        "c": "18-29",
        "d": 0.3,
        "e": 7,
        "f": "1",
        "g": "2020-01-01",
        "h": True,
        "i": None,
        "j": 1000.0,
        "k": 31,
    }
    assert tree.fields["e"].written == "007"


def test_anchors_and_merges_are_written_out() -> None:
    tree, flaws = parse("base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}\n")
    assert not flaws
    assert tree is not None
    assert plain(tree)["more"] == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("text", "places", "words"),
    [
        ("a: 1\na: 2\nb: {c: 1, c: 2}\n", [(2, 1), (3, 11)], "twice"),
        ("a:\n\t- x\n\t- y\n", [(2, 1), (3, 1)], "tab"),
        ("a: [1\nb: 2\n", [(2, 2)], "not YAML"),
        ("a: *nobody\n", [(1, 4)], "not YAML"),
        ("a: !python/object x\n", [(1, 4)], "tag"),
        ("a: 1\n---\nb: 2\n", [(3, 1)], "second document"),
        ("a: x\x07y\n", [(1, 5)], "may not stand"),
        ("a: &a\n  b: *a\n", [(2, 3)], "no end"),
        ("", [(0, 0)], "empty"),
        ("# only a comment\n", [(0, 0)], "empty"),
        ("[" * 2000, [(0, 0)], "too deeply"),
        ("a: " + "[" * 150 + "]" * 150, [(1, 103)], "deep"),
    ],
)
def test_flaws_have_their_place(text: str, places: list[tuple[int, int]], words: str) -> None:
    _, flaws = parse(text)
    assert [(flaw.span.line, flaw.span.column) for flaw in flaws] == places
    assert all(words in flaw.message for flaw in flaws)
    assert all(flaw.fix for flaw in flaws)


def test_aliases_of_aliases_do_not_explode() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    _, flaws = parse("\n".join(lines))
    assert [flaw.message for flaw in flaws] == ["aliases make this plan larger than 20,000 values"]


def test_bad_bytes_are_told_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(b"version: 1\nname: caf\xe9\n")
    (mistake,) = check_plan(tmp_path).mistakes
    assert (mistake.line, mistake.column, mistake.value) == (2, 10, "byte 0xe9")
    assert "UTF-8" in mistake.message


def test_byte_order_marks_are_read() -> None:
    for content in ("a: é".encode("utf-8-sig"), "a: é".encode("utf-16")):
        text, flaw = decode(content)
        assert flaw is None
        assert text == "a: é"


def test_a_plan_of_many_megabytes_is_refused() -> None:
    _, flaw = decode(b"a" * 4_000_001)
    assert flaw is not None
    assert "4,000,001" in flaw.message
