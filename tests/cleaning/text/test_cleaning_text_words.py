"""Words and lines found in flat bytes are those that Python finds one text at a time."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa

from ingather.cleaning.lines import bullet_and_ellipsis_lines, find_lines
from ingather.media.text import text_batch

LETTERS = "ab -•…. \n\r\t\x0b\x1c\x1d\x85\xa0\u1680\u2003\u2028\u3000é\U0001f600"


def odd_texts(count: int, seed: int) -> list[str | None]:
    lots = random.Random(seed)
    texts = ["".join(lots.choices(LETTERS, k=lots.randint(0, 14))) for _ in range(count)]
    return [*texts, "", None, "\r", "\n", "a\r", "\nb"]


def test_words_are_those_of_split() -> None:
    texts = odd_texts(3000, 1)
    words = text_batch([""] * len(texts), texts).words
    vocabulary = words.vocabulary.to_pylist()
    for row, text in enumerate(texts):
        found = [vocabulary[code] for code in words.codes[words.offsets[row] : words.offsets[row + 1]]]
        assert found == (text or "").split(), repr(text)


def test_characters_of_words_are_counted_not_bytes() -> None:
    words = text_batch(["a"], ["é \U0001f600x ab"]).words
    assert words.chars.tolist() == [1, 2, 2]


def test_lines_are_those_of_splitlines() -> None:
    texts = odd_texts(3000, 2)
    batch = text_batch([""] * len(texts), texts)
    counts = find_lines(batch).counts
    bullets, ellipses = bullet_and_ellipsis_lines(batch)
    for row, text in enumerate(texts):
        lines = (text or "").splitlines()
        assert counts[row] == len(lines), repr(text)
        if lines:
            assert np.isclose(
                bullets[row], sum(s.lstrip().startswith(("•", "-")) for s in lines) / len(lines)
            )
            assert np.isclose(
                ellipses[row], sum(s.rstrip().endswith(("...", "…")) for s in lines) / len(lines)
            )
        else:
            assert np.isnan(bullets[row])


def test_a_batch_of_a_slice_reads_only_the_slice() -> None:
    whole = pa.array(["one two", "three", None, "four five six"], pa.large_string())
    batch = text_batch(["c", "d"], whole.slice(2))
    assert batch.words.counts.tolist() == [0, 3]
    assert bytes(batch.flat) == b"four five six"


def test_take_keeps_ids_with_texts() -> None:
    batch = text_batch(["a", "b", "c"], ["one", None, "three"]).take([2, 0])
    assert list(batch.ids) == ["c", "a"]
    assert batch.text.to_pylist() == ["three", "one"]
    assert batch.take([]).words.counts.tolist() == []
