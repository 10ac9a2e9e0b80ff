"""Recordings: bytes in, samples out, and what several operators need to know of one clip, reckoned once."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ingather.media import audio_frames
from ingather.media.audio_container import shortfall, sniff

MOST_VALUES = 1 << 28
"""The most values (frames x channels) that are decoded at once: 1 GiB, 4.6 hours of 16 kHz mono."""
RATES = range(1_000, 768_001)
"""Sampling rates that a recording can have, in Hz."""
_MOST_CHANNELS = 64
_FULL_SCALE = 100.0
_NOT_READ = {
    "audio/mp4": "it is AAC in MP4, which is not read here; convert it to FLAC, WAV, Ogg or MP3",
    "video/mp4": "it is an MP4 film, which is not read here; convert its sound to FLAC, WAV, Ogg or MP3",
    "video/webm": "it is WebM or Matroska, which is not read here; convert it to FLAC, WAV, Ogg or MP3",
    "audio/amr": "it is AMR, which is not read here; convert it to FLAC, WAV, Ogg or MP3",
}


@dataclass(frozen=True)
class Clip:
    """One decoded recording.

    Attributes:
        channels: (frames, channels) float32, full scale is -1 to 1.
        rate: sampling rate in Hz.
        format: container as libsndfile names it: WAV, FLAC, MP3, OGG, ...
        subtype: coding inside it: PCM_16, FLOAT, MPEG_LAYER_III, VORBIS, OPUS, ...
    """

    channels: NDArray[np.float32]
    rate: int
    format: str = "WAV"
    subtype: str = "PCM_16"

    @property
    def seconds(self) -> float:
        """Its duration."""
        return len(self.channels) / self.rate

    @cached_property
    def samples(self) -> NDArray[np.float32]:
        """(frames,) float32: the mean of the channels, or the loudest where they cancel each other out."""
        if self.channels.shape[1] == 1:
            return np.ascontiguousarray(self.channels[:, 0])
        mixed: NDArray[np.float32] = self.channels.mean(axis=1, dtype=np.float32)
        energies = np.einsum("nc,nc->c", self.channels, self.channels)
        if float(mixed @ mixed) < 0.05 * float(energies.max()):
            return np.ascontiguousarray(self.channels[:, int(energies.argmax())])
        return mixed

    @cached_property
    def peak(self) -> float:
        """The greatest absolute value of any channel."""
        return float(np.abs(self.channels).max(initial=0.0))

    @cached_property
    def power(self) -> NDArray[np.float32]:
        """(frames, bins) power spectra of 25 ms every 10 ms; a row sums to the frame's mean square."""
        return audio_frames.power_spectra(self.samples, self.rate)

    @cached_property
    def levels(self) -> NDArray[np.float32]:
        """(frames,) level of each 25 ms frame above 100 Hz, in dB re full scale; -130 is digital silence."""
        return audio_frames.levels(self.power, self.rate)

    @cached_property
    def loud(self) -> float:
        """Mean level of the loudest tenth of the frames, in dB re full scale."""
        return float(self._sorted_levels[-self._tenth :].mean())

    @cached_property
    def quiet(self) -> float:
        """Mean level of the quietest tenth of the frames, in dB re full scale."""
        return float(self._sorted_levels[: self._tenth].mean())

    def resampled(self, rate: int) -> NDArray[np.float32]:
        """(frames,) float32: the mono mix at another sampling rate, in Hz."""
        return resample(self.samples, self.rate, rate)

    @cached_property
    def _sorted_levels(self) -> NDArray[np.float32]:
        return np.sort(self.levels)

    @property
    def _tenth(self) -> int:
        return max(1, len(self.levels) // 10)


@dataclass(frozen=True)
class AudioBatch:
    """Recordings side by side; a row without a clip says why in ``faults``.

    Attributes:
        ids: the samples' ids.
        clips: what was decoded, None where nothing could be.
        faults: what is wrong with the bytes, in words, None where nothing is. A recording that breaks
            off has both: a fault, and the clip as far as it goes.
        found: the media type that the bytes show, None where they show none.
        named: the media type that they were said to be, None where nothing was said.
    """

    ids: Sequence[str]
    clips: list[Clip | None]
    faults: list[str | None]
    found: list[str | None] = field(default_factory=list)
    named: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        for column in (self.found, self.named):
            column.extend([None] * (len(self.ids) - len(column)))

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> AudioBatch:
        """The same batch with only these rows, in this order."""
        return AudioBatch(
            [self.ids[i] for i in rows],
            [self.clips[i] for i in rows],
            [self.faults[i] for i in rows],
            [self.found[i] for i in rows],
            [self.named[i] for i in rows],
        )

    def each(self, one: Callable[[Clip], float]) -> NDArray[np.float32]:
        """(rows,) what ``one`` says of each clip, NaN where there is no clip."""
        return np.array([np.nan if clip is None else one(clip) for clip in self.clips], np.float32)


def decode_audio(
    ids: Sequence[str], contents: Sequence[bytes | None], named: Sequence[str | None] | None = None
) -> AudioBatch:
    """Decodes a batch of recordings; what cannot be decoded gets a fault in words, never an exception.

    Args:
        ids: the samples' ids.
        contents: the recordings' bytes, None where there are none.
        named: the media types they were said to be, as far as known.
    """
    decoded = [decode(content) for content in contents]
    return AudioBatch(
        list(ids),
        [clip for clip, _ in decoded],
        [fault for _, fault in decoded],
        [None if content is None else sniff(content) for content in contents],
        list(named or ()),
    )


def decode(content: bytes | None) -> tuple[Clip | None, str | None]:
    """Decodes one recording: the clip as far as there is one, and what is wrong, as far as something is.

    Reads WAV of every width and float, FLAC, MP3, Ogg with Vorbis or Opus, AIFF, AU and CAF.
    """
    if not content:
        return None, "it is empty: there are no bytes"
    found = sniff(content)
    if found in _NOT_READ:
        return None, _NOT_READ[found]
    if found and not found.startswith("audio/"):
        return None, f"it is no recording: the bytes are {found}"
    clip, fault = _read(content)
    if found is None and clip is None:
        return None, "it is no recording, or of a type that is not read here"
    return clip, fault


def _read(content: bytes) -> tuple[Clip | None, str | None]:
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate, format_, subtype, promised = file.samplerate, file.format, file.subtype, file.frames
            if fault := _header_fault(rate, file.channels, promised):
                return None, fault
            channels = file.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, OverflowError, ValueError, MemoryError) as error:
        return None, shortfall(content) or f"it is damaged and cannot be decoded ({_plain(error)})"
    short = shortfall(content)
    if not len(channels):
        return None, short or "it is empty: the file holds no sound"
    if not np.isfinite(channels).all():
        return None, "its header lies, or it is damaged: some values are not numbers"
    if np.abs(channels).max() > _FULL_SCALE:
        return (
            None,
            "its header lies: the values are far outside full scale, so they are no floats of -1 to 1",
        )
    if short is None and len(channels) < promised:
        short = f"it breaks off: {promised / rate:.2f} s are promised, {len(channels) / rate:.2f} s are there"
    return Clip(channels, rate, format_, subtype), short


def resample(samples: NDArray[np.float32], rate: int, to: int) -> NDArray[np.float32]:
    """(frames,) or (frames, channels) at another sampling rate, by band-limited interpolation (soxr, HQ)."""
    if rate == to:
        return samples
    import soxr

    out: NDArray[np.float32] = soxr.resample(samples, rate, to)
    return out


def encode(
    samples: NDArray[np.float32],
    rate: int,
    format: Literal["FLAC", "WAV"] = "FLAC",
    subtype: Literal["PCM_16", "PCM_24"] = "PCM_16",
) -> bytes:
    """Encodes (frames,) or (frames, channels) of -1 to 1: the same in, the same bytes out.

    Float WAV is not offered: libsndfile writes the time of day into it.
    """
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=format, subtype=subtype)
    return file.getvalue()


def _header_fault(rate: int, channels: int, frames: int) -> str | None:
    if rate not in RATES:
        return f"its header lies: {rate:,} values a second"
    if channels > _MOST_CHANNELS:
        return f"its header lies: {channels} channels"
    if frames * channels > MOST_VALUES:
        hours = frames / rate / 3600
        return f"it is too long to be read at once ({hours:.1f} hours): cut it into segments first"
    return None


def _plain(error: BaseException) -> str:
    """What libsndfile says, without the address of the object."""
    said = str(error).rpartition(">: ")[2]
    return said.removeprefix("Error : ").rstrip(".").strip() or "unknown reason"
