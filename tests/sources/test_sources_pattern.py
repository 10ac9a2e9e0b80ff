"""Patterns on names take out what was put in, and say where a name can be read in two ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingather.errors import InputError
from ingather.sources.pattern import compile_pattern

words = st.text(st.sampled_from("abcxyz019"), min_size=1, max_size=6)


@given(words, words, st.integers(0, 10**6))
def test_what_was_put_in_comes_out(label: str, speaker: str, n: int) -> None:
    found = compile_pattern("{label}_{speaker}_{n:d}.wav").match(f"{label}_{speaker}_{n}.wav")
    assert found == {"label": label, "speaker": speaker, "n": str(n)}


@given(st.lists(words, min_size=3, max_size=5))
def test_two_readings_are_seen_exactly_where_there_are_two(parts: list[str]) -> None:
    name = "_".join(parts) + ".wav"
    pattern = compile_pattern("{label}_{speaker}_{n}.wav")
    values = pattern.match(name)
    assert values is not None
    assert "_".join(values.values()) + ".wav" == name
    assert (pattern.other_reading(name, values) is not None) == (len(parts) > 3)


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_told(text: str) -> None:
    try:
        pattern = compile_pattern(text)
    except InputError:
        return
    if not pattern.names and not set("{*?") & set(text):
        assert pattern.match(text) == {}


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("{label}/{n}.jpg", "cat/12.jpg", {"label": "cat", "n": "12"}),
        ("{label}/{n}.jpg", "a/cat/12.jpg", None),
        ("**/{label}/{n}.jpg", "a/b/cat/12.jpg", {"label": "cat", "n": "12"}),
        ("{label}_*.wav", "yes_anything.wav", {"label": "yes"}),
        ("{speaker}/{speaker}_{n}.wav", "ann/ann_1.wav", {"speaker": "ann", "n": "1"}),
        ("{speaker}/{speaker}_{n}.wav", "ann/bob_1.wav", None),
        ("{label:yes|no|yes_please}_{n:d}.wav", "yes_please_4.wav", {"label": "yes_please", "n": "4"}),
        ("{_}_{label:w}.wav", "a_b_no.wav", {"label": "no"}),
        ("{n:d}.wav", "x.wav", None),
        ("{label}.wav", "deep/down/yes.wav", {"label": "yes"}),
    ],
)
def test_patterns(pattern: str, path: str, values: dict[str, str] | None) -> None:
    assert compile_pattern(pattern).match(path) == values


@pytest.mark.parametrize("pattern", ["{label", "label}", "{}", "{la bel}", "{1x}"])
def test_unsound_patterns_are_told(pattern: str) -> None:
    with pytest.raises(InputError) as told:
        compile_pattern(pattern)
    assert pattern in told.value.message
