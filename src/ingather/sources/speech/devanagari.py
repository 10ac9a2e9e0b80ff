"""English words in Devanagari, by their sounds: so that a Hindi voice reads them as many in India would."""

from __future__ import annotations

DIGITS = {
    "zero": "ज़ीरो",
    "one": "वन",
    "two": "टू",
    "three": "थ्री",
    "four": "फ़ोर",
    "five": "फ़ाइव",
    "six": "सिक्स",
    "seven": "सेवन",
    "eight": "एट",
    "nine": "नाइन",
}
"""As they are usually written; the sounds alone would give less."""
_VIRAMA = "्"
_CONSONANTS = {
    "tʃ": "च", "dʒ": "ज", "p": "प", "b": "ब", "t": "ट", "d": "ड", "k": "क", "ɡ": "ग", "f": "फ़", "v": "व",
    "θ": "थ", "ð": "द", "s": "स", "z": "ज़", "ʃ": "श", "ʒ": "ज़", "h": "ह", "m": "म", "n": "न", "ŋ": "ङ",
    "l": "ल", "ɫ": "ल", "ɹ": "र", "r": "र", "j": "य", "w": "व", "ɾ": "ट", "ʔ": "ट", "x": "ख",
}  # fmt: skip
_VOWELS = {
    "aɪ": ("आइ", "ाइ"), "aʊ": ("आउ", "ाउ"), "ɔɪ": ("ऑइ", "ॉइ"), "eɪ": ("ए", "े"), "oʊ": ("ओ", "ो"),
    "əʊ": ("ओ", "ो"), "iː": ("ई", "ी"), "uː": ("ऊ", "ू"), "ɑː": ("आ", "ा"), "ɔː": ("ऑ", "ॉ"),
    "oː": ("ओ", "ो"), "ɜː": ("अर", "र"), "ɚ": ("अर", "र"), "i": ("ई", "ी"), "ɪ": ("इ", "ि"),
    "ᵻ": ("इ", "ि"), "ɛ": ("ए", "े"), "e": ("ए", "े"), "æ": ("ऐ", "ै"), "a": ("ऐ", "ै"), "ɑ": ("आ", "ा"),
    "ɒ": ("ऑ", "ॉ"), "ɔ": ("ऑ", "ॉ"), "o": ("ओ", "ो"), "ʊ": ("उ", "ु"), "u": ("ऊ", "ू"), "ʌ": ("अ", ""),
    "ə": ("अ", ""), "ɐ": ("अ", ""),
}  # fmt: skip


def respell(sounds: str) -> str:
    """Devanagari for a transcription in the International Phonetic Alphabet, word by word.

    Args:
        sounds: as espeak-ng writes them; stress, ties and what has no letter are passed over.
    """
    return " ".join(_word(word) for word in sounds.split())


def _word(sounds: str) -> str:
    letters, at, open_consonant = list[str](), 0, False
    while at < len(sounds):
        for size in (2, 1):
            sound = sounds[at : at + size]
            if sound in _VOWELS:
                letters.append(_VOWELS[sound][open_consonant])
                open_consonant = letters[-1].endswith("र")
                break
            if sound in _CONSONANTS:
                letters += [_VIRAMA, _CONSONANTS[sound]] if open_consonant else [_CONSONANTS[sound]]
                open_consonant = True
                break
        at += size
    return "".join(letters)
