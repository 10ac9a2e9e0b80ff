"""CRC-32C (Castagnoli, RFC 3720 appendix B.4) by blocks: a byte's share depends on its distance to the end.

The sum is linear over bits, so the shares of all bytes of a block are looked up at once and folded by
exclusive or; blocks are joined by the operator that puts a block of zeros behind a sum.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78
_BLOCK = 2048
_MASK = 0xA282EAD8


def crc32c(content: bytes) -> int:
    """The check sum of some bytes, 0 to 2**32 - 1.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    if len(content) < 4:
        return _short(content)
    shares, joins = _shares(), _joins()
    # the sum begins with ones: the same as turning the first four bytes round and beginning with zeros
    padded = np.zeros(-(-len(content) // _BLOCK) * _BLOCK, np.uint8)
    padded[-len(content) :] = np.frombuffer(content, np.uint8)
    first = len(padded) - len(content)
    padded[first : first + 4] ^= 0xFF
    places = np.arange(_BLOCK)
    total = 0
    for start in range(0, len(padded), _BLOCK * 256):
        rows = padded[start : start + _BLOCK * 256].reshape(-1, _BLOCK)
        for part in np.bitwise_xor.reduce(shares[places, rows], axis=1).tolist():
            total = (
                joins[0][total & 0xFF]
                ^ joins[1][total >> 8 & 0xFF]
                ^ joins[2][total >> 16 & 0xFF]
                ^ joins[3][total >> 24]
                ^ part
            )
    return total ^ 0xFFFFFFFF


def masked_crc32c(content: bytes) -> int:
    """The check sum as TFRecord stores it: turned by 15 bits, and a constant added."""
    crc = crc32c(content)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def _short(content: bytes) -> int:
    table = _table()
    crc = 0xFFFFFFFF
    for byte in content:
        crc = int(table[(crc ^ byte) & 0xFF]) ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


@cache
def _table() -> NDArray[np.uint32]:
    """What a byte becomes when it is the last one."""
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ np.uint32(_POLYNOMIAL), values >> 1)
    return values.astype(np.uint32)


@cache
def _shares() -> NDArray[np.uint32]:
    """Share of each byte value by its place in a block: block x 256."""
    table = _table()
    shares = np.empty((_BLOCK, 256), np.uint32)
    row = table
    for place in range(_BLOCK - 1, -1, -1):
        shares[place] = row
        row = table[row & 0xFF] ^ (row >> 8)
    return shares


@cache
def _joins() -> list[list[int]]:
    """What each byte of a sum becomes when a block of zeros stands behind it: four tables of 256."""
    table = _table()
    joins = []
    for byte in range(4):
        row = np.arange(256, dtype=np.uint32) << np.uint32(8 * byte)
        for _ in range(_BLOCK):
            row = table[row & 0xFF] ^ (row >> 8)
        joins.append(row.tolist())
    return joins
