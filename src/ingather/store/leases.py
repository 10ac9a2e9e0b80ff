"""One holder at a time: a lease in the database, renewed while its holder lives."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ingather.errors import WorkspaceBusy
from ingather.store.database_schema import leases

SECONDS = 60.0


@contextlib.contextmanager
def hold(engine: Engine, name: str) -> Iterator[None]:
    """Holds a lease while the block runs.

    A holder that was killed on this machine is found dead at once; one on another machine after a minute.

    Raises:
        WorkspaceBusy: another living run holds it.
    """
    me = f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())}"
    _take(engine, name, me)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(SECONDS / 4):
            with engine.begin() as connection:
                connection.execute(
                    update(leases)
                    .where(leases.c.name == name, leases.c.holder == me)
                    .values(until=time.time() + SECONDS)
                )

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with engine.begin() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == me))


def _take(engine: Engine, name: str, me: str) -> None:
    now = time.time()
    with engine.begin() as connection:
        row = connection.execute(select(leases.c.holder, leases.c.until).where(leases.c.name == name)).first()
        if row is not None and row.until > now and not _dead(row.holder):
            raise WorkspaceBusy(
                f"Another run holds this workspace ({' process '.join(row.holder.split()[:2])}).",
                why="Two runs at once could undo each other's work.",
                fix="Wait until it ends, then run the same command again.",
            )
        try:
            if row is None:
                connection.execute(insert(leases).values(name=name, holder=me, until=now + SECONDS))
                return
            taken = connection.execute(
                update(leases)
                .where(leases.c.name == name, leases.c.holder == row.holder)
                .values(holder=me, until=now + SECONDS)
            ).rowcount
        except IntegrityError:
            taken = 0
        if taken != 1:
            raise WorkspaceBusy(
                "Another run took this workspace just now.", fix="Run the same command again."
            )


def _dead(holder: str) -> bool:
    host, pid, started = [*holder.split(), "", ""][:3]
    return host == socket.gethostname() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process of this machine began, in clock ticks; empty if it is not there or cannot be told."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        pass
    if os.name == "posix":
        try:
            os.kill(pid, 0)
        except PermissionError:
            return "alive"
        except OSError:
            return ""
    return "alive"
