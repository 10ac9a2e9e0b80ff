"""Copies at another gain, rate or codec, or trimmed: found, however many recordings there are."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from audio_faults import clip, mu_law, planted

from ingather.cleaning.audio import same_recording
from ingather.cleaning.audio_candidates import candidates, from_arrow
from ingather.cleaning.audio_signature import SIGNATURE
from ingather.media.audio import AudioBatch, Clip, decode

CONFIG = same_recording.Config()
Copy = Callable[[Clip, np.random.Generator], Clip | None]


def recoded(format: str, subtype: str, rate: int) -> Copy:
    def copy(one: Clip, rng: np.random.Generator) -> Clip | None:
        import soundfile

        file = io.BytesIO()
        soundfile.write(
            file, one.resampled(rate) * rng.uniform(0.3, 0.8), rate, format=format, subtype=subtype
        )
        return decode(file.getvalue())[0]

    return copy


def louder(one: Clip, rng: np.random.Generator) -> Clip:
    return clip(one.samples * rng.uniform(0.3, 0.95) / one.peak, one.rate)


def over_the_telephone(one: Clip, rng: np.random.Generator) -> Clip:
    return clip(mu_law(one.resampled(8_000) * rng.uniform(0.3, 0.8)), 8_000)


def at_rate(rate: int) -> Copy:
    return lambda one, rng: clip(0.8 * one.resampled(rate), rate)


def trimmed(one: Clip, rng: np.random.Generator) -> Clip:
    """Up to 50 ms less, of one end or of both together."""
    total = rng.uniform(0, 0.05) * one.rate
    head = round(total * rng.choice([0, 0.5, 1]))
    return clip(0.7 * one.samples[head : len(one.samples) - round(total) + head], one.rate)


COPIES: dict[str, Copy] = {
    "louder": louder,
    "telephone": over_the_telephone,
    "11,025 Hz": at_rate(11_025),
    "44,100 Hz": at_rate(44_100),
    "MP3": recoded("MP3", "MPEG_LAYER_III", 16_000),
    "Vorbis": recoded("OGG", "VORBIS", 16_000),
    "Opus": recoded("OGG", "OPUS", 16_000),
    "trimmed": trimmed,
}


def joined(*batches: AudioBatch) -> AudioBatch:
    return AudioBatch(
        [i for b in batches for i in b.ids],
        [c for b in batches for c in b.clips],
        [f for b in batches for f in b.faults],
    )


@pytest.mark.parametrize(
    ("name", "kind"), [*(("digits", kind) for kind in COPIES), ("spoken", "MP3"), ("spoken", "trimmed")]
)
def test_copies_are_found_and_nothing_else(
    kind: str, name: str, digits: AudioBatch, spoken: AudioBatch
) -> None:
    every = {"digits": digits.take(range(0, 600, 3)), "spoken": spoken.take(range(0, 285, 3))}[name]
    chosen = every.take(range(0, len(every), 2))
    copies = planted(chosen, COPIES[kind], seed=5)
    both = joined(every, copies)
    found = same_recording.pairs(same_recording.sign(both, CONFIG), len(every), CONFIG)
    alike = same_recording.same(both.take(found[:, 0]), both.take(found[:, 1]), CONFIG)
    pairs = {tuple(pair) for pair in found[alike >= CONFIG.threshold].tolist()}
    true = {(2 * row, len(every) + row) for row in range(len(copies))}
    assert len(pairs & true) >= 0.95 * len(true)
    others = {(both.ids[a], both.ids[b]) for a, b in pairs - true}
    assert all("confbridge-leave." in a and "confbridge-leave." in b for a, b in others)


def test_hashing_finds_what_comparing_all_finds(digits: AudioBatch) -> None:
    """The tables that stand in for comparing all, where there are too many, lose next to nothing."""
    some = digits.take(range(0, 600, 3))
    copies = planted(some, COPIES["telephone"], seed=1)
    signatures = from_arrow(same_recording.sign(joined(some, copies), CONFIG))
    every = {tuple(pair) for pair in candidates(signatures, 0).tolist()}
    hashed = {tuple(pair) for pair in candidates(signatures, 0, most_direct=0).tolist()}
    assert hashed <= every
    true = {(row, 200 + row) for row in range(200)}
    assert len(true & every) >= 0.98 * 200
    assert len(true & hashed) >= 0.98 * len(true & every)


def test_newcomers_are_compared_with_all_and_old_ones_not_again(digits: AudioBatch) -> None:
    signatures = same_recording.sign(digits.take([0, 1, 2, 0, 1, 0]), CONFIG)
    assert same_recording.pairs(signatures, 0, CONFIG).tolist() == [[0, 3], [0, 5], [1, 4], [3, 5]]
    assert same_recording.pairs(signatures, 4, CONFIG).tolist() == [[0, 5], [1, 4], [3, 5]]


def test_signatures_are_small_and_silence_has_none(prompts: AudioBatch) -> None:
    silent = [row for row, name in enumerate(prompts.ids) if "silence" in name]
    signatures = same_recording.sign(prompts.take([*silent, 0]), CONFIG)
    assert SIGNATURE.itemsize <= 2_048
    assert signatures.null_count == 15
    sliced = pa.concat_arrays([signatures, signatures])[14:]
    assert same_recording.pairs(sliced.cast(pa.large_binary()), 0, CONFIG).tolist() == [[1, 17]]


def test_long_recordings_are_compared_at_both_ends(prompts: AudioBatch, spoken: AudioBatch) -> None:
    def minutes(order: list[int]) -> Clip:
        return clip(np.concatenate([spoken.clips[row].samples for row in order]), 8_000)  # type: ignore[union-attr]

    whole = list(range(40))
    other_end = [*range(30), *range(50, 60)]
    one, other = minutes(whole), minutes(other_end)
    assert min(one.seconds, other.seconds) > 60
    alike = same_recording.same(
        AudioBatch(["a", "a"], [one, one], [None, None]),
        AudioBatch(["b", "c"], [clip(0.5 * one.samples[200:], 8_000), other], [None, None]),
        CONFIG,
    )
    assert alike[0] > 0.98
    assert alike[1] < 0.5
