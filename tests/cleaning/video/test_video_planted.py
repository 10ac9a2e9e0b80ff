"""Faults planted in real films are found; the films as they are go through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from film_faults import FAULTS, refused

from films import Take, make, paths, take
from ingather.cleaning.defaults import DEFAULTS
from ingather.media.video import VideoBatch, open_films
from ingather.plugins import OPERATORS, load

FILTERS = tuple(name for name in DEFAULTS["video"] if hasattr(load(OPERATORS, name), "bounds"))
WIDTH = 272


@pytest.fixture(scope="session")
def takes(data: Path) -> list[Take]:
    """Three seconds of every sixth clip of signs, and of each of the other films."""
    real = paths(data)
    signs = [path for path in real if path.suffix == ".mkv"][::6]
    others = [path for path in real if path.suffix != ".mkv"]
    return [take(path, WIDTH) for path in [*signs, *others]]


def opened(contents: list[bytes]) -> VideoBatch:
    return open_films([str(row) for row in range(len(contents))], contents)


def test_every_default_has_its_fault() -> None:
    """Cuts and copies are planted by tests of their own."""
    planted = {name for names, _ in FAULTS.values() for name in names}
    assert planted | {"shots", "duplicates"} == set(DEFAULTS["video"])


def test_not_one_of_the_real_films_is_lost(data: Path) -> None:
    real = paths(data)
    films = open_films([path.name for path in real], real)
    assert len(films) == 26
    for name in FILTERS:
        assert not refused(name, films, "quarantined").any(), name
    # the sound track of the cars is silence, which a person looks at
    looked_at = {films.ids[row] for name in FILTERS for row in np.flatnonzero(refused(name, films))}
    assert looked_at == {"car-detection.mp4"}


def test_coding_them_anew_plants_no_fault(takes: list[Take]) -> None:
    again = opened([make(film) for film in takes])
    for name in FILTERS:
        assert not refused(name, again).any(), name


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, takes: list[Take], data: Path) -> None:
    names, plant = FAULTS[fault]
    batch = opened([plant(film, data) for film in takes])
    found = np.any([refused(name, batch) for name in names], axis=0)
    assert found.mean() >= 0.95, np.flatnonzero(~found).tolist()


def test_where_one_shot_ends_and_the_next_begins(takes: list[Take]) -> None:
    """Two scenes joined are two shots, whichever they are; a flash and a fade are no cut."""
    rows = min(film.frames.shape[1] for film in takes)
    scenes = [film.frames[:22, :rows] for film in takes[3:]]
    pairs = [(one, other) for one in scenes for other in scenes if one is not other]
    joined = [make(Take(np.concatenate(pair), 11.0)) for pair in pairs]
    single = []
    for film in takes:
        flash = film.frames.copy()
        flash[len(flash) // 2] = np.maximum(flash[len(flash) // 2], 235)
        fade = film.frames * np.linspace(1, 0.2, len(film.frames))[:, None, None, None]
        single += [make(film.having(flash)), make(film.having(fade.astype(np.uint8)))]
    shots = load(OPERATORS, "shots")
    config = shots.Config()
    told = shots.measure(opened(joined), config)
    assert len(joined) >= 30
    assert (told["shots"] == 2).mean() >= 0.95
    assert told["shortest"][told["shots"] == 2].tolist() == pytest.approx(
        [2.0] * int((told["shots"] == 2).sum()), abs=0.01
    )
    assert (shots.measure(opened(single), config)["shots"] == 1).mean() >= 0.95


def test_without_sound_where_sound_is_needed(takes: list[Take]) -> None:
    mute = opened([make(takes[0])])
    assert not refused("sound-level", mute).any()
    assert refused("sound-level", mute, "quarantined", needed=True).all()
