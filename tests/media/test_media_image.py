"""Pictures of every format are decoded, and what cannot be is told in words."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingather.media.image import THUMBNAIL, Undecodable, decode_images, open_picture
from ingather.media.picture_types import sniff_media_type


@pytest.fixture(scope="module")
def photo(data: Path) -> bytes:
    return sorted((data / "tiny-coco" / "images" / "val2017").glob("*.jpg"))[0].read_bytes()


def saved(content: bytes, kind: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).convert(mode).save(out, format=kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("AVIF", "image/avif"),
     ("TIFF", "image/tiff"), ("GIF", "image/gif"), ("BMP", "image/bmp")],
)  # fmt: skip
def test_every_format(photo: bytes, kind: str, media_type: str) -> None:
    content = saved(photo, kind)
    picture, fault = open_picture(content)
    assert fault is None
    assert picture is not None
    assert picture.fault is None
    assert (picture.format, picture.media_type, sniff_media_type(content)) == (kind, media_type, media_type)
    original, _ = open_picture(photo)
    assert original is not None
    assert original.grey is not None
    assert picture.grey is not None
    assert picture.grey.shape == original.grey.shape
    assert max(picture.grey.shape) == THUMBNAIL
    assert np.abs(picture.grey - original.grey).mean() < 0.05


def test_heic_where_the_extra_is_there(photo: bytes) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    picture, fault = open_picture(saved(photo, "HEIF"))
    assert fault is None
    assert picture is not None
    assert picture.media_type == "image/heic"
    assert picture.fault is None


def test_heic_without_the_extra_is_told_with_the_command(
    photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()
    content = saved(photo, "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    picture, fault = open_picture(content)
    assert picture is None
    assert "pip install 'ingather[heic]'" in str(fault)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16", "I", "F", "CMYK"])
def test_every_mode_becomes_rgb_and_grey(photo: bytes, mode: str) -> None:
    kind = "TIFF" if mode in ("F", "CMYK", "I") else "PNG"
    if mode == "I;16":
        deep = np.asarray(Image.open(io.BytesIO(photo)).convert("L")).astype(np.uint16) * 257
        out = io.BytesIO()
        Image.fromarray(deep).save(out, format=kind)
        content = out.getvalue()
    else:
        content = saved(photo, kind, mode)
    picture, _ = open_picture(content)
    original, _ = open_picture(photo)
    assert picture is not None
    assert original is not None
    assert picture.grey is not None
    assert original.grey is not None
    assert picture.pixels(100).shape[2] == 3
    assert max(picture.pixels(100).shape) == 100
    if mode in ("L", "LA", "RGBA", "I;16", "CMYK"):
        assert np.abs(picture.grey - original.grey).mean() < 0.05


def test_orientation_is_applied(data: Path) -> None:
    folder = data / "exif-samples" / "jpg" / "orientation"
    first, _ = open_picture((folder / "landscape_1.jpg").read_bytes())
    assert first is not None
    upright = first.pixels(120).astype(int)
    for number in range(2, 9):
        picture, _ = open_picture((folder / f"landscape_{number}.jpg").read_bytes())
        assert picture is not None
        assert picture.orientation == number
        assert picture.size == first.size
        assert picture.stored_size == (first.size if number < 5 else first.size[::-1])
        assert np.abs(picture.pixels(120).astype(int) - upright).mean() < 16


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )
    picture, fault = open_picture(bomb)
    assert picture is None
    assert "million" in str(fault)


def test_a_batch_keeps_order_and_absences(photo: bytes) -> None:
    batch = decode_images(["a", "b", "c", "d"], [photo, None, b"", photo[: len(photo) // 2]])
    assert len(batch) == 4
    assert [image is not None for image in batch.images] == [True, False, False, True]
    assert batch.faults == [None, None, "the file is empty", None]
    cut = batch.images[3]
    assert cut is not None
    assert "cut short" in str(cut.fault)
    assert cut.grey is None
    with pytest.raises(Undecodable, match="cut short"):
        cut.pixels()
    assert batch.take([3, 0]).ids == ["d", "a"]
    assert batch.take([3, 0]).images[1] is batch.images[0]


def test_a_jpeg_without_its_end_mark_is_told(photo: bytes) -> None:
    picture, _ = open_picture(photo[:-2])
    assert picture is not None
    assert "cut short" in str(picture.fault)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_files_never_raise(exif_files: list[bytes], data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(exif_files)))
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, min(len(content), 4000) - 1))] = data.draw(st.integers(0, 255))
    picture, fault = open_picture(bytes(content[: data.draw(st.integers(0, len(content)))]))
    assert (picture is None) == (fault is not None)
    if picture is not None:
        assert (picture.grey is None) <= (picture.fault is not None)
