"""MCAP and ROS 2 bags beside the libraries of their fields; breaks, hostile chunks, conversion."""

from __future__ import annotations

import io
import json
import struct
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pydicom
import pytest
import wfdb as reference
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from mcap.reader import make_reader
from mcap.writer import CompressionType, Writer
from signal_specimens import START, drives, heartbeats, write_bag

from ingather.errors import InputError, MissingExtra
from ingather.formats.convert import convert
from ingather.formats.layouts import comma2k19, mcap, rosbag2, wfdb
from ingather.sample import Item, Loss
from ingather.series import MISSING, SECOND, Stream, decode
from ingather.sources.recognise import recognise


def read(layout: ModuleType, path: Path, **options: Any) -> tuple[list[Item], list[Loss]]:
    things = list(layout.read(path, layout.Config(**options)))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def stream(content: object) -> Stream:
    assert isinstance(content, bytes)
    return decode(content)


def log(path: Path, count: int = 30, compression: CompressionType = CompressionType.ZSTD) -> bytes:
    """A log with JSON, Protocol Buffers, pictures, a form that is not known, and words."""
    out = io.BytesIO()
    writer = Writer(out, chunk_size=400, compression=compression)
    writer.start()
    files = descriptor_pb2.FileDescriptorSet()
    described = files.file.add(name="fix.proto", package="t", syntax="proto3")
    kind = described.message_type.add(name="Fix")
    for number, (name, sort) in enumerate([("lat", 1), ("count", 4), ("name", 9), ("ok", 8)], start=1):
        kind.field.add(name=name, number=number, type=sort, label=1)  # type: ignore[arg-type]
    pool = descriptor_pool.DescriptorPool()
    pool.Add(described)
    fix = message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Fix"))
    json_schema = writer.register_schema("Speed", "jsonschema", b"{}")
    proto_schema = writer.register_schema("t.Fix", "protobuf", files.SerializeToString())
    picture_schema = writer.register_schema("foxglove.CompressedImage", "jsonschema", b"{}")
    numbers = [
        writer.register_channel(topic, form, schema)
        for topic, form, schema in [
            ("/speed", "json", json_schema), ("/fix", "protobuf", proto_schema),
            ("/camera/front", "json", picture_schema), ("/odd", "flatbuffer", json_schema),
            ("/words", "json", json_schema),
        ]
    ]  # fmt: skip
    for n in range(count):
        time = START + n * SECOND // 10
        header = {"stamp": {"sec": 1_500_000_000 + n, "nanosec": 5}}
        speed = {"header": header, "v": n / 3, "wheel": [1, n], "note": "x", "deep": {"on": n % 2 == 0}}
        if n == 4:
            speed.pop("v")
        writer.add_message(numbers[0], time, json.dumps(speed).encode(), time + 7)
        if n % 3 == 0:
            said = fix(lat=46 + n / 7, count=2**40 + n, name="a", ok=True)
            writer.add_message(numbers[1], time, said.SerializeToString(), time)
    picture = json.dumps({"data": "iVBORw==", "format": "png"}).encode()
    writer.add_message(numbers[2], START + SECOND, picture, START)
    writer.add_message(numbers[3], START, b"1", START)
    writer.add_message(numbers[4], START, b'"hello"', START)
    writer.add_message(numbers[0], START + 9 * SECOND, b"{broken", START)
    writer.finish()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    return out.getvalue()


@pytest.mark.parametrize("compression", list(CompressionType))
def test_a_log_that_others_wrote(compression: CompressionType, tmp_path: Path) -> None:
    log(tmp_path / "a.mcap", compression=compression)
    items, losses = read(mcap, tmp_path)
    speed, fix = stream(items[0].content), stream(items[0].parts[0].content)
    assert (speed.name, fix.name, len(items[0].parts)) == ("speed", "fix", 1)
    assert (speed.time - START == np.arange(30) * SECOND // 10).all()
    expected = np.arange(30) / 3
    expected[4] = np.nan
    assert np.array_equal(speed.channels["v"], expected, equal_nan=True)
    assert speed.channels["wheel_1"].tolist() == list(range(30))
    assert speed.channels["deep.on"].tolist() == [1, 0] * 15
    assert speed.channels["header.stamp"][3] == 1_500_000_003 + 5e-9
    assert fix.channels["lat"].tolist() == [46 + n / 7 for n in range(0, 30, 3)]
    assert fix.channels["count"].tolist() == [2.0**40 + n for n in range(0, 30, 3)]
    told = {(loss.where, loss.count): loss.reason for loss in losses}
    assert "(unexpected character" in told["a.mcap, /speed", 1] or "decoded" in told["a.mcap, /speed", 1]
    assert told["a.mcap, /speed", 0] == "fields that are left out: note (words)"
    assert told["a.mcap, /odd", 1] == "messages in the form 'flatbuffer' are not decoded"
    assert "unless 'pictures' is set" in told["a.mcap, /camera/front", 0]
    assert "hold no numbers" in told["a.mcap, /words", 0]
    assert sum(loss.count for loss in losses) == 2


def test_options(tmp_path: Path) -> None:
    log(tmp_path / "a.mcap")
    item = read(mcap, tmp_path, main="/fix", pictures=True)[0][0]
    assert stream(item.content).name == "fix"
    picture = item.parts[-1]
    assert (picture.role, picture.media_type, picture.start) == ("camera-camera-front", "image/png", 1.0)
    assert picture.content == b"\x89PNG"
    item = read(mcap, tmp_path, topics=("/speed",), clock="header")[0][0]
    assert item.parts == ()
    assert int(stream(item.content).time[2]) == 1_500_000_002 * SECOND + 5
    assert int(stream(read(mcap, tmp_path, clock="publish")[0][0].content).time[0]) == START + 7


def test_breaks_and_hostile_chunks(tmp_path: Path) -> None:
    whole = log(tmp_path / "a.mcap", 200)
    (tmp_path / "a.mcap").write_bytes(whole[: len(whole) // 3])
    items, losses = read(mcap, tmp_path)
    found = stream(items[0].content)
    assert 20 < len(found) < 100
    assert str(items[0].fault).startswith("a.mcap breaks off: ")
    plain = bytearray(log(tmp_path / "a.mcap", 200, CompressionType.NONE))
    place = bytes(plain).index(b'"v": 33')
    plain[place + 5] ^= 1
    (tmp_path / "a.mcap").write_bytes(plain)
    items, losses = read(mcap, tmp_path)
    assert items[0].fault is None
    assert next(loss.count for loss in losses if "crc validation failed" in loss.reason) == 1
    assert 190 < len(stream(items[0].content)) < 200
    promise = (
        struct.pack("<QQQIL", 0, 0, 1 << 40, 0, 4) + b"zstd" + struct.pack("<Q", 4) + b"\x28\xb5\x2f\xfd"
    )
    chunk = b"\x06" + struct.pack("<Q", len(promise)) + promise
    header = b"\x01" + struct.pack("<QLL", 8, 0, 0)
    (tmp_path / "a.mcap").write_bytes(whole[:8] + header + chunk + whole[8:])
    assert any("promises 1,099,511,627,776 bytes" in loss.reason for loss in read(mcap, tmp_path)[1])


def test_two_channels_of_one_topic(tmp_path: Path) -> None:
    with (tmp_path / "a.mcap").open("wb") as opened:
        writer = Writer(opened)
        writer.start()
        schemas = [writer.register_schema(name, "jsonschema", b"{}") for name in ("A", "A", "B")]
        numbers = [
            writer.register_channel("/x", "json", schema, {"node": str(n)})
            for n, schema in enumerate(schemas)
        ]
        for n, number in enumerate(numbers * 3):
            writer.add_message(number, START + n, b'{"v": %d}' % n, START)
        writer.finish()
    items, losses = read(mcap, tmp_path)
    assert losses == []
    assert stream(items[0].content).channels["v"].tolist() == [0, 1, 3, 4, 6, 7]
    assert stream(items[0].parts[0].content).channels["v"].tolist() == [2, 5, 8]


def test_what_is_written_is_read_by_the_reference(tmp_path: Path) -> None:
    assert mcap.write(drives(), tmp_path, mcap.Config()) == []
    with (tmp_path / "route" / "1.mcap").open("rb") as opened:
        reader = make_reader(opened, validate_crcs=True)
        rows = [
            (channel.topic, message.log_time, json.loads(message.data))
            for _, channel, message in reader.iter_messages(log_time_order=False)
        ]
        summary = reader.get_summary()
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.message_count == 40 + 7 + 5
    speed = stream(drives()[0].content)
    mine = [row for row in rows if row[0] == "/CAN/speed"]
    there = speed.time != MISSING
    assert [row[1] for row, known in zip(mine, there, strict=True) if known] == speed.time[there].tolist()
    values = [np.nan if row[2]["speed"] is None else row[2]["speed"] for row in mine]
    assert np.array_equal(values, speed.channels["speed"], equal_nan=True)


@pytest.mark.parametrize(("described", "storage"), [(True, "sqlite3"), (False, "sqlite3"), (True, "mcap")])
def test_bags_of_ros_2(described: bool, storage: str, tmp_path: Path) -> None:
    write_bag(tmp_path / "drives" / "one", described=described, storage=storage)
    sniffed = rosbag2.sniff(tmp_path)
    assert sniffed is not None
    items, losses = read(rosbag2, tmp_path)
    assert [item.key for item in items] == ["drives/one"]
    found = stream(items[0].content)
    assert found.name == "imu/data"
    assert found.channels["angular_velocity.x"].tolist() == [n / 7 for n in range(10)]
    assert found.channels["linear_acceleration_covariance_8"].tolist() == [8.0] * 10
    assert (found.units["angular_velocity.x"], found.units["linear_acceleration.z"]) == ("rad/s", "m/s^2")
    assert (found.time - START == np.arange(10) * SECOND // 10).all()
    assert [loss.count for loss in losses] == [0, 0]
    write_bag(tmp_path / "packed", described=described, packed=True)
    if storage == "sqlite3":
        assert read(rosbag2, tmp_path / "packed")[0][0].content == items[0].content
    stamped = stream(read(rosbag2, tmp_path / "drives", clock="header")[0][0].content)
    assert int(stamped.time[3]) == 1_600_000_003 * SECOND + 500


def test_bags_with_something_missing(tmp_path: Path) -> None:
    write_bag(tmp_path / "one", described=True)
    database = next((tmp_path / "one").glob("*.db3"))
    metadata = tmp_path / "one" / "metadata.yaml"
    named = f"- {database.name}"
    text = metadata.read_text()
    assert named in text
    metadata.write_text(text.replace(named, f"{named}\n  - gone.db3\n  - ../far.db3\n  - packed.db3.zstd"))
    items, losses = read(rosbag2, tmp_path)
    assert len(items) == 1
    assert [loss.reason for loss in losses if loss.count] == [
        "gone.db3 is not there", "'../far.db3' leads out of the bag",
        "packed.db3.zstd is packed as a whole: unpack it first",
    ]  # fmt: skip
    metadata.unlink()
    assert [item.key for item in read(rosbag2, tmp_path)[0]] == [f"one/{database.name}"]
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])
    items, losses = read(rosbag2, tmp_path)
    assert items == [] or items[0].fault
    assert losses or items[0].fault


def test_conversion_says_what_cannot_be_carried(tmp_path: Path) -> None:
    wfdb.write(heartbeats(), tmp_path / "records", wfdb.Config())
    there = convert("wfdb", tmp_path / "records", "mcap", tmp_path / "logs")
    back = convert("mcap", tmp_path / "logs", "wfdb", tmp_path / "again")
    assert (there.items, back.items) == (2, 2)
    assert [*there.losses, *back.losses] == []
    for file in sorted((tmp_path / "records").rglob("*.*")):
        again = tmp_path / "again" / file.relative_to(tmp_path / "records")
        assert again.read_bytes() == file.read_bytes(), file.name
    mcap.write(drives(), tmp_path / "drives", mcap.Config())
    with pytest.raises(InputError, match="None of the 2 items can be written as wfdb") as refused:
        convert("mcap", tmp_path / "drives", "wfdb", tmp_path / "none")
    assert refused.value.why == "2: WFDB cannot hold it: stamps are missing"
    assert not (tmp_path / "none").exists()


def test_a_real_drive_and_a_real_heart(data: Path, tmp_path: Path) -> None:
    told = convert("comma2k19", data / "comma2k19-example", "mcap", tmp_path / "drive")
    assert (told.items, sum(loss.count for loss in told.losses)) == (1, 0)
    before = next(thing for thing in comma2k19.read(data / "comma2k19-example", comma2k19.Config())
                  if isinstance(thing, Item))  # fmt: skip
    after = read(mcap, tmp_path / "drive")[0][0]
    assert (after.content, after.data, after.session, after.at) == (
        before.content, before.data, before.session, before.at
    )  # fmt: skip
    for old, new in zip(before.parts, after.parts, strict=True):
        content = old.content.read_bytes() if isinstance(old.content, Path) else old.content
        assert (new.role, new.start, new.content) == (old.role, old.start, content)
    told = convert("dicom", data / "dicom-samples" / "waveform_ecg.dcm", "wfdb", tmp_path / "heart")
    record = reference.rdrecord(str(tmp_path / "heart" / "waveform_ecg_dcm"))
    ecg = pydicom.dcmread(data / "dicom-samples" / "waveform_ecg.dcm")
    assert record.fs == 1000
    assert np.array_equal(record.p_signal[:, :12], ecg.waveform_array(0))
    shorter = next(loss for loss in told.losses if "ends before another" in loss.reason)
    assert shorter.count == 10_000 - 1_200
    told = convert("nab", data / "nab", "wfdb", tmp_path / "nab")
    refused = [loss.where for loss in told.losses if "doubled or out of order" in loss.reason]
    assert refused == ["realAdExchange/exchange-2_cpc_results.csv", "realTraffic/occupancy_6005.csv"]


def test_what_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mcap.write(drives(), tmp_path / "logs", mcap.Config())
    write_bag(tmp_path / "bag", described=False)
    monkeypatch.setitem(sys.modules, "mcap.exceptions", None)
    monkeypatch.setitem(sys.modules, "mcap.writer", None)
    monkeypatch.setitem(sys.modules, "rosbags.typesys", None)
    assert mcap.sniff(tmp_path / "logs") is not None
    with pytest.raises(MissingExtra, match="robotics"):
        list(mcap.read(tmp_path / "logs", mcap.Config()))
    with pytest.raises(MissingExtra, match="robotics"):
        mcap.write(drives(), tmp_path / "more", mcap.Config())
    with pytest.raises(MissingExtra, match="robotics"):
        list(rosbag2.read(tmp_path / "bag", rosbag2.Config()))


def test_a_bag_in_mcap_is_read_as_a_bag_without_doubt(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", described=True, storage="mcap")
    found, doubt = recognise(tmp_path)
    assert (found.format, doubt) == ("rosbag2", "")
