"""Annotation files of WFDB records in the MIT format, as annot(5) of the WFDB Applications Guide has it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

SYMBOLS = {
    1: "N", 2: "L", 3: "R", 4: "a", 5: "V", 6: "F", 7: "J", 8: "A", 9: "S", 10: "E",
    11: "j", 12: "/", 13: "Q", 14: "~", 16: "|", 18: "s", 19: "T", 20: "*", 21: "D", 22: '"',
    23: "=", 24: "p", 25: "B", 26: "^", 27: "t", 28: "+", 29: "u", 30: "?", 31: "!", 32: "[",
    33: "]", 34: "e", 35: "n", 36: "@", 37: "x", 38: "f", 39: "(", 40: ")", 41: "r",
}  # fmt: skip
"""What the codes of annotations are written as."""
NOTE = 22
_SKIP, _NUM, _SUB, _CHN, _AUX = 59, 60, 61, 62, 63
_RATE = re.compile(r"## time resolution: ([\d.eE+-]+)")
_DEFINITION = re.compile(r"(\d{1,2})\s+(\S+)(?:\s+(.*))?")
_FURTHEST = 1 << 48


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation.

    Attributes:
        sample: the sample that it is about, from 0.
        symbol: its mnemonic, such as N for a normal beat.
        subtype: its subtype, -128 to 127.
        channel: number of the signal that it is about.
        number: a further number, -128 to 127.
        note: its words, empty where it has none.
    """

    sample: int
    symbol: str
    subtype: int = 0
    channel: int = 0
    number: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Annotations:
    """What an annotation file holds.

    Attributes:
        entries: its annotations, in order.
        rate: ticks a second, where the file says it; else the record's frames.
        told: what is wrong with it, in words, None where nothing is.
    """

    entries: tuple[Annotation, ...]
    rate: float | None = None
    told: str | None = None


def decode_annotations(content: bytes) -> Annotations:
    """Reads an annotation file as far as it is sound."""
    words = struct.unpack(f"<{len(content) // 2}H", content[: len(content) // 2 * 2])
    raw: list[list[int | str]] = []
    time = place = channel = number = 0
    told: str | None = "it breaks off: it has no end mark"
    while place < len(words):
        code, low = words[place] >> 10, words[place] & 0x3FF
        place += 1
        if code == 0 and low == 0:
            told = None
            break
        if code == _SKIP:
            if place + 2 > len(words):
                break
            step = words[place] << 16 | words[place + 1]
            time += step - (1 << 32) if step >> 31 else step
            place += 2
        elif code == _NUM:
            number = _octet(low)
            _amend(raw, 4, number)
        elif code == _SUB:
            _amend(raw, 2, _octet(low))
        elif code == _CHN:
            channel = low & 0xFF
            _amend(raw, 3, channel)
        elif code == _AUX:
            length = low + (low & 1)
            if 2 * place + length > len(content):
                break
            text = content[2 * place : 2 * place + low].decode("utf-8", "replace").rstrip("\0")
            _amend(raw, 5, text)
            place += length // 2
        else:
            time += low
            if not 0 <= time < _FURTHEST:
                told = "its times lead out of any record"
                break
            raw.append([time, code, 0, channel, number, ""])
    return _understood(raw, told)


def encode_annotations(entries: Iterable[Annotation]) -> bytes:
    """The bytes of annotations in the order of their samples.

    Symbols that the format does not know become notes, with the symbol as their words.
    """
    codes = {symbol: code for code, symbol in SYMBOLS.items()}
    out = bytearray()
    time = channel = number = 0
    for entry in sorted(entries, key=lambda one: one.sample):
        code = codes.get(entry.symbol, NOTE)
        step, time = entry.sample - time, entry.sample
        if step > 0x3FF:
            out += struct.pack("<HHH", _SKIP << 10, step >> 16 & 0xFFFF, step & 0xFFFF)
            step = 0
        out += struct.pack("<H", code << 10 | step)
        if entry.number != number:
            number = entry.number
            out += struct.pack("<H", _NUM << 10 | number & 0xFF)
        if entry.subtype:
            out += struct.pack("<H", _SUB << 10 | entry.subtype & 0xFF)
        if entry.channel != channel:
            channel = entry.channel
            out += struct.pack("<H", _CHN << 10 | channel & 0xFF)
        note = (entry.note if entry.symbol in codes else entry.symbol).encode()[:255]
        if note:
            out += struct.pack("<H", _AUX << 10 | len(note)) + note + b"\0" * (len(note) & 1)
    return bytes(out + b"\0\0")


def _understood(raw: list[list[int | str]], told: str | None) -> Annotations:
    """Annotations with symbols; those at the start that define codes or the clock are taken out."""
    symbols = dict(SYMBOLS)
    rate: float | None = None
    entries: list[Annotation] = []
    defining = False
    for time, code, subtype, channel, number, note in raw:
        note = str(note)
        if time == 0 and code == NOTE and (defining or note.startswith("## ")):
            if found := _RATE.match(note):
                rate = _positive(found[1])
                continue
            if note.startswith("## annotation type definitions"):
                defining = True
                continue
            if note.startswith("## end of definitions"):
                defining = False
                continue
            if defining and (found := _DEFINITION.match(note)):
                symbols[int(found[1])] = found[2]
                continue
        symbol = symbols.get(int(code), f"type {code}")
        entries.append(Annotation(int(time), symbol, int(subtype), int(channel), int(number), note))
    return Annotations(tuple(entries), rate, told)


def _amend(raw: list[list[int | str]], place: int, value: int | str) -> None:
    if raw:
        raw[-1][place] = value


def _octet(low: int) -> int:
    value = low & 0xFF
    return value - 256 if value > 127 else value


def _positive(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 1e-9 < value < 1e12 else None
