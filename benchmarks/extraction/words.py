"""Words for pages: sentences drawn by lot, with commas, names and numbers, in two languages."""

# ruff: noqa: E501, SIM905

from __future__ import annotations

import random

_ENGLISH = (
    "the of and to in that was with for on as it his from at by had this are but not which have an they were "
    "there been one all her their would more when who will about up out them then some into could time very my "
    "other than only its over new after also most where before should because each people through between "
    "under water long little right move try kind hand picture again change off play spell air away animal house "
    "point page letter mother answer found study still learn plant cover food sun four state keep eye never "
    "last let thought city tree cross farm hard start might story saw far sea draw left late run while press "
    "close night real life few north open seem together next white children begin got walk example ease paper "
    "group always music those both mark often until mile river car feet care second book carry took science eat "
    "room friend began idea fish mountain stop once base hear horse cut sure watch color face wood main enough "
    "plain girl usual young ready above ever red list though feel talk bird soon body dog family direct pose "
    "leave song measure door product black short numeral class wind question happen complete ship area half "
    "rock order fire south problem piece told knew pass since top whole king space heard best hour better true "
    "during hundred five remember step early hold west ground interest reach fast verb sing listen six table "
    "travel less morning ten simple several vowel toward war lay against pattern slow center love person money"
).split()
_GERMAN = (
    "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
    "hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor "
    "zur bis mehr durch man sein wurde sei hatte kann gegen vom können schon wenn habe seine Mark ihre dann "
    "unter wir soll ich eines es Jahr zwei Jahren diese dieser wieder keine Uhr seiner worden will zwischen "
    "immer Millionen was sagte gibt alle Prozent Haus Stadt Wasser Morgen Abend Straße Fluss Berg Wald Kind "
    "Mutter Vater Schule Arbeit Leben Zeit Woche Monat Geschichte Frage Antwort Seite Buch Brief Musik Lied "
    "Garten Küche Fenster Licht Schatten Regen Wind Schnee Sommer Winter Herbst Reise Zug Schiff Hafen Insel"
).split()
_NAMES = (
    "Anna Marek Lindqvist Okafor Tanaka Weber Moreau Silva Novak Haddad Berg Ibrahim Costa Petrov".split()
)


class Writer:
    """Draws sentences; the same seed writes the same."""

    def __init__(self, seed: int) -> None:
        self.lot = random.Random(seed)
        self.language = "de" if seed % 4 == 3 else "en"
        self._words = _GERMAN if self.language == "de" else _ENGLISH

    def phrase(self, least: int = 2, most: int = 6) -> str:
        """A few words with a capital at the start."""
        said = " ".join(self.lot.choices(self._words, k=self.lot.randint(least, most)))
        return said[0].upper() + said[1:]

    def sentence(self) -> str:
        """One sentence."""
        words = self.lot.choices(self._words, k=self.lot.randint(7, 22))
        if self.lot.random() < 0.5:
            at = self.lot.randint(2, len(words) - 3)
            words[at] += ","
        if self.lot.random() < 0.2:
            words.insert(self.lot.randint(1, len(words) - 1), self.lot.choice(_NAMES))
        if self.lot.random() < 0.12:
            words.insert(self.lot.randint(1, len(words) - 1), str(self.lot.randint(2, 2025)))
        said = " ".join(words)
        return said[0].upper() + said[1:] + self.lot.choice("....?!")

    def paragraph(self, least: int = 2, most: int = 6) -> str:
        """Some sentences."""
        return " ".join(self.sentence() for _ in range(self.lot.randint(least, most)))

    def name(self) -> str:
        """A person's name."""
        return f"{self.lot.choice(_NAMES)}{self.lot.randint(1, 99)}"

    def day(self) -> str:
        """A day as ``YYYY-MM-DD``."""
        return f"20{self.lot.randint(10, 25)}-{self.lot.randint(1, 12):02}-{self.lot.randint(1, 28):02}"

    def code(self) -> str:
        """A few lines of a program."""
        names = [self.lot.choice(_ENGLISH) for _ in range(4)]
        return (
            f"def {names[0]}({names[1]}):\n    {names[2]} = {names[1]} + {self.lot.randint(1, 99)}\n"
            f"    return {names[3]}({names[2]})"
        )
