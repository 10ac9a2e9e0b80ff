"""Each contributor page in both themes, at 320 pixels and by keyboard, without one axe violation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_browser import ROOT, Place, browser, fake_voice, record_one

from needed import missing

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHOTS = os.environ.get("INGATHER_SHOTS", "")
"""A folder for pictures of every page, for people to look at."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("access") / "place", each=20, pay_sample=12, pay_check=2)
    yield made
    made.server.kill()


def test_every_page_can_be_used_by_everybody(place: Place, tmp_path: Path) -> None:
    if not AXE.is_file():
        missing("axe-core is not there: make pages")
    with browser(fake_voice(tmp_path / "voice.wav")) as chromium:
        page = chromium.new_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
        look(page, "front", place.url)
        look(page, "sign-in", f"{place.url}/sign-in")
        look(page, "landing", place.link())
        page.get_by_role("link", name="Take part").click()
        look(page, "join")
        page.get_by_role("button", name="Give me a code").press("Enter")
        look(page, "code")
        page.get_by_role("button", name="I have written it down").press("Enter")
        page.get_by_role("heading", name="Before you begin").wait_for()
        look(page, "consent")
        page.get_by_role("button", name="I agree").click()
        page.get_by_text("Tick at least one").wait_for()
        page.get_by_label("Train").press("Space")
        page.get_by_label("I am of age").press("Space")
        page.get_by_role("button", name="I agree").press("Enter")
        page.get_by_role("heading", name="About you").wait_for()
        look(page, "about")
        page.get_by_label("Accent").select_option("us")
        page.get_by_role("button", name="Save").press("Enter")
        page.get_by_role("heading", name="Try the microphone").wait_for()
        look(page, "device")
        page.get_by_role("button", name="Try it").press("Enter")
        page.get_by_role("button", name="Begin").press("Enter", timeout=15_000)
        page.locator("[data-prompt]").wait_for()
        look(page, "ready")
        page.get_by_role("button", name="Skip").press("Enter")
        look(page, "skip")
        page.get_by_role("button", name="Not now").press("Enter")
        record_one(page)
        page.locator('[data-sent="1"]').wait_for(timeout=15_000)
        look(page, "check", place.link("/check"))
        look(page, "mine", f"{place.url}/mine")
        page.get_by_role("button", name="Take back", exact=True).press("Enter")
        page.get_by_text("cannot be undone").first.wait_for()
        page.get_by_role("button", name="Take back", exact=True).press("Enter")
        page.locator('[data-state="withdrawn"]').wait_for()
        look(page, "taken-back")
        look(page, "hand-in", f"{place.url}/hand-in")
        look(page, "end", place.link("/end"))
        for tag in ("es", "fr", "ar"):
            page.goto(place.url)
            page.locator("select").first.select_option(tag)
            page.locator(f'html[lang="{tag}"]').wait_for()
            look(page, f"landing-{tag}", place.link())
            look(page, f"mine-{tag}", f"{place.url}/mine")
            assert page.locator("html").get_attribute("dir") == ("rtl" if tag == "ar" else "ltr")


def look(page: Any, name: str, url: str | None = None) -> None:
    """Asks axe in both themes and at three widths."""
    if url:
        page.goto(url)
    page.locator("main h1").first.wait_for()
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels wider than {width}"
        for theme in ("light", "dark") if width != 1280 else ("light",):
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            if width != 320 or theme == "light":
                found = page.evaluate(
                    "tags => axe.run({runOnly: tags}).then(told => told.violations.map(one => "
                    "one.id + ': ' + one.nodes.map(node => node.html.slice(0, 200)).join(' | ')))",
                    TAGS,
                )
                assert not found, f"{name}, {theme}, {width}: {found}"
            if SHOTS and width != 320:
                page.screenshot(path=f"{SHOTS}/{name}-{theme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("() => document.documentElement.dataset.theme = 'light'")
