"""Faults as they happen to films, planted in real ones; what each operator says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from films import Take, make, speech
from ingather.cleaning.judging import breaks
from ingather.media.video import VideoBatch
from ingather.plugins import OPERATORS, load

Fault = Callable[[Take, Path], bytes]


def cut_short(film: Take, data: Path) -> bytes:
    """A transfer that stopped at four fifths."""
    whole = make(film, container="matroska")
    return whole[: len(whole) * 4 // 5]


def index_lost(film: Take, data: Path) -> bytes:
    """An MP4 whose index was to be written at the end."""
    whole = make(film)
    return whole[: len(whole) * 9 // 10]


def overwritten(film: Take, data: Path) -> bytes:
    """A block of the disk overwritten with another file's."""
    whole = make(film)
    middle, block = len(whole) // 2, np.random.default_rng(0).bytes(4096)
    return whole[:middle] + block + whole[middle + 4096 :]


def too_short(film: Take, data: Path) -> bytes:
    return make(film.having(film.frames[:4]))


def too_small(film: Take, data: Path) -> bytes:
    return make(film.having(film.frames[:, ::3, ::3][:, :48, :80]))


def slow(film: Take, data: Path) -> bytes:
    """Three frames a second."""
    step = round(film.rate / 3)
    return make(replace(film, frames=film.frames[::step], rate=film.rate / step))


def uneven(film: Take, data: Path) -> bytes:
    """Frames as a busy phone delivers them: in bursts."""
    n = len(film.frames)
    even = np.arange(n) / film.rate
    bursts = (np.arange(n) // 6) * 6 / film.rate + (np.arange(n) % 6) * 0.15 / film.rate
    return make(replace(film, times=bursts.tolist() if n > 6 else even.tolist()))


def hole(film: Take, data: Path) -> bytes:
    """A second and a half without a frame."""
    times = np.arange(len(film.frames)) / film.rate
    times[len(times) // 2 :] += 1.5
    return make(replace(film, times=times.tolist()))


def freezes(film: Take, data: Path) -> bytes:
    """The picture hangs for a while as long as the film."""
    half = len(film.frames) // 2
    hanging = np.repeat(film.frames[half : half + 1], max(round(2 * film.rate), half), axis=0)
    return make(film.having(np.concatenate([film.frames[:half], hanging, film.frames[half:]])), crf=20)


def goes_black(film: Take, data: Path) -> bytes:
    """The lens is covered for a while, with the noise of a dark picture."""
    half, n = len(film.frames) // 2, round(1.2 * film.rate)
    rng = np.random.default_rng(0)
    black = rng.integers(0, 14, (n, *film.frames.shape[1:]), dtype=np.uint8)
    return make(film.having(np.concatenate([film.frames[:half], black, film.frames[half:]])))


def blurred(film: Take, data: Path) -> bytes:
    """Out of focus: a Gaussian of a hundredth of the width."""
    from scipy.ndimage import gaussian_filter

    sigma = film.frames.shape[2] / 100
    return make(film.having(gaussian_filter(film.frames, (0, sigma, sigma, 0))))


def underexposed(film: Take, data: Path) -> bytes:
    return make(film.having((film.frames * 0.12).astype(np.uint8)))


def overexposed(film: Take, data: Path) -> bytes:
    return make(film.having(np.clip(film.frames.astype(np.float32) * 1.6 + 130, 0, 255).astype(np.uint8)))


def flickers(film: Take, data: Path) -> bytes:
    """Lamps that beat with the shutter: every other frame a tenth darker."""
    gain = np.where(np.arange(len(film.frames)) % 2, 0.88, 1.0)[:, None, None, None]
    return make(film.having((film.frames * gain).astype(np.uint8)))


def heard(film: Take, data: Path) -> Take:
    """The film with words in it."""
    return replace(film, sound=speech(data, len(film.frames) / film.rate) * 0.3)


def mute(film: Take, data: Path) -> bytes:
    """The microphone was off: a sound track of nothing."""
    return make(replace(film, sound=np.zeros(round(len(film.frames) / film.rate * 16_000), np.float32)))


def distorted(film: Take, data: Path) -> bytes:
    loud = heard(film, data)
    assert loud.sound is not None
    return make(replace(loud, sound=np.clip(loud.sound * 200, -1, 1)))


def sound_late(film: Take, data: Path) -> bytes:
    """The sound begins .6 s after the picture."""
    loud = heard(film, data)
    assert loud.sound is not None
    return make(
        replace(loud, sound=loud.sound[: -round(0.6 * 16_000)], sound_start=0.6), container="matroska"
    )


def sound_drifts(film: Take, data: Path) -> bytes:
    """The sound ran on for .9 s after the picture."""
    return make(replace(film, sound=speech(data, len(film.frames) / film.rate + 0.9) * 0.3))


FAULTS: dict[str, tuple[tuple[str, ...], Fault]] = {
    fault.__name__: (names, fault)
    for names, fault in (
        (("playable",), cut_short),
        (("playable",), index_lost),
        (("playable",), overwritten),
        (("running-time",), too_short),
        (("frame-size",), too_small),
        (("frame-rate",), slow),
        (("frame-rate",), uneven),
        (("frame-rate",), hole),
        (("frozen",), freezes),
        (("black",), goes_black),
        (("sharpness",), blurred),
        (("lighting",), underexposed),
        (("lighting",), overexposed),
        (("lighting",), flickers),
        (("sound-level",), mute),
        (("sound-level",), distorted),
        (("sound-sync",), sound_late),
        (("sound-sync",), sound_drifts),
    )
}
"""Each fault, and the operators that are to find it."""


def refused(name: str, batch: VideoBatch, to: str | None = None, **options: object) -> NDArray[np.bool_]:
    """(n,) whether an operator breaks one of its bounds, of those that lead to ``to`` if it is named."""
    import pyarrow as pa

    from ingather.cleaning.steps import Ready

    module = load(OPERATORS, name)
    config = module.Config(**options)
    step = Ready(name, module, config, "")
    told = module.measure(batch, config)
    columns = {
        step.column(one): told[one].cast(kind)
        if isinstance(told[one], pa.Array)
        else pa.array(told[one], kind, from_pandas=True)
        for one, kind in module.measures.items()
    }
    found = np.zeros(len(batch), np.bool_)
    for bound in step.bounds:
        if to is None or bound.to == to:
            found |= breaks(pa.table(columns), step, bound)
    return found
