"""From a campaign's link to an accepted recording, in a real browser with a fake microphone."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from studio_browser import RATE, Place, browser, fake_voice, record_one, to_prompt

MOST = 150_000
"""Compressed bytes from the first visit to the first recording."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_voice(tmp_path_factory.mktemp("sound") / "voice.wav")


def test_from_the_link_to_an_accepted_recording(tmp_path: Path, played: Path) -> None:
    place = Place(tmp_path / "place", checks=0, pay_sample=12)
    try:
        with browser(played) as chromium:
            page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB").new_page()
            told: list[str] = []
            page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: told.append(str(error)))
            sizes = count_bytes(page)
            to_prompt(page, place)
            assert sum(sizes) < MOST, f"{sum(sizes)} bytes before the first recording"
            record_one(page)
            page.locator('[data-accepted="1"]').wait_for(timeout=15_000)
            page.goto(f"{place.url}/mine")
            page.locator('[data-state="accepted"]').wait_for()
            assert "0.12" in page.locator(".fact").first.inner_text()
            assert not told, told
    finally:
        place.server.kill()
    found = list((tmp_path / "place").rglob("uploads/*"))
    takes = [one.read_bytes() for one in found if one.is_file() and one.read_bytes()[:4] == b"fLaC"]
    assert len(takes) == 1
    heard, rate = soundfile.read(io.BytesIO(takes[0]), dtype="float64")
    source, source_rate = soundfile.read(played, dtype="float64")
    assert (rate, source_rate) == (RATE, RATE)
    compare(heard, source)


def compare(heard: np.ndarray, source: np.ndarray) -> None:
    """The take lies somewhere in the endlessly repeated source; its ends are as good as its middle."""
    again = np.tile(source, 4)
    part = slice(len(heard) // 3, len(heard) // 3 + RATE // 2)
    offset = int(np.argmax(correlated(again, heard[part]))) - part.start
    if offset < 0:
        offset += len(source)
    meant = again[offset : offset + len(heard)]
    assert np.corrcoef(heard, meant)[0, 1] > 0.99
    edge = RATE // 50
    for piece in (slice(0, edge), slice(len(heard) - edge, len(heard))):
        worst = np.max(np.abs(heard[piece] - meant[piece]))
        assert worst < 0.02, f"an end of the take is off by {worst:.3f}"


def correlated(long: np.ndarray, short: np.ndarray) -> np.ndarray:
    """Normalised correlation of a short signal with every place of a long one."""
    from scipy.signal import fftconvolve

    product = fftconvolve(long, short[::-1], mode="valid")
    energy = fftconvolve(long**2, np.ones(len(short)), mode="valid")
    return product / np.sqrt(np.maximum(energy, 1e-9) * (short**2).sum())


def count_bytes(page: Any) -> list[int]:
    """Bytes on the wire of every answer to come, headers included, as the browser counts them."""
    sizes: list[int] = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    return sizes
