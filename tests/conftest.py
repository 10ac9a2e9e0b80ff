"""Fixtures for all tests: where the real data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data sets; INGATHER_TEST_DATA names another one."""
    folder = Path(os.environ.get("INGATHER_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"no test data at {folder}: set INGATHER_TEST_DATA to the folder that holds the sets"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
