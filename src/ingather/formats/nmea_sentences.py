"""Sentences of NMEA 0183: check sum, fields, and what the common ones measure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date

_SENTENCE = re.compile(rb"[$!]([A-Z0-9]{2,10})((?:,[^,*\r\n$!]*)*)(?:\*([0-9A-Fa-f]{2}))?\s*\Z")
_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2}(?:\.\d{1,9})?)\Z")
_POSITION = re.compile(r"(\d{1,3})(\d{2}(?:\.\d+)?)\Z")

TIMED: dict[str, tuple[tuple[str, int, str], ...]] = {
    "RMC": (("speed", 7, "kn"), ("course", 8, "deg"), ("magnetic_variation", 10, "deg")),
    "GGA": (("quality", 6, ""), ("satellites", 7, ""), ("hdop", 8, ""), ("altitude", 9, "m"),
            ("geoid_height", 11, "m")),
    "GLL": (),
    "GNS": (("satellites", 7, ""), ("hdop", 8, ""), ("altitude", 9, "m"), ("geoid_height", 10, "m")),
    "GST": (("rms", 2, "m"), ("latitude_error", 6, "m"), ("longitude_error", 7, "m"),
            ("altitude_error", 8, "m")),
    "ZDA": (),
}  # fmt: skip
"""Sentences with a time of day: channel, field and unit of what they measure, beside the position."""
_CLOCK_FIELD = {"RMC": 1, "GGA": 1, "GLL": 5, "GNS": 1, "GST": 1, "ZDA": 1}
_POSITION_FIELD = {"RMC": 3, "GGA": 2, "GLL": 1, "GNS": 2}
PLAIN: dict[str, tuple[tuple[str, int, str], ...]] = {
    "VTG": (("course", 1, "deg"), ("course_magnetic", 3, "deg"), ("speed_knots", 5, "kn"),
            ("speed_km_h", 7, "km/h")),
    "GSA": (("fix", 2, ""), ("pdop", 15, ""), ("hdop", 16, ""), ("vdop", 17, "")),
    "HDT": (("heading", 1, "deg"),),
    "HDM": (("heading_magnetic", 1, "deg"),),
    "HDG": (("heading_magnetic", 1, "deg"), ("deviation", 2, "deg"), ("variation", 4, "deg")),
    "ROT": (("rate_of_turn", 1, "deg/min"),),
    "VHW": (("heading", 1, "deg"), ("heading_magnetic", 3, "deg"), ("speed_knots", 5, "kn")),
    "VBW": (("speed_along", 1, "kn"), ("speed_across", 2, "kn")),
    "DPT": (("depth", 1, "m"), ("depth_offset", 2, "m")),
    "DBT": (("depth", 3, "m"),),
    "MWV": (("wind_angle", 1, "deg"), ("wind_speed", 3, "")),
    "MWD": (("wind_direction", 1, "deg"), ("wind_speed", 7, "m/s")),
    "MTW": (("water_temperature", 1, "degC"),),
    "MDA": (("pressure", 3, "bar"), ("air_temperature", 5, "degC"), ("water_temperature", 7, "degC")),
    "RPM": (("source", 2, ""), ("speed", 3, "1/min"), ("pitch", 4, "%")),
    "RSA": (("rudder_angle", 1, "deg"),),
}  # fmt: skip
"""Sentences without a time: channel, field and unit."""
_SIGNED = {"RMC": (10, 11), "HDG": (4, 5)}
"""Fields whose sign is the letter W in another one."""
MOVING_NAME = re.compile(r"[A-Z]{2}[A-Z]{3}\Z")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that was understood.

    Attributes:
        kind: its type, three letters.
        values: what it measures, by channel; what is empty is left out.
        clock: seconds of the day, None where it has none.
        day: its date, where it tells one.
    """

    kind: str
    values: dict[str, float] = field(default_factory=dict)
    clock: float | None = None
    day: date | None = None


def check_sum(content: bytes) -> int:
    """The exclusive or of the bytes between ``$`` and ``*``."""
    total = 0
    for octet in content:
        total ^= octet
    return total


def parse_sentence(line: bytes) -> Sentence | str:
    """A sentence, or in one of a few phrases why it is none."""
    found = _SENTENCE.match(line)
    if found is None:
        return "it is no sentence"
    if found[3] is not None and check_sum(line[1 : line.rindex(b"*")]) != int(found[3], 16):
        return "its check sum is wrong"
    name = found[1].decode()
    fields = [name, *found[2].decode("latin-1").split(",")[1:]]
    kind = name[-3:] if MOVING_NAME.match(name) and not name.startswith("P") else name
    if kind in TIMED:
        values = _position(kind, fields) | _numbers(kind, fields, TIMED[kind])
        if kind == "RMC" and _at(fields, 2) in ("A", "V"):
            values["valid"] = float(_at(fields, 2) == "A")
        return Sentence(kind, values, _clock(_at(fields, _CLOCK_FIELD[kind])), _day(kind, fields))
    if kind in PLAIN:
        return Sentence(kind, _numbers(kind, fields, PLAIN[kind]))
    return Sentence(kind)


def units_of(kind: str) -> dict[str, str]:
    """Unit of each channel of a type of sentences."""
    told = {name: unit for name, _, unit in (*TIMED.get(kind, ()), *PLAIN.get(kind, ())) if unit}
    return told | ({"latitude": "deg", "longitude": "deg"} if kind in _POSITION_FIELD else {})


def _numbers(kind: str, fields: list[str], wanted: tuple[tuple[str, int, str], ...]) -> dict[str, float]:
    values = {name: value for name, place, _ in wanted if (value := _number(_at(fields, place))) is not None}
    if kind in _SIGNED:
        place, letter = _SIGNED[kind]
        name = next(name for name, at, _ in wanted if at == place)
        if name in values and _at(fields, letter) == "W":
            values[name] = -values[name]
    return values


def _position(kind: str, fields: list[str]) -> dict[str, float]:
    first = _POSITION_FIELD.get(kind)
    if first is None:
        return {}
    latitude = _degrees(_at(fields, first), _at(fields, first + 1), "S")
    longitude = _degrees(_at(fields, first + 2), _at(fields, first + 3), "W")
    if latitude is None or longitude is None:
        return {}
    return {"latitude": latitude, "longitude": longitude}


def _degrees(text: str, side: str, negative: str) -> float | None:
    found = _POSITION.match(text)
    if found is None:
        return None
    value = int(found[1]) + float(found[2]) / 60
    return -value if side == negative else value


def _clock(text: str) -> float | None:
    found = _CLOCK.match(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])


def _day(kind: str, fields: list[str]) -> date | None:
    try:
        if kind == "RMC" and len(text := _at(fields, 9)) == 6:
            years = int(text[4:])
            return date(years + (1900 if years >= 80 else 2000), int(text[2:4]), int(text[:2]))
        if kind == "ZDA" and 1970 <= int(_at(fields, 4)) < 2200:
            return date(int(_at(fields, 4)), int(_at(fields, 3)), int(_at(fields, 2)))
    except ValueError:
        return None
    return None


def _at(fields: list[str], place: int) -> str:
    return fields[place].strip() if place < len(fields) else ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
