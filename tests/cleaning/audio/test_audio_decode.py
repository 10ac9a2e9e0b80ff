"""The decode operator: what cannot be used is refused, what is not what it is called is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from audio_faults import refused

from ingather.cleaning.audio import decode
from ingather.media.audio import AudioBatch, decode_audio, encode


def test_damaged_recordings_are_refused_and_whole_ones_are_not(digits: AudioBatch, data: Path) -> None:
    paths = sorted((data / "fsdd").rglob("*.wav"))[::4]
    whole = [path.read_bytes() for path in paths]
    broken = [content[: len(content) * 3 // 4] for content in whole]
    flac = [encode(clip.samples, clip.rate) for clip in digits.clips[::4] if clip is not None]
    broken += [content[: len(content) * 3 // 4] for content in flac]
    ids = [str(row) for row in range(len(whole) + len(broken))]
    found = refused("decode", decode_audio(ids, whole + broken))
    assert not found[: len(whole)].any()
    assert found[len(whole) :].mean() >= 0.95


def test_another_type_than_named_is_told(data: Path) -> None:
    content = (data / "voice-prompts" / "wav" / "en" / "vm-sorry.wav").read_bytes()
    named = ["audio/x-wav", "audio/mpeg", None, "application/octet-stream"]
    batch = decode_audio(list("abcd"), [content] * 4, named)
    told = decode.measure(batch, decode.Config())["disguise"].to_pylist()
    assert told == ["none", "named audio/mpeg, the bytes are audio/wav", None, None]
    assert refused("decode", batch).tolist() == [False, True, False, False]
    assert not refused("decode", batch, refuse_disguised=False).any()


@pytest.mark.parametrize("content", [None, b"", b"no sound"])
def test_what_is_no_recording_has_a_fault_in_words(content: bytes | None) -> None:
    batch = decode_audio(["a"], [content])
    measured = decode.measure(batch, decode.Config())
    assert measured["fault"].to_pylist()[0].startswith("it is ")
    assert measured["sample_rate"].to_pylist() == [None]
    assert refused("decode", batch).all()
