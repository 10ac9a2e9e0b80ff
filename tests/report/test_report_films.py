"""Contact sheets in the report: small, the same every time, seen on a phone; broken films do no harm."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from ingather.media.video_sheet import contact_sheet
from ingather.pipeline import run_stages
from ingather.plan.read import read_plan
from ingather.report.films import MOST_BYTES, MOST_KEPT, read_films
from ingather.report.stage import report
from ingather.store.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PLAN = """\
version: 1
name: signs
objective: Tell signs.
modality: video
task: {type: none}
sources: [{name: films, kind: files, path: films/, licence: CC-BY-4.0}]
"""


@pytest.fixture(scope="module")
def signs(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("signs")
    (root / "films").mkdir()
    for path in sorted((data / "sample-videos").rglob("*")):
        if path.suffix in (".mkv", ".gif"):
            shutil.copy(path, root / "films")
    whole = (data / "sample-videos" / "bottle-detection.mp4").read_bytes()
    (root / "films" / "cut.mp4").write_bytes(whole[:20_000])
    (root / "plan.yaml").write_text(PLAN)
    workspace = open_workspace(root)
    run_stages(workspace, ("collect",))
    report(workspace, read_plan(workspace.plan_path))
    return workspace


def test_a_sheet_is_four_moments_in_a_small_picture(data: Path) -> None:
    sheet = contact_sheet(data / "sample-videos" / "one-by-one-person-detection.mp4")
    assert sheet is not None
    assert sheet.times == pytest.approx([17.4, 52.3, 87.1, 122.0], abs=0.2)
    with Image.open(io.BytesIO(sheet.content)) as picture:
        assert picture.size == (sheet.width, sheet.height) == (640, 88)
    assert len(sheet.content) < 20_000


@pytest.mark.parametrize("content", [b"", b"no film", b"\0\0\0\x18ftypmp42" + b"\0" * 400])
def test_what_is_no_film_has_no_sheet(content: bytes) -> None:
    assert contact_sheet(content) is None


def test_few_are_shown_and_the_same_every_time(signs: Workspace) -> None:
    plan = read_plan(signs.plan_path)
    shown = read_films(signs, plan)
    assert len(shown) in (MOST_KEPT - 1, MOST_KEPT), "the broken one may be among those drawn"
    assert sum(len(one.picture) for one in shown) <= MOST_BYTES
    assert read_films(signs, plan) == shown


@pytest.mark.parametrize("width", [390, 1280])
def test_they_are_seen_in_a_browser(browser: Browser, signs: Workspace, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((signs.root / "report.html").as_uri())
    sheets = page.locator(".films img")
    assert sheets.count() >= MOST_KEPT - 1
    for one in sheets.all():
        one.scroll_into_view_if_needed()
        assert one.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
        assert one.get_attribute("alt")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert said == []
    context.close()
