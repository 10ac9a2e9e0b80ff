"""The only code that loads espeak-ng: utterances in as JSON lines, speech out as length-prefixed PCM.

Run as ``python -m ingather.sources.speech.worker``, once for every batch. The library is under the GPL, keeps
its state in globals, is seeded by the clock and runs its noise on from call to call; a process of its own for
each batch cures all of that: the same batch gives the same bytes.

Output: the sampling rate (uint32, little-endian), then for each line of input its byte count (uint32) and as
many bytes of 16-bit mono PCM. A byte count of 0xFFFFFFFF is a failure: a byte count and its message in UTF-8
follow. With ``--voices`` the names of all voices and their files are printed as one JSON object instead.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from collections.abc import Mapping
from typing import Any

from ingather.sources.speech.devanagari import respell

FAILED = 0xFFFFFFFF
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4
_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_UTF8 = 1
_IPA = 2
_SEED = 1


class Synthesiser:
    """espeak-ng in this process.

    Raises:
        RuntimeError: the library or its data is not where the package says.
    """

    def __init__(self) -> None:
        import espeakng_loader as loader

        self._pcm: list[bytes] = []
        self._library = ctypes.CDLL(loader.get_library_path())
        # The library keeps only the address of the callback: without this reference it would be collected.
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
            self._take
        )
        data = loader.get_data_path()
        self.rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DO_NOT_EXIT))
        if self.rate <= 0:
            raise RuntimeError(f"espeak-ng found no data in {data}")
        # What is unknown here is ignored by the library in silence.
        self._variants = frozenset(os.listdir(os.path.join(data, "voices", "!v")))
        self._library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        self._library.espeak_ng_SetRandSeed(_SEED)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]

    def _take(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._pcm.append(ctypes.string_at(samples, 2 * count))
        return 0

    def speak(self, utterance: Mapping[str, Any]) -> bytes:
        """16-bit mono PCM of one utterance (its fields: `synthesis.Utterance`).

        Raises:
            ValueError: there is no such voice or variant.
        """
        voice, variant, text = utterance["voice"], utterance["variant"], utterance["text"]
        if variant not in self._variants:
            raise ValueError(f"espeak-ng has no voice variant '{variant}'")
        if utterance["respell"]:
            text = respell(self._sounds(text))
        if self._library.espeak_SetVoiceByName(f"{voice}+{variant}".encode()) != 0:
            raise ValueError(f"espeak-ng has no voice '{voice}'")
        for parameter, value in (
            (RATE, utterance["rate"]),
            (VOLUME, 100),
            (PITCH, utterance["pitch"]),
            (RANGE, utterance["range"]),
        ):
            self._library.espeak_SetParameter(parameter, int(value), 0)
        self._pcm.clear()
        coded = text.encode()
        self._library.espeak_Synth(coded, len(coded) + 1, 0, 0, 0, _UTF8, None, None)
        return b"".join(self._pcm)

    def _sounds(self, text: str) -> str:
        """An English text in the International Phonetic Alphabet."""
        self._library.espeak_SetVoiceByName(b"en-us")
        rest = ctypes.c_char_p(text.encode())
        heard = []
        while rest.value:
            clause = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
            heard.append((clause or b"").decode())
        return " ".join(heard)

    def voices(self) -> dict[str, str]:
        """The file of each voice by the names it can be asked by: its language tag and its file, sorted.

        The tag alone does not open every voice (``en-gb`` and ``fr`` fail), the file does.
        """

        class Voice(ctypes.Structure):
            _fields_ = [
                ("name", ctypes.c_char_p),
                ("languages", ctypes.POINTER(ctypes.c_char)),
                ("identifier", ctypes.c_char_p),
            ]

        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
        rows = self._library.espeak_ListVoices(None)
        files, claims = dict[str, str](), dict[str, int]()
        for index in range(10_000):
            if not rows[index]:
                break
            voice = rows[index].contents
            file = files[voice.identifier.decode()] = voice.identifier.decode()
            for priority, tag in _tags(ctypes.addressof(voice.languages.contents)):
                if priority < claims.get(tag, 256):
                    files[tag], claims[tag] = file, priority
        return dict(sorted(files.items()))


def _tags(address: int) -> list[tuple[int, str]]:
    """Priority (lowest first) and language tag: each a byte and a C string, ended by a priority of 0."""
    tags = []
    while priority := ctypes.string_at(address, 1)[0]:
        tag = ctypes.string_at(address + 1)
        tags.append((priority, tag.decode()))
        address += len(tag) + 2
    return tags


def main() -> None:
    """Answers the lines of standard input, in order."""
    out = sys.stdout.buffer
    synthesiser = Synthesiser()
    if "--voices" in sys.argv:
        out.write(json.dumps(synthesiser.voices()).encode())
    else:
        out.write(struct.pack("<I", synthesiser.rate))
        for line in sys.stdin.buffer:
            try:
                pcm = synthesiser.speak(json.loads(line))
            except ValueError as error:
                message = str(error).encode()
                out.write(struct.pack("<II", FAILED, len(message)) + message)
                break
            out.write(struct.pack("<I", len(pcm)) + pcm)
    out.flush()
    # The library's own exit handlers may wait for threads of the sound system.
    os._exit(0)


if __name__ == "__main__":
    main()
