"""The contact sheet of a film: a few of its frames side by side in one small picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingather.errors import MissingExtra
from ingather.media.video_container import Source, open_container, picture_stream
from ingather.media.video_write import upright

if TYPE_CHECKING:
    from PIL import Image

_MOST_DECODED = 400
"""Frames decoded on the way from a key frame to the moment that is wanted."""
_TALLEST = 1.0
"""Height of a frame against its width, above which it is made narrower."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A contact sheet.

    Attributes:
        content: WebP.
        width: in pixels.
        height: in pixels.
        times: seconds of its frames by the film's clock, from left to right.
    """

    content: bytes
    width: int
    height: int
    times: tuple[float, ...]


def contact_sheet(source: Source, count: int = 4, width: int = 640, quality: int = 55) -> Sheet | None:
    """Frames from all over a film, upright, in one row; None where not one can be decoded.

    Args:
        source: the film.
        count: how many frames.
        width: of the sheet in pixels.
        quality: of the WebP, 0 to 100.

    Raises:
        MissingExtra: PyAV is not installed.
    """
    try:
        taken = _taken(source, count)
    except MissingExtra:
        raise
    except Exception:  # decoders of hostile bytes raise nearly anything; the film's faults are told elsewhere
        return None
    return _laid_out(taken, count, width, quality) if taken else None


def _taken(source: Source, count: int) -> list[tuple[float, Image.Image]]:
    from PIL import Image

    taken: list[tuple[float, Image.Image]] = []
    with open_container(source) as container:
        picture = picture_stream(container)
        if picture is None or picture.time_base is None:
            return []
        picture.codec_context.thread_count = 1  # the same pictures on every machine
        begin = float((picture.start_time or 0) * picture.time_base)
        lasts = float((picture.duration or 0) * picture.time_base)
        lasts = lasts or (container.duration or 0) / 1_000_000
        for number in range(count):
            wanted = begin + lasts * (number + 0.5) / count
            if number or lasts:
                container.seek(max(round(wanted / picture.time_base), 0), stream=picture)
            found = _frame(container, picture, wanted)
            if found is not None and (not taken or found.time != taken[-1][0]):
                pixels = upright(found).to_ndarray(format="rgb24")
                taken.append((float(found.time or 0.0), Image.fromarray(pixels)))
            if not lasts:
                break
    return taken


def _frame(container: Any, picture: Any, wanted: float) -> Any:
    last = None
    for number, frame in enumerate(container.decode(picture)):
        last = frame
        if frame.time is None or frame.time >= wanted - 1e-3 or number == _MOST_DECODED:
            break
    return last


def _laid_out(taken: list[tuple[float, Image.Image]], count: int, width: int, quality: int) -> Sheet:
    from PIL import Image

    gap = 4
    across = (width - gap * (count - 1)) // count
    first = taken[0][1]
    down = max(round(across * min(first.height / first.width, _TALLEST)), 1)
    sheet = Image.new("RGB", (across * len(taken) + gap * (len(taken) - 1), down), "grey")
    for place, (_, one) in enumerate(taken):
        small = one.copy()
        small.thumbnail((across, down))
        left = place * (across + gap) + (across - small.width) // 2
        sheet.paste(small, (left, (down - small.height) // 2))
    written = io.BytesIO()
    sheet.save(written, format="WEBP", quality=quality, method=4)
    return Sheet(written.getvalue(), sheet.width, sheet.height, tuple(time for time, _ in taken))
