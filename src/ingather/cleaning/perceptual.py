"""The same picture again though scaled, encoded anew, brightened or cut at its edges: signs and proof.

A picture's sign is the signs of its 64 lowest DCT coefficients (the perceptual hash of Zauner, 2010,
"Implementation and benchmarking of perceptual image hash functions"), of the whole and of windows cut at
the edges. Candidates share 16 of the 64 bits in some band; the coefficients nearest to zero, which flip
first, are tried both ways (multi-probe hashing: Lv et al., 2007). Proof is the correlation of the pixels
after the one is laid over the other (Lucas and Kanade, 1981).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

WINDOWS = (0.0, 0.02, 0.04, 0.06, 0.08)
"""How much of a side is cut from each edge, for each window that is signed; the first is the whole."""
BYTES = len(WINDOWS) * 16
"""Length of a sign: for every window 8 bytes of signs, and 8 that mark the weak ones."""
SIDE = 32
BITS = 64
BANDS = 4
WEAK = 3
MOST_IN_BUCKET = 512
"""Pictures of one bucket that a picture is compared with: plain ones would else meet by the million."""

AT_ONCE = 1 << 22


@cache
def _low() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the 64 coefficients of lowest frequency, without the mean."""
    places = sorted(
        ((u, v) for u in range(12) for v in range(12) if u + v), key=lambda p: (p[0] ** 2 + p[1] ** 2, p)
    )
    return np.array([p[0] for p in places[:BITS]]), np.array([p[1] for p in places[:BITS]])


def sign_picture(grey: NDArray[np.float32]) -> bytes:
    """The signature of one picture, ``BYTES`` long.

    Args:
        grey: luma, rows x columns.
    """
    from PIL import Image
    from scipy.fft import dctn

    image = Image.fromarray(grey.astype(np.float32))
    width, height = image.size
    hashes = np.empty((len(WINDOWS), 2, BITS // 8), dtype=np.uint8)
    for row, cut in enumerate(WINDOWS):
        window = (width * cut, height * cut, width * (1 - cut), height * (1 - cut))
        small = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=window)
        low = dctn(np.asarray(small, dtype=np.float64), norm="ortho")[_low()]
        # bit i is of band i % 4, so that every band has coarse and fine coefficients
        banded = low.reshape(BITS // BANDS, BANDS).T
        weak = np.argsort(np.argsort(np.abs(banded), axis=1), axis=1) < WEAK
        hashes[row, 0] = np.packbits(banded > 0)
        hashes[row, 1] = np.packbits(weak)
    return hashes.tobytes()


def candidates(signed: NDArray[np.uint8], first_new: int, farthest: int) -> NDArray[np.int64]:
    """Pairs whose signs differ in few bits, for some window of the one and the whole of the other.

    Args:
        signed: uint8 (n, ``BYTES``).
        first_new: the first row that was not compared before.
        farthest: bits of 64 that may differ.

    Returns:
        int64 (m, 2), each pair once, left before right, right not before ``first_new``.
    """
    n = len(signed)
    if n == 0 or first_new >= n:
        return np.zeros((0, 2), dtype=np.int64)
    words = np.ascontiguousarray(signed).view(">u8").astype(np.uint64).reshape(n, len(WINDOWS), 2)
    new, old = np.arange(first_new, n), np.arange(first_new)
    found = [np.zeros(0, dtype=np.int64)]
    for window in range(len(WINDOWS)):
        for band in range(BANDS):
            whole, cut = _keys(words[:, 0], band), _keys(words[:, window], band)
            # new ones ask all, old ones ask the new: as the whole of the one, then as the window of the other
            for asked, asking in ((np.arange(n), new), (new, old)):
                for here, there in _meeting(whole[0], _flipped(*cut), asked, asking):
                    found.append(_close(words, here, there, window, farthest))
                for there, here in _meeting(cut[0], _flipped(*whole), asked, asking) if window else ():
                    found.append(_close(words, here, there, window, farthest))
    codes = np.unique(np.concatenate(found))
    return np.column_stack([codes // n, codes % n])


Keys: TypeAlias = NDArray[np.uint32]


def _keys(words: NDArray[np.uint64], band: int) -> tuple[Keys, Keys]:
    """The 16 bits of one band of (n, 2) words: signs, and which of them are weak."""
    bits = (words >> np.uint64(16 * (BANDS - 1 - band))) & np.uint64(0xFFFF)
    return bits[:, 0].astype(np.uint32), bits[:, 1].astype(np.uint32)


def _flipped(signs: Keys, weak: Keys) -> Keys:
    """(n, 8) the signs with every subset of the three weak bits turned."""
    first = weak & (~weak + np.uint32(1))
    second = (weak ^ first) & (~(weak ^ first) + np.uint32(1))
    third = weak ^ first ^ second
    zero = np.zeros_like(first)
    turns = [a | b | c for a in (zero, first) for b in (zero, second) for c in (zero, third)]
    return signs[:, None] ^ np.stack(turns, axis=1)


def _meeting(
    keys: Keys, flipped: Keys, asked: NDArray[np.int64], asking: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Rows of ``asked`` and of ``asking`` that have a key in common, some millions at a time."""
    if not len(asked) or not len(asking):
        return
    order = asked[np.argsort(keys[asked], kind="stable")]
    ordered = keys[order]
    wanted = flipped[asking].ravel()
    askers = np.repeat(asking, flipped.shape[1])
    start = np.searchsorted(ordered, wanted, "left")
    count = np.minimum(np.searchsorted(ordered, wanted, "right") - start, MOST_IN_BUCKET)
    ends = np.cumsum(count)
    cuts = np.unique(np.searchsorted(ends, np.arange(0, int(ends[-1]) + AT_ONCE, AT_ONCE)))
    for low, high in itertools.pairwise(cuts):
        some = count[low:high]
        first = np.repeat(start[low:high] - (np.cumsum(some) - some), some)
        yield order[first + np.arange(int(some.sum()))], np.repeat(askers[low:high], some)


def _close(
    words: NDArray[np.uint64], whole: NDArray[np.int64], cut: NDArray[np.int64], window: int, farthest: int
) -> NDArray[np.int64]:
    """The pairs among these that differ in few bits, as left times n plus right."""
    apart = np.bitwise_count(words[whole, 0, 0] ^ words[cut, window, 0])
    near = (apart <= farthest) & (whole != cut)
    left, right = np.minimum(whole, cut)[near], np.maximum(whole, cut)[near]
    return np.unique(left * len(words) + right)
