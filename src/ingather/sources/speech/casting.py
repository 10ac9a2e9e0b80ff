"""Reads the options of a synthetic source against its plan: accents, voices, prompts and sexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sources.speech.accents import Voice, known, voice

_WORDS_FOR = {
    "male": ("male", "m", "man", "men", "boy"),
    "female": ("female", "f", "woman", "women", "girl"),
}


@dataclass(frozen=True, slots=True)
class Casting:
    """Who is asked at first.

    Attributes:
        people: speakers of each accent, in the plan's order.
        voices: of each accent.
    """

    people: Mapping[str, int]
    voices: Mapping[str, Voice]


def casting(
    plan: Plan,
    where: str,
    attribute: str,
    accents: Mapping[str, int] | Sequence[str],
    speakers: int,
    voices: Mapping[str, str],
) -> Casting:
    """The speakers that the options name.

    Raises:
        InputError: a value that the attribute has not, a number below 0, or an accent nobody knows.
    """
    values = _values(plan, attribute)
    people = people_asked(plan, attribute, accents, speakers, voices)
    if not people:
        raise InputError(
            "The source names no accents.",
            why="Synthetic speakers need a voice, and the voice follows the accent.",
            fix="Write, for instance, accents: {us: 10, british: 10}.",
            where=f"{where}.accents",
        )
    found = {}
    for value, count in people.items():
        if values and value not in values:
            near = get_close_matches(value, values, n=1)
            raise InputError(
                f"'{value}' is not a value of the attribute '{attribute}'.",
                why=f"Its values: {', '.join(values)}. What is outside of them fills no quota.",
                fix=f"Write '{near[0]}'." if near else f"Add '{value}' to attributes.{attribute}.values.",
                where=f"{where}.accents.{value}",
            )
        if count < 0:
            raise InputError(
                f"{count} speakers of '{value}' cannot be asked.",
                why="0 means none at first, until a quota lacks them.",
                fix="Write 0 or more.",
                where=f"{where}.accents.{value}",
            )
        found[value] = voice(voices.get(value, value), f"{where}.accents.{value}")
    return Casting(people, found)


def people_asked(
    plan: Plan,
    attribute: str,
    accents: Mapping[str, int] | Sequence[str],
    speakers: int,
    voices: Mapping[str, str],
) -> dict[str, int]:
    """Speakers of each accent; where the options name none, of every value that has a voice."""
    named = accents or [v for v in _values(plan, attribute) if v in voices or known(v)]
    return dict(named) if isinstance(named, Mapping) else dict.fromkeys(named, speakers)


def prompts(plan: Plan, where: str, folder: Path, words: Sequence[str], file: str | None) -> tuple[str, ...]:
    """What is read: the words given, else the lines of the file, else the task's labels; each once.

    Raises:
        InputError: there is nothing to read, or the file cannot be read.
    """
    lines: Sequence[str] = words or plan.task.labels
    if file is not None and not words:
        try:
            lines = (folder / file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"The prompts in '{file}' cannot be read: {getattr(error, 'strerror', None) or error}.",
                why="Synthetic speakers read them.",
                fix="Give the path of a UTF-8 text file with one prompt a line, relative to the plan.",
                where=f"{where}.prompts",
            ) from error
    read = tuple(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#")))
    if not read:
        raise InputError(
            "There is nothing that the synthetic speakers could read.",
            why="The task has no labels, and the source names neither words nor prompts.",
            fix="Write words: [yes, no], or prompts: prompts.txt.",
            where=f"{where}.words",
        )
    return read


def genders(plan: Plan, attribute: str) -> dict[str, str]:
    """The plan's own words for the sexes of the voices, where it has the attribute."""
    values = _values(plan, attribute)
    return {sex: v for sex, names in _WORDS_FOR.items() for v in values if v.casefold() in names}


def _values(plan: Plan, attribute: str) -> tuple[str, ...]:
    return plan.attributes[attribute].known_values if attribute in plan.attributes else ()
