"""Private metadata is found and taken out of files of every format; no pixel changes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from ingather.media.exif import private_tags, strip
from ingather.media.image import open_image, open_picture

GPS = {1: "N", 2: (52.0, 30.0, 15.5), 3: "E", 4: (13.0, 24.0, 1.25)}
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="52,30N" dc:creator="Ana Muster"'
    b' aux:SerialNumber="123456789"/></x:xmpmeta>'
)
SECRETS = (b"Ana Muster", b"SN-00123", b"52,30N", b"123456789")


def has_place(content: bytes) -> bool:
    return 2 in open_image(content).getexif().get_ifd(0x8825)


def test_of_49_files_nine_have_a_place_and_none_keeps_it(exif_files: list[bytes]) -> None:
    assert len(exif_files) == 49
    assert sum(map(has_place, exif_files)) == 9
    assert sum(any(kind == "place" for kind, _ in private_tags(c)) for c in exif_files) == 9
    bare = [strip(content) for content in exif_files]
    assert sum(map(has_place, bare)) == 0
    assert [private_tags(content) for content in bare] == [()] * 49


def test_pixels_and_orientation_stay(exif_files: list[bytes]) -> None:
    for content in exif_files[::2]:
        before, after = open_picture(content)[0], open_picture(strip(content))[0]
        assert before is not None
        assert after is not None
        assert before.orientation == after.orientation
        assert np.array_equal(before.pixels(), after.pixels())


def test_stripping_twice_is_stripping_once(exif_files: list[bytes]) -> None:
    for content in exif_files[::5]:
        assert strip(strip(content)) == strip(content)


def test_the_kind_of_camera_and_the_exposure_stay(exif_files: list[bytes], data: Path) -> None:
    content = (data / "exif-samples" / "jpg" / "gps" / "DSCN0010.jpg").read_bytes()
    before, after = open_image(content).getexif(), open_image(strip(content)).getexif()
    assert after[0x0110] == before[0x0110] == "COOLPIX P6000"
    assert after.get_ifd(0x8769)[0x829A] == before.get_ifd(0x8769)[0x829A]
    assert 0x927C not in after.get_ifd(0x8769)


def telling(photo: bytes, kind: str) -> bytes:
    """A picture of any format that tells a name, a serial number and a place in EXIF and XMP."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Ana Muster"
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769).update({0xA430: "Ana Muster", 0xA431: "SN-00123", 0x829A: 0.01})
    exif.get_ifd(0x8825).update(GPS)
    out = io.BytesIO()
    options: dict[str, object] = {"exif": exif.tobytes(), "xmp": XMP}
    if kind == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_text("Author", "Ana Muster")
        told.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options = {"exif": exif.tobytes(), "pnginfo": told}
    if kind == "TIFF":
        exif[700] = XMP
        options = {"exif": exif, "compression": "tiff_lzw"}
    if kind == "JPEG":
        options["comment"] = "Ana Muster"
    Image.open(io.BytesIO(photo)).save(out, format=kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_format_forgets(data: Path, kind: str) -> None:
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    photo = sorted((data / "tiny-coco" / "images" / "val2017").glob("*.jpg"))[0].read_bytes()
    content = telling(photo, kind)
    told = private_tags(content)
    assert {"place", "person", "device"} <= {what for what, _ in told}
    bare = strip(content)
    assert not private_tags(bare)
    for secret in SECRETS:
        assert secret not in bare
    before, after = open_picture(content)[0], open_picture(bare)[0]
    assert before is not None
    assert after is not None
    assert after.fault is None
    assert before.size == after.size
    assert np.array_equal(before.pixels(), after.pixels())


def test_what_lies_behind_the_end_goes(exif_files: list[bytes], data: Path) -> None:
    content = exif_files[0] + b"\xff\xd8\xff\xe1 a further picture by Ana Muster"
    assert ("hidden", f"{len(content) - len(exif_files[0])} bytes after the picture's end") in private_tags(
        content
    )
    assert b"Ana Muster" not in strip(content)


def test_what_is_no_picture_comes_back_as_it_is() -> None:
    for content in (b"", b"hello", b"GIF89a...", b"\xff\xd8"):
        assert private_tags(content) == ()
        assert strip(content) in (content, b"\xff\xd8")


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_damaged_metadata_never_raises(exif_files: list[bytes], data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(exif_files)))
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(2, min(len(content), 3000) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.integers(0, len(content)))])
    private_tags(cut)
    private_tags(strip(cut))


@given(st.data())
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_damaged_files_of_other_formats_never_raise(
    tiny: dict[str, bytes], kind: str, data: st.DataObject
) -> None:
    content = bytearray(tiny[kind])
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.integers(0, len(content)))])
    private_tags(cut)
    strip(cut)


@pytest.fixture(scope="module")
def tiny() -> dict[str, bytes]:
    """Small pictures that tell things, one of each format."""
    out = io.BytesIO()
    Image.new("RGB", (24, 16), "red").save(out, format="PNG")
    return {kind: telling(out.getvalue(), kind) for kind in ("PNG", "WEBP", "TIFF", "AVIF")}
