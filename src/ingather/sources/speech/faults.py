"""Faults planted on purpose, so that cleaning can be shown and scored on clips whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ingather.errors import InputError
from ingather.sources.speech.agenda import Clip
from ingather.sources.speech.rooms import Take, fast_length

Fault: TypeAlias = Literal["silence", "clip", "cut", "noise", "wrong", "flood", "exact", "near"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
_IN_PLACE: tuple[Fault, ...] = ("silence", "clip", "cut", "noise", "wrong")
_COPIES: tuple[Fault, ...] = ("exact", "near")
_EDGE = 200


class Faults(BaseModel):
    """How many clips get which fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silence: int = Field(0, ge=0, description="nobody speaks, or the microphone is muted")
    clip: int = Field(0, ge=0, description="far too loud: flat tops")
    cut: int = Field(0, ge=0, description="the recording stops in the middle of the word")
    noise: int = Field(0, ge=0, description="noise 4 to 10 dB louder than the voice")
    wrong: int = Field(0, ge=0, description="another word than the prompt is spoken")
    flood: int = Field(0, ge=0, description="clips that the first speaker sends beyond those asked for")
    exact: int = Field(0, ge=0, description="the same file once more")
    near: int = Field(
        0, ge=0, description="the same recording once more: trimmed, or from an 8 kHz telephone"
    )


def plant(asked: Sequence[Clip], faults: Faults, words: int, draw: np.random.Generator) -> list[Clip]:
    """The clips that come instead of those asked for, with the faulty ones, in an order that does not change.

    Raises:
        InputError: there are fewer clips than faults, or no second word to say by mistake.
    """
    in_place = sum(getattr(faults, fault) for fault in _IN_PLACE)
    copies = faults.exact + faults.near
    if in_place + copies > len(asked) or (faults.flood and not asked):
        raise InputError(
            f"{in_place + copies} clips are to be faulty, but only {len(asked)} are made.",
            why="Every planted fault needs a clip of its own.",
            fix="Ask for more speakers or takes, or for fewer faults.",
            where="faults",
        )
    if faults.wrong and words < 2:
        raise InputError(
            "A wrong word cannot be planted: there is only one word.",
            why="The wrong word is one of the other prompts.",
            fix="Give a second word, or set faults.wrong to 0.",
            where="faults.wrong",
        )
    order = draw.permutation(len(asked))
    clips, at = list(asked), 0
    for fault in _IN_PLACE:
        for row in order[at : at + getattr(faults, fault)]:
            clip = clips[row]
            said = (clip.word + int(draw.integers(1, words))) % words if fault == "wrong" else clip.word
            clips[row] = replace(clip, said=said, fault=fault)
        at += getattr(faults, fault)
    copied: dict[int, Fault] = {}
    for fault in _COPIES:
        copied |= {int(row): fault for row in order[at : at + getattr(faults, fault)]}
        at += getattr(faults, fault)
    out: list[Clip] = []
    for row, clip in enumerate(clips):
        out.append(clip)
        if row in copied:
            out.append(replace(clip, fault=copied[row]))
    return out + _flood(asked, faults.flood, words)


def spoil(take: Take, fault: str, rate: int, draw: np.random.Generator) -> NDArray[np.float32]:
    """The sound of a take with its fault; what is wrong in what is said or sent leaves it as it is.

    Args:
        take: the clip without its fault.
        fault: one of `FAULTS`, or empty.
        rate: of the take, Hz.
        draw: lots of this clip.
    """
    sound = take.sound
    if fault == "silence":
        pause = sound[: max(take.start - _EDGE, 1)]
        return np.resize(pause, len(sound)) if draw.random() < 0.5 else sound * np.float32(1e-3)
    if fault == "clip":
        louder = 0.8 * 10 ** (draw.uniform(10, 18) / 20) / max(float(np.abs(sound).max()), 1e-9)
        flat: NDArray[np.float32] = np.clip(sound * louder, -0.8, 0.8).astype(np.float32)
        return flat
    if fault == "cut":
        return sound[: int(take.start + (take.end - take.start) * draw.uniform(0.25, 0.55))]
    if fault == "near":
        softer = sound * np.float32(draw.uniform(0.3, 0.8))
        trimmed = int(draw.integers(0, rate // 20))
        return _telephone(softer, rate) if draw.random() < 0.5 else softer[trimmed:]
    return sound


def _flood(asked: Sequence[Clip], count: int, words: int) -> list[Clip]:
    if not count:
        return []
    first = asked[0]
    takes = max(clip.take for clip in asked) + 1
    spoken = ((takes + n // words, n % words) for n in range(count))
    return [Clip(first.accent, first.speaker, take, word, word, "flood") for take, word in spoken]


def _telephone(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """What a telephone's recorder keeps: 3600 Hz and 8 bit mu-law (ITU-T G.711, 255 steps)."""
    size = fast_length(len(sound))
    spectrum = np.fft.rfft(sound, size)
    spectrum[int(3600 / rate * size) :] = 0
    narrow = np.fft.irfft(spectrum, size)[: len(sound)]
    loudness = np.log1p(255 * np.minimum(np.abs(narrow), 1)) / np.log(256)
    steps = np.round(127 * loudness) / 127
    heard: NDArray[np.float32] = (np.sign(narrow) * (256**steps - 1) / 255).astype(np.float32)
    return heard
