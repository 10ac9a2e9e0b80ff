"""Where a recording sounds and where it pauses, told by its energy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingather.media.audio import Clip
from ingather.media.audio_frames import FRAMES_PER_SECOND

_RISE = 0.3
"""How far above the pauses a frame must be, as share of the way to the loud frames, to count as sound."""
_LEAST_RISE = 6.0
"""The same in dB: what differs by less is one sound."""
_INAUDIBLE = -70.0
"""dB re full scale below which nothing counts as sound."""


def sounding_spans(
    clip: Clip, *, pause: float = 0.35, least: float = 0.2, most: float = 30.0, margin: float = 0.1
) -> list[tuple[float, float]]:
    """The stretches of a recording between its pauses, in seconds, in order, never overlapping.

    A frame sounds if it lies well above the quietest tenth of the frames, on the way to the loudest tenth;
    where all frames are about equally loud, the whole is one stretch.

    Args:
        clip: the recording.
        pause: seconds of quiet that part two stretches.
        least: stretches of fewer seconds are noise, not speech.
        most: longer stretches are cut at their quietest place.
        margin: seconds kept on each side, as far as the neighbour leaves room.
    """
    levels = clip.levels
    threshold = max(clip.quiet + max(_LEAST_RISE, _RISE * (clip.loud - clip.quiet)), _INAUDIBLE)
    if clip.loud - clip.quiet < _LEAST_RISE and clip.loud > _INAUDIBLE:
        spans = [(0, len(levels))]
    else:
        spans = _joined(_runs(levels > threshold), round(pause * FRAMES_PER_SECOND))
        spans = [span for span in spans if span[1] - span[0] >= least * FRAMES_PER_SECOND]
    spans = [piece for span in spans for piece in _cut(span, levels, round(most * FRAMES_PER_SECOND))]
    return _with_margin(spans, margin, clip.seconds)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _joined(runs: list[tuple[int, int]], pause: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < pause:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _cut(span: tuple[int, int], levels: NDArray[np.float32], most: int) -> list[tuple[int, int]]:
    start, end = span
    if end - start <= most:
        return [span]
    first, last = start + most // 2, min(start + most, end - 1)
    place = first + int(levels[first:last].argmin())
    return [(start, place), *_cut((place, end), levels, most)]


def _with_margin(spans: list[tuple[int, int]], margin: float, seconds: float) -> list[tuple[float, float]]:
    wide: list[tuple[float, float]] = []
    for number, (start, end) in enumerate(spans):
        before = spans[number - 1][1] if number else None
        after = spans[number + 1][0] if number + 1 < len(spans) else None
        low = start / FRAMES_PER_SECOND
        high = end / FRAMES_PER_SECOND
        room = low if before is None else (low - before / FRAMES_PER_SECOND) / 2
        rest = seconds - high if after is None else (after / FRAMES_PER_SECOND - high) / 2
        left = max(0.0, low - min(margin, max(0.0, room)))
        wide.append((round(left, 3), round(min(seconds, high + min(margin, max(0.0, rest))), 3)))
    return wide
