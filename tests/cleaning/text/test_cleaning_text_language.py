"""The language operator: sure where it is sure, silent where it was never measured."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from ingather.cleaning.text import language
from ingather.errors import MissingExtra
from ingather.media.text import text_batch

TEXTS = [
    "The ferry to the island leaves every morning at eight from the old harbour.",
    "Die Fähre zur Insel fährt jeden Morgen um acht Uhr vom alten Hafen ab.",
    "Le bateau pour l'île part tous les matins à huit heures du vieux port.",
    "ok thanks",
    None,
]


def test_languages_are_told_apart() -> None:
    pytest.importorskip("lingua")
    config = language.Config(languages=("en", "de-AT"))
    told = language.measure(text_batch(list("abcde"), TEXTS), config)
    assert told["language"].to_pylist() == ["en", "de", "fr", None, None]
    assert (told["confidence"][:3] > 0.8).all()
    assert np.isnan(told["confidence"][3:]).all()
    (bound,) = language.bounds(config)
    assert bound.allowed == ("de", "en")
    assert bound.to == "review"


@pytest.mark.parametrize("languages", [(), ("ff-Adlm",), ("en", "gya-x-yaayuwee")])
def test_a_language_it_was_not_measured_on_is_never_judged(languages: tuple[str, ...]) -> None:
    pytest.importorskip("lingua")
    assert language.bounds(language.Config(languages=languages)) == ()


def test_without_the_extra_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingather.cleaning import detector

    detector.measured_languages.cache_clear()
    monkeypatch.setitem(sys.modules, "lingua", None)
    with pytest.raises(MissingExtra, match="lang") as told:
        language.bounds(language.Config(languages=("en",)))
    assert told.value.fix == "pip install 'ingather[lang]'"
    detector.measured_languages.cache_clear()
