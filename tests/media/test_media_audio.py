"""Recordings decoded from real files of every kind, whole and damaged."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ingather.media.audio import Clip, decode, decode_audio, encode, resample
from ingather.media.audio_container import same_type, sniff
from ingather.media.audio_frames import frequencies

KINDS = [
    ("WAV", "PCM_U8", "audio/wav", 0.02),
    ("WAV", "PCM_16", "audio/wav", 1e-4),
    ("WAV", "PCM_24", "audio/wav", 1e-6),
    ("WAV", "PCM_32", "audio/wav", 1e-6),
    ("WAV", "FLOAT", "audio/wav", 1e-6),
    ("WAV", "DOUBLE", "audio/wav", 1e-6),
    ("WAV", "ULAW", "audio/wav", 0.03),
    ("FLAC", "PCM_16", "audio/flac", 1e-4),
    ("FLAC", "PCM_24", "audio/flac", 1e-6),
    ("AIFF", "PCM_16", "audio/aiff", 1e-4),
    ("MP3", "MPEG_LAYER_III", "audio/mpeg", 0.2),
    ("OGG", "VORBIS", "audio/ogg", 0.2),
    ("OGG", "OPUS", "audio/ogg", 0.2),
]


@pytest.fixture(scope="module")
def wav(data: Path) -> bytes:
    return (data / "voice-prompts" / "wav" / "en" / "conf-errormenu.wav").read_bytes()


@pytest.fixture(scope="module")
def spoken(wav: bytes) -> Clip:
    clip, fault = decode(wav)
    assert clip is not None
    assert fault is None
    return clip


def written(samples: np.ndarray, rate: int, format: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=format, subtype=subtype)
    return file.getvalue()


def test_a_real_file_has_the_length_that_its_manifest_says(spoken: Clip) -> None:
    assert spoken.seconds == pytest.approx(1.435, abs=0.001)
    assert (spoken.rate, spoken.format, spoken.subtype) == (8_000, "WAV", "PCM_16")
    assert spoken.channels.shape == (11_476, 1)
    assert spoken.samples.dtype == np.float32


@pytest.mark.parametrize(("format", "subtype", "media_type", "error"), KINDS)
def test_every_kind_is_decoded_to_the_same_sound(
    spoken: Clip, format: str, subtype: str, media_type: str, error: float
) -> None:
    content = written(spoken.samples, 8_000, format, subtype)
    clip, fault = decode(content)
    assert fault is None
    assert clip is not None
    assert sniff(content) == media_type
    assert (clip.format, clip.subtype) == (format, subtype)
    assert abs(clip.seconds - spoken.seconds) < 0.01
    count = min(len(clip.samples), len(spoken.samples))
    assert np.abs(clip.samples[:count] - spoken.samples[:count]).max() < error


@pytest.mark.parametrize(("format", "subtype", "media_type", "error"), KINDS)
def test_what_breaks_off_is_told(
    spoken: Clip, format: str, subtype: str, media_type: str, error: float
) -> None:
    content = written(spoken.samples, 8_000, format, subtype)
    clip, fault = decode(content[: len(content) * 6 // 10])
    assert fault is not None
    assert "breaks off" in fault or "damaged" in fault
    if format in ("WAV", "AIFF"):
        assert clip is not None
        assert 0.4 * spoken.seconds < clip.seconds < 0.7 * spoken.seconds


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png"),
        (b"PK\x03\x04" + bytes(100), "application/zip"),
        (b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "text/html"),
        (b"speaker,gender\njackson,male\n", "text/plain"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00", "convert it"),
        (bytes(5000), "no recording"),
        (b"RIFF\x24\x00\x00\x00WAVE", "'data' part is missing"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "'data' part is missing"),
    ],
)
def test_what_is_no_recording_is_told_in_words(content: bytes | None, words: str) -> None:
    clip, fault = decode(content)
    assert clip is None
    assert fault is not None
    assert words in fault
    assert "Error" not in fault


def test_random_bytes_never_raise(wav: bytes) -> None:
    rng = np.random.default_rng(0)
    for length in (1, 3, 12, 44, 100, 5000):
        noise = rng.bytes(length)
        assert decode(noise)[0] is None
        for head in (b"RIFF", b"fLaC", b"OggS", b"ID3", b"FORM", b"caff", b".snd"):
            decode(head + noise)
    for _ in range(300):
        hurt = bytearray(wav)
        for place in rng.integers(0, 60, 3):
            hurt[place] = rng.integers(0, 256)
        clip, fault = decode(bytes(hurt))
        assert clip is not None or fault


def test_a_header_that_lies_is_told(wav: bytes) -> None:
    size = wav.find(b"data") + 4
    assert decode(wav[:size] + struct.pack("<I", 10) + wav[size + 4 :])[1] is not None
    assert "lies" in str(decode(wav[:size] + struct.pack("<I", 0) + wav[size + 4 :])[1])
    assert "lies" in str(decode(wav[:24] + struct.pack("<I", 0) + wav[28:])[1])
    as_float = written(np.array([0, 32_767, -32_768], np.float32), 8_000, "WAV", "FLOAT")
    assert "lies" in str(decode(as_float)[1])
    no_number = written(np.array([0, np.nan, 1], np.float32), 8_000, "WAV", "FLOAT")
    assert "not numbers" in str(decode(no_number)[1])


def test_a_stream_that_never_knew_its_length_is_whole(wav: bytes, spoken: Clip) -> None:
    size = wav.find(b"data") + 4
    clip, fault = decode(wav[:size] + b"\xff\xff\xff\xff" + wav[size + 4 :])
    assert fault is None
    assert clip is not None
    assert len(clip.samples) == len(spoken.samples)


def test_channels_are_kept_and_mixed_without_cancelling_out(spoken: Clip) -> None:
    one = spoken.samples
    stereo = Clip(np.column_stack([one, 0 * one]), 8_000)
    assert np.allclose(stereo.samples, one / 2)
    against = Clip(np.column_stack([one, -one]), 8_000)
    assert np.abs(against.samples).max() == pytest.approx(np.abs(one).max())
    assert against.channels.shape == (11_476, 2)


def test_encoding_gives_back_the_same_values_and_the_same_bytes(spoken: Clip) -> None:
    for kind in ("FLAC", "WAV"):
        content = encode(spoken.samples, 8_000, kind)
        assert content == encode(spoken.samples, 8_000, kind)
        again, fault = decode(content)
        assert fault is None
        assert again is not None
        assert np.array_equal(again.samples, spoken.samples)


def test_resampling_keeps_duration_and_tone() -> None:
    time = np.arange(16_000) / 16_000
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    for rate in (8_000, 11_025, 44_100, 48_000):
        out = resample(tone, 16_000, rate)
        assert len(out) == pytest.approx(rate, abs=2)
        spectrum = np.abs(np.fft.rfft(out))
        assert spectrum.argmax() * rate / len(out) == pytest.approx(440, abs=1.5)
    assert resample(tone, 16_000, 16_000) is tone


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_frames_measure_level_and_keep_time_at_any_rate(rate: int) -> None:
    time = np.arange(10 * rate) / rate
    clip = Clip((0.1 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)[:, None], rate)
    assert clip.levels.mean() == pytest.approx(-23.01, abs=0.05)
    assert len(clip.levels) == 998
    assert frequencies(rate)[clip.power.mean(axis=0).argmax()] == pytest.approx(1000, abs=32)
    late = Clip((time > 9).astype(np.float32)[:, None] * clip.channels, rate)
    assert np.flatnonzero(late.levels > -60)[0] == pytest.approx(898, abs=1)


def test_the_shortest_clips_have_one_frame() -> None:
    clip = Clip(np.full((3, 1), 0.5, np.float32), 8_000)
    assert clip.levels.shape == (1,)
    assert np.isfinite([clip.loud, clip.quiet, clip.peak]).all()


def test_a_batch_keeps_rows_faults_and_types_together(wav: bytes) -> None:
    batch = decode_audio(["a", "b", "c"], [wav, None, b"GIF89a..."], ["audio/flac", None, "audio/wav"])
    assert len(batch) == 3
    assert [clip is not None for clip in batch.clips] == [True, False, False]
    assert [fault is None for fault in batch.faults] == [True, False, False]
    taken = batch.take([2, 0])
    assert taken.ids == ["c", "a"]
    assert taken.found == ["image/gif", "audio/wav"]
    assert taken.named == ["audio/wav", "audio/flac"]
    assert np.isnan(batch.each(lambda clip: clip.seconds)).tolist() == [False, True, True]


def test_names_of_one_type_are_one() -> None:
    assert same_type("audio/x-wav", "audio/wav")
    assert same_type("audio/ogg; codecs=opus", "audio/ogg")
    assert not same_type("audio/wav", "audio/flac")
