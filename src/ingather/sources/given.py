"""What people gave in the studio, as items: read from the database, where it stays until it is a sample."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
from sqlalchemy import select

from ingather.sample import Item, Loss
from ingather.store.studio_schema import accounts, submissions
from ingather.store.workspace import Workspace

UPLOADS = "uploads"
"""Folder in the workspace's own where bytes lie until they are blobs, each named by its submission."""
_PAGE = 1000


def given_items(workspace: Workspace, source: str) -> Iterator[Item | Loss]:
    """Accepted submissions of a source that are not carried yet, in the order in which they came."""
    _clear(workspace)
    after = (-1.0, "")
    while True:
        with workspace.database.connect() as connection:
            rows = connection.execute(
                select(submissions, accounts.c.same_as)
                .join(accounts, accounts.c.id == submissions.c.account, isouter=True)
                .where(
                    submissions.c.source == source,
                    submissions.c.state == "accepted",
                    submissions.c.carried.is_(False),
                    (submissions.c.at > after[0])
                    | ((submissions.c.at == after[0]) & (submissions.c.id > after[1])),
                )
                .order_by(submissions.c.at, submissions.c.id)
                .limit(_PAGE)
            ).all()
        for row in rows:
            after = row.at, row.id
            path = workspace.folder / UPLOADS / row.id
            if not path.is_file():
                yield Loss(row.id, "its bytes are gone from the studio's folder")
                continue
            told = orjson.loads(row.record)
            yield Item(
                key=row.id,
                modality="audio",
                content=path,
                media_type=row.media_type,
                label=told["label"],
                data=told["data"],
                attributes=told["attributes"],
                bases=told["bases"],
                contributor=row.same_as or row.account,
                consent=told["consent"],
                session=told["session"],
                uri=f"studio:{row.campaign}/{row.id}",
                at=datetime.fromtimestamp(row.at, UTC),
                evidence=told["evidence"],
                stamp=row.blob,
            )
        if len(rows) < _PAGE:
            return


def _clear(workspace: Workspace) -> None:
    """Takes away the bytes of what is carried: the samples that hold them are on the disk first."""
    folder = workspace.folder / UPLOADS
    names = os.listdir(folder) if folder.is_dir() else []
    carried: list[str] = []
    with workspace.database.connect() as connection:
        for start in range(0, len(names), _PAGE):
            part = names[start : start + _PAGE]
            query = select(submissions.c.id).where(
                submissions.c.id.in_(part), submissions.c.carried.is_(True)
            )
            carried += connection.execute(query).scalars().all()
    if carried:
        os.sync()
    for name in carried:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
