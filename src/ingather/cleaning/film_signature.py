"""The same film again though cut, scaled, encoded anew or mirrored: what is signed, and how proof is found.

What moves is signed, not what is seen: many films of one camera share their background. Eight times a
second, in long films where most moves, the picture a quarter second before is taken from the one a quarter
second behind, and the signs of the 64 lowest DCT coefficients of the difference are kept (the perceptual hash
of Zauner, 2010, of a difference). Turning the signs of odd columns mirrors a hash. Proof lays the small
pictures of two films over each other at the moment that most of their hashes agree on, and correlates what
moves in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingather.media.video_scan import STILLS_A_SECOND, Scan

MOST_MOMENTS = 240
"""Moments that are signed of one film, of 8 bytes each: all of half a minute, of longer films some peaks."""
_REACH = 0.25
_LEAST_MOVED = 0.0025
_BANDS = 4
_MOST_IN_BUCKET = 256
_BLOCK = 8192
"""Moments that are compared at once: with full buckets some 100 MB."""
_OFFSETS = 6
_LEAST_OVERLAP = 0.75


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of a film at which something moves.

    Attributes:
        times: (n,) seconds.
        hashes: (n,) 64 bits of what moves there.
    """

    times: NDArray[np.float64]
    hashes: NDArray[np.uint64]


def moments_of(scan: Scan) -> Moments:
    """The moments of a film; one that does not move has none."""
    times = scan.still_times
    if len(times) < 4:
        return Moments(np.zeros(0), np.zeros(0, np.uint64))
    stills = scan.stills.astype(np.float32) / np.float32(255)
    middles = times[(times - _REACH >= times[0]) & (times + _REACH <= times[-1])]
    if not len(middles):
        return Moments(middles, np.zeros(0, np.uint64))
    differences = at(times, stills, middles + _REACH) - at(times, stills, middles - _REACH)
    moved = np.abs(differences).mean(axis=(1, 2))
    chosen = np.flatnonzero(moved >= _LEAST_MOVED)
    if len(chosen) > MOST_MOMENTS:
        chosen = _spread(chosen, np.flatnonzero((moved >= _LEAST_MOVED) & _peaks(moved)))
    return Moments(middles[chosen], hashes_of(differences[chosen]))


def hashes_of(pictures: NDArray[np.float32]) -> NDArray[np.uint64]:
    """(n,) signs of the 64 lowest DCT coefficients of (n, 32, 32) pictures, without the mean."""
    from scipy.fft import dctn

    rows, columns = _low()
    coefficients = dctn(pictures.astype(np.float64), axes=(1, 2))[:, rows, columns]
    packed = np.ascontiguousarray(np.packbits(coefficients > 0, axis=1))
    hashes: NDArray[np.uint64] = packed.view(">u8").astype(np.uint64).reshape(-1)
    return hashes


def mirrored(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The hashes of the same pictures with left and right exchanged."""
    odd = int.from_bytes(np.packbits((_low()[1] % 2).astype(np.bool_)).tobytes(), "big")
    return hashes ^ np.uint64(odd)


def meeting(
    hashes: NDArray[np.uint64], films: NDArray[np.int64], first_new: int, farthest: int
) -> NDArray[np.int64]:
    """(m, 2) films that share a moment, plain or mirrored: left before right, right not before ``first_new``.

    Args:
        hashes: of all moments of all films.
        films: the film that each is of, rising.
        first_new: the first film that was not compared before.
        farthest: bits of 64 by which two hashes of one moment may differ.
    """
    count = int(films[-1]) + 1 if len(films) else 0
    asking = np.flatnonzero(films >= first_new)
    found = [np.zeros(0, np.int64)]
    for band in range(_BANDS):
        keys = _key(hashes, band)
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        for start in range(0, len(asking), _BLOCK):
            rows = asking[start : start + _BLOCK]
            # whether the one or the other is mirrored is the same
            for asked in (hashes[rows], mirrored(hashes[rows])):
                here, there = _same_key(keys, order, _key(asked, band))
                near = np.bitwise_count(hashes[here] ^ asked[there]) <= farthest
                left, right = films[here[near]], films[rows[there[near]]]
                low, high = np.minimum(left, right), np.maximum(left, right)
                found.append(np.unique((low * count + high)[low < high]))
    codes = np.unique(np.concatenate(found))
    return np.column_stack([codes // max(count, 1), codes % max(count, 1)])


def likeness(one: Scan, other: Scan) -> float:
    """How alike two films are where the shorter lies over the longer, 0 to 1; 1 is the same film."""
    left, right = moments_of(one), moments_of(other)
    if not len(left.times) or not len(right.times):
        return _still_likeness(one, other) if not len(left.times) and not len(right.times) else 0.0
    best = 0.0
    for turn in (False, True):
        hashes = mirrored(right.hashes) if turn else right.hashes
        apart = np.bitwise_count(left.hashes[:, None] ^ hashes[None, :])
        nearest = np.sort(apart.ravel())[: 4 * _OFFSETS][-1]
        votes = left.times[:, None] - right.times[None, :]
        for offset in _most_voted(votes[apart <= nearest]):
            best = max(best, _laid_over(one, other, offset, turn))
    return best


def at(
    times: NDArray[np.float64], stills: NDArray[np.float32], moments: NDArray[np.float64]
) -> NDArray[np.float32]:
    """(n, rows, columns) the pictures at some moments, blended of the two that are nearest in time."""
    place = np.clip(np.searchsorted(times, moments, side="right") - 1, 0, len(times) - 2)
    step = np.maximum(times[place + 1] - times[place], 1e-9)
    share = np.clip((moments - times[place]) / step, 0, 1).astype(np.float32)[:, None, None]
    blended: NDArray[np.float32] = stills[place] * (1 - share) + stills[place + 1] * share
    return blended


def _spread(moving: NDArray[np.int64], peaks: NDArray[np.int64]) -> NDArray[np.int64]:
    """As many as are signed: peaks, which a copy has too, and others evenly, for pieces without a peak."""
    peaks = peaks[:: max(-(-len(peaks) // (MOST_MOMENTS // 2)), 1)]
    others = np.setdiff1d(moving, peaks)
    count = min(MOST_MOMENTS - len(peaks), len(others))
    evenly = others[np.linspace(0, len(others) - 1, count).round().astype(np.int64)]
    return np.union1d(peaks, evenly)


def _peaks(moved: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where more moves than half a second before and behind."""
    reach = STILLS_A_SECOND // 2
    padded = np.pad(moved, reach, constant_values=-1.0)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    peaks: NDArray[np.bool_] = moved >= windows.max(axis=1)
    return peaks


@cache
def _low() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    places = sorted(
        ((u, v) for u in range(12) for v in range(12) if u + v), key=lambda p: (p[0] ** 2 + p[1] ** 2, p)
    )
    return np.array([p[0] for p in places[:64]]), np.array([p[1] for p in places[:64]])


def _key(hashes: NDArray[np.uint64], band: int) -> NDArray[np.uint16]:
    """16 of the 64 bits: of every fourth coefficient, so that each band has coarse and fine ones."""
    keys = np.zeros(len(hashes), np.uint16)
    for place in range(64 // _BANDS):
        bit = (hashes >> np.uint64(63 - band - place * _BANDS)) & np.uint64(1)
        keys |= bit.astype(np.uint16) << np.uint16(15 - place)
    return keys


def _same_key(
    keys: NDArray[np.uint16], order: NDArray[np.int64], asked: NDArray[np.uint16]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the hashes that ``keys``, sorted by ``order``, are of, and of ``asked``, that are equal."""
    start = np.searchsorted(keys, asked, "left")
    count = np.minimum(np.searchsorted(keys, asked, "right") - start, _MOST_IN_BUCKET)
    first = np.repeat(start - (np.cumsum(count) - count), count)
    return order[first + np.arange(int(count.sum()))], np.repeat(np.arange(len(asked)), count)


def _most_voted(votes: NDArray[np.float64]) -> list[float]:
    """The offsets, in seconds, that most votes lie near."""
    if not len(votes):
        return []
    near = np.abs(votes[:, None] - votes[None, :]) < 0.15
    chosen: list[float] = []
    for row in np.argsort(-near.sum(axis=1), kind="stable"):
        if all(abs(votes[row] - known) >= 0.15 for known in chosen):
            chosen.append(float(votes[row]))
        if len(chosen) == _OFFSETS:
            break
    return chosen


def _laid_over(one: Scan, other: Scan, offset: float, turn: bool) -> float:
    """Correlation of what moves in both while the other is shifted by ``offset`` seconds."""
    best = 0.0
    for nudge in (-0.08, -0.04, 0.0, 0.04, 0.08):
        shift = offset + nudge
        start = max(one.still_times[0], other.still_times[0] + shift)
        end = min(one.still_times[-1], other.still_times[-1] + shift)
        shorter = min(np.ptp(one.still_times), np.ptp(other.still_times))
        if end - start < _LEAST_OVERLAP * shorter:
            continue
        moments = np.arange(start, end, 1 / STILLS_A_SECOND)
        if len(moments) < 3:
            continue
        first = at(one.still_times, one.stills.astype(np.float32), moments)
        second = at(other.still_times, other.stills.astype(np.float32), moments - shift)
        if turn:
            second = second[:, :, ::-1]
        best = max(best, min(_moving_alike(first, second), _alike(first.mean(axis=0), second.mean(axis=0))))
    return best


def _moving_alike(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Of what is not there all the time, and of what comes and goes within a quarter second: the lesser."""
    whole = _alike(first - first.mean(axis=0), second - second.mean(axis=0), centre=False)
    return min(whole, _alike(first[2:] - first[:-2], second[2:] - second[:-2], centre=False))


def _alike(first: NDArray[np.float32], second: NDArray[np.float32], *, centre: bool = True) -> float:
    one, other = first.astype(np.float64).ravel(), second.astype(np.float64).ravel()
    if centre:
        one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one @ one) * (other @ other)))
    return max(float(one @ other) / size, 0.0) if size > 1e-6 else 0.0


def _still_likeness(one: Scan, other: Scan) -> float:
    """Of two films in which nothing moves: how alike their pictures are, if they last as long."""
    if not len(one.stills) or not len(other.stills):
        return 0.0
    if abs(one.seconds - other.seconds) > 0.1 * max(one.seconds, other.seconds):
        return 0.0
    first, second = (scan.stills.astype(np.float32).mean(axis=0) for scan in (one, other))
    return max(_alike(first, second), _alike(first, second[:, ::-1])) ** 4
