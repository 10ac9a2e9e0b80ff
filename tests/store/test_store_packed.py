"""Ids in 16 bytes and words by code come back as they were."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from ingather.store.packed_ids import PackedIds, id_numbers
from ingather.store.word_columns import WordColumn, plain


def test_ids_come_back_as_they_were() -> None:
    words = [hashlib.sha256(str(n).encode()).hexdigest()[:32] for n in range(70_000)] + ["0" * 32, "f" * 32]
    ids = pa.array(words)
    packed = PackedIds.joined([PackedIds.of(ids[:40_001]), PackedIds.of(ids[40_001:])])
    assert pa.concat_arrays(list(packed.portions(9_999))).equals(ids)
    assert packed.take(np.array([3, 70_001, 3])).to_pylist() == [words[3], "f" * 32, words[3]]
    assert (packed.high == id_numbers(ids)).all()
    assert [part.to_pylist() for part in packed.filter(packed.high == 0).portions()] == [["0" * 32]]
    assert PackedIds.joined([]).take(np.zeros(0, np.int64)).to_pylist() == []


def test_words_come_back_as_they_were() -> None:
    column = WordColumn()
    parts = [["a", None, "b"], [], [None], ["c", "b", "a", "c"], ["", "d"]]
    for part in parts:
        column.add(pa.chunked_array([pa.array(part, pa.string())]))
    joined = column.joined()
    assert joined.dictionary.to_pylist() == ["a", "b", "c", "", "d"]
    assert plain(joined).to_pylist() == [word for part in parts for word in part]


def test_numbers_and_nothing_stay_what_they_are() -> None:
    column = WordColumn()
    column.add(pa.array([1.5, None]))
    column.add(pa.array([2.0]))
    assert column.joined().to_pylist() == [1.5, None, 2.0]
    assert WordColumn().joined().to_pylist() == []
    empty = WordColumn()
    empty.add(pa.nulls(2))
    assert plain(empty.joined()).to_pylist() == [None, None]
