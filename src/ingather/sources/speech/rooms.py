"""From a dry synthetic voice to a clip as it would be recorded: throat, room, microphone, line and noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingather.sources.speech import synthesis
from ingather.sources.speech.speakers import Speaker

_LEVEL_BEFORE_GAIN = 0.95
_SOUNDING = 0.01
_LOWEST_TILTED_HZ = 100.0
_LOWEST_COLOURED_HZ = 60.0
_COLOUR = {"white": 0.0, "pink": 0.5, "brown": 1.0}


@dataclass(frozen=True, slots=True)
class Take:
    """One recorded clip.

    Attributes:
        sound: samples in -1..1.
        start: where the voice begins, samples.
        end: where it ends, samples.
    """

    sound: NDArray[np.float32]
    start: int
    end: int


@cache
def _smooth_numbers() -> NDArray[np.int64]:
    powers = (2**a * 3**b * 5**c for a in range(22) for b in range(14) for c in range(10))
    return np.array(sorted(n for n in powers if n < 4_000_000), np.int64)


def fast_length(n: int) -> int:
    """The next length whose only prime factors are 2, 3 and 5: FFTs of it are fast."""
    numbers = _smooth_numbers()
    at = int(np.searchsorted(numbers, n))
    return int(numbers[at]) if at < len(numbers) else n


def record(
    voice: NDArray[np.int16],
    speaker: Speaker,
    rate: int,
    draw: np.random.Generator,
    louder_noise: float = 0.0,
) -> Take:
    """A voice as this speaker's microphone would record it.

    Args:
        voice: dry PCM at the synthesiser's rate.
        speaker: whose throat, room, line and noise.
        rate: wanted sampling rate, Hz.
        draw: lots of this take: pauses and noise.
        louder_noise: dB by which the noise is louder than this speaker's usual.
    """
    dry = _throat(_trim(voice.astype(np.float32) / np.float32(32768)), speaker.throat, rate)
    before = int(draw.uniform(0.1, 0.3) * rate)
    total = before + len(dry) + int(draw.uniform(0.15, 0.35) * rate)
    size = fast_length(total + int((speaker.reverb + 0.05) * rate))
    padded = np.zeros(size, np.float32)
    padded[before : before + len(dry)] = dry
    wet = np.fft.irfft(np.fft.rfft(padded) * _path(speaker, size, rate), size)[:total]
    noise = _noise(speaker.noise, size, rate, draw)[:total]
    voiced = wet[before : before + len(dry)]
    ratio = np.sqrt(np.mean(voiced**2)) / max(float(np.sqrt(np.mean(noise * noise))), 1e-9)
    mixed = wet + noise * (ratio * 10 ** (-(speaker.snr - louder_noise) / 20))
    peak = max(float(np.abs(mixed).max()), 1e-9)
    sound = mixed * (_LEVEL_BEFORE_GAIN * 10 ** (speaker.gain / 20) / peak)
    return Take(sound.astype(np.float32), before, before + len(dry))


def _trim(dry: NDArray[np.float32]) -> NDArray[np.float32]:
    sounding = np.flatnonzero(np.abs(dry) > _SOUNDING)
    return dry[sounding[0] : sounding[-1] + 1] if len(sounding) else dry


def _throat(dry: NDArray[np.float32], factor: float, rate: int) -> NDArray[np.float32]:
    """Resamples in the frequency domain: to the wanted rate, and to a shorter or longer vocal tract."""
    size = fast_length(len(dry) + 600)
    wanted = fast_length(int(size * rate / synthesis.RATE / factor))
    spectrum = np.fft.rfft(dry, size)
    kept = min(len(spectrum), wanted // 2 + 1)
    stretched = np.zeros(wanted // 2 + 1, spectrum.dtype)
    stretched[:kept] = spectrum[:kept]
    sound = np.fft.irfft(stretched, wanted)[: int(len(dry) * wanted / size)]
    return (sound * (wanted / size)).astype(np.float32)


def _path(speaker: Speaker, size: int, rate: int) -> NDArray[np.complex64]:
    """Transfer function of room (noise that decays by 60 dB in RT60), microphone and line."""
    hertz = np.fft.rfftfreq(size, 1 / rate).astype(np.float32)
    answer = np.zeros(size, np.float32)
    answer[0] = 1
    length = int(speaker.reverb * rate)
    if length:
        tail = np.random.default_rng(speaker.room).standard_normal(length, np.float32)
        tail *= np.exp(-6.9 * np.arange(length, dtype=np.float32) / length)
        answer[1 : length + 1] = speaker.wet * tail / np.sqrt((tail * tail).sum())
    path = np.fft.rfft(answer) * (np.maximum(hertz, _LOWEST_TILTED_HZ) / 1000) ** np.float32(speaker.tilt)
    if speaker.phone:
        path = path / (1 + (300 / np.maximum(hertz, 1)) ** 8) / (1 + (hertz / 3400) ** 12)
    return path.astype(np.complex64)


def _noise(colour: str, size: int, rate: int, draw: np.random.Generator) -> NDArray[np.float32]:
    white = draw.standard_normal(size, np.float32)
    if colour == "white":
        return white
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), _LOWEST_COLOURED_HZ)
    return np.fft.irfft(np.fft.rfft(white) / hertz ** _COLOUR[colour], size).astype(np.float32)
