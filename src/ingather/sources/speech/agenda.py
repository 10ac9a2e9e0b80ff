"""Who is to speak what: the numbers that a source gives itself, then what the plan's quotas still lack."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from ingather.plan.quotas import Gap

SECONDS_A_CLIP = 1.0
"""Usual length of a spoken word with its pauses, for quotas in hours."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to be made.

    Attributes:
        accent: value of the plan's attribute.
        speaker: index of the speaker within accent and pool.
        take: which reading of the word, from 0.
        word: index of the prompt.
        said: index of what is spoken: the prompt's, unless the fault is ``wrong``.
        fault: what is planted, empty for a good clip.
    """

    accent: str
    speaker: int
    take: int
    word: int
    said: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Some speakers of one accent, and how many clips they give together.

    Attributes:
        accent: value of the plan's attribute.
        first: index of the first speaker that may be taken.
        people: how many speakers.
        clips: how many clips together, dealt evenly.
        words: indices of the prompts, empty for all.
        sex: only speakers of this sex, empty for any.
    """

    accent: str
    first: int
    people: int
    clips: int
    words: tuple[int, ...] = ()
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """What clips can be told apart by.

    Attributes:
        accents: values that may be asked for, in the plan's order.
        words: the prompts.
        takes: readings of each prompt that one speaker gives.
        sex_of: sex of the speaker with this accent and index.
        facts: further attribute values that all clips share (source, language).
        attribute: name of the attribute that the accent is.
        gender: name of the attribute that tells the speaker's sex.
        genders: its value for each sex.
    """

    accents: tuple[str, ...]
    words: tuple[str, ...]
    takes: int
    sex_of: Callable[[str, int], str]
    facts: Mapping[str, str] = field(default_factory=dict)
    attribute: str = "accent"
    gender: str = "gender"
    genders: Mapping[str, str] = field(default_factory=dict)

    def speakers(self, job: Job) -> tuple[int, ...]:
        """Indices of the speakers of a job, rising."""
        if not job.sex:
            return tuple(range(job.first, job.first + job.people))
        found, index = list[int](), job.first
        while len(found) < job.people:
            if self.sex_of(job.accent, index) == job.sex:
                found.append(index)
            index += 1
        return tuple(found)

    def clips(self, job: Job) -> Iterator[Clip]:
        """The clips of a job: speaker by speaker, each reading all words before reading them again."""
        words = job.words or range(len(self.words))
        for place, speaker in enumerate(self.speakers(job)):
            share = job.clips // job.people + (place < job.clips % job.people)
            order = ((take, word) for take in range(self.takes) for word in words)
            for (take, word), _ in zip(order, range(share), strict=False):
                yield Clip(job.accent, speaker, take, word, word)


def write_jobs(jobs: Sequence[Job]) -> str:
    """A cursor that holds the jobs under way, so that a broken run goes on with the same ones."""
    return json.dumps([asdict(job) for job in jobs], separators=(",", ":"))


def read_jobs(cursor: str | None) -> tuple[Job, ...]:
    """The jobs that a cursor holds."""
    rows = json.loads(cursor) if cursor else []
    return tuple(Job(**(row | {"words": tuple(row["words"])})) for row in rows)


def jobs_for(
    gaps: Iterable[Gap], coming: Iterable[Clip], cast: Cast, unused: Mapping[str, int], unit: str = "samples"
) -> list[Job]:
    """Jobs that fill the gaps, new speakers first; gaps that this source cannot fill stay.

    Args:
        gaps: what is missing, in the plan's order; what fills one counts for the later ones too.
        coming: clips that are made anyway.
        cast: what can be asked for.
        unused: first index for new speakers, by accent.
        unit: of the gaps: samples, contributors, hours or tokens.
    """
    tally = _Tally(cast)
    for clip in coming:
        tally.add(clip)
    following, jobs = dict(unused), list[Job]()
    for gap in gaps:
        wish = _Wish.of(gap, cast)
        if wish is None:
            continue
        samples, people = _amount(gap, unit)
        got, who = tally.brings(wish)
        for accent, (clips, speakers) in _dealt(wish, samples - got, people - who, cast).items():
            job = Job(accent, following[accent], speakers, clips, wish.words, wish.sex)
            following[accent] = max(cast.speakers(job)) + 1
            for clip in cast.clips(job):
                tally.add(clip)
            jobs.append(job)
    return jobs


@dataclass(frozen=True, slots=True)
class _Wish:
    """A gap in this source's own terms."""

    accents: tuple[str, ...]
    words: tuple[int, ...]
    sex: str

    @classmethod
    def of(cls, gap: Gap, cast: Cast) -> _Wish | None:
        """None where the gap asks for something that this source cannot give."""
        accents, words, sex = cast.accents, tuple[int, ...](), ""
        for name, value in gap.by.items():
            if name == cast.attribute and value in cast.accents:
                accents = (value,)
            elif name == "label" and value in cast.words:
                words = (cast.words.index(value),)
            elif name == cast.gender and value in cast.genders.values():
                sex = next(s for s, v in cast.genders.items() if v == value)
            elif cast.facts.get(name) != value:
                return None
        return cls(accents, words, sex)


class _Tally:
    """Counts of coming clips and of their speakers, by accent, word and sex."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._clips: Counter[tuple[str, int, str]] = Counter()
        self._people: dict[tuple[str, int], tuple[str, set[int]]] = {}

    def add(self, clip: Clip) -> None:
        known = self._people.get((clip.accent, clip.speaker))
        if known is None:
            known = self._people[clip.accent, clip.speaker] = (
                self._cast.sex_of(clip.accent, clip.speaker),
                set(),
            )
        known[1].add(clip.word)
        self._clips[clip.accent, clip.word, known[0]] += 1

    def brings(self, wish: _Wish) -> tuple[int, int]:
        words = set(wish.words or range(len(self._cast.words)))
        clips = sum(
            count
            for (accent, word, sex), count in self._clips.items()
            if accent in wish.accents and word in words and (not wish.sex or sex == wish.sex)
        )
        people = sum(
            accent in wish.accents and not words.isdisjoint(said) and (not wish.sex or sex == wish.sex)
            for (accent, _), (sex, said) in self._people.items()
        )
        return clips, people


def _amount(gap: Gap, unit: str) -> tuple[int, int]:
    """Clips and people that a gap asks for."""
    if unit == "contributors":
        return 0, max(gap.contributors, math.ceil(gap.missing))
    if unit == "hours":
        return math.ceil(gap.missing * 3600 / SECONDS_A_CLIP), gap.contributors
    return math.ceil(gap.missing), gap.contributors


def _dealt(wish: _Wish, samples: int, people: int, cast: Cast) -> dict[str, tuple[int, int]]:
    """Clips and speakers of each accent that has any, dealt evenly over the accents wished for."""
    if (samples <= 0 and people <= 0) or not wish.accents:
        return {}
    words = len(wish.words) or len(cast.words)
    full = words * cast.takes
    count = max(people, math.ceil(max(samples, 0) / full))
    clips = max(samples, count) if samples > 0 else count * words
    dealt = {}
    for place, accent in enumerate(wish.accents):
        speakers = _share(count, place, len(wish.accents))
        own = _share(clips, place, len(wish.accents))
        if own:
            dealt[accent] = (own, max(speakers, math.ceil(own / full)))
    return dealt


def _share(amount: int, place: int, parts: int) -> int:
    return amount // parts + (place < amount % parts)
