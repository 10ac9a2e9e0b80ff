"""Copies of real films, changed as copies are; and films of one camera that are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from films import Take, make, paths, take
from ingather.cleaning.video import same_film
from ingather.media.video import VideoBatch, open_films

CONFIG = same_film.Config()


def trimmed(film: Take) -> bytes:
    """Without its first third of a second and its last fifth."""
    return make(film.having(film.frames[round(0.3 * film.rate) : -round(0.2 * film.rate)]))


def scaled(film: Take) -> bytes:
    small = film.frames[:, ::2, ::2]
    return make(film.having(small[:, : small.shape[1] // 2 * 2, : small.shape[2] // 2 * 2]))


def encoded(film: Take) -> bytes:
    return make(film, crf=32, container="matroska", keys=12)


def mirrored(film: Take) -> bytes:
    return make(film.having(film.frames[:, :, ::-1]))


def slower(film: Take) -> bytes:
    """Half as many frames."""
    return make(replace(film, frames=film.frames[::2], rate=film.rate / 2))


def brighter(film: Take) -> bytes:
    return make(film.having(np.clip(film.frames * 1.15 + 10, 0, 255).astype(np.uint8)))


def everything(film: Take) -> bytes:
    kept = film.frames[round(0.3 * film.rate) :, ::2, ::-2]
    return make(film.having(kept[:, : kept.shape[1] // 2 * 2, : kept.shape[2] // 2 * 2]), crf=28)


@pytest.fixture(scope="session")
def originals(data: Path) -> VideoBatch:
    real = paths(data)
    return open_films([path.name for path in real], real)


@pytest.fixture(scope="session")
def copied(data: Path) -> list[tuple[int, Take]]:
    """Row among the originals, and what is to be changed: signs, faces, and five seconds of long films."""
    real = paths(data)
    whole = [(row, 0) for row in (*range(0, 20, 2), 23, 24, 25)]
    pieces = [(20, 0), (20, 9), (20, 25), (21, 5), (22, 63), (22, 81), (22, 117)]
    return [(row, take(real[row], first=first, seconds=5)) for row, first in (*whole, *pieces)]


def test_films_of_one_camera_are_no_copies(originals: VideoBatch) -> None:
    signed = same_film.sign(originals, CONFIG)
    pairs = same_film.pairs(signed, 0, CONFIG)
    assert len(originals) == 26
    assert len(pairs) < 65, "a fifth of all pairs, at most, is looked at twice"
    alike = same_film.same(originals.take(pairs[:, 0]), originals.take(pairs[:, 1]), CONFIG)
    assert not (alike >= CONFIG.threshold).any()


@pytest.mark.parametrize("change", [trimmed, scaled, encoded, mirrored, slower, brighter, everything])
def test_a_changed_copy_is_found(
    change: Callable[[Take], bytes], originals: VideoBatch, copied: list[tuple[int, Take]]
) -> None:
    copies = open_films([str(row) for row, _ in copied], [change(film) for _, film in copied])
    films = VideoBatch(
        [*originals.ids, *copies.ids], [*originals.films, *copies.films], [None] * (26 + len(copies))
    )
    pairs = same_film.pairs(same_film.sign(films, CONFIG), 26, CONFIG)
    assert (pairs[:, 1] >= 26).all()
    alike = same_film.same(films.take(pairs[:, 0]), films.take(pairs[:, 1]), CONFIG)
    confirmed = {tuple(pair) for pair in pairs[alike >= CONFIG.threshold].tolist()}
    right = {(row, 26 + place) for place, (row, _) in enumerate(copied)}
    assert len(confirmed & right) >= 0.95 * len(right), sorted(right - confirmed)
    assert not {(left, new) for left, new in confirmed - right if left < 26}


def test_what_is_compared_fits_the_memory() -> None:
    """Ten newcomers against two thousand films with as many moments as are signed of any."""
    import tracemalloc

    dice = np.random.default_rng(0)
    signed = [dice.bytes(8 * 240) for _ in range(2010)]
    signed[2005] = signed[17][: 8 * 40]
    tracemalloc.start()
    found = same_film.pairs(pa.array(signed, pa.large_binary()), 2000, CONFIG)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [17, 2005] in found.tolist()
    assert peak < 100e6
