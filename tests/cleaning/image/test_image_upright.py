"""Pictures are turned upright; what they say of people and places is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from image_trials import batch_of

from ingather.cleaning.image import private_exif, upright


@pytest.fixture(scope="module")
def turned(data: Path) -> list[bytes]:
    folder = data / "exif-samples" / "jpg" / "orientation"
    return [file.read_bytes() for file in sorted(folder.glob("*.jpg"))]


def test_fourteen_of_sixteen_are_turned_and_look_the_same(turned: list[bytes]) -> None:
    before = batch_of(turned)
    changed = upright.change(before, upright.Config())
    assert sum(content is not None for content in changed) == 14
    after = batch_of([new or old for new, old in zip(changed, turned, strict=True)])
    for old, new in zip(before.images, after.images, strict=True):
        assert old is not None
        assert new is not None
        assert new.orientation == 1
        assert new.format == old.format
        assert new.size == old.size == new.stored_size
        apart = np.abs(old.pixels().astype(int) - new.pixels().astype(int))
        assert apart.mean() < 2.0
    assert not any(upright.change(after, upright.Config()))


def test_pictures_with_boxes_are_left_as_stored(turned: list[bytes]) -> None:
    assert not any(upright.change(batch_of(turned), upright.Config(turn=False)))


def test_exactly_nine_tell_a_place(data: Path) -> None:
    files = sorted((data / "exif-samples" / "jpg").glob("*/*.jpg"))
    batch = batch_of([file.read_bytes() for file in files])
    told = private_exif.measure(batch, private_exif.Config())
    assert sum(told["place"].to_pylist()) == 9
    assert all("GPSLatitude" in names for names in told["private"].to_pylist() if "GPS" in names)
    assert sum("MakerNote" in names for names in told["private"].to_pylist()) >= 9
