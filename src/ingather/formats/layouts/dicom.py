"""DICOM: pictures, waveforms and reports of medicine, loose, in folders, or listed in a DICOMDIR.

The file format of PS3.10. A picture stays the file it is and is shown through its window when it is looked
at; a waveform becomes a stream, a structured report its words. The patient's number becomes the contributor,
so that no patient is in two splits; no name and no date is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.dicom_read import DIRECTORY, files_of, has_mark, read_dicom
from ingather.sample import Item, Loss

tasks = ("classification", "boxes", "polygons", "none")
_FEW = 200


class Config(FormatConfig):
    """Options of DICOM."""

    frames: bool = Field(True, description="whether every frame of a longer picture is a sample of its own")


def sniff(path: Path) -> Sniff | None:
    """Sure where a file has DICOM's mark behind its first 128 bytes, or a folder holds such files."""
    found = next((file for file in islice(files_of(path), _FEW) if has_mark(file)), None)
    if found is None:
        return None
    what = "lists DICOM files" if found.name.upper() == DIRECTORY else "has the mark of DICOM"
    return Sniff(0.97, f"{found.name} {what}")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every picture (or its frames), every waveform, every report.

    Keys are paths relative to ``path``, frames have ``#NUMBER`` behind it. Attributes: sex, age in years (90
    for all who are older), modality, body_part, view, laterality, manufacturer, model, as the file has them.
    Files that are none of the three, that cannot be read, or that a DICOMDIR lists in vain, are losses.

    Raises:
        MissingExtra: pydicom is not installed.
    """
    return read_dicom(path, frames=config.frames)
