"""Logs of CAN buses: candump of can-utils, Vector's ASC, and BLF by python-can."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingather.errors import MissingExtra
from ingather.formats.can_frames import ERROR, EXTENDED, FD, REMOTE, Frames
from ingather.series import SECOND

_LOG = re.compile(
    rb"\((\d{1,10})\.(\d{1,9})\)\s+(\S{1,32})\s+([0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})#"
    rb"(?:(R)[0-9A-Fa-f]?|#([0-9A-Fa-f])([0-9A-Fa-f.]*)|([0-9A-Fa-f.]*))(?:_[0-9A-Fa-f])?(?:\s+[RT])?"
)
_SHOWN = re.compile(
    rb"(?:\((\d{1,10})\.(\d{1,9})\)\s+)?(\S{1,32})\s+([0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})\s+\[(\d{1,2})\]"
    rb"\s*(remote request|(?:[0-9A-Fa-f]{2}\s*)*).*"
)
_ASC = re.compile(
    r"(\d{1,9}\.\d{1,9})\s+(\d{1,3})\s+([0-9A-Fa-f]{1,9})(x?)\s+(?:Rx|Tx|TxRq)\s+"
    r"(?:r(?:\s.*)?|d\s+([0-9A-Fa-f]{1,2})((?:\s+[0-9A-Fa-f]{1,3})*)(?:\s+[A-Z]\w*\s*=.*)?)\s*"
)
_ASC_FD = re.compile(
    r"(\d{1,9}\.\d{1,9})\s+CANFD\s+(\d{1,3})\s+(?:Rx|Tx|TxRq)\s+([0-9A-Fa-f]{1,9})(x?)\s+"
    r"(?:[^\s\d]\S*\s+)?[01]\s+[01]\s+[0-9A-Fa-f]{1,2}\s+(\d{1,2})((?:\s+[0-9A-Fa-f]{2})*)(?:\s.*)?"
)
_ASC_ERROR = re.compile(r"(\d{1,9}\.\d{1,9})\s+(?:CANFD\s+)?(\d{1,3})\s+(?:Rx\s+|Tx\s+)?ErrorFrame\b.*")
_ASC_OTHER = re.compile(
    r"(?:\d+\.\d+\s+)?(?://.*|Begin Triggerblock.*|End TriggerBlock|Start of measurement.*|"
    r"(?:no )?internal events logged|CAN \d+ Status.*|\d+\s+Statistic:.*|log trigger event.*)",
    re.IGNORECASE,
)
_ASC_DATES = ("%a %b %d %I:%M:%S.%f %p %Y", "%a %b %d %I:%M:%S %p %Y", "%a %b %d %H:%M:%S.%f %Y",
              "%a %b %d %H:%M:%S %Y")  # fmt: skip
_ERROR_ID = 0x20000000
_LONGEST_LINE = 4096
_BLF_OBJECT = struct.Struct("<4sHHLL")
_BLF_CONTAINER = 10
_MOST_IN_CONTAINER = 64 << 20
_DATED_FROM = 100_000_000


def read_candump(file: Path) -> Frames:
    """A log that ``candump -l`` wrote, or what candump shows with absolute times."""
    frames = Frames()
    with file.open("rb") as opened:
        number = 0
        while line := opened.readline(_LONGEST_LINE):
            number += 1
            plain = line.strip()
            if plain and not _candump_line(frames, plain):
                frames.refuse("it is no frame of a candump log", number)
    frames.dated = bool(frames.times) and max(frames.times) > _DATED_FROM * SECOND
    return frames


def is_candump(line: bytes) -> bool:
    """Whether a line is a frame as candump logs it, or shows it with its time."""
    plain = line.strip()
    return _LOG.fullmatch(plain) is not None or (plain[:1] == b"(" and _SHOWN.fullmatch(plain) is not None)


def read_asc(file: Path) -> Frames:
    """A log in Vector's ASC form, of CAN and CAN FD."""
    frames, hexadecimal, absolute, zero, last = Frames(), True, True, 0, 0
    with file.open("rb") as opened:
        number = 0
        while raw := opened.readline(_LONGEST_LINE):
            number += 1
            line = raw.decode("latin-1").strip()
            if not line or _ASC_OTHER.fullmatch(line):
                continue
            if line[:5].lower() == "date ":
                start = _asc_date(line[5:])
                zero, frames.dated = (start or 0), start is not None
            elif line[:5].lower() == "base ":
                hexadecimal, absolute = "hex" in line.lower(), "relative" not in line.lower()
            elif (time := _asc_line(frames, line, hexadecimal, zero if absolute else zero + last)) is None:
                frames.refuse("it is no frame that is understood", number)
            else:
                last = time - zero
    return frames


def read_blf(file: Path) -> Frames:
    """A log in Vector's binary form.

    Raises:
        MissingExtra: python-can is not installed.
    """
    try:
        import can
    except ImportError:
        raise MissingExtra("can", "BLF logs") from None
    frames = Frames()
    frames.fault = _swells(file)
    if frames.fault:
        return frames
    reader: Any = None
    try:
        reader = can.BLFReader(str(file))
        for message in reader:
            flags = EXTENDED * message.is_extended_id | REMOTE * message.is_remote_frame
            flags |= ERROR * message.is_error_frame | FD * message.is_fd
            time = round(message.timestamp * 1e6) * 1000
            frames.add(time, str(message.channel), message.arbitration_id, flags, bytes(message.data))
        if (size := file.stat().st_size) < reader.file_size:
            frames.fault = f"it breaks off: {size:,} of {reader.file_size:,} bytes are there"
    except Exception as error:  # a reader of hostile bytes raises nearly anything
        told = (str(error).splitlines() or [type(error).__name__])[0][:100]
        frames.fault = f"it breaks off behind frame {len(frames):,} ({told or type(error).__name__})"
    finally:
        if reader is not None:
            reader.stop()
    frames.dated = bool(frames.times) and max(frames.times) > _DATED_FROM * SECOND
    return frames


def _candump_line(frames: Frames, line: bytes) -> bool:
    if found := _LOG.fullmatch(line):
        seconds, part, bus, address, remote, fd, fd_data, data = found.groups()
        octets = b"" if remote else _octets(fd_data if fd is not None else data)
        flags = (REMOTE if remote else 0) | (FD if fd is not None else 0)
    elif found := _SHOWN.fullmatch(line):
        seconds, part, bus, address, length, data = found.groups()
        if seconds is None:
            return False
        octets = b"" if data.startswith(b"remote") else _octets(data.replace(b" ", b""))
        flags = REMOTE if data.startswith(b"remote") else 0
        if not flags and octets is not None and len(octets) != int(length):
            return False
    else:
        return False
    if octets is None or seconds is None:
        return False
    number = int(address, 16)
    if len(address) == 8:
        flags |= ERROR if number & _ERROR_ID else EXTENDED
    time = int(seconds) * SECOND + int(part.ljust(9, b"0"))
    if time > 9_200_000_000 * SECOND:
        return False
    frames.add(time, bus.decode("latin-1"), number & 0x1FFFFFFF, flags, octets)
    return True


def _asc_line(frames: Frames, line: str, hexadecimal: bool, zero: int) -> int | None:
    base = 16 if hexadecimal else 10
    try:
        if found := _ASC.fullmatch(line):
            clock, bus, address, extended, length, data = found.groups()
            octets = bytes(int(one, base) for one in (data or "").split())
            if length is not None and len(octets) != int(length, 16):
                return None
            flags = (EXTENDED if extended else 0) | (REMOTE if length is None else 0)
        elif found := _ASC_FD.fullmatch(line):
            clock, bus, address, extended, length, data = found.groups()
            octets = bytes(int(one, 16) for one in (data or "").split()[: int(length)])
            flags = FD | (EXTENDED if extended else 0)
            if len(octets) < int(length):
                return None
        elif found := _ASC_ERROR.fullmatch(line):
            clock, bus, address, octets, flags = found[1], found[2], "0", b"", ERROR
        else:
            return None
        number = int(address, base)
    except ValueError:
        return None
    if number >= 1 << 29:
        return None
    whole, _, part = clock.partition(".")
    time = zero + int(whole) * SECOND + int(part.ljust(9, "0"))
    frames.add(time, bus, number, flags, octets)
    return time


def _asc_date(text: str) -> int | None:
    for form in _ASC_DATES:
        try:
            moment = datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if not 1980 <= moment.year < 2200:
            return None
        return int(moment.timestamp()) * SECOND + moment.microsecond * 1000
    return None


def _octets(text: bytes) -> bytes | None:
    try:
        return bytes.fromhex(text.replace(b".", b"").decode())
    except ValueError:
        return None


def _swells(file: Path) -> str | None:
    """Whether a container of a BLF file unpacks to more than a writer ever packs."""
    with file.open("rb") as opened:
        head = opened.read(8)
        if head[:4] != b"LOGG" or len(head) < 8:
            return "it does not begin as BLF does"
        opened.seek(struct.unpack("<L", head[4:])[0])
        while len(header := opened.read(_BLF_OBJECT.size)) == _BLF_OBJECT.size:
            mark, _, _, size, kind = _BLF_OBJECT.unpack(header)
            if mark != b"LOBJ" or size < _BLF_OBJECT.size:
                return None
            body = opened.read(size - _BLF_OBJECT.size + size % 4)
            if kind == _BLF_CONTAINER and body[:2] == b"\x02\0":
                unpacker = zlib.decompressobj()
                try:
                    unpacked = unpacker.decompress(body[16:], _MOST_IN_CONTAINER)
                except zlib.error:
                    return None  # the reader says so itself
                if len(unpacked) >= _MOST_IN_CONTAINER:
                    return "a container in it swells to more than any writer packs"
    return None
