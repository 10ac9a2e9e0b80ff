"""Samples of WFDB signal files: whole numbers from bytes and back, as the guide's signal(5) has them."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

_Ints = NDArray[np.int64]

BITS = {
    "8": 8, "16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12, "310": 10, "311": 10,
    "508": 8, "516": 16, "524": 24,
}  # fmt: skip
"""Width of a sample by format: two's complement, or offset by half its range in 80 and 160."""
FLAC = ("508", "516", "524")
"""Formats that are FLAC files."""


def invalid(form: str) -> int | None:
    """The value that marks a sample as missing; None in format 8, which has none."""
    return None if form == "8" else -(1 << (BITS[form] - 1))


def decode_samples(content: bytes, form: str, most: int) -> _Ints:
    """(n,) the samples of a file in their order, ``most`` at the most; a sample cut short is left out.

    Format 8 gives differences. FLAC gives frames of as many samples as there are channels.

    Raises:
        ValueError: the format is none of ``BITS``, or the FLAC file is damaged.
    """
    if form not in BITS:
        raise ValueError(f"its format {form} is not known")
    if form in FLAC:
        return _flac(content, form)[:most]
    octets = np.frombuffer(content, np.uint8)
    if form == "8":
        return octets.view(np.int8)[:most].astype(np.int64)
    if form == "80":
        return octets[:most].astype(np.int64) - 128
    if form in ("16", "61", "160", "32"):
        kind = {"16": "<i2", "61": ">i2", "160": "<u2", "32": "<i4"}[form]
        width = np.dtype(kind).itemsize
        found = octets[: len(octets) // width * width].view(kind)[:most].astype(np.int64)
        return found - 32_768 if form == "160" else found
    if form == "24":
        three = octets[: len(octets) // 3 * 3].reshape(-1, 3)[:most].astype(np.int64)
        return _signed(three[:, 0] | three[:, 1] << 8 | three[:, 2] << 16, 24)
    return _packed(octets, form)[:most]


def encode_samples(samples: _Ints, form: str) -> bytes:
    """The bytes of (n,) samples that lie within the format's range; in format 8 they are differences."""
    if form == "8":
        return samples.astype(np.int8).tobytes()
    if form == "80":
        return (samples + 128).astype(np.uint8).tobytes()
    if form in ("16", "61", "32"):
        return samples.astype({"16": "<i2", "61": ">i2", "32": "<i4"}[form]).tobytes()
    if form == "160":
        return (samples + 32_768).astype("<u2").tobytes()
    if form == "24":
        return samples.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    if form == "212":
        pairs = _filled(samples, 2) & 0xFFF
        first, second = pairs[:, 0], pairs[:, 1]
        octets = np.stack([first & 0xFF, first >> 8 | second >> 8 << 4, second & 0xFF], axis=1)
        return octets.astype(np.uint8).tobytes()[: (3 * len(samples) + 1) // 2]
    words = _filled(samples, 3) & 0x3FF
    one, two, three = words[:, 0], words[:, 1], words[:, 2]
    if form == "310":
        packed = (one << 1 | (three & 0x1F) << 11) | (two << 1 | three >> 5 << 11) << 16
    elif form == "311":
        packed = one | two << 10 | three << 20
    else:
        raise ValueError(f"the format {form} is not written")
    return packed.astype("<u4").tobytes()


def _packed(octets: NDArray[np.uint8], form: str) -> _Ints:
    """Two samples in three bytes (212), three in four (310, 311); the last group may be cut short."""
    group = 3 if form == "212" else 4
    count = len(octets)
    padded = np.concatenate([octets, np.zeros(-count % group, np.uint8)]).reshape(-1, group).astype(np.int64)
    if form == "212":
        columns = [padded[:, 0] | (padded[:, 1] & 0x0F) << 8, padded[:, 2] | (padded[:, 1] & 0xF0) << 4]
        whole = count // 3 * 2 + (count % 3 == 2)
    else:
        low, high = padded[:, 0] | padded[:, 1] << 8, padded[:, 2] | padded[:, 3] << 8
        if form == "310":
            columns = [low >> 1 & 0x3FF, high >> 1 & 0x3FF, low >> 11 & 0x1F | (high >> 11 & 0x1F) << 5]
        else:
            word = low | high << 16
            columns = [word & 0x3FF, word >> 10 & 0x3FF, word >> 20 & 0x3FF]
        whole = count // 4 * 3 + (0, 0, 1, 1 if form == "310" else 2)[count % 4]
    return _signed(np.stack(columns, axis=1).ravel()[:whole], BITS[form])


def _flac(content: bytes, form: str) -> _Ints:
    import soundfile

    try:
        values, _ = soundfile.read(io.BytesIO(content), dtype="int32", always_2d=True)
    except (soundfile.SoundFileError, OSError, ValueError, TypeError, MemoryError) as error:
        raise ValueError(
            f"its FLAC is damaged ({(str(error).splitlines() or ['no more is known'])[0]})"
        ) from None
    samples: _Ints = values.astype(np.int64).ravel() >> (32 - BITS[form])
    return samples


def _signed(values: _Ints, bits: int) -> _Ints:
    return np.where(values >= 1 << (bits - 1), values - (1 << bits), values)


def _filled(samples: _Ints, group: int) -> _Ints:
    padded = np.concatenate([samples, np.zeros(-len(samples) % group, np.int64)])
    return padded.reshape(-1, group)
