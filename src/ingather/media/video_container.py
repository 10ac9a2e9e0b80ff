"""Films opened with care: only containers that hold their own pictures, and faults told in words."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from ingather.errors import MissingExtra
from ingather.media.picture_types import what_it_looks_like

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,m4v,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,h264,hevc,ivf"
)
"""What is opened. Playlists are not: they name other files and addresses, not to be read."""

Source = Path | bytes
"""A film as a file or, where it is small, as bytes."""


def open_container(source: Source) -> InputContainer:
    """Opens a film without decoding a frame; whoever opens it closes it.

    Raises:
        MissingExtra: PyAV is not installed.
        Exception: whatever FFmpeg raises on bytes that are no film.
    """
    try:
        import av
    except ImportError:
        raise MissingExtra("video", "A film") from None
    file = str(source) if isinstance(source, Path) else io.BytesIO(source)
    options = {"format_whitelist": CONTAINERS}
    if isinstance(source, Path):
        options["protocol_whitelist"] = "file"
    return av.open(file, mode="r", container_options=options, metadata_errors="replace")


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The first stream that is a film's picture; the cover of a piece of music is none."""
    for stream in container.streams.video:
        still = "attached_pic" in str(getattr(stream.disposition, "name", "") or "")
        if stream.codec_context is not None and not still:
            return stream
    return None


def fault_in_words(source: Source, error: Exception) -> str:
    """Why a film cannot be opened or decoded."""
    if isinstance(error, FileNotFoundError):
        return "the file is missing"
    start = _start(source)
    if not start:
        return "the file is empty"
    if start[4:8] == b"ftyp" and "moov" in str(error):
        return "the film is cut short: its index (moov) is missing"
    told = str(getattr(error, "strerror", "") or error).strip() or type(error).__name__
    if _is_film(start):
        return f"the film is cut short or broken: {told}"
    return f"{what_it_looks_like(start)} (FFmpeg: {told})"


def _start(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source[:64]
    try:
        with source.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""


def _is_film(start: bytes) -> bool:
    marks = (b"\x1aE\xdf\xa3", b"FLV\x01", b"OggS", b"GIF8", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"G@")
    return start[4:8] in (b"ftyp", b"moov", b"mdat") or start[8:12] == b"AVI " or start.startswith(marks)
