"""DICOM identifiers: a medical picture whose file names a person, or whose pixels may, is set aside.

Names, numbers, birth dates, places, dates that were not shifted, words about the patient and private tags are
looked for in every attribute; text in the pixels is suspected of ultrasound, secondary captures, photographs
and saved screens, unless the device says that nothing is burned in. Pictures that are no DICOM are not asked.
``dicom-deidentify`` makes a copy that passes. Who has looked and vouches says so in ``rights.vouched``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import Field

from ingather.cleaning.contract import Bound, OperatorConfig

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch, Picture

reads = "image"
measures = {"personal": pa.string()}
remedy = (
    "Add 'dicom-deidentify' to the steps under clean: it makes copies that name nobody, of pictures whose "
    "pixels hold no text; who has looked and answers for the others writes under rights "
    "'vouched: [{by: NAME, for: [dicom-identifiers]}]'"
)
"""The way on, told where nothing is left to release."""


class Config(OperatorConfig):
    """What is looked for."""

    pixels: bool = Field(True, description="whether text that pixels may hold is a reason too")


def measure(batch: ImageBatch, config: Config) -> dict[str, pa.Array]:
    """What every DICOM tells of a person, in words joined by commas, or ``none``; null where none is."""
    return {"personal": pa.array([_personal(one, config) for one in batch.images], pa.string())}


def bounds(config: Config) -> tuple[Bound, ...]:
    """Whatever tells of a person is quarantined, with what was found."""
    reason = "The medical picture tells of a person: {value}."
    return (Bound("personal", reason, allowed=("none",), field="pixels"),)


def _personal(picture: Picture | None, config: Config) -> str | None:
    from ingather.media.dicom import UnreadableDicom, is_dicom, read_header
    from ingather.media.dicom_identity import identifiers, pixel_risks

    if picture is None or not is_dicom(picture.content):
        return None
    try:
        header = read_header(picture.content)
    except UnreadableDicom:
        return "a header that cannot be read"
    found = identifiers(header) + (pixel_risks(header) if config.pixels else [])
    return ", ".join(found) or "none"
