"""Language detection (lingua): which BCP 47 tags it can tell apart, and one detector for some of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ingather.errors import MissingExtra

if TYPE_CHECKING:
    from lingua import LanguageDetector


@cache
def measured_languages() -> frozenset[str]:
    """Primary subtags (ISO 639-1 and 639-3, lower case) of the languages that the detector was measured on.

    Raises:
        MissingExtra: the extra ``lang`` is not installed.
    """
    try:
        from lingua import Language
    except ImportError as missing:
        raise MissingExtra("lang", "The operator 'language'") from missing
    codes = {language.iso_code_639_1.name.lower() for language in Language.all()}
    return frozenset(codes | {language.iso_code_639_3.name.lower() for language in Language.all()})


def primary(tag: str) -> str:
    """The primary subtag of a BCP 47 tag, in lower case; Norwegian without more is Bokmål, as is usual."""
    subtag = tag.split("-")[0].lower()
    return "nb" if subtag == "no" else subtag


@cache
def detector(languages: tuple[str, ...]) -> LanguageDetector | None:
    """A detector in low-accuracy mode between these languages, None where fewer than two are known to it."""
    known = measured_languages()
    from lingua import Language, LanguageDetectorBuilder

    wanted = {primary(tag) for tag in languages} & known
    chosen = [
        language
        for language in sorted(Language.all(), key=lambda one: one.name)
        if wanted & {language.iso_code_639_1.name.lower(), language.iso_code_639_3.name.lower()}
    ]
    if len(chosen) < 2:
        return None
    return LanguageDetectorBuilder.from_languages(*chosen).with_low_accuracy_mode().build()
