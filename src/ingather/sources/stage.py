"""The collect stage: asks every source of the plan, and writes what it brings so that a crash loses nothing.

The order of a batch is blobs, then samples, then journal and cursor; whatever the moment of a crash, the
next run writes the same rows again under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pyarrow as pa
from sqlalchemy import delete

from ingather.engine.progress import SILENT, Progress
from ingather.plan.aliases import aliases_of, joined_mark
from ingather.plan.licences import spdx_of
from ingather.plan.model import Plan, SourceSpec
from ingather.plan.quotas import Gap
from ingather.plugins import SOURCES, load
from ingather.sample import Item, Json, Loss
from ingather.sources.contract import CHECKPOINT, Request
from ingather.sources.given import given_items
from ingather.sources.marks_beside import stamp_of_marks
from ingather.sources.rows import sample_rows
from ingather.sources.signals.blocklist import read_blocklist, without_blocked
from ingather.sources.splitting import cut_items, cut_mark, marks_watched, modality_before, splitters_of
from ingather.store.counts import count_gaps
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.database import upsert
from ingather.store.database_schema import losses as losses_table
from ingather.store.erasure import WITHDRAWN
from ingather.store.items import Journal, open_journal
from ingather.store.recount import recount
from ingather.store.runs import Run, StageResult
from ingather.store.workspace import Workspace

BATCH_ITEMS = 10_000
BATCH_BYTES = 64 << 20
MOST_LOSSES = 1_000
WATCHED_BATCHES = 60
"""Batches of a stream that is watched, after which files are joined and counts are made anew."""


@dataclass
class _Tally:
    new: int = 0
    changed: int = 0
    seen: int = 0
    losses: list[Loss] = field(default_factory=list)
    lost: int = 0


def collect(
    workspace: Workspace,
    plan: Plan,
    *,
    only: tuple[str, ...] = (),
    watch: bool = False,
    progress: Progress = SILENT,
) -> StageResult:
    """Collects from every source, or from those named in ``only``; with ``watch`` streams go on for ever.

    Raises:
        InputError: a source cannot be read at all; what came before stays.
        OutsideError: something outside failed; the next call goes on where it was.
    """
    run = Run(workspace, plan.hash, "collect")
    result = StageResult("collect")
    told: dict[str, Json] = {}
    if workspace.samples.exists:
        from ingather.store.sample_schema import attribute_fields

        workspace.samples.ensure_columns(attribute_fields(plan))
    for source in plan.sources:
        if only and source.name not in only:
            continue
        module = load(SOURCES, source.kind)
        gaps = count_gaps(workspace, plan)
        tally, gone = _collect_one(workspace, plan, source, module, gaps, watch, progress)
        result.taken += tally.seen
        result.new += tally.new
        result.changed += tally.changed
        result.gone += gone
        told[source.name] = {
            "new": tally.new,
            "changed": tally.changed,
            "gone": gone,
            "lost": tally.lost,
            "losses": [
                {"where": loss.where, "reason": loss.reason, "count": loss.count}
                for loss in tally.losses[:20]
            ],
        }
        if tally.new or tally.changed or gone:
            workspace.samples.compact()
            recount(workspace, plan)
        if gone:
            result.notes.append(f"{gone} items of '{source.name}' are gone from it; their samples are kept.")
        if told_joined := _people_joined(workspace, plan, source):
            result.notes.append(told_joined)
        result.notes += [f"{source.name}: {loss.where}: {loss.reason}" for loss in tally.losses[:5]]
        if len(tally.losses) > 5:
            result.notes.append(
                f"{source.name}: and {len(tally.losses) - 5} more losses (--json lists them)."
            )
    result.details["sources"] = told
    return run.end(result)


def _collect_one(
    workspace: Workspace,
    plan: Plan,
    source: SourceSpec,
    module: ModuleType,
    gaps: tuple[Gap, ...],
    watch: bool,
    progress: Progress,
) -> tuple[_Tally, int]:
    _rename(workspace, source)
    _licence(workspace, source)
    journal = open_journal(workspace, source.identity, cuts=bool(source.cut))
    cursor = get_cursor(workspace, f"collect:{source.identity}")
    splitters = splitters_of(source.cut)
    joined = joined_mark(plan, source.identity, workspace.root)
    mark = cut_mark(splitters)
    place = _place_of(workspace, source) if marks_watched(splitters) else None

    def own_mark(key: str) -> str:
        """What a stamp is told beside the item itself: who is one person, and the marks beside it."""
        return joined + (stamp_of_marks(place / key) if place is not None else "")

    request = Request(
        name=source.name,
        plan=plan,
        folder=workspace.root,
        cache=workspace.folder / "cache",
        since=cursor if isinstance(cursor, str) else None,
        gaps=gaps,
        known=lambda pairs: (
            journal.known([(key, stamp + own_mark(key) + mark) for key, stamp in pairs])
            if mark or joined
            else journal.known(pairs)
        ),
        seed=plan.seed,
        modality=modality_before(source.cut, plan.modality),
        given=lambda: given_items(workspace, source.name),
        watch=watch,
        state=workspace.folder / "streams",
    )
    tally = _Tally()
    progress.begin(f"collect {source.name}", None)
    found = _marked(module.collect(module.Config(**source.options), request), own_mark)
    blocked = read_blocklist(workspace.folder)
    if blocked:
        found = without_blocked(found, blocked, lambda name: workspace.pseudonym(plan, source.identity, name))
    for number, batch in enumerate(_batches(cut_items(found, splitters) if splitters else found, tally), 1):
        before = tally.new + tally.changed
        _write(workspace, plan, source, journal, batch, tally)
        progress.advance(tally.new + tally.changed - before)
        if watch and number % WATCHED_BATCHES == 0:
            workspace.samples.compact()
            recount(workspace, plan)
    tally.seen = tally.new + tally.changed + journal.unchanged_count
    with workspace.database.begin() as connection:
        gone = 0 if getattr(module, "asks", False) else journal.close(connection)
        _write_losses(connection, source.name, tally.losses)
    return tally, gone


def _marked(things: Iterator[Item | Loss], mark: Callable[[str], str]) -> Iterator[Item | Loss]:
    """Items whose stamp tells what beside them they depend on, so that another such takes them in anew."""
    for thing in things:
        if isinstance(thing, Item):
            thing.stamp += mark(thing.key)
        yield thing


def _place_of(workspace: Workspace, source: SourceSpec) -> Path | None:
    """The folder that the names of a source's files are relative to; None where it has none."""
    asked = source.options.get("path")
    if not isinstance(asked, str):
        return None
    path = workspace.root / Path(asked).expanduser()
    return path.parent if path.is_file() else path


def _people_joined(workspace: Workspace, plan: Plan, source: SourceSpec) -> str:
    """What the run's record says of people that the plan joins; empty where it joins none."""
    own = sum(of == source.name for of, _ in aliases_of(plan, workspace.root))
    if not own:
        return ""
    table = plan.contributors["aliases"]
    names = f"{own} name{'s' if own > 1 else ''}"
    return f"{source.name}: {names} joined to people by {table}; without it they are apart again."


def _rename(workspace: Workspace, source: SourceSpec) -> None:
    """Samples of a source that was renamed carry its new name; their ids stay."""
    if source.was is None:
        return
    told = source.was.replace("'", "''")
    for batch in list(workspace.samples.scan(["id"], where=f"source = '{told}'")):
        names = pa.array([source.name] * batch.num_rows, pa.string())
        workspace.samples.upsert(pa.table({"id": batch.column("id"), "source": names}))


def _licence(workspace: Workspace, source: SourceSpec) -> None:
    """A licence that the plan names later holds for what came before it without one."""
    if source.licence is None:
        return
    told = spdx_of(source.licence) or source.licence
    for batch in list(workspace.samples.scan(["id"], where=f"source = '{source.name}' AND licence IS NULL")):
        named = pa.array([told] * batch.num_rows, pa.string())
        workspace.samples.upsert(pa.table({"id": batch.column("id"), "licence": named}))


def _batches(items: Iterator[Item | Loss], tally: _Tally) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        if item is CHECKPOINT:
            if batch:
                yield batch
            batch, size = [], 0
            continue
        if isinstance(item, Loss):
            tally.lost += item.count
            if len(tally.losses) < MOST_LOSSES:
                tally.losses.append(item)
            continue
        batch.append(item)
        if isinstance(item.content, bytes):
            size += len(item.content)
        if len(batch) >= BATCH_ITEMS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write(
    workspace: Workspace, plan: Plan, source: SourceSpec, journal: Journal, batch: list[Item], tally: _Tally
) -> None:
    first = {item.key: item for item in reversed(batch)}
    for item in batch:
        if first[item.key] is not item:
            tally.losses.append(Loss(item.key, "the same key came twice; the first is kept"))
            tally.lost += 1
    items = [item for item in batch if first[item.key] is item]
    fresh: list[tuple[Item, bytes, tuple[str, int] | None]] = []
    for item, (one, entry) in zip(items, journal.entries([item.key for item in items]), strict=True):
        if entry is not None and entry[0] in (item.stamp, WITHDRAWN):
            journal.unchanged += one  # as it was, or taken back: then it is not brought again
        else:
            fresh.append((item, one, entry))
    if not fresh:
        return
    items, ids, was = (
        [item for item, _, _ in fresh],
        [one for _, one, _ in fresh],
        [old for _, _, old in fresh],
    )
    revisions = [1 if old is None else old[1] + 1 for old in was]
    blobs = workspace.blobs.put([item.content for item in items])
    parts = [_parts(workspace, item) for item in items]
    rows = sample_rows(workspace, plan, source, items, [one.hex() for one in ids], revisions, blobs, parts)
    workspace.samples.upsert(rows)
    with workspace.database.begin() as connection:
        journal.write(
            connection,
            [
                (one, item.stamp, revision, _parent(workspace, source, item))
                for one, item, revision in zip(ids, items, revisions, strict=True)
            ],
        )
        if items[-1].cursor is not None:
            set_cursor(connection, f"collect:{source.identity}", items[-1].cursor)
    tally.new += sum(old is None for old in was)
    tally.changed += sum(old is not None for old in was)


def _parent(workspace: Workspace, source: SourceSpec, item: Item) -> bytes | None:
    return bytes.fromhex(workspace.sample_id(source.identity, item.parent)) if item.parent else None


def _parts(workspace: Workspace, item: Item) -> Json:
    if not item.parts:
        return None
    blobs = workspace.blobs.put([part.content for part in item.parts])
    return [
        {
            "role": part.role,
            "order": part.order,
            "text": part.text,
            "blob": blob[0] if blob else None,
            "media_type": part.media_type,
            "start": part.start,
            "end": part.end,
        }
        for part, blob in zip(item.parts, blobs, strict=True)
    ]


def _write_losses(connection: object, source: str, losses: list[Loss]) -> None:
    from sqlalchemy import Connection

    assert isinstance(connection, Connection)
    connection.execute(delete(losses_table).where(losses_table.c.source == source))
    upsert(
        connection,
        losses_table,
        [
            {"source": source, "number": n, "place": loss.where, "reason": loss.reason, "count": loss.count}
            for n, loss in enumerate(losses)
        ],
    )
