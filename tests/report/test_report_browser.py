"""The report in a real browser: narrow, wide, dark and light, asking nobody for anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingather.plan.read import read_plan
from ingather.report.stage import report
from ingather.store.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module", params=["run", "not begun"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    health: Workspace = request.getfixturevalue("health")
    if request.param == "run":
        return (health.root / "report.html").as_uri()
    root = tmp_path_factory.mktemp("new")
    (root / "plan.yaml").write_bytes(health.plan_path.read_bytes())
    fresh = Workspace(root)
    return report(fresh, read_plan(fresh.plan_path)).as_uri()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_sideways_scrolling_and_no_request(browser: Browser, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    sizes = "[...document.querySelectorAll('body *')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(page.evaluate(sizes)) >= 16
    assert asked == [address]
    assert said == []
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(address)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    context.close()


def test_dark_and_light_follow_the_device_and_paper_is_light(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    ink = "getComputedStyle(document.body).color"
    dark = page.evaluate(ink)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark", media="print")
    assert dark != light
    assert page.evaluate(ink) == light
    context.close()


def test_it_prints(browser: Browser, address: str, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(address)
    assert page.pdf(path=tmp_path / "report.pdf", format="A4").startswith(b"%PDF")
    page.close()


def test_on_a_phone_a_table_of_words_is_read_without_scrolling(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(address)
    wide = (
        "[...document.querySelectorAll('.stacked')].filter(t => t.scrollWidth > t.parentElement.clientWidth)"
    )
    assert page.evaluate(f"{wide}.length") == 0
    heads = "[...document.querySelectorAll('.stacked td')].map(c => getComputedStyle(c, '::before').content)"
    assert all(head not in ("none", '""') for head in page.evaluate(heads))
    page.close()
