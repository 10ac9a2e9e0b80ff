"""Topics of a robot's log, and how their messages are decoded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from ingather.errors import MissingExtra
from ingather.formats.bag_columns import Decoder

_NAME = re.compile(r"[A-Za-z]\w*(?:/msg)?/[A-Za-z]\w*\Z")
_PICTURES = ("CompressedImage",)
_BULKY = (
    "CompressedVideo",
    "Image",
    "PointCloud",
    "PointCloud2",
    "RawImage",
    "PackedElementField",
    "OccupancyGrid",
)
_LARGEST_SCHEMA = 4 << 20
_UNITS: tuple[tuple[str, str], ...] = (
    ("angular_velocity", "rad/s"), ("linear_acceleration", "m/s^2"), ("magnetic_field", "T"),
    ("twist.linear", "m/s"), ("twist.angular", "rad/s"), ("pose.position", "m"), ("position.", "m"),
    ("latitude", "deg"), ("longitude", "deg"), ("altitude", "m"), ("fluid_pressure", "Pa"),
    ("temperature", "degC"), ("header.stamp", "s"), ("translation", "m"),
)  # fmt: skip
"""Units of the standard messages of ROS (REP 103), by the beginning of a field's path."""


@dataclass(slots=True)
class Topic:
    """A topic of a log.

    Attributes:
        name: such as /imu/data.
        type: of its messages, such as sensor_msgs/msg/Imu.
        encoding: of its messages: cdr, json, protobuf, ...
        schema_encoding: what describes them: ros2msg, jsonschema, protobuf, ...
        schema: that description.
        facts: what the log says of it besides.
    """

    name: str
    type: str = ""
    encoding: str = ""
    schema_encoding: str = ""
    schema: bytes = b""
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The last word of the type."""
        return re.split(r"[/.]", self.type)[-1]

    @property
    def is_picture(self) -> bool:
        """Whether every message is a picture in a file's form (JPEG, PNG)."""
        return self.kind in _PICTURES

    @property
    def is_bulky(self) -> bool:
        """Whether its messages are frames of film, grids or clouds, and no channels."""
        return self.kind in _BULKY

    def units(self, names: list[str]) -> dict[str, str]:
        """Unit by channel: as the log says, else those of the standard messages of ROS."""
        told = _json(self.facts.get("units", ""))
        if isinstance(told, dict):
            return {name: str(told[name]) for name in names if isinstance(told.get(name), str)}
        if self.encoding != "cdr":
            return {}
        found = {}
        for name in names:
            unit = next(
                (unit for start, unit in _UNITS if name.startswith(start) or f".{start}" in name), None
            )
            if unit and "covariance" not in name and "orientation" not in name:
                found[name] = unit
        return found

    @property
    def rate(self) -> float | None:
        """Messages a second, where the log says so."""
        try:
            rate = float(self.facts.get("rate", ""))
        except ValueError:
            return None
        return rate if 0 < rate < 1e12 else None


def decoder_of(topic: Topic) -> Decoder | str:
    """What decodes a topic's messages, or in words why nothing does.

    Raises:
        MissingExtra: what is needed for it is not installed.
    """
    if topic.encoding == "json":
        return orjson.loads
    if len(topic.schema) > _LARGEST_SCHEMA:
        return "its description is larger than one can be"
    try:
        if topic.encoding == "cdr":
            return _ros2(topic)
        if topic.encoding == "protobuf":
            return _protobuf(topic)
    except MissingExtra:
        raise
    except Exception as error:  # parsers of hostile descriptions raise nearly anything
        told = (str(error).splitlines() or [type(error).__name__])[0][:120]
        return f"the description of {topic.type[:80]} cannot be used: {told}"
    return f"messages in the form '{topic.encoding[:40]}' are not decoded"


def _ros2(topic: Topic) -> Decoder | str:
    try:
        from mcap.records import Schema
        from mcap_ros2.decoder import DecoderFactory
    except ImportError:
        raise MissingExtra("robotics", "Messages of ROS 2") from None
    if not _NAME.match(topic.type):
        return f"'{topic.type[:80]}' is no type of ROS 2"
    text = topic.schema
    if not text:
        known = _known_definition(topic.type)
        if known is None:
            return f"the log does not describe {topic.type}, which is none of the standard types"
        text = known.encode()
    elif topic.schema_encoding not in ("ros2msg", ""):
        return f"descriptions in the form '{topic.schema_encoding[:40]}' are not understood"
    found = DecoderFactory().decoder_for("cdr", Schema(data=text, encoding="ros2msg", id=1, name=topic.type))
    return found or f"{topic.type} is not decoded"


def _known_definition(name: str) -> str | None:
    """The definition of a standard type, for older logs that describe none."""
    try:
        from rosbags.typesys import Stores, get_typestore
    except ImportError:
        raise MissingExtra("robotics", "ROS 2 bags without descriptions of their messages") from None
    store = get_typestore(Stores.ROS2_HUMBLE)
    if name not in store.types:
        return None
    return str(store.generate_msgdef(name, ros_version=2)[0])


def _protobuf(topic: Topic) -> Decoder | str:
    try:
        from mcap.records import Schema
        from mcap_protobuf.decoder import DecoderFactory
    except ImportError:
        raise MissingExtra("robotics", "Messages of Protocol Buffers") from None
    schema = Schema(data=topic.schema, encoding=topic.schema_encoding, id=1, name=topic.type)
    found = DecoderFactory().decoder_for("protobuf", schema)
    return found or f"{topic.type[:80]} is not decoded"


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
