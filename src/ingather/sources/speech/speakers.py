"""Synthetic speakers: everything about a voice that stays the same from one clip to the next."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

_MALE = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")
_FEMALE = ("f1", "f2", "f3", "f4", "f5")
_NOISES: tuple[Literal["white", "pink", "brown"], ...] = ("white", "pink", "brown")


@dataclass(frozen=True, slots=True)
class Speaker:
    """One made-up person with a microphone in a room.

    Attributes:
        name: such as ``us-007``.
        sex: of the voice.
        variant: espeak-ng's voice variant.
        pitch: 0..99.
        range: of the pitch, 0..99.
        rate: words a minute.
        throat: vocal-tract factor by which all frequencies are multiplied, about 1.
        gain: of the loudest sample re full scale, dB.
        tilt: slope of the microphone, exponent of the frequency.
        reverb: RT60 of the room, seconds.
        wet: strength of the room's answer re the voice.
        phone: whether all comes through a telephone line (300-3400 Hz).
        snr: of voice to noise, dB.
        noise: colour of the noise.
        room: seed of the room's answer.
    """

    name: str
    sex: Literal["male", "female"]
    variant: str
    pitch: int
    range: int
    rate: int
    throat: float
    gain: float
    tilt: float
    reverb: float
    wet: float
    phone: bool
    snr: float
    noise: Literal["white", "pink", "brown"]
    room: int


@dataclass(frozen=True, slots=True)
class Rooms:
    """What may lie between a voice and the file.

    Attributes:
        snr: lowest and highest voice to noise, dB.
        reverb: lowest and highest RT60, seconds.
        phone: share of speakers who call by telephone.
    """

    snr: tuple[float, float] = (4.0, 22.0)
    reverb: tuple[float, float] = (0.05, 0.35)
    phone: float = 0.3


def lots(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for each tuple of names: drawing for one thing never moves another."""
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def speaker(seed: int, pool: str, accent: str, index: int, rooms: Rooms) -> Speaker:
    """The index-th speaker of an accent; who it is depends on nothing but the arguments."""
    draw = lots(seed, pool, accent, str(index))
    sex: Literal["male", "female"] = "female" if draw.integers(2) else "male"
    return Speaker(
        name=f"{accent}-{index:03d}",
        sex=sex,
        variant=str(draw.choice(_FEMALE if sex == "female" else _MALE)),
        pitch=int(draw.integers(25, 76)),
        range=int(draw.integers(25, 76)),
        rate=int(draw.integers(130, 221)),
        throat=float(np.exp(draw.normal(0, 0.06))),
        gain=float(draw.uniform(-12, -1)),
        tilt=float(draw.uniform(-0.5, 0.5)),
        reverb=float(draw.uniform(*rooms.reverb)),
        wet=float(draw.uniform(0, 0.6)),
        phone=bool(draw.random() < rooms.phone),
        snr=float(draw.uniform(*rooms.snr)),
        noise=_NOISES[int(draw.integers(3))],
        room=int(draw.integers(1 << 30)),
    )
