"""comma2k19: minutes of driving, a folder of NumPy arrays each: CAN, IMU, GNSS and the camera's pose.

Every log is a pair of arrays without ending, ``t`` (seconds since the device was booted) and ``value``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.numpy_files import MAGIC, load_array
from ingather.formats.series_items import as_time, series_item, stamp_of
from ingather.sample import Item, Loss, Part
from ingather.series import Stream

tasks = ("none", "regression", "forecasting", "anomaly")
_GNSS_LIVE = (
    ("latitude", "deg"), ("longitude", "deg"), ("speed", "m/s"), ("utc_timestamp", ""), ("altitude", "m"),
    ("bearing", "deg"),
)  # fmt: skip
_GNSS_RAW = (
    ("prn", ""), ("gps_week", ""), ("time_of_week", "s"), ("glonass_channel", ""), ("pseudorange", "m"),
    ("pseudorange_std", "m"), ("pseudorange_rate", "m/s"), ("pseudorange_rate_std", "m/s"),
)  # fmt: skip
_RADAR = (
    ("forward_distance", "m"), ("left_distance", "m"), ("relative_speed", "m/s"), ("unused_3", ""),
    ("unused_4", ""), ("address", ""), ("new_track", ""),
)  # fmt: skip
_WHEELS = tuple((f"{at}_{side}", "m/s") for at in ("front", "rear") for side in ("left", "right"))
_CHANNELS: dict[str, tuple[tuple[str, str], ...]] = {
    "CAN/speed": (("speed", "m/s"),),
    "CAN/steering_angle": (("steering_angle", "deg"),),
    "CAN/wheel_speed": _WHEELS,
    "CAN/radar": _RADAR,
    "IMU/accelerometer": (("forward", "m/s^2"), ("right", "m/s^2"), ("down", "m/s^2")),
    "IMU/gyro": (("forward", "rad/s"), ("right", "rad/s"), ("down", "rad/s")),
    "IMU/gyro_bias": (("forward", "rad/s"), ("right", "rad/s"), ("down", "rad/s")),
    "IMU/gyro_uncalibrated": (("forward", "rad/s"), ("right", "rad/s"), ("down", "rad/s")),
    "IMU/magnetometer": (("forward", ""), ("right", ""), ("down", "")),
    "IMU/magnetometer_uncalibrated": (("forward", ""), ("right", ""), ("down", "")),
    "GNSS/live_gnss_qcom": _GNSS_LIVE,
    "GNSS/live_gnss_ublox": _GNSS_LIVE,
    "GNSS/raw_gnss_qcom": _GNSS_RAW,
    "GNSS/raw_gnss_ublox": _GNSS_RAW,
}  # fmt: skip
_POSE = (("frame_positions", "position", "m"), ("frame_velocities", "velocity", "m/s"),
         ("frame_orientations", "orientation", ""))  # fmt: skip
_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_LEAP = 18
"""Seconds that GPS time was ahead of UTC while this was recorded (since 2017)."""


class Config(FormatConfig):
    """Which of the logs is the main stream, and whether raw frames come along."""

    main: str = Field("CAN/speed", description="the log that is the sample itself; the others are parts")
    raw_can: bool = Field(False, description="bring raw CAN frames too: bus, address and eight bytes")


def sniff(path: Path) -> Sniff | None:
    """Sure where a folder, or one at most four levels below it, has ``processed_log`` with logs in it."""
    segments = _segments(path)
    if not any(_is_array(file) for segment in segments for file in segment.glob("processed_log/*/*/t")):
        return None
    return Sniff(0.97, f"{len(segments)} folder(s) with processed_log/, arrays named t and value")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every minute as one item: the main log, the others as parts, pictures and film of its camera.

    Keys are the segments' paths; the session is the route, the contributor the device's number, ``at`` the
    moment that the camera's GPS times give. Times stay those of the device's own clock.
    """
    for segment in _segments(path):
        yield from _segment(segment, segment.relative_to(path).as_posix() or segment.name, config)


def _segments(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    level = [path]
    for _ in range(5):
        found = [folder for folder in level if (folder / "processed_log").is_dir()]
        if found:
            return sorted(found)
        level = [
            inner for folder in level for inner in sorted(folder.iterdir())
            if inner.is_dir() and not inner.name.startswith(".")
        ][:5000]  # fmt: skip
    return []


def _is_array(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _segment(folder: Path, key: str, config: Config) -> Iterator[Item | Loss]:
    files: list[Path] = []
    streams: dict[str, Stream] = {}
    for log in sorted(folder.glob("processed_log/*/*")):
        name = log.relative_to(folder / "processed_log").as_posix()
        if name == "CAN/raw_can" and not config.raw_can:
            yield Loss(f"{key}/{name}", "raw CAN frames are left out unless the option 'raw_can' is set", 0)
            continue
        made = _raw(log) if name == "CAN/raw_can" else _log(log, name)
        if isinstance(made, str):
            yield Loss(f"{key}/{name}", made)
        else:
            streams[name] = made
            files += [file for file in sorted(log.iterdir()) if file.is_file()]
    pose = _pose(folder / "global_pose")
    if isinstance(pose, str):
        yield Loss(f"{key}/global_pose", pose)
    elif pose is not None:
        streams["global_pose"] = pose
    main = streams.pop(config.main, None)
    if main is None:
        yield Loss(key, f"it has no log {config.main}: {', '.join(streams) or 'no log'} is there")
        return
    item = series_item(key, [main, *streams.values()], facts={"clock": "boot"})
    item.stamp = stamp_of(*files)
    item.uri = folder.absolute().as_uri()
    item.session = folder.parent.name
    item.contributor = folder.parent.name.partition("|")[0] or None
    item.at = _moment(folder / "global_pose")
    item.parts = (*item.parts, *_media(folder))
    yield item


def _log(log: Path, name: str) -> Stream | str:
    time, value = load_array(log / "t"), load_array(log / "value")
    if isinstance(time, str) or isinstance(value, str):
        return time if isinstance(time, str) else str(value)
    value = value.reshape(len(value), -1) if value.ndim else value.reshape(0, 1)
    if time.ndim != 1 or len(time) != len(value) or {time.dtype.kind, value.dtype.kind} - set("fiub"):
        return f"{time.shape} times of {time.dtype} do not fit {value.shape} values of {value.dtype}"
    known = _CHANNELS.get(name, ())
    told = [known[n] if n < len(known) else (f"value_{n}", "") for n in range(value.shape[1])]
    return Stream(
        as_time(time.astype(np.float64)),
        {channel: value[:, n].astype(np.float64) for n, (channel, _) in enumerate(told)},
        {channel: unit for channel, unit in told if unit},
        name=name,
    )


def _raw(log: Path) -> Stream | str:
    arrays = {name: load_array(log / name) for name in ("t", "src", "address", "data")}
    for one in arrays.values():
        if isinstance(one, str):
            return one
    time, bus, address, data = (np.asarray(one) for one in arrays.values())
    if not len(time) == len(bus) == len(address) == len(data) or data.dtype.kind != "S":
        return "its four arrays do not fit each other"
    octets = np.frombuffer(data.astype("S8").tobytes(), np.uint8).reshape(len(data), 8)
    channels = {"bus": bus, "address": address} | {f"byte_{n}": octets[:, n] for n in range(8)}
    return Stream(
        as_time(time.astype(np.float64)),
        {name: np.asarray(values, np.float64) for name, values in channels.items()},
        name="CAN/raw_can",
    )


def _pose(folder: Path) -> Stream | str | None:
    if not (folder / "frame_times").is_file():
        return None
    time = load_array(folder / "frame_times")
    if isinstance(time, str):
        return time
    channels: dict[str, NDArray[np.float64]] = {}
    units: dict[str, str] = {}
    for name, word, unit in _POSE:
        values = load_array(folder / name)
        if isinstance(values, str) or values.ndim != 2 or len(values) != len(time):
            return f"{name} does not fit frame_times"
        axes = "xyz" if values.shape[1] == 3 else "wxyz"
        for n, axis in enumerate(axes[: values.shape[1]]):
            channels[f"{word}_{axis}"] = values[:, n].astype(np.float64)
            units |= {f"{word}_{axis}": unit} if unit else {}
    return Stream(as_time(time.astype(np.float64)), channels, units, name="global_pose")


def _moment(folder: Path) -> datetime | None:
    """When the first frame was taken, in UTC, by the camera's GPS times."""
    times = load_array(folder / "frame_gps_times")
    if isinstance(times, str) or times.ndim != 2 or times.shape[1] != 2 or not len(times):
        return None
    week, second = float(times[0, 0]), float(times[0, 1])
    if not (0 < week < 5000 and 0 <= second < 604_800):
        return None
    return _GPS_EPOCH + timedelta(weeks=week, seconds=round(second, 6) - _LEAP)


def _media(folder: Path) -> Iterator[Part]:
    for name, role, kind in (
        ("preview.png", "camera-preview", "image/png"),
        ("video.hevc", "camera-road", "video/h265"),
    ):
        if (folder / name).is_file():
            yield Part(role, content=folder / name, media_type=kind)
