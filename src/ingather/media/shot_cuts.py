"""Where one shot of a film ends and the next begins: hard cuts, seen in how much a frame changes.

A cut changes the picture far more than the frames around it do, and for good: against the frames around,
after Castellano's adaptive detector in PySceneDetect; for good, because a flash changes it back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingather.media.video_scan import Scan

_AROUND = 12
"""Frames before and behind against which a change is compared."""
_LASTING = 0.5


def shot_cuts(scan: Scan, least: float, times_more: float) -> NDArray[np.float64]:
    """(m,) seconds at which a new shot begins; the film's own beginning is none.

    Args:
        scan: of the film.
        least: mean change of luma, 0 to 1, that a cut brings at the least.
        times_more: how many times the change of the frames around a cut brings at the least.
    """
    change = np.nan_to_num(scan.change.astype(np.float64), nan=0.0)
    found = np.flatnonzero(change >= least)
    cuts: list[float] = []
    for place in found.tolist():
        low, high = max(place - _AROUND, 1), place + _AROUND + 1
        around = np.delete(change[low:high], place - low)
        usual = float(np.sort(around)[: max(len(around) * 3 // 4, 1)].mean()) if len(around) else 0.0
        if change[place] < times_more * usual or change[place] < change[low:high].max(initial=0.0) * 0.5:
            continue
        if _lasts(scan, place, float(change[place])):
            cuts.append(float(scan.times[place]))
    return np.array(cuts, np.float64)


def _lasts(scan: Scan, place: int, change: float) -> bool:
    """Whether the pictures a moment before and behind differ as well, unless there is none behind."""
    # a flash lasts a frame or two, and may itself be one of the stills: those next to it do not count
    away = max(0.1, 1.5 * scan.step)
    before = int(np.searchsorted(scan.still_times, scan.times[place] - away, side="right")) - 1
    behind = int(np.searchsorted(scan.still_times, scan.times[place] + away))
    if before < 0 or behind >= len(scan.stills):
        return True
    apart = np.abs(scan.stills[before].astype(np.float32) - scan.stills[behind]).mean() / 255
    return bool(apart >= _LASTING * change * 0.5)
