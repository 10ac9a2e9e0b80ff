"""Accents of English and the voices that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ingather.errors import InputError
from ingather.sources.speech import synthesis


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the synthesiser.

    Attributes:
        name: espeak-ng's name of it.
        hindi: whether it reads English words written in Devanagari.
    """

    name: str
    hindi: bool = False


ACCENTS: Mapping[str, str] = {
    "us": "en-us",
    "british": "en-gb-x-rp",
    "lancashire": "en-gb-x-gbclan",
    # The build has no Indian English: its Hindi voice reads the English words in Devanagari.
    "indian": "hi",
    "scotland": "en-gb-scotland",
    "caribbean": "en-029",
    "west-midlands": "en-gb-x-gbcwmd",
    "new-york": "en-us-nyc",
}
ALIASES: Mapping[str, str] = {
    "american": "us", "en-us": "us", "rp": "british", "uk": "british", "gb": "british", "en-gb": "british",
    "british-rp": "british", "england": "british", "lan": "lancashire", "ind": "indian", "india": "indian",
    "en-in": "indian", "sco": "scotland", "scottish": "scotland", "car": "caribbean", "wmd": "west-midlands",
    "midlands": "west-midlands", "nyc": "new-york",
}  # fmt: skip


def known(name: str) -> bool:
    """Whether an accent goes by this name, without asking the synthesiser."""
    plain = _plain(name)
    return plain in ACCENTS or plain in ALIASES


def voice(name: str, where: str) -> Voice:
    """The voice of an accent: by its name here, an alias of it, or espeak-ng's own name of a voice.

    Args:
        name: as the plan has it; case, spaces and underscores do not matter.
        where: field of the plan, for the error.

    Raises:
        InputError: nobody knows the name; the nearest known one is told.
    """
    plain = _plain(name)
    accent = ALIASES.get(plain, plain)
    if accent == "indian":
        return Voice(ACCENTS[accent], hindi=True)
    if accent in ACCENTS:
        return Voice(ACCENTS[accent])
    voices = synthesis.voices()
    if name in voices:
        return Voice(voices[name])
    near = get_close_matches(plain, [*ACCENTS, *ALIASES, *voices], n=1)
    raise InputError(
        f"There is no accent and no voice named '{name}'.",
        why=f"Accents of English: {', '.join(ACCENTS)}. Other voices: espeak-ng's names (fr, hi, sw ...).",
        fix=f"Write '{near[0]}', or name its voice: voices: {{{name}: {near[0]}}}."
        if near
        else f"Name its voice: voices: {{{name}: en-us}}.",
        where=where,
    )


def _plain(name: str) -> str:
    return "-".join(name.casefold().replace("_", " ").split())
