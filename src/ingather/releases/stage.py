"""The release stage: chooses, splits, writes a final and complete folder, and puts it in its place."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingather.engine.progress import SILENT, Progress
from ingather.errors import NotMet
from ingather.plan.model import Plan, Release
from ingather.releases.content import Content, record_fields
from ingather.releases.emptiness import empty_release
from ingather.releases.items import write_formats, writers
from ingather.releases.manifest import NAME as MANIFEST
from ingather.releases.manifest import list_files, sync_tree, write_manifest
from ingather.releases.privacy import hidden_fields, in_bins, least_people, released_attributes
from ingather.releases.selection import Selection, select
from ingather.releases.shards import features, write_split
from ingather.releases.splitting import (
    BRIDGE,
    Assigned,
    assign,
    beside_panel,
    codes_of,
    strata_of,
    units_of,
)
from ingather.releases.ties import tie, unknown_ties
from ingather.releases.time_splitting import (
    GAP,
    UNDATED,
    boundaries,
    keep_apart,
    seconds_of,
    split_by_time,
)
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.lookup import Lookup
from ingather.store.packed_ids import PackedIds
from ingather.store.release_log import list_releases, log_release
from ingather.store.runs import Run, StageResult
from ingather.store.workspace import Workspace

_APART = -5
"""Left out because its unit is in an earlier split."""
_AT_ONCE = 50_000


def release(
    workspace: Workspace, plan: Plan, *, strict: bool = False, progress: Progress = SILENT
) -> StageResult:
    """Cuts a release of what is kept; the same content again is the same release.

    Raises:
        NotMet: ``strict``, and samples had to be left out for licence or consent.
    """
    settings = plan.release or Release()
    formats = writers(plan)
    run = Run(workspace, plan.hash, "release")
    result = StageResult("release", taken=workspace.samples.count())
    progress.begin("release: choosing", None)
    chosen = select(workspace, plan)
    _refuse(plan, chosen, strict)
    settings = _with_test(settings, chosen)
    names = list(settings.splits)
    assigned = split_selection(workspace, plan, settings, chosen)
    for reason, code in (("bridge", BRIDGE), ("gap", GAP), ("undated", UNDATED), ("apart", _APART)):
        chosen.left_out[reason] = int((assigned.splits == code).sum())
    counts = {name: int((assigned.splits == number).sum()) for number, name in enumerate(names)}
    fingerprint = _fingerprint(workspace, plan, chosen, assigned)
    known = next((r for r in list_releases(workspace) if r.get("fingerprint") == fingerprint), None)
    if known is None or not (workspace.root / known["path"]).is_dir():
        known = _cut(workspace, plan, settings, chosen, assigned, formats, fingerprint, progress)
        result.new = sum(counts.values())
    result.kept = sum(counts.values())
    result.quarantined = chosen.left_out["quarantined"]
    result.details = {name: known[name] for name in ("release", "path", "digest", "splits", "left_out")}
    result.details["splits"] = {name: known["splits"].get(name, 0) for name in names}
    result.details["examples"] = chosen.examples
    if not result.kept:
        result.details["nothing"] = empty_release(workspace, plan, chosen).as_json()
    told = ", ".join(f"{name} {count:,}" for name, count in result.details["splits"].items())
    result.notes.append(f"release {known['release']}: {told}; it lies in {known['path']}")
    left = {name: count for name, count in chosen.left_out.items() if count}
    if left:
        result.notes.append("left out: " + ", ".join(f"{count:,} for {name}" for name, count in left.items()))
    for split, stratum, lack in _lacks(plan, assigned, settings, chosen)[:5]:
        result.notes.append(f"{split} lacks {lack:,} of {stratum}: no unit could be put there whole")
    result.notes += assigned.notes
    for name, losses in known.get("formats", {}).items():
        result.notes += [f"{name}: {loss['reason']} ({loss['samples']:,})" for loss in losses]
    if known.get("blanked"):
        result.notes.append(f"{known['blanked']:,} samples carry fewer attributes: too few people share them")
    if known.get("coarsened"):
        result.notes.append(f"{known['coarsened']:,} samples carry coarser attributes, for the same reason")
    return run.end(result)


def split_selection(workspace: Workspace, plan: Plan, settings: Release, chosen: Selection) -> Assigned:
    """Gives every chosen sample its split and keeps it in ``splits``; what only evaluates goes to test."""
    names = list(settings.splits)
    shares = np.array([settings.splits[name] for name in names])
    n = len(chosen.ids)
    before = np.full(n, -1, np.int64)
    if workspace.splits.exists:
        known = Lookup(workspace.splits, ["split"])
        for number, ids in enumerate(chosen.ids.portions(_AT_ONCE)):
            was = known.match(ids)["split"]
            place = pc.fill_null(pc.index_in(was, pa.array(names, pa.string())), -1)
            before[number * _AT_ONCE : (number + 1) * _AT_ONCE] = place.to_numpy()
        del known
    test = names.index("test") if "test" in names else -1
    before[chosen.evaluate] = test
    ties, notes = [codes_of(chosen.parents)], list[str]()
    if settings.split != "time" or "apart_by" in settings.model_fields_set:
        ties += [tie(workspace, plan, chosen, name) for name in settings.apart_by]
        if "apart_by" in settings.model_fields_set:
            notes = unknown_ties(settings.apart_by, ties[1:])
    units = units_of(n, ties) if n else np.zeros(0, np.int64)
    strata, _ = _strata(plan, settings, chosen)
    open_rows = ~chosen.evaluate
    assigned = Assigned(before.copy(), units, {}, notes)
    if settings.split == "time":
        assigned = Assigned(_in_time(workspace, settings, chosen, shares, units, test), units, {}, notes)
    elif open_rows.any():
        splits = beside_panel(units, before, chosen.evaluate, test)
        part = assign(shares, units[open_rows], strata[open_rows], splits[open_rows], chosen.order[open_rows])
        splits[open_rows] = part.splits
        assigned = Assigned(splits, units, part.shortfall, notes)
    _keep_splits(workspace, names, chosen, before, assigned)
    return assigned


def _keep_splits(
    workspace: Workspace, names: list[str], chosen: Selection, before: NDArray[np.int64], assigned: Assigned
) -> None:
    """Writes the splits of newcomers, all in one commit."""
    new = np.flatnonzero((before < 0) & (assigned.splits >= 0))
    first = np.full(int(assigned.units.max(initial=-1)) + 1, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(first, assigned.units, chosen.order)
    units = PackedIds(first, first)
    schema = workspace.splits.schema
    words = pa.array(names, pa.string())

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(new), _AT_ONCE):
            rows = new[start : start + _AT_ONCE]
            unit = pc.utf8_slice_codeunits(units.take(assigned.units[rows]), 0, 16)
            split = words.take(pa.array(assigned.splits[rows]))
            told = {"id": chosen.ids.take(rows), "unit": unit, "split": split}
            left_out = {"left_out": pa.nulls(len(rows), pa.string())}
            yield pa.record_batch({name: {**told, **left_out}[name] for name in schema.names}, schema=schema)

    if len(new):
        workspace.splits.upsert(pa.RecordBatchReader.from_batches(schema, batches()))


def _in_time(
    workspace: Workspace,
    settings: Release,
    chosen: Selection,
    shares: NDArray[np.float64],
    units: NDArray[np.int64],
    test: int,
) -> NDArray[np.int64]:
    """Splits by time; the ends that the first release set hold for all later ones."""
    name = f"time-splits:{settings.splits}"
    known: Any = get_cursor(workspace, name)
    ends = np.array(known if known is not None else boundaries(chosen.times, shares))
    if known is None and np.isfinite(ends).all():
        with workspace.database.begin() as connection:
            set_cursor(connection, name, [float(end) for end in ends])
    splits = split_by_time(chosen.times, ends, seconds_of(settings.gap))
    splits[chosen.evaluate] = test
    if "apart_by" in settings.model_fields_set and settings.apart_by:
        splits = keep_apart(splits, units, _APART)
    return splits


def _with_test(settings: Release, chosen: Selection) -> Release:
    """The settings with a test split, where there is a panel and the plan names none to put it in."""
    if "test" in settings.splits or not chosen.evaluate.any():
        return settings
    return settings.model_copy(update={"splits": {**settings.splits, "test": 0.0}})


def _strata(plan: Plan, settings: Release, chosen: Selection) -> tuple[NDArray[np.int64], list[str]]:
    columns = {name: chosen.groups[name] for name in settings.stratify if name in chosen.groups}
    for name, values in columns.items():
        if pa.types.is_floating(values.type):
            columns[name] = in_bins(plan, name, values)
    return strata_of(columns, len(chosen.ids))


def _lacks(
    plan: Plan, assigned: Assigned, settings: Release, chosen: Selection
) -> list[tuple[str, str, int]]:
    if not assigned.shortfall:
        return []
    names, strata = list(settings.splits), _strata(plan, settings, chosen)[1]
    return [(names[k], strata[s], round(lack)) for (s, k), lack in assigned.shortfall.items()]


def _refuse(plan: Plan, chosen: Selection, strict: bool) -> None:
    unlawful = {name: chosen.left_out[name] for name in ("licence", "consent") if chosen.left_out[name]}
    if strict and unlawful:
        told = ", ".join(f"{count} for {name}" for name, count in unlawful.items())
        some = [one for name in unlawful for one in chosen.examples.get(name, [])][:10]
        raise NotMet(
            f"Samples may not be released: {told}.",
            why=f"The plan's rights do not cover them: {', '.join(some)}"
            + (" and others." if sum(unlawful.values()) > len(some) else "."),
            fix="Widen rights.licences, or leave --strict away: they are then left out.",
        )


def _fingerprint(workspace: Workspace, plan: Plan, chosen: Selection, assigned: Assigned) -> str:
    """Changes exactly when the release would hold something else."""
    told = hashlib.sha256(plan.hash.encode())
    revisions = Lookup(workspace.samples, ["revision"])
    cleaned = Lookup(workspace.cleaned, ["text", "blob"])
    order = np.argsort(chosen.order, kind="stable")
    for start in range(0, len(order), _AT_ONCE):
        rows = order[start : start + _AT_ONCE]
        ids = chosen.ids.take(rows)
        told.update(orjson.dumps([ids.to_pylist(), chosen.labels.take(pa.array(rows)).to_pylist()]))
        told.update(orjson.dumps(assigned.splits[rows].tolist()))
        told.update(orjson.dumps(revisions.match(ids)["revision"].to_pylist()))
        told.update(orjson.dumps(cleaned.match(ids).to_pylist()))
        for name, values in chosen.groups.items():
            told.update(orjson.dumps([name, values.take(pa.array(rows)).to_pylist()]))
    return told.hexdigest()


def _cut(
    workspace: Workspace,
    plan: Plan,
    settings: Release,
    chosen: Selection,
    assigned: Assigned,
    formats: dict[str, ModuleType],
    fingerprint: str,
    progress: Progress,
) -> dict[str, Any]:
    from ingather.releases.documents import write_documents
    from ingather.releases.facts import gather_facts

    name = _free_name(
        workspace, plan, {n: int((assigned.splits == k).sum()) for k, n in enumerate(settings.splits)}
    )
    final = workspace.releases / name
    building = workspace.releases / f".{name}.new"
    for leftover in (building, final):
        if leftover.exists():  # a crashed run got this far and did not note it
            shutil.rmtree(leftover)
    building.mkdir(parents=True)
    told = released_attributes(plan, chosen.groups, chosen.contributors, assigned.splits >= 0)
    fields = record_fields(workspace, chosen.ids) if plan.modality == "record" else {}
    hidden = hidden_fields(plan)
    fields = {name: kind for name, kind in fields.items() if name not in hidden}
    content = Content(workspace, plan, chosen, told.values, fields)
    splits: dict[str, int] = {}
    rows_of: dict[str, NDArray[np.int64]] = {}
    for number, split in enumerate(settings.splits):
        rows = np.flatnonzero(assigned.splits == number)
        rows = rows[np.argsort(chosen.order[rows], kind="stable")]
        splits[split] = len(rows)
        rows_of[split] = rows
        progress.begin(f"release: {split}", len(rows))
        if len(rows):
            write_split(content, rows, building, split)
        progress.advance(len(rows))
    unsaid = write_formats(formats, content, rows_of, building)
    files = list_files(building)
    facts = gather_facts(
        workspace, plan, name, chosen, assigned.splits, list(splits), content,
        lacks=_lacks(plan, assigned, settings, chosen),
        blanked=told.blanked, coarsened=told.coarsened,
        formats=unsaid, files=files, features=features(content),
    )  # fmt: skip
    write_documents(building, facts)
    summary: dict[str, Any] = {
        "samples": sum(splits.values()),
        "splits": splits,
        "left_out": {key: chosen.left_out[key] for key in chosen.left_out},
        "blanked": told.blanked,
        "coarsened": told.coarsened,
        "least_people": least_people(plan),
        "formats": unsaid,
        "fingerprint": fingerprint,
    }
    manifest = {"release": name, "name": plan.name, "plan": plan.hash, "splits": splits, "tombstones": []}
    digest = write_manifest(building, manifest, files)
    sync_tree(building)
    building.rename(final)
    path = final.relative_to(workspace.root).as_posix()
    with workspace.database.begin() as connection:
        log_release(connection, name, path, digest, plan.hash, summary)
    return {"release": name, "path": path, "digest": digest, **summary}


def _free_name(workspace: Workspace, plan: Plan, splits: dict[str, int]) -> str:
    """The next name; a finished release that lies there unknown (its record was lost) is never written over.

    One that a crash kept from being noted is of this plan and as large: it is cut anew in its place.
    """
    noted = {one["release"] for one in list_releases(workspace)}
    number = len(noted) + 1
    while True:
        manifest = workspace.releases / f"v{number}" / MANIFEST
        if f"v{number}" not in noted and not manifest.is_file():
            return f"v{number}"
        try:
            there = orjson.loads(manifest.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            there = {}
        if f"v{number}" not in noted and there.get("plan") == plan.hash and there.get("splits") == splits:
            return f"v{number}"
        number += 1


def release_path(workspace: Workspace, name: str) -> Path:
    """Where a release lies."""
    return workspace.releases / name
