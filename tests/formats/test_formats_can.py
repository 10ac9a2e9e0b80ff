"""CAN logs beside python-can and cantools: every form, every signal, what is damaged."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import can
import cantools
import numpy as np
import pytest
from signal_specimens import DBC

from ingather.errors import MissingExtra
from ingather.formats.layouts import can as layout
from ingather.sample import Item, Loss
from ingather.series import Stream, decode

RANDOM = np.random.default_rng(3)


def read(path: Path, **options: Any) -> tuple[list[Item], list[Loss]]:
    things = list(layout.read(path, layout.Config(**options)))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def stream(content: object) -> Stream:
    assert isinstance(content, bytes)
    return decode(content)


def messages(*, plain: bool = False) -> list[can.Message]:
    made = []
    for n in range(60):
        kind = n % 5
        data = bytes(RANDOM.integers(0, 256, 12 if kind == 3 else n % 9, dtype=np.uint8))
        made.append(
            can.Message(
                timestamp=1_600_000_000.25 + n * 0.01,
                arbitration_id=0x123 + n if kind != 1 else 0x12345 + n,
                is_extended_id=kind == 1,
                is_fd=kind == 3 and not plain,
                is_remote_frame=kind == 4,
                dlc=None if kind != 4 else 4,
                channel=n % 2,
                data=(data[:8] if plain else data) if kind != 4 else None,
            )
        )
    return made


@pytest.mark.parametrize("suffix", ["log", "asc", "blf"])
def test_what_python_can_writes(suffix: str, tmp_path: Path) -> None:
    made = messages()
    writer = can.Logger(str(tmp_path / f"a.{suffix}"))
    for message in made:
        writer.on_message_received(message)
    writer.stop()
    sniffed = layout.sniff(tmp_path)
    assert sniffed is not None
    items, losses = read(tmp_path)
    assert losses == []
    found = stream(items[0].content).channels
    assert found["address"].tolist() == [one.arbitration_id for one in made]
    assert found["extended"].tolist() == [one.is_extended_id for one in made]
    assert found["remote"].tolist() == [one.is_remote_frame for one in made]
    assert len(set(found["bus"].tolist())) == 2
    for row, message in enumerate(made):
        assert bytes(int(found[f"byte_{n}"][row]) for n in range(len(message.data))) == bytes(message.data)
        assert found["length"][row] == len(message.data)
    steps = np.diff(stream(items[0].content).time)
    assert np.abs(steps - 10_000_000).max() <= 1000
    assert items[0].at is not None


def test_signals_as_cantools_decodes_them(tmp_path: Path) -> None:
    database = cantools.database.load_string(DBC)
    lines, wanted = [], []
    for n in range(40):
        name = "Motion" if n % 3 else "Mixed"
        data = bytes(RANDOM.integers(0, 256, 8 if n % 3 else 4, dtype=np.uint8))
        if name == "Mixed":
            data = bytes([n % 2]) + data[1:]
        wanted.append((name, database.decode_message(name, data)))
        lines.append(f"(1436509052.{n:06d}) can0 {291 + (n % 3 == 0):03X}#{data.hex()}\n")
    lines += ["(1436509052.900000) can0 7FF#01\n", "(1436509052.900001) can0 123#01\n"]
    (tmp_path / "a.log").write_text("".join(lines))
    (tmp_path / "a.dbc").write_text(DBC)
    items, losses = read(tmp_path)
    assert [loss.count for loss in losses] == [0]
    assert "1 frames of 1 ids that no database describes" in losses[0].reason
    motion, mixed = stream(items[0].content), stream(items[0].parts[0].content)
    assert (motion.name, mixed.name, motion.units["Speed"]) == ("Motion", "Mixed", "km/h")
    for name, found in (("Motion", motion), ("Mixed", mixed)):
        rows = [values for kind, values in wanted if kind == name]
        for channel, got in found.channels.items():
            expected = np.array([row.get(channel, np.nan) for row in rows], np.float64)
            assert np.allclose(got[: len(rows)], expected, equal_nan=True, rtol=0, atol=1e-9), channel
    assert np.isnan(motion.channels["Speed"][-1])  # a frame too short for it
    chosen, _ = read(tmp_path, main="Mixed", raw=True)
    assert stream(chosen[0].content).name == "Mixed"
    assert len(stream(chosen[0].parts[-1].content)) == 42


def test_floats_and_wide_signals(tmp_path: Path) -> None:
    dbc = """VERSION ""
BU_: E
BO_ 1 Wide: 16 E
 SG_ F : 0|32@1- (1,0) [0|0] "" E
 SG_ D : 39|64@0- (1,0) [0|0] "" E
SIG_VALTYPE_ 1 F : 1;
SIG_VALTYPE_ 1 D : 2;
"""
    (tmp_path / "w.dbc").write_text(dbc)
    data = struct.pack("<f", 2.5) + struct.pack(">d", -1e100) + bytes(4)
    (tmp_path / "w.log").write_text(f"(1436509052.000000) can0 001##1{data.hex()}\n")
    found = stream(read(tmp_path)[0][0].content).channels
    assert (found["F"][0], found["D"][0]) == (2.5, -1e100)


def test_what_candump_shows_and_asc_in_tens(tmp_path: Path) -> None:
    (tmp_path / "a.candump").write_text(
        " (1436509052.249713)  vcan0  044   [3]  2A 36 6C\n (1436509053.249713)  vcan0  12345678   [0]  "
        "remote request\n (1436509053.3)  vcan0  044   [3]  2A 36\n"
    )
    (tmp_path / "b.asc").write_text(
        "date Sat Sep 30 15:06:13.191 2017\nbase dec  timestamps relative\n   1.5 1  291  Rx   d 2 10 255\n"
        "   0.5 2  ErrorFrame\n   0.25 1  300x  Tx   r\nnonsense\n"
    )
    items, losses = read(tmp_path)
    assert [(loss.where, loss.count) for loss in losses] == [("a.candump, line 3", 1), ("b.asc, line 6", 1)]
    shown, tens = (stream(item.content) for item in items)
    assert shown.channels["address"].tolist() == [0x44, 0x12345678]
    assert shown.channels["remote"].tolist() == [0, 1]
    assert tens.channels["address"].tolist() == [291, 0, 300]
    assert tens.channels["error"].tolist() == [0, 1, 0]
    assert tens.channels["byte_1"][0] == 255
    assert ((tens.time - tens.time[0]) / 1e9).tolist() == [0, 0.5, 0.75]
    assert items[1].at is not None
    assert items[1].at.isoformat() == "2017-09-30T15:06:14.691000+00:00"


def test_damaged_and_hostile_blf(tmp_path: Path) -> None:
    writer = can.BLFWriter(str(tmp_path / "a.blf"), max_container_size=200)
    for message in messages(plain=True):
        writer.on_message_received(message)
    writer.stop()
    whole = (tmp_path / "a.blf").read_bytes()
    (tmp_path / "a.blf").write_bytes(whole[: len(whole) // 2])
    items, losses = read(tmp_path)
    assert losses == []
    assert 0 < len(stream(items[0].content)) < 60
    assert str(items[0].fault).startswith("it breaks off: ")
    packed = zlib.compress(bytes(100 << 20), 9)
    container = struct.pack("<4sHHLL", b"LOBJ", 16, 1, 32 + len(packed), 10) + b"\x02\0" + bytes(14) + packed
    (tmp_path / "a.blf").write_bytes(whole[:144] + container)
    items, losses = read(tmp_path)
    assert items == []
    assert losses == [Loss("a.blf", "a container in it swells to more than any writer packs")]
    (tmp_path / "a.blf").write_bytes(whole)
    (tmp_path / "a.dbc").write_text("this is none")
    assert "cannot be read as a database" in read(tmp_path)[1][0].reason


def test_what_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_text("(1436509052.000000) can0 123#01\n")
    monkeypatch.setitem(sys.modules, "cantools", None)
    monkeypatch.setitem(sys.modules, "can", None)
    assert len(read(tmp_path)[0]) == 1
    (tmp_path / "a.dbc").write_text(DBC)
    with pytest.raises(MissingExtra, match="can"):
        read(tmp_path)
    (tmp_path / "a.dbc").unlink()
    (tmp_path / "b.blf").write_bytes(b"LOGG" + bytes(200))
    with pytest.raises(MissingExtra, match="can"):
        read(tmp_path)
