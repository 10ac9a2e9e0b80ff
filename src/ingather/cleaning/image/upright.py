"""Upright: a picture that its camera only marked as turned is turned in its pixels.

Many programs that learn from pictures do not read the EXIF mark and would see them lying on their side.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pydantic import Field

from ingather.cleaning.contract import OperatorConfig

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch, Picture
    from ingather.plan.model import Plan

reads = "image"
_WRITTEN = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
_PLACED = ("boxes", "polygons", "tracks")


class Config(OperatorConfig):
    """Whether pictures are turned."""

    turn: bool = Field(
        True, description="off where labels hold places in the picture as stored, such as boxes do"
    )


def defaults(plan: Plan) -> dict[str, Any]:
    """Tasks whose labels hold places in the stored picture leave it as it is."""
    return {"turn": plan.task.type not in _PLACED}


def change(batch: ImageBatch, config: Config) -> list[bytes | None]:
    """The turned picture in its own format; None where it is upright or cannot be decoded.

    JPEG is encoded at quality 95, so that next to nothing is lost; PNG, TIFF and WebP without loss.
    """
    return [_turned(picture) if config.turn and picture is not None else None for picture in batch.images]


def _turned(picture: Picture) -> bytes | None:
    from ingather.media.exif_tags import ORIENTATION
    from ingather.media.image import open_image, turn_upright

    if picture.orientation == 1 or picture.fault:
        return None
    image = open_image(picture.content)
    image.load()
    options: dict[str, Any] = {"format": picture.format if picture.format in _WRITTEN else "PNG"}
    if picture.format == "JPEG":
        from PIL import JpegImagePlugin

        options |= {"quality": 95, "subsampling": JpegImagePlugin.get_sampling(image)}
    elif picture.format == "WEBP":
        options["lossless"] = True
    elif picture.format == "AVIF":
        options["quality"] = 95
    exif = image.getexif()
    exif[ORIENTATION] = 1
    upright = turn_upright(image, picture.orientation)
    written = io.BytesIO()
    profile = image.info.get("icc_profile")
    try:
        upright.save(written, exif=exif.tobytes(), icc_profile=profile, **options)
    except Exception:  # broken EXIF cannot always be written again
        written = io.BytesIO()
        upright.save(written, exif=b"", icc_profile=profile, **options)
    return written.getvalue()
