"""What a file is, by its name and by its first bytes."""

from __future__ import annotations

from ingather.sample import Modality

BY_SUFFIX: dict[str, tuple[Modality, str]] = {
    ".wav": ("audio", "audio/wav"),
    ".flac": ("audio", "audio/flac"),
    ".mp3": ("audio", "audio/mpeg"),
    ".ogg": ("audio", "audio/ogg"),
    ".oga": ("audio", "audio/ogg"),
    ".opus": ("audio", "audio/ogg"),
    ".aiff": ("audio", "audio/aiff"),
    ".aif": ("audio", "audio/aiff"),
    ".au": ("audio", "audio/basic"),
    ".m4a": ("audio", "audio/mp4"),
    ".jpg": ("image", "image/jpeg"),
    ".jpeg": ("image", "image/jpeg"),
    ".png": ("image", "image/png"),
    ".webp": ("image", "image/webp"),
    ".gif": ("image", "image/gif"),
    ".bmp": ("image", "image/bmp"),
    ".tif": ("image", "image/tiff"),
    ".tiff": ("image", "image/tiff"),
    ".avif": ("image", "image/avif"),
    ".heic": ("image", "image/heic"),
    ".heif": ("image", "image/heic"),
    ".dcm": ("image", "application/dicom"),
    ".mp4": ("video", "video/mp4"),
    ".webm": ("video", "video/webm"),
    ".mov": ("video", "video/quicktime"),
    ".mkv": ("video", "video/x-matroska"),
    ".avi": ("video", "video/x-msvideo"),
    ".txt": ("text", "text/plain"),
    ".text": ("text", "text/plain"),
    ".md": ("text", "text/markdown"),
    ".pdf": ("text", "application/pdf"),
    ".docx": ("text", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".odt": ("text", "application/vnd.oasis.opendocument.text"),
    ".epub": ("text", "application/epub+zip"),
    ".html": ("text", "text/html"),
    ".htm": ("text", "text/html"),
    ".xhtml": ("text", "application/xhtml+xml"),
}
"""Modality and media type of the name endings that are known."""

HEAD = 132
"""How many first bytes ``media_type_of`` needs."""

_TEXT_BYTES = bytes([*b"\t\n\r\f\b\x1b", *range(0x20, 0x7F), *range(0x80, 0x100)])
_ISO_BRANDS: dict[bytes, tuple[Modality, str]] = {
    b"avif": ("image", "image/avif"),
    b"avis": ("image", "image/avif"),
    b"heic": ("image", "image/heic"),
    b"heix": ("image", "image/heic"),
    b"mif1": ("image", "image/heic"),
    b"M4A ": ("audio", "audio/mp4"),
    b"qt  ": ("video", "video/quicktime"),
}
_STARTS: tuple[tuple[bytes, Modality, str], ...] = (
    (b"fLaC", "audio", "audio/flac"),
    (b"OggS", "audio", "audio/ogg"),
    (b"ID3", "audio", "audio/mpeg"),
    (b".snd", "audio", "audio/basic"),
    (b"\xff\xd8\xff", "image", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image", "image/png"),
    (b"GIF87a", "image", "image/gif"),
    (b"GIF89a", "image", "image/gif"),
    (b"BM", "image", "image/bmp"),
    (b"II*\0", "image", "image/tiff"),
    (b"MM\0*", "image", "image/tiff"),
    (b"\x1aE\xdf\xa3", "video", "video/webm"),
)
_RIFF: dict[bytes, tuple[Modality, str]] = {
    b"WAVE": ("audio", "audio/wav"),
    b"WEBP": ("image", "image/webp"),
    b"AVI ": ("video", "video/x-msvideo"),
}
_ALIKE = {
    "audio/mp4": "iso", "video/mp4": "iso", "video/quicktime": "iso",
    "video/webm": "matroska", "video/x-matroska": "matroska",
    "image/avif": "heif", "image/heic": "heif",
}  # fmt: skip


def media_type_of(head: bytes) -> tuple[Modality, str] | None:
    """Modality and media type by the first bytes, or None where they say nothing."""
    if head[128:132] == b"DICM":  # asked first: the 128 bytes before it may be another format's head
        return "image", "application/dicom"
    if head[:4] in (b"RIFF", b"RF64"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _ISO_BRANDS.get(head[8:12], ("video", "video/mp4"))
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "audio", "audio/aiff"
    for start, modality, kind in _STARTS:
        if head.startswith(start):
            return modality, kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio", "audio/mpeg"
    return None


def is_plain_text(head: bytes) -> bool:
    """Whether the first bytes of a file are text: no medium that is known, and no control characters."""
    if not head or media_type_of(head) is not None:
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not head.translate(None, _TEXT_BYTES)


def name_belies(suffix: str, head: bytes) -> str | None:
    """What is wrong where a file's bytes are not what its name says, in words; else None.

    Args:
        suffix: the name's ending, lower case, with its dot.
        head: its first bytes, at least ``HEAD`` of them or all.
    """
    if not head:
        return "the file is empty"
    named = BY_SUFFIX.get(suffix)
    if named is None or named[0] == "text":
        return None
    real = media_type_of(head)
    if real is None:
        if named[1] == "audio/mpeg":
            return None  # MP3 may begin with padding: the decoder has the last word
        return f"the name ends in {suffix}, but the bytes are not {named[1]} nor any other medium known"
    if real[1] == named[1] or _ALIKE.get(real[1], real[1]) == _ALIKE.get(named[1], named[1]):
        return None
    return f"the name ends in {suffix}, but the bytes are {real[1]}"
