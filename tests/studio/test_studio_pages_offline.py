"""Without a net: what is said is kept on the device, outlives the page, and is sent once later."""

from __future__ import annotations

from pathlib import Path

from studio_browser import Place, browser, fake_voice, record_one, to_prompt

KEPT = """() => caches.open('ingather-pages').then(kept => kept.keys()).then(found =>
    ['HandIn', 'flac-worker'].every(name => found.some(one => one.url.includes(name))))"""
"""Whether the pages that are used without a net are kept on the device."""


def test_what_is_said_without_a_net_is_sent_once_when_it_is_back(tmp_path: Path) -> None:
    place = Place(tmp_path / "place", checks=0)
    try:
        with browser(fake_voice(tmp_path / "voice.wav")) as chromium:
            context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
            page = context.new_page()
            to_prompt(page, place)
            page.wait_for_function(KEPT, timeout=30_000)
            context.set_offline(True)
            record_one(page)
            page.locator('[data-kept="1"]').wait_for()
            page.get_by_text("No net.").first.wait_for()
            page.close()
            page = context.new_page()
            page.goto(f"{place.url}/hand-in")
            page.get_by_text("1 takes wait").wait_for()
            with page.expect_download() as saved:
                page.get_by_role("button", name="Save as one file").click()
            sealed = tmp_path / "waiting.ingather"
            saved.value.save_as(sealed)
            context.set_offline(False)
            page.get_by_text("0 takes wait").wait_for(timeout=20_000)
            page.locator('input[type="file"]').set_input_files(sealed)
            page.get_by_text("1 takes were added").wait_for()
            page.get_by_text("0 takes wait").wait_for(timeout=20_000)
            page.goto(f"{place.url}/mine")
            page.locator('[data-state="accepted"]').wait_for()
            assert page.locator("[data-submission]").count() == 1
            damaged = tmp_path / "damaged.ingather"
            damaged.write_bytes(sealed.read_bytes()[:-1] + b"\0")
            page.goto(f"{place.url}/hand-in")
            page.locator('input[type="file"]').set_input_files(damaged)
            page.get_by_text("This file is damaged").wait_for()
    finally:
        place.server.kill()
