"""What a picture's bytes are, by their first few, and what bytes are that are no picture."""

from __future__ import annotations

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "TIFF": "image/tiff",
    "HEIF": "image/heic",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "DICOM": "application/dicom",
}
OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"OggS", "an Ogg sound file"),
    (b"ID3", "an MP3 sound file"),
    (b"fLaC", "a FLAC sound file"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM video"),
    (b"SQLite format 3", "a SQLite database"),
    (b"PAR1", "a Parquet table"),
)


def media_type_of(kind: str) -> str:
    """The media type of a format by Pillow's name: ``JPEG`` is ``image/jpeg``."""
    return MEDIA_TYPES.get(kind, f"image/{kind.lower()}")


def sniff_media_type(content: bytes) -> str | None:
    """The media type that the first bytes of a file speak of, None where they are no known picture."""
    if content[128:132] == b"DICM":  # asked first: the 128 bytes before it may be another format's head
        return "application/dicom"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "image/tiff"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if content[:2] == b"BM" and content[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if content[4:8] == b"ftyp":
        return _by_brand(content)
    return None


def what_it_looks_like(content: bytes) -> str:
    """Words for bytes that no picture decoder knows."""
    start = content[:512].lstrip().lower()
    for mark, words in OTHERS:
        if content.startswith(mark):
            return f"this is no picture: it is {words}"
    if start.startswith((b"<!doctype html", b"<html")):
        return "this is no picture: it is a web page"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return "this is no picture of pixels: it is an SVG drawing"
    if sniff_media_type(content):
        return f"the picture's header is broken: it begins as {sniff_media_type(content)} and cannot be read"
    if not any(content[:512]):
        return "this is no picture: it begins with zeros only"
    if _is_text(content[:512]):
        return "this is no picture: it is text"
    return "this is no picture, or of a format that is not known here"


def _by_brand(content: bytes) -> str | None:
    brands = content[8:64]
    if b"avif" in brands or b"avis" in brands:
        return "image/avif"
    if any(brand in brands for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1")):
        return "image/heic"
    return None


def _is_text(start: bytes) -> bool:
    try:
        words = start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:
            return False
        words = start[: error.start].decode("utf-8")
    return sum(c.isprintable() or c in "\r\n\t" for c in words) >= 0.98 * max(len(words), 1)
