"""Takes the examples' pictures from their reports: ``python docs/pictures/examples.py RUNS [CHROMIUM]``.

RUNS is a copy of ``examples`` in which every plan was run on the data that its page names, so that a
``report.html`` lies beside it. One part of it becomes ``report.png`` beside the example's page.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SHOWN = {
    "blood-cells": ("", "errors"),
    "chatbot": ("intents", "errors"),
    "driving": ("scenes", "coverage"),
    "healthcare": ("survey", "errors"),
    "recommendations": ("", "errors"),
    "spam-filter": ("", "errors"),
    "voice-assistant": ("", "errors"),
}
"""The plan of each example whose report is shown, and the part of it that says most."""
WIDTH, MOST, COLOURS = 820, 640, 48
LAST = """(sheet, most) => Math.max(...[...sheet.querySelectorAll("tr, li, p")]
  .map(row => row.getBoundingClientRect().bottom - sheet.getBoundingClientRect().top)
  .filter(bottom => bottom <= most)) + 12"""
"""Where the last row ends that fits."""


def main() -> None:
    """Writes one picture for every example that was run."""
    from playwright.sync_api import sync_playwright

    runs = Path(sys.argv[1]).resolve()
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=sys.argv[2] if len(sys.argv) > 2 else None)
        page = browser.new_page(viewport={"width": WIDTH, "height": MOST}, color_scheme="light")
        for name, (plan, part) in SHOWN.items():
            report = runs / name / plan / "report.html"
            if not report.is_file():
                print(f"{name}: {report} is not there")
                continue
            page.goto(report.as_uri())
            sheet = page.locator(f"[aria-labelledby='{part}']")
            height = round(sheet.evaluate(LAST, MOST))
            (EXAMPLES / name / "report.png").write_bytes(small(sheet.screenshot(), height))
        browser.close()


def small(picture: bytes, height: int) -> bytes:
    """The upper part of a picture in few colours, which words and bars need no more of."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        shown = opened.crop((0, 0, opened.width, min(opened.height, height)))
        shown.convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
