"""What a release's documents tell: counts, coverage, rights, rejections, measured once when it is cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.plan.counting import bin_of, labels_in
from ingather.plan.licence_mix import Mix, mix
from ingather.plan.model import Plan
from ingather.plan.quotas import Row, coverage
from ingather.releases.content import Content
from ingather.releases.privacy import least_people
from ingather.releases.selection import Selection
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor
from ingather.store.lookup import Lookup
from ingather.store.packed_ids import PackedIds
from ingather.store.workspace import Workspace

UNKNOWN = "unknown"
_COUNTED = ("classification", "boxes", "polygons", "tagging", "spans", "tracks")
"""Tasks whose labels come from a list, so that they can be counted."""


@dataclass(frozen=True)
class Facts:
    """Everything that the card, the data sheet and the tables of a release say.

    What the plan does not release, and what too few people share, is in none of it.

    Attributes:
        plan: the plan it was cut under.
        release: its name.
        splits: samples by split.
        schema: columns of its shards.
        labels: samples by label, by split; empty where labels come from no list.
        spread: for numbers as labels: least, median and greatest by split.
        groups: by attribute, samples by value, by split; unknown is "unknown".
        contributors: how many people gave what is in it.
        synthetic: how many samples a machine made.
        derived: how many samples were cut from others.
        changed: how many samples cleaning changed.
        licences: samples by licence.
        licences_by_source: by source and licence: samples.
        mix: what these licences allow together.
        sources: by source: samples in it, kind, licence, synthetic.
        labelled: samples by the way their label was settled; "source" where it came with them.
        votes: how many samples carry people's votes beside the label.
        left_out: samples by reason.
        collected: how many samples there were to choose from.
        coverage: every quota.
        operators: rows in and out of every operator.
        rejections: what every filter rejects, by group.
        lacks: strata that a split holds too little of: split, stratum, samples.
        blanked: samples with a value blanked for privacy.
        coarsened: samples with a value made coarser for privacy, and none blanked.
        least_people: how many people must share what is told of them.
        formats: by further format, what it could not carry: reason and samples.
        files: the files of data: path below the release, SHA-256 and bytes.
        features: by column, the feature that the Hugging Face loader reads.
        media: by column that holds media, which.
    """

    plan: Plan
    release: str
    splits: dict[str, int]
    schema: pa.Schema
    labels: dict[str, dict[str, int]]
    spread: dict[str, tuple[float, float, float]]
    groups: dict[str, dict[str, dict[str, int]]]
    contributors: int
    synthetic: int
    derived: int
    changed: int
    licences: dict[str, int]
    licences_by_source: dict[tuple[str, str], int]
    mix: Mix
    sources: dict[str, dict[str, Any]]
    labelled: dict[str, int]
    votes: int
    left_out: dict[str, int]
    collected: int
    coverage: list[Row]
    operators: list[dict[str, Any]]
    rejections: list[dict[str, Any]]
    lacks: list[tuple[str, str, int]]
    blanked: int
    coarsened: int
    least_people: int
    formats: dict[str, list[dict[str, Any]]]
    files: dict[str, dict[str, Any]]
    features: dict[str, Any]
    media: dict[str, str]

    @property
    def samples(self) -> int:
        """How many samples are in it."""
        return sum(self.splits.values())


def gather_facts(
    workspace: Workspace,
    plan: Plan,
    release: str,
    chosen: Selection,
    splits: NDArray[np.int64],
    names: list[str],
    content: Content,
    *,
    lacks: list[tuple[str, str, int]],
    blanked: int,
    coarsened: int,
    formats: dict[str, list[dict[str, Any]]],
    files: dict[str, dict[str, Any]],
    features: dict[str, Any],
) -> Facts:
    """Counts what is in a release.

    Args:
        workspace: what it was cut from.
        plan: under which.
        release: its name.
        chosen: the samples.
        splits: n indices of splits, below 0 where a sample is left out.
        names: of the splits.
        content: its rows.
        lacks: as in Facts, likewise the rest.
        blanked: likewise.
        coarsened: likewise.
        formats: likewise.
        files: likewise.
        features: likewise.
    """
    inside = pa.array(splits >= 0)
    split = pa.DictionaryArray.from_arrays(
        pa.array(splits.astype(np.int32), mask=splits < 0), pa.array(names, pa.string())
    )
    counted = _count_samples(workspace, chosen.ids.filter(splits >= 0))
    groups = {
        name: _table(_in_words(plan, name, values), split) for name, values in content.attributes.items()
    }
    hidden = _hidden(plan, chosen, groups, blanked + coarsened)
    operators: Any = get_cursor(workspace, "operators") or []
    rejections: Any = get_cursor(workspace, "fairness") or []
    came = sum(splits >= 0) - chosen.labels.filter(inside).null_count
    labelled, votes = _labelling(counted.methods, int(came))
    in_source = counted.by(0)
    return Facts(
        plan=plan,
        release=release,
        splits={name: int((splits == number).sum()) for number, name in enumerate(names)},
        schema=content.schema,
        labels=_labels(plan, chosen.labels, split),
        spread=_spread(plan, chosen.labels, splits, names),
        groups=groups,
        contributors=len(pc.unique(chosen.contributors.filter(inside).drop_null())),
        synthetic=counted.synthetic,
        derived=counted.derived,
        changed=counted.changed,
        licences=counted.by(1),
        licences_by_source={pair: counted.pairs[pair] for pair in sorted(counted.pairs)},
        mix=mix([None if one == UNKNOWN else one for one in counted.by(1)], plan.rights.own),
        sources={
            source.name: {
                "kind": source.kind,
                "role": source.role,
                "licence": source.licence,
                "samples": in_source.get(source.name, 0),
                "synthetic": source.kind == "synthetic",
            }
            for source in plan.sources
        },
        labelled=labelled,
        votes=votes,
        left_out=dict(chosen.left_out),
        collected=workspace.samples.count("role != 'carrier'"),
        coverage=[
            row
            for row in coverage(plan, read_counts(workspace, plan))
            if _may_tell(plan, list(row.by)) and not any(pair in hidden for pair in row.by.items())
        ],
        operators=operators,
        rejections=[
            told
            for told in rejections
            if _may_tell(plan, [told["attribute"]]) and (told["attribute"], told["value"]) not in hidden
        ],
        lacks=lacks,
        blanked=blanked,
        coarsened=coarsened,
        least_people=least_people(plan),
        formats=formats,
        files=files,
        features=features,
        media=content.media,
    )


@dataclass
class _Counted:
    """Counts over the samples of a release, gathered in portions.

    Attributes:
        pairs: samples by source and licence.
        methods: samples by the way their label was settled here.
        synthetic: how many a machine made.
        derived: how many were cut from others.
        changed: how many cleaning changed.
    """

    pairs: Counter[tuple[str, str]]
    methods: Counter[str]
    synthetic: int = 0
    derived: int = 0
    changed: int = 0

    def by(self, place: int) -> dict[str, int]:
        """Samples by source (0) or by licence (1), in alphabetical order."""
        told: Counter[str] = Counter()
        for pair, count in self.pairs.items():
            told[pair[place]] += count
        return dict(sorted(told.items()))


def _count_samples(workspace: Workspace, ids: PackedIds) -> _Counted:
    told = _Counted(Counter(), Counter())
    samples = Lookup(workspace.samples, ["licence", "source", "synthetic", "parent"])
    cleaned = Lookup(workspace.cleaned, ["text"])
    settled = Lookup(workspace.labels, ["method"]) if workspace.labels.exists else None
    for portion in ids.portions():
        rows = samples.match(portion)
        told.pairs.update(_count_pairs(rows["source"], rows["licence"]))
        told.synthetic += int(pc.sum(pc.fill_null(rows["synthetic"], False)).as_py() or 0)
        told.derived += len(rows) - rows["parent"].null_count
        told.changed += int((cleaned.find(portion) >= 0).sum())
        if settled is not None:
            methods = settled.match(portion)["method"].drop_null()
            told.methods.update({entry["values"]: entry["counts"] for entry in _values(methods)})
    return told


def _may_tell(plan: Plan, names: list[str]) -> bool:
    return all(plan.attributes[name].release for name in names if name in plan.attributes)


def _hidden(
    plan: Plan, chosen: Selection, groups: dict[str, dict[str, dict[str, int]]], blanked: int
) -> set[tuple[str, str]]:
    """Values of people that blanking took out of the release whole, so that no table may name them either."""
    hidden: set[tuple[str, str]] = set()
    for name in groups if blanked else ():
        if plan.attributes[name].of == "contributor":
            there = pc.unique(_in_words(plan, name, chosen.groups[name])).to_pylist()
            hidden |= {(name, value) for value in there if value is not None and value not in groups[name]}
    return hidden


def _in_words(plan: Plan, name: str, values: pa.Array) -> pa.Array:
    """Values of an attribute as words; numbers by the bin they lie in."""
    if plan.attributes[name].bins and pa.types.is_floating(values.type):
        codes = bin_of(plan, name, values.to_numpy(zero_copy_only=False))
        words = pa.array(list(plan.attributes[name].bins), pa.string())
        return words.take(pa.array(codes, mask=codes < 0))
    return values if pa.types.is_dictionary(values.type) else values.cast(pa.string())


def _labels(plan: Plan, labels: pa.Array, split: pa.DictionaryArray) -> dict[str, dict[str, int]]:
    if plan.task.type not in _COUNTED:
        return {}
    told: dict[str, dict[str, int]] = {label: {} for label in sorted(plan.task.labels)}
    for written, counts in _table(labels, split).items():
        value = None if written == UNKNOWN else orjson.loads(written)
        for word in labels_in(value) or [UNKNOWN]:
            for name, count in counts.items():
                own = told.setdefault(word, {})
                own[name] = own.get(name, 0) + count
    return told


def _spread(
    plan: Plan, labels: pa.Array, splits: NDArray[np.int64], names: list[str]
) -> dict[str, tuple[float, float, float]]:
    if plan.task.type != "regression":
        return {}
    values = np.array([float(orjson.loads(v)) if v is not None else np.nan for v in labels.to_pylist()])
    told: dict[str, tuple[float, float, float]] = {}
    for number, name in enumerate(names):
        own = values[(splits == number) & ~np.isnan(values)]
        if len(own):
            told[name] = (float(own.min()), float(np.median(own)), float(own.max()))
    return told


def _labelling(methods: Counter[str], labelled: int) -> tuple[dict[str, int], int]:
    """Samples by the way their label was settled, and how many carry votes; the rest came with theirs."""
    votes = sum(methods.values())
    came = labelled - votes
    return ({"source": came} if came > 0 else {}) | dict(sorted(methods.items())), votes


def _table(values: pa.Array, split: pa.DictionaryArray) -> dict[str, dict[str, int]]:
    """Samples by value and split, in alphabetical order; what is in no split is in none of it."""
    coded = values.dictionary_encode()
    words = [*map(str, coded.dictionary.to_pylist()), UNKNOWN]
    names = split.dictionary.to_pylist()
    inside = split.is_valid().to_numpy(zero_copy_only=False)
    own = coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)[inside].astype(np.int64)
    which = split.indices.fill_null(0).to_numpy(zero_copy_only=False)[inside]
    counts = np.bincount(own * len(names) + which, minlength=len(words) * len(names))
    told: dict[str, dict[str, int]] = {}
    for place in np.flatnonzero(counts).tolist():
        value, name = words[place // len(names)], names[place % len(names)]
        of_value = told.setdefault(value, {})
        of_value[name] = of_value.get(name, 0) + int(counts[place])
    return {value: dict(sorted(told[value].items())) for value in sorted(told)}


def _values(column: pa.ChunkedArray) -> list[dict[str, Any]]:
    counted: list[dict[str, Any]] = pc.value_counts(column).to_pylist()
    return counted


def _count_pairs(one: pa.ChunkedArray, other: pa.ChunkedArray) -> dict[tuple[str, str], int]:
    pairs = pa.table({"one": pc.fill_null(one, UNKNOWN), "other": pc.fill_null(other, UNKNOWN)})
    grouped = pairs.group_by(["one", "other"]).aggregate([([], "count_all")])
    columns = (grouped[name].to_pylist() for name in ("one", "other", "count_all"))
    return {(a, b): count for a, b, count in sorted(zip(*columns, strict=True))}
