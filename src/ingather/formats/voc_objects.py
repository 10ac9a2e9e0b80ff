"""The objects of one Pascal VOC document as a boxes label, at once where it has the usual shape.

Annotation programs write an object's fields in one of a few orders. A document of that shape is cut at its
objects by one expression, and what is left of it is parsed as XML; any other document is parsed whole. Both
ways give the same.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from typing import cast

from ingather.formats.boxes import Box, oddity, rectangle_oddity
from ingather.formats.plain_xml import LARGEST, parse_xml
from ingather.sample import Json

FLAGS = ("truncated", "difficult", "occluded")
_SPACE = " \t\r\n"
_START = re.compile(
    rb"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])? ?\?>\s*)?<annotation", re.I
)
_TEXT = r"([^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*)"
_NUMBER = r"([0-9.-]{1,12})"


def _element(name: str, inner: str, often: str = "") -> str:
    return rf"(?:<{name}>{inner}</{name}>[{_SPACE}]*){often}"


_OBJECT = re.compile(
    rf"<object>[{_SPACE}]*{_element('name', _TEXT)}"
    + "".join(
        _element(name, _TEXT, "?") for name in ("pose", "truncated", "occluded", "difficult", "occluded")
    )
    + rf"<bndbox>[{_SPACE}]*"
    + "".join(_element(side, _NUMBER) for side in ("xmin", "ymin", "xmax", "ymax"))
    + rf"</bndbox>[{_SPACE}]*{_element('difficult', _TEXT, '?')}</object>"
)
_STRIDE = _OBJECT.groups + 1


@dataclass(slots=True)
class Told:
    """What one document says.

    Attributes:
        tree: the document, without its objects where they were of the usual shape.
        label: its objects in the form of a boxes label.
        losses: number of the object, from 1, what is wrong about it, and 1; or 0 where it is odd and kept.
    """

    tree: ElementTree.Element
    label: list[Json] = field(default_factory=list)
    losses: list[tuple[int, str, int]] = field(default_factory=list)


def read_document(content: bytes) -> Told:
    """The objects of a document, with what is wrong about them.

    Raises:
        UnsafeXml: it is not sound XML, or asks for what is not done; see ``parse_xml``.
    """
    return _usual(content) or _any(content)


def number_of(text: str | None) -> float | None:
    """A finite number, None where the text is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _usual(content: bytes) -> Told | None:
    """As ``read_document`` where every object has the usual shape, else None."""
    if not _START.match(content) or b"<!" in content or len(content) > LARGEST:
        return None
    try:
        pieces = _OBJECT.split(content.decode())
    except UnicodeDecodeError:
        return None
    head, tail = pieces[0], pieces[-1]
    between = "".join(pieces[_STRIDE:-1:_STRIDE])
    if len(pieces) == 1 or between.strip(_SPACE) or "<object" in head or "<object" in tail:
        return None
    tree = parse_xml(f"{head}<objects-stood-here/>{tail}".encode())
    if tree.find("objects-stood-here") is None:  # they lie deeper, and are none of the picture's own
        return None
    told = Told(tree)
    size = _size(tree)
    try:
        for place in range(1, len(pieces) - 1, _STRIDE):
            if not _object(pieces[place : place + _STRIDE - 1], size, told):
                return None
    except ValueError:  # a side that is no number: its words are found element by element
        return None
    return told


def _object(groups: list[str], size: tuple[float | None, float | None], told: Told) -> bool:
    """Adds one object by the groups of its expression; False where it is not sound."""
    name, pose, truncated, occluded, difficult, occluded_too, x1, y1, x2, y2, difficult_too = groups
    left: float
    upper: float
    try:
        left, upper = int(x1), int(y1)
        width: float = int(x2) - left
        height: float = int(y2) - upper
        rectangle = [left, upper, width, height]
    except ValueError:
        left, upper = float(x1), float(y1)
        width, height = float(x2) - left, float(y2) - upper
        rectangle = [v if v % 1 else int(v) for v in (left, upper, width, height)]
    label = name.strip()
    if not label or width < 0 or height < 0:
        return False
    box: dict[str, Json] = {"label": label, "box": cast("list[Json]", rectangle)}
    if truncated and truncated != "0":
        _flag(box, truncated, "truncated")
    difficult = difficult_too if difficult is None else difficult
    if difficult and difficult != "0":
        _flag(box, difficult, "difficult")
    occluded = occluded_too if occluded is None else occluded
    if occluded and occluded != "0":
        _flag(box, occluded, "occluded")
    if pose and pose != "Unspecified" and (pose := pose.strip()) and pose != "Unspecified":
        box["pose"] = pose
    told.label.append(box)
    if odd := rectangle_oddity(label, rectangle, *size):
        told.losses.append((len(told.label), odd, 0))
    return True


def _flag(box: dict[str, Json], text: str, name: str) -> None:
    if number_of(text) == 1:
        box[name] = True


def _any(content: bytes) -> Told:
    """As ``read_document``, of a document of any shape."""
    told = Told(parse_xml(content))
    size = _size(told.tree)
    for number, element in enumerate(told.tree.findall("object"), start=1):
        try:
            box = _box(element)
        except ValueError as error:
            told.losses.append((number, str(error), 1))
            continue
        told.label.append(box.as_json())
        if odd := oddity(box, *size):
            told.losses.append((number, odd, 0))
    return told


def _size(tree: ElementTree.Element) -> tuple[float | None, float | None]:
    return number_of(tree.findtext("size/width")), number_of(tree.findtext("size/height"))


def _box(element: ElementTree.Element) -> Box:
    label = (element.findtext("name") or "").strip()
    if not label:
        raise ValueError("the object has no name; it is not read")
    corners = []
    for side in ("xmin", "ymin", "xmax", "ymax"):
        text = element.findtext(f"bndbox/{side}")
        value = number_of(text)
        if value is None:
            raise ValueError(f"the object {label} has no number as {side} but {text!r}; it is not read")
        corners.append(value)
    left, upper, right, lower = corners
    if right < left or lower < upper:
        raise ValueError(f"the box of {label} ends before it begins; it is not read")
    pose = (element.findtext("pose") or "").strip()
    flags = (flag for flag in FLAGS if number_of(element.findtext(flag)) == 1)
    return Box(
        label,
        left,
        upper,
        right - left,
        lower - upper,
        flags=frozenset(flags),
        pose=pose if pose and pose != "Unspecified" else None,
    )
