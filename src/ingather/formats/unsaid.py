"""What a layout of pictures cannot carry of its items, counted while they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from ingather.formats.boxes import Box, is_label
from ingather.sample import Item, Loss


def unfit_picture(item: Item) -> str | None:
    """Why an item cannot be written as a picture with boxes, in words, or None."""
    if item.modality != "image" or item.content is None:
        return "it is no picture"
    if item.label is not None and not is_label(item.label):
        return "its label is no list of boxes"
    return None


def beside(item: Item) -> list[str]:
    """What an item has of its origin and state that layouts of pictures know no place for, in words."""
    told = {
        "the session": item.session,
        "what a picture was cut from": item.parent,
        "the time": item.at,
        "where it was found": item.uri,
        "that a machine made it": item.synthetic,
        "why a picture is unfit": item.fault,
    }
    return [what for what, there in told.items() if there]


class Unsaid:
    """Counts what a layout leaves behind.

    Args:
        layout: its name as people write it.
        carries: which of licence, id, segmentation, keypoints, pose, attributes, mask, and of the flags
            iscrowd, truncated, difficult, occluded it has a place for.
    """

    def __init__(self, layout: str, carries: Collection[str]) -> None:
        self._layout = layout
        self._carries = frozenset(carries)
        self._counts: Counter[str] = Counter()

    def see(self, item: Item, boxes: Iterable[Box]) -> None:
        """Counts what one item has that the layout has no place for."""
        told = {
            "attributes of pictures": bool(item.attributes),
            "the contributor": bool(item.contributor),
            "the licence": bool(item.licence) and "licence" not in self._carries,
            "masks": any(p.role == "mask" for p in item.parts) and "mask" not in self._carries,
            "further parts": any(part.role != "mask" for part in item.parts),
        }
        self._counts.update(what for what, there in told.items() if there)
        self._counts.update(beside(item))
        for box in boxes:
            self._counts.update(what for field, what in _fields(box) if field not in self._carries)

    def losses(self, where: str) -> list[Loss]:
        """One loss for every kind of thing that was left behind, with its number."""
        return [
            Loss(where, f"{self._layout} does not carry {what}", count)
            for what, count in sorted(self._counts.items())
        ]


def _fields(box: Box) -> list[tuple[str, str]]:
    told = [(flag, f"that a box is {flag}") for flag in box.flags]
    if box.id is not None:
        told.append(("id", "numbers of boxes"))
    if box.segmentation:
        told.append(("segmentation", "outlines"))
    if box.keypoints:
        told.append(("keypoints", "key points"))
    if box.pose:
        told.append(("pose", "poses"))
    if box.attributes:
        told.append(("attributes", "attributes of boxes"))
    return told
