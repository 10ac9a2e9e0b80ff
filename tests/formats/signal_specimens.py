"""Small recordings of sensors in every layout of signals, made of items or written here byte by byte."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ingather.formats.series_items import series_item
from ingather.formats.time_ranges import TimeRange, as_label
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Part
from ingather.series import MISSING, SECOND, Stream

START = int(datetime(2021, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC).timestamp() * 1000) * 1_000_000


def clock(rows: int, rate: float, start: int = 0) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(rows,) int64 nanoseconds of an even clock."""
    return np.round(np.arange(rows) * (SECOND / rate)).astype(np.int64) + start


def heartbeats() -> list[Item]:
    """A dated recording of two rates with marks and gaps, and a plain one with a label."""
    beats = np.round(np.sin(np.arange(90) / 7) * 300) + 0.0  # no -0.0
    beats[40:43] = np.nan
    press = np.round(np.cos(np.arange(360) / 9) * 2000) + 0.0
    first = series_item(
        "ward/100",
        [
            Stream(clock(90, 90, START), {"MLII": beats / 200, "V 5": beats / 100}, {"MLII": "mV"}, 90.0),
            Stream(clock(360, 360, START), {"ABP": press / 10}, {"ABP": "mmHg"}, 360.0, "360-hz"),
        ],
        dated=True,
    )
    first.label = as_label([TimeRange(0.1, 0.1, "N"), TimeRange(0.5, 0.9, "noise"), TimeRange(0.6, 0.6, "V")])
    first.attributes, first.contributor, first.split = {"age": 56.0, "sex": "F"}, "p 1", "train"
    whole = series_item("200", [Stream(clock(50, 12.5), {"speed": np.arange(50) - 25.0}, {}, 12.5)])
    whole.label, whole.licence, whole.session = "brisk", "CC-BY-4.0", "s1"
    stored = {
        "MLII": {"gain": 200.0, "baseline": 0, "format": "16", "bits": None},
        "speed": {"gain": 1.0, "baseline": 3, "format": "212", "bits": 12},
    }
    stored["V 5"] = stored["MLII"]
    for item in (first, whole):
        data: dict[str, Any] = dict(item.data or {})
        data["channels"] = [one | stored[one["name"]] for one in data["channels"]]
        item.data = data
    return [first, whole]


def edf(
    signals: list[tuple[str, str, list[list[int]]]],
    *,
    kind: str = "",
    patient: str = "P7 F 01-MAY-1950 Someone",
    duration: str = "1",
    records: int | None = None,
) -> bytes:
    """An EDF file by the specification: signals with label, unit and whole numbers in data records.

    Values of annotations are the bytes of a list. Ranges are -1000 to 1000 units over -2000 to 2000 steps.
    """
    count = len(signals)
    told = len(signals[0][2]) if records is None else records

    def cells(width: int, *texts: str) -> str:
        return "".join(text.ljust(width)[:width] for text in texts)

    head = (
        cells(8, "0") + cells(80, patient, "Startdate 02-MAY-2020 X X X") + cells(8, "02.05.20", "22.30.01")
    )
    head += cells(8, str(256 * (count + 1))) + cells(44, kind) + cells(8, str(told), duration)
    head += cells(4, str(count)) + cells(16, *(name for name, _, _ in signals)) + cells(80, *["AgCl"] * count)
    head += cells(8, *(unit for _, unit, _ in signals))
    for end in ("-1000", "1000", "-2000", "2000"):
        head += cells(8, *[end] * count)
    notes = ["Annotations" in name for name, _, _ in signals]
    sizes = [len(values[0]) // (1 + note) for (_, _, values), note in zip(signals, notes, strict=True)]
    head += cells(80, *["HP:0.1Hz"] * count) + cells(8, *map(str, sizes)) + cells(32, *[""] * count)
    body = b""
    for record in range(len(signals[0][2])):
        for (_, _, values), note in zip(signals, notes, strict=True):
            one = values[record]
            body += bytes(one) if note else np.array(one, "<i2").tobytes()
    return head.encode("latin-1") + body


def notes(*lists: str, size: int = 80) -> list[int]:
    """Annotation lists of one data record, with | for 0x14 and ^ for 0x15."""
    told = b"".join(one.replace("|", "\x14").replace("^", "\x15").encode() + b"\0" for one in lists)
    return list(told.ljust(size, b"\0"))


def _edf(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    marks = [notes("+0||", "+0.5^1.25|Sleep stage W|"), notes("+1||"), notes("+2||", "+2.5|größer|")]
    rows = [[record * 10 + n for n in range(8)] for record in range(3)]
    slow = [[record, -record] for record in range(3)]
    signals = [("EEG Fpz", "uV", rows), ("Temp", "degC", slow), ("EDF Annotations", "", marks)]
    (folder / "night.edf").write_bytes(edf(signals, kind="EDF+C"))
    (folder / "plain.edf").write_bytes(edf(signals[:2], patient="someone"))


def sentence(text: str) -> str:
    """An NMEA sentence with its check sum."""
    total = 0
    for letter in text:
        total ^= ord(letter)
    return f"${text}*{total:02X}\r\n"


def _nmea(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for n in range(4):
        clock = f"12351{n}.00"
        lines.append(sentence(f"GPGGA,{clock},4807.038,N,01131.000,W,1,08,0.9,545.4,M,46.9,M,,"))
        lines.append(sentence(f"GPRMC,{clock},A,4807.038,N,01131.000,W,022.4,084.4,230394,003.1,W"))
        lines.append(sentence(f"HEHDT,27{n}.5,T"))
    (folder / "trip.nmea").write_text("".join(lines), newline="")


GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" xmlns:w="http://example.org/w" version="1.1" creator="watch">
<metadata><author><name>Ann</name></author></metadata>
<wpt lat="46.001" lon="7"><time>2020-01-01T10:00:01Z</time><name>Tree</name></wpt>
<trk><name>Größe</name><type>running</type><trkseg>
<trkpt lat="46.0" lon="7.0"><ele>10.5</ele><time>2020-01-01T10:00:00Z</time>
  <extensions><w:hr>140</w:hr></extensions></trkpt>
<trkpt lat="46.001" lon="7.0"><ele>11</ele><time>2020-01-01T10:00:01Z</time></trkpt>
</trkseg><trkseg>
<trkpt lat="46.002" lon="7.0"><time>2020-01-01T10:01:00Z</time></trkpt></trkseg></trk></gpx>
"""


def _gpx(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.gpx").write_text(GPX, "utf-8")


DBC = """VERSION ""
NS_ :
BS_:
BU_: ECU
BO_ 291 Motion: 8 ECU
 SG_ Speed : 0|16@1+ (0.01,0) [0|655.35] "km/h" ECU
 SG_ Turn : 23|12@0- (0.5,10) [-1000|1000] "deg" ECU
BO_ 292 Mixed: 4 ECU
 SG_ Which M : 0|8@1+ (1,0) [0|3] "" ECU
 SG_ Heat m0 : 8|8@1- (1,-40) [-40|200] "degC" ECU
 SG_ Volts m1 : 8|16@1+ (0.001,0) [0|65] "V" ECU
"""


def _can(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "car.dbc").write_text(DBC)
    lines = [f"(1436509052.{n:06d}) can0 123#{n:02X}10{n:02X}400000{n:02X}FF\n" for n in range(6)]
    lines += [f"(1436509053.{n:06d}) can1 124#0{n % 2}3412\n" for n in range(4)]
    (folder / "drive.log").write_text("".join(lines))
    head = "date Tue May 27 04:09:35.000 pm 2014\nbase hex  timestamps absolute\ninternal events logged\n"
    (folder / "more.asc").write_text(head + "   0.010000 1  123             Rx   d 3 01 02 03\n")


def drives() -> list[Item]:
    """A drive with streams of three clocks, a camera and labelled stretches, and one without times."""
    stamps = clock(40, 20, START)
    stamps[[3, 9]] = MISSING
    stamps[20] = stamps[19]
    noise = np.random.default_rng(5).normal(size=40)
    noise[7] = np.nan
    first = series_item(
        "route/1",
        [
            Stream(stamps, {"speed": noise, "time of day": noise * 2}, {"speed": "m/s"}, 20.0, "CAN/speed"),
            Stream(clock(7, 3, START + 11)[::-1].copy(), {"x": np.arange(7) / 3}, {"x": "m"}, None, "gps"),
            Stream(clock(5, 9, -SECOND), {"y": np.arange(5.0)}, {}, 9.0, "odd/name here"),
        ],
        dated=True,
        facts={"clock": "gps"},
    )
    picture = Part("camera-road", 0, content=b"\x89PNG\r\n", media_type="image/png", start=0.0, end=2.0)
    first.parts = (*first.parts, picture, Part("note", text="größer"))
    first.label = as_label([TimeRange(0.1, 0.5, "braking"), TimeRange(1.0, 1.0, "stop", "speed")])
    first.attributes, first.bases = {"rain": "yes", "km": 12.5}, {"rain": "declared"}
    first.contributor, first.session, first.split = "device 7", "route", "train"
    second = series_item("2", [Stream(np.full(4, MISSING), {"a": np.arange(4.0)})], facts={"clock": "order"})
    second.label, second.licence = "bumpy", "CC-BY-4.0"
    return [first, second]


IMU = "sensor_msgs/msg/Imu"


@functools.cache
def _rosbag2() -> dict[str, bytes]:
    """A bag of ROS 2 with ten messages of an inertial sensor, as rosbags writes it."""
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        write_bag(Path(place) / "bag", described=True)
        return {file.name: file.read_bytes() for file in sorted((Path(place) / "bag").iterdir())}


def write_bag(
    folder: Path, *, described: bool, storage: str = "sqlite3", count: int = 10, packed: bool = False
) -> None:
    """Writes a bag with rosbags: of a version that describes its messages, or of one that does not."""
    from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
    from rosbags.typesys import Stores, get_typestore

    store = get_typestore(Stores.ROS2_HUMBLE)
    kinds: Any = store.types

    def vector(x: float) -> Any:
        return kinds["geometry_msgs/msg/Vector3"](x=x, y=2.0, z=-9.81)

    plugin = StoragePlugin[storage.upper()]
    opened = Writer(folder, version=9 if described else 8, storage_plugin=plugin)
    if packed:
        opened.set_compression(CompressionMode.MESSAGE, CompressionFormat.ZSTD)
    with opened as writer:
        imu = writer.add_connection("/imu/data", IMU, typestore=store)
        words = writer.add_connection("/log", "std_msgs/msg/String", typestore=store)
        for n in range(count):
            stamp = kinds["builtin_interfaces/msg/Time"](sec=1_600_000_000 + n, nanosec=500)
            message = kinds[IMU](
                header=kinds["std_msgs/msg/Header"](stamp=stamp, frame_id="imu"),
                orientation=kinds["geometry_msgs/msg/Quaternion"](x=0.0, y=0.0, z=0.0, w=1.0),
                orientation_covariance=np.zeros(9),
                angular_velocity=vector(n / 7),
                angular_velocity_covariance=np.zeros(9),
                linear_acceleration=vector(n / 3),
                linear_acceleration_covariance=np.arange(9.0),
            )
            writer.write(imu, START + n * SECOND // 10, store.serialize_cdr(message, IMU))
        said = kinds["std_msgs/msg/String"](data="ready")
        writer.write(words, START + 5, store.serialize_cdr(said, "std_msgs/msg/String"))
    if not described:  # as bags were before they described their messages
        with closing(sqlite3.connect(next(folder.glob("*.db3")))) as connection:
            connection.execute("DROP TABLE message_definitions")
            connection.commit()


def _bag(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _rosbag2().items():
        (folder / name).write_bytes(content)


def _tables(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"2024-05-01T00:00:{n:02d}Z,{n / 4},{50 - n}\n" for n in range(12))
    (folder / "pump.csv").write_text("time,pressure [bar],speed [1/min]\n" + rows)
    (folder / "fan.tsv").write_text("t\tu [V]\n" + "".join(f"{n / 10}\t{n}\n" for n in range(9)))


def _numpy(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    values = np.arange(24.0).reshape(12, 2)
    np.save(folder / "walk.npy", values)
    np.savez(folder / "run.npz", time=np.arange(12) / 10, left=values[:, 0], right=values[:, 1])


def _ts(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    head = "@problemName Steps\n@timeStamps false\n@univariate false\n@classLabel true walk run\n@data\n"
    (folder / "Steps_TRAIN.ts").write_text(head + "1,2,3:4,5,6:walk\n2,3,?:5,6,7:run\n")


def _nab(folder: Path) -> None:
    (folder / "data" / "real").mkdir(parents=True, exist_ok=True)
    (folder / "labels").mkdir(exist_ok=True)
    rows = "".join(f"2014-04-01 00:{n:02d}:00,{n % 7}\n" for n in range(30))
    (folder / "data" / "real" / "load.csv").write_text("timestamp,value\n" + rows)
    windows = {"real/load.csv": [["2014-04-01 00:05:00.000000", "2014-04-01 00:07:00.000000"]]}
    (folder / "labels" / "combined_windows.json").write_text(json.dumps(windows))


def _comma2k19(folder: Path) -> None:
    segment = folder / "b0c9|2018-08-02--08-34-47" / "40"
    for name, columns in (("CAN/speed", 1), ("IMU/accelerometer", 3)):
        log = segment / "processed_log" / name
        log.mkdir(parents=True, exist_ok=True)
        for file, values in (("t", 100 + np.arange(20) / 10), ("value", np.ones((20, columns)))):
            with (log / file).open("wb") as opened:
                np.save(opened, values)


def _dicom(folder: Path) -> None:
    import pydicom

    folder.mkdir(parents=True, exist_ok=True)
    made: Any = pydicom.Dataset()
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.9.1.1"
    made.SOPInstanceUID, made.PatientID, made.Modality = "1.2.3", "P1", "ECG"
    group: Any = pydicom.Dataset()
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples, group.SamplingFrequency = 1, 50, 100
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.WaveformOriginality = "ORIGINAL"
    group.WaveformData = np.arange(50, dtype="<i2").tobytes()
    channel: Any = pydicom.Dataset()
    channel.WaveformBitsStored = 16
    lead: Any = pydicom.Dataset()
    lead.CodeValue, lead.CodingSchemeDesignator, lead.CodeMeaning = "2:1", "MDC", "Lead I"
    channel.ChannelSourceSequence = [lead]
    group.ChannelDefinitionSequence = [channel]
    made.WaveformSequence = [group]
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    pydicom.dcmwrite(folder / "ecg.dcm", made, enforce_file_format=True)


def written(name: str, make: Callable[[], list[Item]]) -> Callable[[Path], None]:
    """Builds a set by what the layout itself writes."""

    def build(folder: Path) -> None:
        module = load(FORMATS, name)
        module.write(iter(make()), folder, module.Config())

    return build


SIGNALS: dict[str, Callable[[Path], None]] = {
    "can": _can,
    "comma2k19": _comma2k19,
    "dicom": _dicom,
    "wfdb": written("wfdb", heartbeats),
    "edf": _edf,
    "gpx": _gpx,
    "mcap": written("mcap", drives),
    "nab": _nab,
    "nmea": _nmea,
    "numpy": _numpy,
    "rosbag2": _bag,
    "series-tables": _tables,
    "sktime-ts": _ts,
}
"""Builds a folder in each layout of signals."""
