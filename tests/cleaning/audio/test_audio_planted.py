"""Each filter finds its fault, planted in good recordings, at the loss that test_audio_good_data allows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from audio_faults import Fault, clip, planted, refused, while_speaking

from ingather.cleaning.audio import bandwidth, loudness
from ingather.media.audio import AudioBatch, Clip, decode_audio
from ingather.plugins import OPERATORS, load

SETS = pytest.mark.parametrize("name", ["digits", "spoken"])


@pytest.fixture
def good(name: str, digits: AudioBatch, spoken: AudioBatch) -> AudioBatch:
    return {"digits": digits.take(range(0, 600, 2)), "spoken": spoken}[name]


def muted(one: Clip, rng: np.random.Generator) -> Clip:
    return clip(one.samples * 1e-3, one.rate)


def too_short(one: Clip, rng: np.random.Generator) -> Clip:
    start = rng.integers(0, len(one.samples) // 4)
    return clip(one.samples[start : start + int(rng.uniform(0.02, 0.11) * one.rate)], one.rate)


def overdriven(one: Clip, rng: np.random.Generator) -> Clip:
    ceiling = rng.uniform(0.5, 1.0)
    gain = ceiling * 10 ** (rng.uniform(10, 18) / 20) / one.peak
    return clip(np.clip(one.samples * gain, -ceiling, ceiling), one.rate)


def whispered_from_afar(one: Clip, rng: np.random.Generator) -> Clip:
    gain = 10 ** ((rng.uniform(-69, -62) + 20) / 20) / max(one.peak, 1e-6)
    return Clip((one.samples * gain * 0.1).astype(np.float32)[:, None], one.rate)


def noisy(one: Clip, rng: np.random.Generator) -> Clip:
    noise = rng.standard_normal(len(one.samples))
    noise *= np.sqrt(np.mean(one.samples**2) / np.mean(noise**2)) * 10 ** (rng.uniform(4, 10) / 20)
    mixed = one.samples + noise
    return clip(0.9 * mixed / np.abs(mixed).max(), one.rate)


def beside_a_fan(one: Clip, rng: np.random.Generator) -> Clip:
    """Brown noise, which sways more than white noise does, 6 to 10 dB louder than the voice."""
    size = len(one.samples)
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / one.rate), 150)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(size)) / hertz, size)
    noise *= np.sqrt(np.mean(one.samples**2) / np.mean(noise**2)) * 10 ** (rng.uniform(6, 10) / 20)
    mixed = one.samples + noise
    return clip(0.9 * mixed / np.abs(mixed).max(), one.rate)


def nobody_speaks(one: Clip, rng: np.random.Generator) -> Clip:
    return clip(rng.standard_normal(one.rate * 2) * rng.uniform(0.003, 0.1), one.rate)


def cut_off(one: Clip, rng: np.random.Generator) -> Clip | None:
    at = while_speaking(one, rng)
    return at and clip(one.samples[:at], one.rate)


def cut_and_filled_up(one: Clip, rng: np.random.Generator) -> Clip | None:
    at = while_speaking(one, rng)
    return at and clip(np.pad(one.samples[:at], (0, one.rate // 4)), one.rate)


PLANTED: list[tuple[str, Fault]] = [
    ("silence", muted),
    ("duration", too_short),
    ("clipping", overdriven),
    ("loudness", whispered_from_afar),
    ("snr", noisy),
    ("snr", beside_a_fan),
    ("snr", nobody_speaks),
    ("cut", cut_off),
    ("cut", cut_and_filled_up),
]


@SETS
@pytest.mark.parametrize(("operator", "fault"), PLANTED, ids=lambda v: getattr(v, "__name__", v))
def test_the_fault_is_found(operator: str, fault: Fault, good: AudioBatch) -> None:
    bad = planted(good, fault)
    assert len(bad) >= 0.95 * len(good)
    assert refused(operator, bad).mean() >= 0.95


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_clipping_is_found_at_any_rate_and_in_one_channel_alone(spoken: AudioBatch, rate: int) -> None:
    def one_channel(one: Clip, rng: np.random.Generator) -> Clip:
        higher = Clip(one.resampled(rate)[:, None], rate)
        bad = overdriven(higher, rng).samples
        return Clip(np.column_stack([0.5 * higher.samples, bad]), rate)

    assert refused("clipping", planted(spoken.take(range(0, 285, 5)), one_channel)).mean() >= 0.95


@pytest.mark.parametrize("hertz", [50, 100, 440])
def test_a_tone_is_not_clipped_because_it_is_slow(hertz: int) -> None:
    time = np.arange(48_000) / 48_000
    tone = clip((0.7 * np.sin(2 * np.pi * hertz * time)).astype(np.float32), 48_000)
    stuck = clip(np.clip(2 * tone.samples, -0.7, 0.7), 48_000)
    assert refused("clipping", AudioBatch(["tone", "stuck"], [tone, stuck], [None, None])).tolist() == [
        False,
        True,
    ]


def test_loudness_agrees_with_the_standard() -> None:
    """BS.1770: a full-scale sine of 997 Hz in one channel measures -3.01; at 1/10 of that, 20 less."""
    time = np.arange(3 * 48_000) / 48_000
    for rate in (16_000, 48_000):
        wave = np.sin(2 * np.pi * 997 * time[: 3 * rate] * 48_000 / rate).astype(np.float32)[:, None]
        batch = AudioBatch(["full", "tenth"], [Clip(wave, rate), Clip(wave / 10, rate)], [None, None])
        measured = loudness.measure(batch, loudness.Config())["loudness"]
        assert measured == pytest.approx([-3.01, -23.01], abs=0.1)


def test_pauses_do_not_count_in_loudness(spoken: AudioBatch) -> None:
    one = spoken.clips[0]
    assert one is not None
    padded = clip(np.pad(one.samples, (0, 10 * one.rate)), one.rate)
    batch = AudioBatch(["as it is", "padded"], [one, padded], [None, None])
    first, second = loudness.measure(batch, loudness.Config())["loudness"]
    assert second == pytest.approx(first, abs=0.5)


def test_the_band_really_used_is_told_at_any_sampling_rate(digits: AudioBatch, spoken: AudioBatch) -> None:
    config = bandwidth.Config(least=7_000)
    for good in (digits.take(range(0, 600, 10)), spoken.take(range(0, 285, 5))):
        for rate in (16_000, 48_000):
            raised = planted(good, lambda one, _, rate=rate: clip(0.9 * one.resampled(rate), rate))
            told = bandwidth.measure(raised, config)
            assert told["bandwidth"].max() < 4_200
            assert told["band_used"].max() < 1.05 * 8_000 / rate
            assert refused("bandwidth", raised, least=7_000).all()
            assert not refused("bandwidth", raised).any()


def test_a_band_that_is_used_is_not_missed(data: Path) -> None:
    paths = sorted((data / "ami-mini").rglob("*.wav"))
    meetings = decode_audio([p.name for p in paths], [p.read_bytes() for p in paths])
    assert len(meetings) == 4
    assert bandwidth.measure(meetings, bandwidth.Config())["band_used"].min() > 0.95


def test_reasons_speak_to_who_gave_the_recording() -> None:
    for name in ("duration", "silence", "clipping", "loudness", "snr", "cut", "decode"):
        module = load(OPERATORS, name)
        for bound in module.bounds(module.Config()):
            assert len(bound.reason) < 120
            assert not set(bound.reason.lower().split()) & {"rms", "snr", "dbfs", "threshold", "lufs"}
