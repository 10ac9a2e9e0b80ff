"""A browser with a fake microphone, and the studio that it opens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from studio_place import make_workspace, voice
from studio_server import Client, Server

from chromium import driver, find_chromium
from needed import missing

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/ingather/studio/static"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
RATE = 44_100
"""The rate of Chromium's fake microphone."""


def needs() -> None:
    """Skips where there is no browser or no build of the pages; in CI nothing is skipped."""
    if find_chromium() is None:
        missing("no Chromium here: apt-get install chromium, or name one in INGATHER_CHROMIUM")
    if not (STATIC / "index.html").is_file():
        missing("the pages are not built: make pages")


@contextmanager
def browser(sound: Path | None = None) -> Iterator[Any]:
    """Chromium; what its microphone hears is a WAV file, again and again."""
    needs()
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    if sound is not None:
        fake.append(f"--use-file-for-fake-audio-capture={sound}")
    with driver() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*QUIET, *fake, "--autoplay-policy=no-user-gesture-required"],
        )
        try:
            yield opened
        finally:
            opened.close()


class Place:
    """A studio in a process of its own, with an owner and one campaign."""

    def __init__(self, folder: Path, *, each: int = 3, **settings: Any) -> None:
        self.server = Server(make_workspace(folder, each=each))
        self.server.start()
        self.owner = Client(self.server)
        body = {"token": self.server.link, "name": "Ola", "password": "a long password"}
        assert self.owner.ask("POST", "/api/owner", body)[0] == 201
        made = {"source": "studio", "title": "Yes and no", "settings": settings}
        self.campaign = self.owner.ask("POST", "/api/campaigns", made)[1]["id"]
        self.url = f"http://127.0.0.1:{self.server.port}"

    def link(self, more: str = "") -> str:
        """The campaign's link."""
        return f"{self.url}/c/{self.campaign}{more}"


def fake_voice(path: Path) -> Path:
    """A WAV of one fine take and a rest, which the fake microphone plays over and over."""
    import soundfile

    said, rate = soundfile.read(io.BytesIO(voice(7, seconds=1.2, rate=RATE)), dtype="int16")
    rest = np.random.default_rng(1).integers(-16, 17, rate * 2).astype(np.int16)
    soundfile.write(path, np.concatenate([rest[:rate], said, rest[rate:]]), rate, subtype="PCM_16")
    return path


def to_prompt(page: Any, place: Place) -> None:
    """From the link to the first prompt, as a person would."""
    page.goto(place.link())
    page.get_by_role("link", name="Take part").click()
    page.get_by_role("button", name="Give me a code").click()
    page.get_by_role("button", name="I have written it down").click()
    page.get_by_label("Train").check()
    page.get_by_label("I am of age").check()
    page.get_by_role("button", name="I agree").click()
    page.get_by_label("Accent").select_option("us")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Try it").click()
    begin = page.get_by_role("button", name="Begin")
    begin.or_(page.get_by_role("button", name="Go on")).click(timeout=15_000)
    page.locator("[data-prompt]").wait_for()


def record_one(page: Any) -> None:
    """Says one prompt as a person would, from rest to rest, and keeps it."""
    level = {name: page.get_by_role("img", name=f"Level: {name}") for name in ("Too quiet", "Good")}
    level["Too quiet"].wait_for(timeout=15_000)
    page.get_by_role("button", name="Speak").click()
    level["Good"].wait_for(timeout=15_000)
    level["Too quiet"].wait_for(timeout=15_000)
    page.wait_for_timeout(500)
    page.locator('[data-big="stop"]').click()
    keep = page.locator('[data-big="keep"]')
    keep.wait_for(timeout=5_000)
    keep.click()
