"""The first splitter: labelled boxes become pictures of their own, children of the picture they lie in."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingather.formats.boxes import Box, read_label
from ingather.sample import Item, Loss

if TYPE_CHECKING:
    from PIL import Image


def crops(found: Iterable[Item | Loss], margin: float = 0.0) -> Iterator[Item | Loss]:
    """Every picture as a carrier, followed by a child for each of its boxes.

    A child's content is the crop as PNG, upright; its label is the box's label; its segment is
    ``{"box": [x, y, w, h]}`` in pixels of the parent; its key is the parent's with ``#`` and the box's id,
    or where boxes have none its place in the label, from 0.
    Rights, contributor, split and attributes are the parent's. Boxes without area, and pictures that
    cannot be decoded, are told as a ``Loss``; losses met on the way are passed on.

    Args:
        found: what a layout reads.
        margin: how much of a box's width and height is added on each side, as a share of them.
    """
    for thing in found:
        if isinstance(thing, Loss) or thing.modality != "image":
            yield thing
            continue
        try:
            boxes = read_label(thing.label) if thing.label is not None else []
        except ValueError as error:
            yield thing
            yield Loss(thing.key, f"no crops: {error}")
            continue
        yield replace(thing, carrier=True)
        if boxes:
            yield from _children(thing, boxes, margin)


def _children(parent: Item, boxes: list[Box], margin: float) -> Iterator[Item | Loss]:
    try:
        image = _decoded(parent)
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        yield Loss(parent.key, f"no crops: the picture cannot be decoded ({error})", len(boxes))
        return
    ids = [str(box.id) for box in boxes if box.id is not None]
    names = ids if len(set(ids)) == len(boxes) else [str(place) for place in range(len(boxes))]
    for name, box in zip(names, boxes, strict=True):
        key = f"{parent.key}#{name}"
        corners = _corners(box, image.size, margin)
        if corners is None:
            where = "has no area" if not box.has_area else "lies outside of its picture"
            yield Loss(key, f"no crop: box of {box.label} {where}")
            continue
        left, upper, right, lower = corners
        yield replace(
            parent,
            key=key,
            content=_png(image.crop(corners)),
            media_type="image/png",
            parts=(),
            parent=parent.key,
            segment={"box": [left, upper, right - left, lower - upper]},
            label=box.label,
            attributes=dict(parent.attributes),
            bases=dict(parent.bases),
            evidence=dict(parent.evidence),
            cursor=None,
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
