"""The plan as types: what the YAML of a plan.yaml becomes once its shape is sound.

Plug-in options (of sources, operators, the recipe) stay plain mappings here; the plug-in's own Config reads
them, so a new plug-in never touches this file.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ingather.plan.amounts import Rate, parse_rate
from ingather.sample import Modality

TaskType: TypeAlias = Literal[
    "classification", "tagging", "spans", "boxes", "polygons", "tracks", "transcription", "translation",
    "regression", "ranking", "preference", "retrieval", "forecasting", "anomaly", "failure",
    "recommendation", "dialogue", "none",
]  # fmt: skip
Metric: TypeAlias = Literal[
    "accuracy", "balanced_accuracy", "f1_macro", "f1_micro", "auroc", "false_positive_rate",
    "false_negative_rate", "entity_f1", "map_50", "mota", "idf1", "wer", "cer", "chrf", "bleu", "mae", "rmse",
    "r2", "recall_at_k", "ndcg_at_k", "windowed_f1", "windowed_precision", "windowed_recall", "lead_time",
    "false_alarms_per_day",
]  # fmt: skip
LOWER_IS_BETTER: frozenset[str] = frozenset(
    {"false_positive_rate", "false_negative_rate", "wer", "cer", "mae", "rmse", "false_alarms_per_day"}
)
Purpose: TypeAlias = Literal["train", "evaluate", "publish", "share", "commercial"]
Unit: TypeAlias = Literal["samples", "hours", "tokens", "contributors"]
Role: TypeAlias = Literal["collect", "evaluate"]
Term: TypeAlias = Literal[
    "attribution", "share-alike", "non-commercial", "no-derivatives", "research-only", "no-redistribution"
]  # fmt: skip

Word = Annotated[
    str,
    BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
"""A label or value: always compared as a string, so 1 and '1' are the same."""
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda v: (v,) if isinstance(v, str) else v),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One name or a list of names."""


Price = Annotated[
    Rate,
    BeforeValidator(parse_rate),
    WithJsonSchema({"type": "string", "examples": ["500 EUR", ".10 EUR"]}),
]
"""An amount of money as it is written."""


class Section(BaseModel):
    """Base of every section: unknown fields are mistakes, ``x-...`` is free (removed before this)."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Task(Section):
    """What the model must answer about one sample."""

    type: TaskType = Field(description="the kind of answer that is wanted")
    labels: tuple[Word, ...] = Field((), description="the allowed answers; empty means taken from the data")
    multi: bool = Field(False, description="several labels at once")
    tree: bool = Field(False, description="labels are paths such as animal/dog")
    subjective: bool = Field(False, description="people may rightly disagree: nothing is settled")
    target: str | None = Field(None, description="for records: the field to predict")
    k: int = Field(10, ge=1, description="cut-off of recall_at_k and ndcg_at_k")
    positive: Word | None = Field(None, description="the label that rates, AUROC and recall are about")


class Attribute(Section):
    """What is known of a sample or of its contributor."""

    of: Literal["sample", "contributor"] = Field(
        "sample", description="whether it is known of each sample or of who gave it"
    )
    values: tuple[Word, ...] = Field((), description="the values that it can take")
    bins: dict[Word, tuple[float, float]] = Field(
        default_factory=dict, description="named ranges [from, to) of a measure"
    )
    source: str | None = Field(
        None,
        alias="from",
        description="the measure of cleaning or the column that gives it; or hour, weekday, week of its time",
    )
    zone: str | None = Field(
        None, description="IANA time zone in which hour, weekday and week are meant; UTC when left out"
    )
    basis: Literal["declared", "measured", "inferred", "source"] | None = Field(
        None, description="how it is known; taken from where it comes when left out"
    )
    sensitive: bool = Field(False, description="personal data of a special kind; never inferred")
    release: bool = Field(True, description="whether releases carry it")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)

    @property
    def known_values(self) -> tuple[str, ...]:
        """The closed list of its values: its bins where it has them."""
        return tuple(self.bins) if self.bins else self.values


class Group(Section):
    """A quota: how much is wanted of each value, or of values in shares."""

    by: Names = Field(description="an attribute, 'label', 'language' or 'source', or several crossed")
    each: float | None = Field(None, gt=0, description="how much of every value or cell")
    shares: dict[Word, float] = Field(default_factory=dict, description="share of every value; sums to 1")
    tolerance: float = Field(0.05, ge=0, le=1, description="how far a share may be off")
    contributors: int = Field(0, ge=0, description="the least number of contributors in every cell")
    only: dict[Word, float] = Field(
        default_factory=dict, description="how much of these cells; crossed values are joined by ' × '"
    )


class Targets(Section):
    """How much is wanted, of whom, at what price."""

    unit: Unit = Field("samples", description="what every amount below counts")
    total: float | None = Field(None, gt=0, description="a floor for all together")
    budget: Price | None = Field(None, description="what may be spent")
    groups: tuple[Group, ...] = Field((), description="the quotas")
    max_share_per_contributor: float = Field(
        1.0, gt=0, le=1, description="the greatest share of a release that one contributor may be"
    )


class LicenceTerms(Section):
    """A licence of one's own, ``LicenseRef-NAME``: its text and what it asks."""

    text: str = Field("", description="the licence in its own words")
    terms: tuple[Term, ...] = Field((), description="what it asks of whoever uses the data")


class Vouched(Section):
    """Somebody has looked at what tells of people, and answers for its release."""

    by: str = Field(min_length=1, description="who answers for it: a name and how to reach them")
    operators: Names = Field(
        alias="for",
        min_length=1,
        description="the operators whose findings are vouched for, such as dicom-identifiers",
    )
    sources: Names = Field((), description="only what these sources bring; all where left out")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class Rights(Section):
    """What may be used, for what, and on which ground."""

    licences: tuple[str, ...] = Field((), description="SPDX expressions or LicenseRef-NAME that are allowed")
    own: dict[str, LicenceTerms] = Field(default_factory=dict, description="texts of LicenseRef licences")
    consent: str | None = Field(None, description="path of the consent text")
    purposes: tuple[Purpose, ...] = Field(("train", "evaluate"), description="what the data is meant for")
    controller: str | None = Field(None, description="who answers for personal data")
    contact: str | None = Field(None, description="where people turn to who want their data back")
    lawful_basis: (
        Literal[
            "consent",
            "contract",
            "legal-obligation",
            "vital-interests",
            "public-task",
            "legitimate-interests",
        ]
        | None
    ) = Field(None, description="the ground on which personal data is held")
    special_basis: str | None = Field(None, description="the ground for special categories of personal data")
    mining_basis: str | None = Field(None, description="the ground for text and data mining")
    ethics: str | None = Field(None, description="the ethics approval")
    countries: tuple[str, ...] = Field((), description="where the people live whose data it is")
    keep_until: str | None = Field(None, description="ISO date after which no release holds it")
    vouched: tuple[Vouched, ...] = Field(
        (), description="who answers for samples that tell of people, so that they may be kept and released"
    )


class Step(Section):
    """One step: a plug-in (an operator of cleaning, a splitter) and its options."""

    operator: str = Field(description="its name")
    options: dict[str, Any] = Field(default_factory=dict, description="its options, where they differ")


class SourceSpec(BaseModel):
    """One source: what every kind has, and the kind's own options beside it."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", description="its name, by which every sample remembers it"
    )
    kind: str = Field(description="what brings the samples")
    role: Role = Field("collect", description="evaluate: a panel, only ever judged by, never learnt from")
    licence: str | None = Field(None, description="SPDX expression or LicenseRef-NAME of what it brings")
    consent: Literal["required"] | None = Field(
        None, description="required: what has no consent stays out of releases"
    )
    was: str | None = Field(None, description="the name that this source had before")
    cut: tuple[Step, ...] = Field(
        (), description="splitters in order: every item is cut into samples of its own, such as utterances"
    )
    cost: Price | None = Field(None, description="price of one sample")
    costs: dict[Word, Price] = Field(
        default_factory=dict, description="price of one sample by group value, where it differs"
    )
    rights: Rights | None = Field(None, description="where this source differs from the plan's rights")

    @property
    def identity(self) -> str:
        """The name that ids and pseudonyms are made from: the one it had before, where it was renamed."""
        return self.was or self.name

    @property
    def options(self) -> dict[str, Any]:
        """The options of the kind itself."""
        return dict(self.model_extra or {})


class Annotate(Section):
    """How labels are settled."""

    overlap: int = Field(3, ge=1, description="how many people answer each question")
    agreement: float = Field(0.8, ge=0, le=1, description="how far they must agree for a label to be settled")
    gold: float = Field(0.0, ge=0, le=1, description="share of questions whose answer is known")
    method: Literal["majority", "one-coin", "dawid-skene"] = Field(
        "dawid-skene", description="how votes become one label"
    )
    votes: Names = Field((), description="files of votes: worker, task, label")


class Release(Section):
    """What a release holds and how it is split."""

    splits: dict[str, float] = Field(
        default_factory=lambda: {"train": 0.8, "validation": 0.1, "test": 0.1},
        description="share of every split; sums to 1",
    )
    split: Literal["hash", "time"] = Field(
        "hash", description="by lot that never changes, or older before newer"
    )
    gap: str | None = Field(None, description="with split: time, what is left out between splits, such as 7d")
    apart_by: Names = Field(
        ("contributor",), description="test and validation share none of these with train"
    )
    stratify: Names = Field((), description="attributes or 'label' that every split holds in like shares")
    formats: Names = Field(("huggingface",), description="layouts that the release is written in")
    licence: str | None = Field(None, description="the licence of the release; checked against its parts")
    least_people: int | None = Field(None, ge=1, description="combinations of fewer people are coarsened")
    media: Literal["inside", "files"] = Field(
        "inside", description="media inside the Parquet files, or as loose files"
    )
    keys: bool = Field(False, description="whether the items' own names are released")
    recheck: float | None = Field(
        30, gt=0, description="days after which what web sites allow is read again first; null for never"
    )
    published: str | None = Field(None, description="ISO date of publication, for those who cite the release")


class Goal(Section):
    """How good is good enough."""

    overall: float | None = Field(None, description="of all samples together")
    worst_group: float | None = Field(None, description="of the group that is judged worst")


class Train(Section):
    """The baseline and its goal."""

    recipe: str = Field(description="how the baseline is trained")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the recipe")
    metric: Metric | None = Field(None, description="the figure that counts; absent: the task's own")
    goal: Goal = Field(default_factory=Goal, description="when it is good enough")
    by: tuple[Names, ...] = Field((), description="groups to judge by, beside the plan's quotas")
    batch: int | None = Field(
        None, ge=1, description="samples of one round that `next` proposes; default a sixteenth of the plan"
    )


class Plan(Section):
    """The written goal. ``text``, ``path`` and ``hash`` say which text it came from."""

    version: Literal[1] = Field(description="of this way of writing plans: 1")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="small letters, digits and hyphens")
    objective: str = Field(description="what the model must do, and for whom, in one sentence")
    modality: Modality = Field(description="what the main part of a sample is")
    languages: tuple[str, ...] = Field((), description="BCP 47 tags")
    seed: int = Field(0, description="of everything that draws lots")
    task: Task = Field(description="what the model must answer")
    attributes: dict[str, Attribute] = Field(
        default_factory=dict, description="what may differ between samples or people"
    )
    targets: Targets = Field(default_factory=Targets, description="how much is wanted, of whom")
    rights: Rights = Field(default_factory=Rights, description="what may be used, for what")
    sources: tuple[SourceSpec, ...] = Field(min_length=1, description="where samples come from")
    contributors: dict[str, Any] = Field(
        default_factory=dict,
        description="same: sources that share names of people, or several lists of such; aliases: a CSV with "
        "the columns source, name and person, that says which names are one person",
    )
    database: str | None = Field(None, description="a SQLAlchemy address; default is SQLite in the workspace")
    clean: tuple[Step, ...] | None = Field(
        None, description="cleaning steps in order; absent: the modality's defaults, []: none"
    )
    clean_parts: dict[str, tuple[Step, ...]] = Field(
        default_factory=dict,
        description="cleaning steps by role for further parts (chosen, mask, ...); absent: a few by modality",
    )
    against: Names = Field((), description="files or releases that must not be in what is trained on")
    annotate: Annotate | None = Field(None, description="how labels are settled; absent: as the sources say")
    release: Release | None = Field(None, description="what is cut, and how it is split; absent: nothing is")
    train: Train | None = Field(None, description="the baseline; absent: none is trained")
    text: str = Field("", exclude=True, repr=False)
    path: str = Field("plan.yaml", exclude=True)
    hash: str = Field("", exclude=True, description="SHA-256 of the text")

    def source(self, name: str) -> SourceSpec:
        """The source of that name."""
        return next(s for s in self.sources if s.name == name)

    def people_of(self, identity: str) -> str:
        """The source whose names of people this one shares, by ``contributors.same``; itself where none."""
        same = self.contributors.get("same") or []
        groups = same if any(isinstance(one, list | tuple) for one in same) else [same]
        for group in groups:
            joined = sorted(source.identity for source in self.sources if source.name in group)
            if identity in joined:
                return joined[0]
        return identity

    def vouches(self, operator: str, source: str) -> bool:
        """Whether somebody answers for what an operator finds of people in a source's samples."""
        return any(
            operator in one.operators and (not one.sources or source in one.sources)
            for one in self.rights.vouched
        )

    def rights_of(self, source: SourceSpec) -> Rights:
        """The plan's rights with what the source says otherwise."""
        if source.rights is None:
            return self.rights
        own = {name: getattr(source.rights, name) for name in source.rights.model_fields_set}
        return self.rights.model_copy(update=own)
