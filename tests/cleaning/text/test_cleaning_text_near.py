"""Near duplicates: found where Jaccard says so, in any order of coming, and never anything else."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from ingather.cleaning.contamination import build_index, contamination
from ingather.cleaning.minhash import signatures
from ingather.cleaning.shingles import shingle
from ingather.cleaning.text import near_duplicates
from ingather.media.text import TextBatch, text_batch

CONFIG = near_duplicates.Config()


def batch_of(texts: list[str] | list[str | None]) -> TextBatch:
    return text_batch([str(row) for row in range(len(texts))], texts)


def prose(count: int, words: int, seed: int) -> list[str]:
    lots = np.random.default_rng(seed)
    return [" ".join(f"w{word}" for word in lots.zipf(1.3, words) % 5000) for _ in range(count)]


def changed(text: str, rate: float, lots: random.Random) -> str:
    return " ".join(f"x{lots.random()}" if lots.random() < rate else word for word in text.split())


def shingle_set(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[place : place + 5]) for place in range(max(1, len(words) - 4))}


def plain_jaccard(left: str, right: str) -> float:
    a, b = shingle_set(left), shingle_set(right)
    return len(a & b) / len(a | b)


@pytest.mark.parametrize("words", [12, 60, 400])
def test_recall_and_no_false_removal(words: int) -> None:
    lots = random.Random(words)
    originals = prose(600, words, words)
    copies = [changed(text, lots.choice((0.005, 0.01, 0.02, 0.03)), lots) for text in originals]
    true = np.array([plain_jaccard(a, b) for a, b in zip(originals, copies, strict=True)])
    batch = batch_of(originals + copies)
    pairs = near_duplicates.pairs(near_duplicates.sign(batch, CONFIG), 0, CONFIG)
    similar = near_duplicates.same(batch.take(pairs[:, 0]), batch.take(pairs[:, 1]), CONFIG)
    found = {tuple(pair) for pair in pairs[similar >= 0.8].tolist()}
    wanted = [(row, row + 600) for row in np.flatnonzero(true >= 0.8).tolist()]
    assert len(wanted) >= 200
    assert sum(pair in found for pair in wanted) >= 0.98 * len(wanted)
    assert found <= {(row, row + 600) for row in np.flatnonzero(true >= 0.8).tolist()}


def test_same_is_the_true_jaccard_similarity() -> None:
    lots = random.Random(5)
    originals = prose(100, 40, 5)
    copies = [changed(text, 0.1, lots) for text in originals]
    told = near_duplicates.same(batch_of(originals), batch_of(copies), CONFIG)
    np.testing.assert_allclose(told, [plain_jaccard(a, b) for a, b in zip(originals, copies, strict=True)])


def test_short_texts_are_compared_as_a_whole() -> None:
    texts = ["Ok lar", "ok  LAR", "ok", "lar ok", "", None, " ", "ok lar ok"]
    batch = batch_of(texts)
    signed = near_duplicates.sign(batch, CONFIG)
    assert signed.is_valid().to_pylist() == [True, True, True, True, False, False, False, True]
    assert near_duplicates.pairs(signed, 0, CONFIG).tolist() == [[0, 1]]


def test_scripts_without_spaces_are_compared_by_character() -> None:
    text = "今日は朝から雨が降っているので、傘を持って駅まで歩いて行くことにしました。"
    other = "昨日の夜は友達と一緒に映画を見てから、遅くまで音楽の話をしていました。"
    told = near_duplicates.same(batch_of([text, text]), batch_of([text[:-1] + "！", other]), CONFIG)
    assert told[0] > 0.9
    assert told[1] < 0.1


def test_newcomers_find_the_pairs_that_all_at_once_would() -> None:
    lots = random.Random(7)
    originals = prose(200, 80, 7)
    texts = originals + [changed(text, 0.01, lots) for text in originals]
    whole = near_duplicates.sign(batch_of(texts), CONFIG)
    parts = [
        near_duplicates.sign(batch_of(part), CONFIG) for part in (texts[:90], texts[90:250], texts[250:])
    ]
    assert pa.concat_arrays(parts).equals(whole)
    at_once = {tuple(pair) for pair in near_duplicates.pairs(whole, 0, CONFIG).tolist()}
    arriving: set[tuple[int, ...]] = set()
    for first, last in ((0, 90), (90, 250), (250, 400)):
        found = near_duplicates.pairs(whole.slice(0, last), first, CONFIG)
        assert (found[:, 0] < found[:, 1]).all()
        assert (found[:, 1] >= first).all()
        arriving |= {tuple(pair) for pair in found.tolist()}
    assert arriving == at_once


def test_many_copies_of_one_text_do_not_make_the_square_of_pairs() -> None:
    texts = ["the same notice stands at the foot of each of these pages"] * 2000
    pairs = near_duplicates.pairs(near_duplicates.sign(batch_of(texts), CONFIG), 0, CONFIG)
    assert set(range(1, 2000)) == set(pairs[pairs[:, 0] == 0, 1].tolist())
    assert len(pairs) <= 8 * 2000


def test_a_signature_is_small_and_the_store_may_give_it_back_as_plain_binary() -> None:
    signed = near_duplicates.sign(batch_of(["one two three", None, "One two three"]), CONFIG)
    assert len(signed[0].as_py()) == 280
    assert near_duplicates.pairs(signed.cast(pa.large_binary()), 0, CONFIG).tolist() == [[0, 2]]
    assert near_duplicates.pairs(signed.slice(1), 0, CONFIG).tolist() == []
    assert near_duplicates.pairs(signed.slice(0, 0), 0, CONFIG).shape == (0, 2)


def test_slots_agree_as_often_as_sets_are_alike() -> None:
    lots = random.Random(9)
    for words in (15, 300):
        originals = prose(400, words, words + 1)
        copies = [changed(text, 0.05, lots) for text in originals]
        left = signatures(shingle(batch_of(originals), 5), 120)
        right = signatures(shingle(batch_of(copies), 5), 120)
        true = np.mean([plain_jaccard(a, b) for a, b in zip(originals, copies, strict=True)])
        assert (left == right).mean() == pytest.approx(true, abs=0.012)


def test_what_stands_in_a_benchmark_is_found() -> None:
    lots = random.Random(11)
    benchmark = prose(50, 60, 11)
    clean = prose(40, 120, 12)
    inside = [text + " " + benchmark[row] + " " + text for row, text in enumerate(clean[:10])]
    nearly = [changed(text, 0.01, lots) for text in benchmark[:10]]
    told = contamination(
        batch_of([benchmark[3].upper(), *nearly, *inside, *clean[10:], "", None]),
        build_index(batch_of(benchmark)),
    )
    assert told.exact.tolist()[0]
    assert told.nearest[0] == 3
    near = np.array([plain_jaccard(a, b) for a, b in zip(benchmark, nearly, strict=False)])
    np.testing.assert_allclose(told.similarity[1:11][near >= 0.8], near[near >= 0.8])
    np.testing.assert_allclose(told.overlap[11:21], 60 / 300)
    assert not told.overlap[21:51].any()
    assert not told.exact[11:].any()
    assert np.isnan(told.overlap[-2:]).all()
