"""Good recordings are not thrown away: all default operators together."""

from __future__ import annotations

import numpy as np
import pytest
from audio_faults import clip, planted, refused

from ingather.cleaning.audio import same_recording
from ingather.cleaning.defaults import DEFAULTS
from ingather.media.audio import AudioBatch
from ingather.plugins import OPERATORS, load

FILTERS = [name for name in DEFAULTS["audio"] if hasattr(load(OPERATORS, name), "bounds")]


def any_refused(batch: AudioBatch) -> np.ndarray:
    return np.logical_or.reduce([refused(name, batch) for name in FILTERS])


def test_the_defaults_hold_all_the_filters() -> None:
    assert set(FILTERS) >= {"decode", "duration", "silence", "clipping", "loudness", "snr", "cut"}


def test_at_most_one_in_a_hundred_digits_is_refused(digits: AudioBatch) -> None:
    lost = [digits.ids[row] for row in np.flatnonzero(any_refused(digits))]
    assert len(digits) == 600
    assert len(lost) <= 6
    # these three really break off, and this one really is the noisiest
    assert {f"recordings/6_nicolas_{take}.wav" for take in (5, 6, 7)} <= set(lost)
    assert "recordings/0_theo_6.wav" in lost


def test_of_the_prompts_only_the_silences_are_refused(prompts: AudioBatch) -> None:
    lost = {prompts.ids[row] for row in np.flatnonzero(any_refused(prompts))}
    assert lost == {name for name in prompts.ids if "silence" in name}
    assert len(lost) == 15


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_the_same_recordings_at_a_higher_rate_are_judged_alike(
    digits: AudioBatch, spoken: AudioBatch, rate: int
) -> None:
    for batch, most in ((digits.take(range(0, 600, 5)), 2), (spoken.take(range(0, 285, 5)), 0)):
        higher = planted(batch, lambda one, _: clip(0.9 * one.resampled(rate), rate))
        assert any_refused(higher).sum() <= most


def test_no_two_takes_are_called_the_same_and_true_copies_are(
    digits: AudioBatch, prompts: AudioBatch
) -> None:
    config = same_recording.Config()
    found = []
    for batch in (digits, prompts):
        pairs = same_recording.pairs(same_recording.sign(batch, config), 0, config)
        alike = same_recording.same(batch.take(pairs[:, 0]), batch.take(pairs[:, 1]), config)
        found.append([(batch.ids[a], batch.ids[b]) for a, b in pairs[alike >= config.threshold]])
    of_digits, of_prompts = found
    assert of_digits == []
    assert len(of_prompts) == 6
    assert all("confbridge-leave." in name for pair in of_prompts for name in pair)
