"""Files with EXIF for the tests of media."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def exif_files(data: Path) -> list[bytes]:
    """The 49 JPEG files of exif-samples."""
    return [file.read_bytes() for file in sorted((data / "exif-samples" / "jpg").glob("*/*.jpg"))]
