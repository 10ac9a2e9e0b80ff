"""Synthetic speech: made-up speakers with accents, rooms and, where asked for, faults.

The same plan and seed give the same bytes. Voices by espeak-ng (extra ``synthetic``), whose own licence is
the GPL; what it speaks is not bound by that. It says nothing about real speech: every sample is marked
synthetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import model_validator

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request, SourceConfig, option
from ingather.sources.speech import casting, synthesis
from ingather.sources.speech.agenda import Cast, Clip, Job, jobs_for, read_jobs, write_jobs
from ingather.sources.speech.faults import Faults, plant
from ingather.sources.speech.production import Production, good
from ingather.sources.speech.speakers import Rooms, lots, speaker

asks = True


class Config(SourceConfig):
    """Options of the kind."""

    accents: dict[str, int] | list[str] = option(
        default_factory=dict,
        description="speakers of each accent at first; a list for as many of each as `speakers` says; "
        "absent for all values of the attribute. Further ones come only where a quota lacks them",
    )
    speakers: int = option(10, ge=0, description="speakers of each accent, where `accents` gives no number")
    attribute: str = option("accent", description="the plan's attribute that the accent is")
    gender: str = option(
        "gender", description="the plan's attribute that tells a speaker's sex, if it has one"
    )
    voices: dict[str, str] = option(
        default_factory=dict,
        description="for values that are no accent known here: the accent, or espeak-ng's name of the voice",
    )
    words: list[str] = option(default_factory=list, description="what is read; default: the task's labels")
    prompts: str | None = option(
        None, description="a file of what is read, one a line", json_schema_extra={"path": True}
    )
    takes: int = option(2, ge=1, description="how often a speaker reads each prompt")
    snr: tuple[float, float] = option((4.0, 22.0), description="voice to noise of a speaker, from and to, dB")
    reverb: tuple[float, float] = option(
        (0.05, 0.35), description="reverberation (RT60) of the rooms, from and to, seconds"
    )
    phone: float = option(0.3, ge=0, le=1, description="share of speakers who call by telephone")
    rate: int = option(16000, ge=8000, le=48000, description="sampling rate of the clips, Hz")
    faults: Faults = option(
        default_factory=Faults, description="faults planted at first, for demonstrations and tests"
    )
    pool: str | None = option(
        None, description="sources of the same pool have the same speakers; default: the source's name"
    )
    seed: int | None = option(None, description="of speakers, takes and faults; default: the plan's")

    @model_validator(mode="after")
    def _in_order(self) -> Config:
        for name, (low, high) in (("snr", self.snr), ("reverb", self.reverb)):
            if low > high:
                raise ValueError(f"{name}: the lower end comes first, {low} is above {high}")
        if self.reverb[0] < 0 or self.reverb[1] > 5:
            raise ValueError("reverb: seconds from 0 to 5")
        return self


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """Clips of the speakers asked for, then of those that the quotas lack.

    What was begun for a quota stands in the cursor, so that a broken run ends as it would have unbroken.

    Raises:
        MissingExtra: the synthesiser is not installed.
        InputError: an accent, a voice or the prompts cannot be used; the field of the plan is told.
        OutsideError: the synthesiser's process was ended.
    """
    synthesis.require()
    production, people = _set_up(config, request)
    cast = production.cast
    full = config.takes * len(cast.words)
    first = [Job(accent, 0, count, count * full) for accent, count in people.items() if count]
    asked = plant(
        [clip for job in first for clip in cast.clips(job)],
        config.faults,
        len(cast.words),
        lots(production.seed, production.pool, "faults"),
    )
    production.said.update({good(clip): clip.said for clip in asked if clip.fault == "wrong"})
    begun = [clip for job in read_jobs(request.since) for clip in cast.clips(job)]
    coming = [*production.unknown(asked), *production.unknown(begun)]
    yield from production.items(coming, request.since)
    if request.plan.source(request.name).role == "collect" and request.gaps:
        jobs = jobs_for(
            request.gaps, coming, cast, _unused(production, people, coming), request.plan.targets.unit
        )
        yield from production.items((c for job in jobs for c in cast.clips(job)), write_jobs(jobs))


def gives(config: Config, plan: Plan, by: Mapping[str, str]) -> bool:
    """Whether this source can be asked for samples of a group."""
    accents = casting.people_asked(plan, config.attribute, config.accents, config.speakers, config.voices)
    words = config.words or plan.task.labels
    for name, value in by.items():
        able = {
            config.attribute: value in accents,
            config.gender: value in casting.genders(plan, config.gender).values(),
            "label": value in words or (config.prompts is not None and not config.words),
            "language": value in plan.languages[:1],
        }
        if not able.get(name, False):
            return False
    return True


def _set_up(config: Config, request: Request) -> tuple[Production, dict[str, int]]:
    """All that decides how clips sound, and how many speakers of each accent are asked at first."""
    plan, spec = request.plan, request.plan.source(request.name)
    where = f"sources[{plan.sources.index(spec)}]"
    if plan.modality != "audio":
        raise InputError(
            f"A synthetic source speaks, but the plan's modality is '{plan.modality}'.",
            why="Its samples would not fit the plan.",
            fix="Take another kind of source, or set modality: audio.",
            where=f"{where}.kind",
        )
    words = casting.prompts(plan, where, request.folder, config.words, config.prompts)
    who = casting.casting(plan, where, config.attribute, config.accents, config.speakers, config.voices)
    seed, pool = request.seed if config.seed is None else config.seed, config.pool or request.name
    rooms = Rooms(config.snr, config.reverb, config.phone)
    facts = {"source": request.name} | ({"language": plan.languages[0]} if plan.languages else {})
    cast = Cast(
        accents=tuple(who.people),
        words=words,
        takes=config.takes,
        sex_of=cache(lambda accent, index: speaker(seed, pool, accent, index, rooms).sex),
        facts=facts,
        attribute=config.attribute,
        gender=config.gender,
        genders=casting.genders(plan, config.gender),
    )
    made = Production(request, cast, who.voices, seed, pool, rooms, config.rate, spec.licence or "CC0-1.0")
    return made, dict(who.people)


def _unused(production: Production, people: dict[str, int], coming: list[Clip]) -> dict[str, int]:
    """First index for new speakers of each accent: after those asked at first, known, or on their way."""
    return {
        accent: max(
            production.unused(accent, count),
            max((clip.speaker + 1 for clip in coming if clip.accent == accent), default=0),
        )
        for accent, count in people.items()
    }
