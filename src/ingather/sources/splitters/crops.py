"""Crops: every labelled box of a picture becomes a picture of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from ingather.formats.boxes import Box, read_label
from ingather.sample import Item, Loss, Modality
from ingather.sources.splitting import SplitterConfig, child

if TYPE_CHECKING:
    from PIL import Image

reads: Modality = "image"


class Config(SplitterConfig):
    """How boxes are cut out."""

    margin: float = Field(
        0.0, ge=0, le=2, description="added around a crop on each side, as share of its box"
    )


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The picture as carrier, then a PNG for each of its boxes, upright, labelled as its box.

    A crop is named by its box's id, or where boxes have none by its place in the label, from 0; its
    segment is ``{"box": [x, y, width, height]}`` in pixels of the picture. Boxes without area or outside of
    the picture, and pictures that cannot be decoded, are losses.
    """
    try:
        boxes = read_label(item.label) if item.label is not None else []
    except ValueError as error:
        yield item
        yield Loss(item.key, f"no crops: {error}")
        return
    yield replace(item, carrier=True)
    if boxes:
        yield from _children(item, boxes, config.margin)


def _children(parent: Item, boxes: list[Box], margin: float) -> Iterator[Item | Loss]:
    try:
        image = _decoded(parent)
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        yield Loss(parent.key, f"no crops: the picture cannot be decoded ({error})", len(boxes))
        return
    ids = [str(box.id) for box in boxes if box.id is not None]
    names = ids if len(set(ids)) == len(boxes) else [str(place) for place in range(len(boxes))]
    for name, box in zip(names, boxes, strict=True):
        corners = _corners(box, image.size, margin)
        if corners is None:
            where = "has no area" if not box.has_area else "lies outside of its picture"
            yield Loss(f"{parent.key}#{name}", f"no crop: box of {box.label} {where}")
            continue
        left, upper, right, lower = corners
        yield child(
            parent,
            name,
            {"box": [left, upper, right - left, lower - upper]},
            content=_png(image.crop(corners)),
            media_type="image/png",
            label=box.label,
        )


def _decoded(item: Item) -> Image.Image:
    from PIL import Image

    source = io.BytesIO(item.content) if isinstance(item.content, bytes) else item.content
    if source is None:
        raise ValueError("it has no content")
    with Image.open(source) as image:
        image.load()
        return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _corners(box: Box, size: tuple[int, int], margin: float) -> tuple[int, int, int, int] | None:
    if not box.has_area:
        return None
    width, height = size
    left = max(round(box.x - margin * box.width), 0)
    upper = max(round(box.y - margin * box.height), 0)
    right = min(round(box.x + (1 + margin) * box.width), width)
    lower = min(round(box.y + (1 + margin) * box.height), height)
    return (left, upper, right, lower) if right > left and lower > upper else None


def _png(image: Image.Image) -> bytes:
    from PIL import ImageOps

    written = io.BytesIO()
    image = ImageOps.exif_transpose(image)
    # level 1: a third of the time of the default for a tenth more bytes
    image.save(written, format="PNG", compress_level=1)
    return written.getvalue()
