"""The defaults keep real short messages and find what was planted among them."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ingather.cleaning.contract import Bound
from ingather.cleaning.text import (
    encoding_repair,
    near_duplicates,
    normal_form,
    repetition,
    symbols,
    text_length,
)
from ingather.media.text import TextBatch, text_batch
from ingather.pipeline import run_stages
from ingather.store.workspace import open_workspace


@pytest.fixture(scope="module")
def messages(data: Path) -> list[str]:
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text("utf8").split("\n")
    return [line.split("\t", 1)[1] for line in lines[1:] if "\t" in line]


def batch_of(texts: list[str] | list[str | None]) -> TextBatch:
    return text_batch([str(row) for row in range(len(texts))], texts)


def fallen(operator: ModuleType, texts: list[str]) -> np.ndarray:
    config = operator.Config()
    told = operator.measure(batch_of(texts), config)

    def breaks(bound: Bound) -> np.ndarray:
        values = np.asarray(told[bound.measure], dtype=np.float64)
        out = values < bound.low if bound.low is not None else values > bound.high
        return out & ~breaks(bound.when) if bound.when else out

    return np.any([breaks(bound) for bound in operator.bounds(config)], axis=0)


def test_at_most_one_real_message_in_a_thousand_falls(messages: list[str]) -> None:
    assert len(messages) == 5574
    lost = fallen(text_length, messages) | fallen(symbols, messages) | fallen(repetition, messages)
    assert lost.mean() <= 0.001


def test_blank_texts_fall(messages: list[str]) -> None:
    assert fallen(text_length, ["", " \n\t", "\u3000", "a"]).tolist() == [True, True, True, False]


def test_a_single_word_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("note\nhello\nfour words are here\n")
    (tmp_path / "plan.yaml").write_text(
        "version: 1\nname: notes\nobjective: Keep notes.\nmodality: text\ntask: none\n"
        "sources: [{name: notes, kind: files, path: notes.csv, text: note, licence: CC0-1.0}]\n"
        "clean: [{text-length: {min_words: 2, max_words: 3}}]\n"
    )
    place = open_workspace(tmp_path)
    run_stages(place, ("collect", "clean"))
    reasons = {row["reason"] for row in place.verdicts.read(["reason"]).to_pylist()}
    assert reasons == {
        "The text has 1 word, at least 2 are needed.",
        "The text has 4 words, more than the 3 allowed.",
    }


@pytest.mark.parametrize("alphabet", ["#@$%^&*()_+=-{}[]|~<>/? ", "0123456789 ", "!?. ", "→☎★ #"])
def test_texts_without_words_fall(alphabet: str) -> None:
    lots = random.Random(0)
    planted = ["".join(lots.choices(alphabet, k=lots.randint(20, 200))) for _ in range(200)]
    assert fallen(symbols, planted).mean() >= 0.95


@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_repeated_messages_fall(messages: list[str], between: str) -> None:
    lots = random.Random(0)
    planted = [between.join([text] * 3) for text in lots.sample(messages, 400) if len(text.split()) >= 5]
    assert fallen(repetition, planted).mean() >= 0.95


def test_one_word_over_and_over_falls(messages: list[str]) -> None:
    planted = [text + " " + " ".join([text.split()[0]] * 40) for text in messages[:300]]
    assert fallen(repetition, planted).mean() >= 0.95


def test_mojibake_is_mended_and_sound_text_is_left(messages: list[str]) -> None:
    sound = [
        "Grüße aus Köln — 5 € für drei Äpfel",
        "voilà l’été, ça ira",
        "Привет, как дела?",
        "ﬁne “quotes”",
        "ｆｕｌｌ",
    ]
    broken = [
        text.encode("utf8").decode("cp1252") for text in ("Grüße aus Köln", "déjà vu", "naïve café ☕")[:2]
    ]
    told = encoding_repair.change(batch_of([*sound, *broken, None]), encoding_repair.Config())
    assert told == [None] * 5 + ["Grüße aus Köln", "déjà vu", None]
    ascii_only = [text for text in messages if text.isascii()]
    assert not any(encoding_repair.change(batch_of(ascii_only), encoding_repair.Config()))


def test_windows_apostrophes_in_real_messages_are_mended(messages: list[str]) -> None:
    told = encoding_repair.change(batch_of(messages), encoding_repair.Config())
    assert sum(text is not None for text in told) == 36
    assert not any("\x92" in (new or old) for new, old in zip(told, messages, strict=True))


def test_normal_form() -> None:
    before = [
        "a \r\nb\t\rc\n\n",
        "e\u0301",
        "ﬁ ｆ ²",
        "\ufeffx\x00y",
        "می‌خواهم",
        "fine\n  kept",
        None,
        "a\u2028b",
    ]
    after = normal_form.change(batch_of(before), normal_form.Config())
    assert after == ["a\nb\nc", "é", None, "xy", None, None, None, "a\nb"]
    settled = [new if new is not None else old for new, old in zip(after, before, strict=True)]
    assert normal_form.change(batch_of(settled), normal_form.Config()) == [None] * len(before)


def test_normal_form_by_choice() -> None:
    config = normal_form.Config(form="NFKC", trailing=False)
    assert normal_form.change(batch_of(["ﬁ ", "x "]), config) == ["fi ", None]
    untouched = normal_form.Config(form="none", line_ends=False, control=False, trailing=False)
    assert normal_form.change(batch_of(["a\r\n", "e\u0301"]), untouched) == [None, None]


def test_every_exact_copy_is_a_near_copy(messages: list[str]) -> None:
    batch, config = batch_of(messages), near_duplicates.Config()
    pairs = near_duplicates.pairs(near_duplicates.sign(batch, config), 0, config)
    similar = near_duplicates.same(batch.take(pairs[:, 0]), batch.take(pairs[:, 1]), config)
    copies = set(pairs[similar >= config.threshold, 1].tolist())
    seen: set[str] = set()
    surplus = {row for row, text in enumerate(messages) if text in seen or seen.add(text)}
    assert len(surplus) == 403
    assert surplus <= copies
    assert len(copies - surplus) <= 70
