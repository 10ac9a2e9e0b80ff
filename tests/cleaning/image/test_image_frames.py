"""A file that holds several pictures is told, for only the first of them is seen."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from ingather.cleaning.image import readable
from ingather.media.image import decode_images


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_pages_and_frames_go_to_review(data: Path, kind: str) -> None:
    paths = sorted((data / "tiny-coco" / "images" / "val2017").glob("*.jpg"))[:3]
    pictures = [Image.open(path).convert("RGB").resize((320, 240)) for path in paths]
    held = io.BytesIO()
    pictures[0].save(held, kind, save_all=True, append_images=pictures[1:])
    alone = io.BytesIO()
    pictures[0].save(alone, kind)
    contents = [held.getvalue(), alone.getvalue(), paths[0].read_bytes(), b"no picture", None]
    batch = decode_images(list("abcde"), contents)
    found = readable.measure(batch, readable.Config())
    assert found["frames"].to_pylist() == [3, 1, 1, None, None]
    bound = next(one for one in readable.bounds(readable.Config()) if one.measure == "frames")
    assert bound.to == "review"
    assert bound.high == 1
