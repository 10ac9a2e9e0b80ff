"""The measures of Gopher over whole batches equal their definition, told here one text at a time."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ingather.cleaning.contract import Bound
from ingather.cleaning.text import gopher_quality, gopher_repetition
from ingather.media.text import text_batch


def is_mark(character: str) -> bool:
    if character == "•":
        return False
    kind = unicodedata.category(character)
    return kind[0] == "P" or kind == "Cc" or character in "$+<=>^`|~"


def duplicates(pieces: list[str]) -> tuple[float, int]:
    again = [piece for place, piece in enumerate(pieces) if piece in pieces[:place]]
    return len(again) / len(pieces), sum(map(len, again))


def plain_repetition(text: str) -> dict[str, float]:
    words = text.split()
    paragraphs, paragraph_chars = duplicates(re.split("\n\n+", text.strip()))
    lines, line_chars = duplicates(re.split("\n+", text))
    told = {
        "duplicate_paragraphs": paragraphs,
        "duplicate_paragraph_characters": paragraph_chars / len(text),
        "duplicate_lines": lines,
        "duplicate_line_characters": line_chars / len(text),
    }
    for n in (2, 3, 4):
        grams = Counter(" ".join(words[place : place + n]) for place in range(len(words) - n + 1))
        most = max(grams.items(), key=lambda pair: pair[1], default=("", 0))
        told[f"top_{n}_gram"] = len(most[0]) * most[1] / len(text)
    for n in range(5, 11):
        read: set[tuple[str, ...]] = set()
        place = found = 0
        while place + n <= len(words):
            gram = tuple(words[place : place + n])
            if gram in read:
                found += len("".join(gram))
                place += n
            else:
                read.add(gram)
                place += 1
        told[f"repeated_{n}_grams"] = found / len(text)
    return told


def repetitive_texts(count: int, seed: int) -> list[str]:
    lots = random.Random(seed)
    texts = []
    for _ in range(count):
        alphabet = lots.sample(["é", "to", "…", "bee", "sea", "a", "ab", "c"], lots.randint(1, 8))
        gaps = lots.choice(([" "], [" ", "\n"], [" ", " ", "\n\n", "\n"]))
        text = "".join(lots.choice(alphabet) + lots.choice(gaps) for _ in range(lots.randint(1, 150)))
        for _ in range(lots.randint(0, 3)):
            text += text[: lots.randint(0, len(text))] + lots.choice(alphabet) + " "
        texts.append(text)
    return texts


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_repetition_is_as_defined(seed: int) -> None:
    texts = repetitive_texts(400, seed)
    told = gopher_repetition.measure(text_batch([""] * len(texts), texts), gopher_repetition.Config())
    for row, text in enumerate(texts):
        for name, value in plain_repetition(text).items():
            assert told[name][row] == pytest.approx(value, abs=1e-6), (name, text)


def test_repetition_does_not_hang_on_how_rows_are_batched() -> None:
    texts = repetitive_texts(60, 4)
    config = gopher_repetition.Config()
    whole = gopher_repetition.measure(text_batch([""] * 60, texts), config)
    halves = [
        gopher_repetition.measure(text_batch([""] * 30, part), config) for part in (texts[:30], texts[30:])
    ]
    for name, values in whole.items():
        np.testing.assert_array_equal(values, np.concatenate([half[name] for half in halves]))


def test_without_a_text_nothing_is_measured() -> None:
    told = gopher_repetition.measure(text_batch(["a", "b"], [None, ""]), gopher_repetition.Config())
    assert all(np.isnan(values).all() for values in told.values())


def test_quality_is_as_defined(data: Path) -> None:
    texts = (data / "sms-spam" / "SMSSpamCollection").read_text("utf8").split("\n")[1:2001]
    texts += ["# # word", "- the one\n• of two\n", "of a — b … wait...", "12 of 4"]
    told = gopher_quality.measure(text_batch([""] * len(texts), texts), gopher_quality.Config())
    stop = {"the", "be", "to", "of", "and", "that", "have", "with"}
    for row, text in enumerate(texts):
        words, lines = text.split(), text.splitlines()
        solid = [word for word in words if not all(map(is_mark, word))]
        assert told["words"][row] == len(solid)
        assert told["mean_word_length"][row] == pytest.approx(np.mean([len(word) for word in solid]))
        assert told["hashes_per_word"][row] == pytest.approx(text.count("#") / len(words))
        ellipses = text.count("...") + text.count("…")
        assert told["ellipses_per_word"][row] == pytest.approx(ellipses / len(words))
        bullets = sum(line.lstrip().startswith(("-", "•")) for line in lines)
        assert told["bullet_lines"][row] == pytest.approx(bullets / len(lines))
        assert told["stop_words"][row] == len(stop & set(words))
        alphabetic = sum(any(map(str.isalpha, word)) for word in words)
        assert told["alphabetic_words"][row] == pytest.approx(alphabetic / len(words))


def test_prose_passes_and_what_is_not_prose_falls() -> None:
    prose = (
        "The harbour lies at the mouth of the river, and ships that have come with the tide wait there for "
        "pilots. Old houses look over the quay to the sea; behind them the streets climb to a square where a "
        "market is held on every second day, with fish, bread and cloth from the villages of the valley."
    )
    batch = text_batch(["prose", "short", "list"], [prose, "See you at the gate.", "- milk 2\n" * 40])
    config = gopher_quality.Config()
    told = gopher_quality.measure(batch, config)
    fallen = np.any([broken(told, bound) for bound in gopher_quality.bounds(config)], axis=0)
    assert fallen.tolist() == [False, True, True]


def broken(told: dict[str, np.ndarray], bound: Bound) -> np.ndarray:
    values = told[bound.measure].astype(np.float64)
    if bound.low is not None:
        return values < bound.low
    return values > bound.high
