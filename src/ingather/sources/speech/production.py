"""From clips that are wanted to items with bytes: in batches of speakers, each by a fresh synthesiser."""

from __future__ import annotations

import hashlib
import io
import json
import re
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ingather.sample import Item, Json
from ingather.sources.contract import Request
from ingather.sources.speech import synthesis
from ingather.sources.speech.accents import Voice
from ingather.sources.speech.agenda import Cast, Clip
from ingather.sources.speech.devanagari import DIGITS
from ingather.sources.speech.faults import spoil
from ingather.sources.speech.rooms import record
from ingather.sources.speech.speakers import Rooms, Speaker, lots, speaker
from ingather.sources.speech.synthesis import Utterance

_VERSION = 1
_BATCH = 8
"""Speakers of one synthesiser process; another number gives other bytes."""
_LOOK_AHEAD = 64
_COPIES = frozenset({"exact", "near"})
_Batch = tuple[str, int, bool]


@dataclass(slots=True)
class Production:
    """All that decides what a clip sounds like, and the clips known already.

    Attributes:
        request: of the collect stage.
        cast: what can be asked for.
        voices: of each accent.
        seed: of all lots.
        pool: whose speakers these are.
        rooms: what lies between voice and file.
        rate: of the clips, Hz.
        licence: of the clips.
        said: for clips with a wrong word, what is said instead.
    """

    request: Request
    cast: Cast
    voices: Mapping[str, Voice]
    seed: int
    pool: str
    rooms: Rooms
    rate: int
    licence: str
    said: dict[Clip, int] = field(default_factory=dict)
    _speakers: dict[tuple[str, int], Speaker] = field(default_factory=dict)

    def speaker(self, accent: str, index: int) -> Speaker:
        """The speaker with this index among those of the accent."""
        found = self._speakers.get((accent, index))
        if found is None:
            found = speaker(self.seed, self.pool, accent, index, self.rooms)
            self._speakers[accent, index] = found
        return found

    def key(self, clip: Clip) -> str:
        """Accent, speaker, take and word; a planted copy has a key of its own."""
        copy = "-copy" if clip.fault in _COPIES else ""
        return f"{clip.accent}-{clip.speaker:03d}-{clip.take}-{_plain(self.cast.words[clip.word])}{copy}"

    def stamp(self, accent: str) -> str:
        """Changes with whatever changes the bytes of an accent's clips."""
        parts = (_VERSION, self.seed, self.pool, self.voices[accent].name, asdict(self.rooms), self.rate)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def unknown(self, clips: Sequence[Clip]) -> list[Clip]:
        """Those of the clips that the store does not have."""
        stamps = {accent: self.stamp(accent) for accent in self.voices}
        known = self.request.known([(self.key(clip), stamps[clip.accent]) for clip in clips])
        return [clip for clip, there in zip(clips, known, strict=True) if not there]

    def unused(self, accent: str, first: int) -> int:
        """Index after the last speaker of whom the store has anything, at least ``first``."""
        after, at = first, first
        while at < after + _LOOK_AHEAD:
            heard = [
                Clip(accent, index, take, word, word)
                for index in range(at, at + _LOOK_AHEAD)
                for take in range(self.cast.takes)
                for word in range(len(self.cast.words))
            ]
            missing = set(self.unknown(heard))
            after = max((clip.speaker + 1 for clip in heard if clip not in missing), default=after)
            at += _LOOK_AHEAD
        return after

    def items(self, clips: Iterable[Clip], cursor: str | None) -> Iterator[Item]:
        """The clips as items, in order; neighbours of one batch share a synthesiser."""
        stamps = {accent: self.stamp(accent) for accent in self.voices}
        for batch, wanted in groupby(clips, key=_batch):
            for clip, sound in self._recorded(batch, list(wanted)):
                yield self._item(clip, sound, stamps[clip.accent], cursor)

    def _recorded(self, batch: _Batch, wanted: list[Clip]) -> Iterator[tuple[Clip, NDArray[np.float32]]]:
        """Speaks the batch from its beginning, as each utterance sounds by what was said before it."""
        by_place: dict[Clip, list[Clip]] = {}
        for clip in wanted:
            by_place.setdefault(good(clip), []).append(clip)
        script: list[Clip] = []
        for clip in self._script(batch, wanted):
            script.append(clip)
            if clip == good(wanted[-1]):
                break
        heard = synthesis.speak([self._utterance(clip) for clip in script])
        for place, pcm in zip(script, heard, strict=True):
            for clip in by_place.get(place, ()):
                yield clip, self._sound(clip, pcm)

    def _script(self, batch: _Batch, wanted: list[Clip]) -> Iterator[Clip]:
        accent, number, flood = batch
        if flood:
            for clip in wanted:
                yield good(clip)
            return
        for index in range(number * _BATCH, (number + 1) * _BATCH):
            for take in range(self.cast.takes):
                for word in range(len(self.cast.words)):
                    yield Clip(accent, index, take, word, word)

    def _utterance(self, place: Clip) -> Utterance:
        who = self.speaker(place.accent, place.speaker)
        draw = self._lots(place)
        voice = self.voices[place.accent]
        word = self.cast.words[self.said.get(place, place.word)]
        return Utterance(
            text=DIGITS.get(word.casefold(), word) if voice.hindi else word,
            respell=voice.hindi and word.casefold() not in DIGITS,
            voice=voice.name,
            variant=who.variant,
            rate=int(who.rate * np.exp(draw.normal(0, 0.06))),
            pitch=int(np.clip(who.pitch + draw.normal(0, 4), 0, 99)),
            range=who.range,
        )

    def _sound(self, clip: Clip, pcm: NDArray[np.int16]) -> NDArray[np.float32]:
        who, draw = self.speaker(clip.accent, clip.speaker), self._lots(good(clip), "room")
        louder = who.snr + draw.uniform(4, 10) if clip.fault == "noise" else 0.0
        take = record(pcm, who, self.rate, draw, louder)
        return spoil(take, clip.fault, self.rate, self._lots(clip, "fault"))

    def _lots(self, clip: Clip, *more: str) -> np.random.Generator:
        return lots(self.seed, self.pool, self.key(clip), *more)

    def _item(self, clip: Clip, sound: NDArray[np.float32], stamp: str, cursor: str | None) -> Item:
        who, cast = self.speaker(clip.accent, clip.speaker), self.cast
        told = {cast.attribute: clip.accent, cast.gender: cast.genders.get(who.sex)}
        attributes = {name: told[name] for name in self.request.plan.attributes if told.get(name) is not None}
        voice = f"{self.voices[clip.accent].name}+{who.variant}"
        evidence: dict[str, Json] = {"synthesiser": "espeak-ng", "voice": voice, "pool": self.pool}
        if clip.fault:
            evidence["planted"] = clip.fault
            evidence["said"] = cast.words[clip.said]
        return Item(
            key=self.key(clip),
            modality="audio",
            content=_wav(sound, self.rate),
            media_type="audio/wav",
            label=cast.words[clip.word],
            attributes=dict(attributes),
            bases=dict.fromkeys(attributes, "declared"),
            contributor=who.name,
            licence=self.licence,
            uri=f"synthetic:espeak-ng/{voice}",
            evidence=evidence,
            synthetic=True,
            stamp=stamp,
            cursor=cursor,
        )


def _batch(clip: Clip) -> _Batch:
    flood = clip.fault == "flood"
    return clip.accent, clip.speaker // _BATCH, flood


def good(clip: Clip) -> Clip:
    """The clip as it would be without its fault."""
    return replace(clip, said=clip.word, fault="")


def _plain(word: str) -> str:
    """A word as part of a key; what had to be changed is told apart by a digest."""
    plain = re.sub(r"[^\w']+", "_", word)[:40]
    return plain if plain == word else f"{plain}_{hashlib.sha256(word.encode()).hexdigest()[:6]}"


def _wav(sound: NDArray[np.float32], rate: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, rate, len(sound), "NONE", ""))
        file.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
