"""Real pictures for the image operators, read once."""

from __future__ import annotations

from pathlib import Path

import pytest
from image_trials import batch_of

from ingather.media.image import ImageBatch


@pytest.fixture(scope="session")
def cells(data: Path) -> list[bytes]:
    """The 292 blood cell pictures."""
    folder = data / "bccd-blood-cells" / "BCCD" / "JPEGImages"
    return [file.read_bytes() for file in sorted(folder.glob("*.jpg"))]


@pytest.fixture(scope="session")
def scenes(data: Path) -> list[bytes]:
    """The 38 photographs of tiny-coco."""
    return [file.read_bytes() for file in sorted((data / "tiny-coco" / "images").glob("*/*.jpg"))]


@pytest.fixture(scope="session")
def cell_batch(cells: list[bytes]) -> ImageBatch:
    """The blood cell pictures, decoded once for all tests."""
    return batch_of(cells)


@pytest.fixture(scope="session")
def mixed(cells: list[bytes], scenes: list[bytes]) -> list[bytes]:
    """60 pictures in which faults are planted: 30 of each kind."""
    return [*cells[::10][:30], *scenes[:30]]
