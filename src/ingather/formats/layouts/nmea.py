"""NMEA 0183: logs of satellite receivers, compasses and ships' instruments, a sentence a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.nmea_read import holds_sentences, nmea_files, read_nmea
from ingather.sample import Item, Loss

tasks = ("none", "regression", "forecasting", "anomaly", "classification")


class Config(FormatConfig):
    """NMEA 0183 has no options: its sentences say what they measure, and in which unit."""


def sniff(path: Path) -> Sniff | None:
    """Sure where most of the first lines of a log are sentences with their check sum."""
    for file in nmea_files(path)[:5]:
        if holds_sentences(file):
            return Sniff(0.93, f"the lines of {file.name} are sentences of NMEA 0183")
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every log as one item: a row for each moment that RMC, GGA, GLL, GNS, GST and ZDA tell of.

    Keys are paths relative to ``path``. Latitude and longitude are in degrees, north and east positive. The
    date is that of RMC or ZDA; where none is told, times count from midnight. VTG, GSA, HDT, HDG, ROT, VHW,
    VBW, DPT, DBT, MWV, MWD, MTW, MDA, RPM and RSA are further streams, at the time of the moment before them.
    Lines with a wrong check sum, or that are no sentences, are losses; other sentences are counted by type.
    """
    return read_nmea(path)
