"""EDF: European Data Format, EDF+ and BDF, for sleep, brain and muscle recordings, with annotations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.edf_read import edf_files, has_magic, read_edf
from ingather.sample import Item, Loss

tasks = ("spans", "classification", "anomaly", "regression", "forecasting", "none")


class Config(FormatConfig):
    """What of the recording's day is taken."""

    dates: bool = Field(
        False, description="take over the date; left out as it tells of a person, the time of day is kept"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a .edf, .bdf or .rec file begins as EDF or BDF does."""
    for file in edf_files(path)[:5]:
        if has_magic(file):
            return Sniff(0.97, f"{file.name} begins as EDF and BDF files do")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every recording as one item, in physical units.

    Keys are paths relative to ``path``. Signals of another rate are further streams; the data records of a
    discontinuous file keep their own times. Annotations of EDF+ become labelled stretches, as do those of a
    file of annotations alone that lies beside its recording. The patient's code becomes the contributor, sex
    and age (90 for all who are older) attributes; name, birth date and date are not taken over. A file that
    breaks off is kept with that fault.
    """
    return read_edf(path, dates=config.dates)
