"""Finds the browser that pages are looked at with, and drives it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

_open: list[Playwright] = []


def find_chromium() -> str | None:
    """The path of a Chromium, or None; INGATHER_CHROMIUM names another one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("INGATHER_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def driver() -> Iterator[Playwright]:
    """Playwright; whoever asks while it runs gets the same one, for a thread can hold only one."""
    if _open:
        yield _open[0]
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        _open.append(playwright)
        try:
            yield playwright
        finally:
            _open.clear()
