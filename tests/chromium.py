"""Finds the browser that the pages of the report are looked at with."""

from __future__ import annotations

import os
import shutil


def find_chromium() -> str | None:
    """The path of a Chromium, or None; INGATHER_CHROMIUM names another one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("INGATHER_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
