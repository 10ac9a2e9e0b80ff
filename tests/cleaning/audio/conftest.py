"""The shared spoken digits and voice prompts, decoded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingather.media.audio import AudioBatch, decode_audio


def _load(folder: Path) -> AudioBatch:
    paths = sorted(folder.rglob("*.wav"))
    return decode_audio([str(p.relative_to(folder)) for p in paths], [p.read_bytes() for p in paths])


@pytest.fixture(scope="session")
def digits(data: Path) -> AudioBatch:
    """All 600 spoken digits."""
    return _load(data / "fsdd")


@pytest.fixture(scope="session")
def prompts(data: Path) -> AudioBatch:
    """All 300 voice prompts, 15 of them silence."""
    return _load(data / "voice-prompts")


@pytest.fixture(scope="session")
def spoken(prompts: AudioBatch) -> AudioBatch:
    """The 285 prompts in which something is heard."""
    return prompts.take([row for row, name in enumerate(prompts.ids) if "silence" not in name])
