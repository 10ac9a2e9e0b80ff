"""Private EXIF: what a picture file tells of people, places and devices beside its pixels.

It is told here and nothing is refused for it: releases carry pictures without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ingather.cleaning.contract import OperatorConfig

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch

reads = "image"
measures = {"private": pa.string(), "place": pa.bool_()}


class Config(OperatorConfig):
    """Nothing to be set: what is private is listed in the documentation of releases."""


def measure(batch: ImageBatch, config: Config) -> dict[str, pa.Array]:
    """The names of private tags, joined by commas, or ``none``; and whether a place is told.

    Null where there is no picture.
    """
    from ingather.media.exif import private_tags

    found = [None if picture is None else private_tags(picture.content) for picture in batch.images]
    names = [None if tags is None else ", ".join(name for _, name in tags) or "none" for tags in found]
    places = [None if tags is None else any(kind == "place" for kind, _ in tags) for tags in found]
    return {"private": pa.array(names, pa.string()), "place": pa.array(places, pa.bool_())}
