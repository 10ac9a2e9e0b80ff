"""Which samples may be in a release, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingather.plan.licences import allowed
from ingather.plan.model import Plan
from ingather.plan.tasks import WITHOUT_LABEL
from ingather.releases.capping import within_share
from ingather.releases.personal import Personal
from ingather.store.packed_ids import PackedIds
from ingather.store.reserved import read_reserved
from ingather.store.view import View
from ingather.store.word_columns import WordColumn
from ingather.store.workspace import Workspace

ASKING = ("voice", "upload", "survey")
"""Source kinds in which people give something here, so that their consent is required."""


@dataclass
class Selection:
    """What a release is made of, in the order of collection.

    Attributes:
        ids: n sample ids; the first halves order them by lot.
        groups: by attribute, label and source: n values, words dictionary-encoded; label is JSON text, null
            where there is none.
        contributors: n pseudonyms or null, dictionary-encoded, like parents and sessions.
        parents: n ids of parents or null.
        sessions: n sessions or null.
        times: n seconds since 1970, NaN where unknown.
        evaluate: n flags: only ever in test.
        left_out: how many are not in it, by reason.
        examples: some ids of what is left out, by reason.
        unlawful: sources and licences that the plan's rights do not cover.
    """

    ids: PackedIds
    groups: dict[str, pa.Array]
    contributors: pa.Array
    parents: pa.Array
    sessions: pa.Array
    times: NDArray[np.float64]
    evaluate: NDArray[np.bool_]
    left_out: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    unlawful: tuple[tuple[str, str | None], ...] = ()

    @property
    def labels(self) -> pa.Array:
        """N labels as JSON text, null where there is none."""
        return self.groups["label"]

    @property
    def order(self) -> NDArray[np.uint64]:
        """N numbers that are random and stay the same."""
        return self.ids.high


_REASONS = (
    "quarantined",
    "waiting",
    "licence",
    "expired",
    "reserved",
    "personal",
    "consent",
    "unlabelled",
    "share",
    "bridge",
    "gap",
    "undated",
    "apart",
)

_HELD = ("contributor", "parent", "session")
"""The columns of samples that are held until all are chosen, beside ids, groups and times."""


def select(workspace: Workspace, plan: Plan) -> Selection:
    """Chooses among all samples: kept, labelled, lawful, and within the share of a contributor."""
    chosen = _Choosing(workspace, plan)
    columns = ("licence", "consent", "parent", "session", "made_at", "media_type")
    view = View(workspace, plan, columns)
    for batch in view.batches(where="role != 'carrier'"):
        chosen.add(batch.rows, batch.groups, batch.verdicts, batch.amounts)
    return chosen.finish()


class _Choosing:
    def __init__(self, workspace: Workspace, plan: Plan) -> None:
        self.plan = plan
        self.kinds = {source.name: source for source in plan.sources}
        self.needs_label = plan.task.type not in WITHOUT_LABEL
        self.lawful: dict[tuple[str, str | None], bool] = {}
        self.people = Personal(workspace, plan)
        self.expired = {source.name for source in plan.sources if _past(plan.rights_of(source).keep_until)}
        self.reserved = read_reserved(workspace.folder)
        self.left_out = dict.fromkeys(_REASONS, 0)
        self.examples: dict[str, list[str]] = {}
        self.ids: list[PackedIds] = []
        self.held = {name: WordColumn() for name in _HELD}
        self.groups: dict[str, WordColumn] = {}
        self.times: list[NDArray[np.float64]] = []
        self.amounts: list[NDArray[np.float64]] = []

    def add(self, rows: pa.Table, groups: dict[str, pa.Array], verdicts: pa.Array, amounts: pa.Array) -> None:
        n = rows.num_rows
        reason = np.full(n, "", dtype=object)
        verdict = np.array(verdicts.to_pylist(), dtype=object)
        reason[verdict == "quarantined"] = "quarantined"
        reason[verdict == None] = "waiting"  # noqa: E711
        fine = reason == ""
        sources, licences = rows["source"].to_pylist(), rows["licence"].to_pylist()
        for row in np.flatnonzero(fine).tolist():
            if not self._lawful(sources[row], licences[row]):
                reason[row] = "licence"
            elif sources[row] in self.expired:
                reason[row] = "expired"
        if self.reserved:
            names = rows["id"].to_pylist()
            reason[(reason == "") & np.array([name in self.reserved for name in names], bool)] = "reserved"
        reason[(reason == "") & self.people.unvouched(rows)] = "personal"
        missing = ~rows["consent"].is_valid().to_numpy()
        asked = np.array([self._asks(name) for name in sources])
        reason[(reason == "") & missing & asked] = "consent"
        if self.needs_label:
            reason[(reason == "") & ~rows["label"].is_valid().to_numpy()] = "unlabelled"
        for word in set(reason.tolist()) - {""}:
            hit = np.flatnonzero(reason == word)
            self.left_out[word] += len(hit)
            some = self.examples.setdefault(word, [])
            some += rows["id"].take(pa.array(hit[: max(0, 20 - len(some))])).to_pylist()
        chosen = reason == ""
        keep = pa.array(chosen)
        self.ids.append(PackedIds.of(rows["id"].filter(keep)))
        for name, column in self.held.items():
            column.add(rows[name].filter(keep))
        for name, values in groups.items():
            self.groups.setdefault(name, WordColumn()).add(values.filter(keep))
        self.times.append(_seconds(rows["made_at"].combine_chunks())[chosen])
        self.amounts.append(amounts.filter(keep).to_numpy())

    def finish(self) -> Selection:
        ids = PackedIds.joined(self.ids)
        self.ids = []
        held = {name: column.joined() for name, column in self.held.items()}
        groups = {name: column.joined() for name, column in self.groups.items()}
        groups.setdefault("label", WordColumn().joined())
        times = np.concatenate([np.zeros(0), *self.times])
        amounts = np.concatenate([np.zeros(0), *self.amounts])
        self.times, self.amounts = [], []
        evaluate = self._only_judges(groups)
        stays = self._within_share(ids, held["contributor"], evaluate, amounts)
        self.left_out["share"] = int((~stays).sum())
        if self.left_out["share"]:
            self.examples["share"] = ids.take(np.flatnonzero(~stays)[:20]).to_pylist()
            mask = pa.array(stays)
            ids, times, evaluate = ids.filter(stays), times[stays], evaluate[stays]
            groups = {name: values.filter(mask) for name, values in groups.items()}
            held = {name: values.filter(mask) for name, values in held.items()}
        return Selection(
            ids,
            groups,
            held["contributor"],
            held["parent"],
            held["session"],
            times,
            evaluate,
            self.left_out,
            self.examples,
            tuple(sorted((key for key, fine in self.lawful.items() if not fine), key=str)),
        )

    def _only_judges(self, groups: dict[str, pa.Array]) -> NDArray[np.bool_]:
        """Which samples may only ever be in test."""
        if "source" not in groups:
            return np.zeros(0, bool)
        names = {s.name for s in self.plan.sources if s.role == "evaluate" or not _may_train(s.rights)}
        source = groups["source"]
        judging = np.array([name in names for name in source.dictionary.to_pylist()], bool)
        flags: NDArray[np.bool_] = judging[source.indices.to_numpy()]
        return flags

    def _within_share(
        self,
        ids: PackedIds,
        contributors: pa.Array,
        evaluate: NDArray[np.bool_],
        amounts: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        """Which samples stay. What only judges is no part of what somebody has a share of, and stays."""
        codes = contributors.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        stays = evaluate.copy()
        most = self.plan.targets.max_share_per_contributor
        stays[~evaluate] = within_share(codes[~evaluate], amounts[~evaluate], ids.high[~evaluate], most)
        return stays

    def _lawful(self, source: str, licence: str | None) -> bool:
        key = (source, licence)
        if key not in self.lawful:
            spec = self.kinds.get(source)
            rights = self.plan.rights_of(spec) if spec is not None else self.plan.rights
            self.lawful[key] = allowed(licence, rights)
        return self.lawful[key]

    def _asks(self, source: str) -> bool:
        spec = self.kinds.get(source)
        return spec is not None and (spec.consent == "required" or spec.kind in ASKING)


def _past(day: str | None) -> bool:
    return day is not None and date.fromisoformat(day) < date.today()


def _seconds(times: pa.Array) -> NDArray[np.float64]:
    seconds = times.cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64) / 1e6
    return np.where(times.is_null().to_numpy(zero_copy_only=False), np.nan, seconds)


def _may_train(rights: object) -> bool:
    purposes = getattr(rights, "purposes", None)
    return purposes is None or "train" in purposes
