"""What one process of the studio holds: the workspace, its plan as it is now, the writer, the gates."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, func, select

from ingather.errors import WorkspaceBusy
from ingather.plan.model import Plan
from ingather.plan.read import read_plan
from ingather.store.database_schema import quota_counts
from ingather.store.recount import recount
from ingather.store.workspace import Workspace
from ingather.studio.settings import Settings
from ingather.studio.writer import Writer

if TYPE_CHECKING:
    from ingather.studio.judging import Check

Answer = TypeVar("Answer")


def end_with(parent: int) -> None:
    """Ends this worker process when the one that started it is gone, however that ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


@dataclass
class Studio:
    """One process of the studio on one workspace.

    Attributes:
        workspace: where.
        settings: how it runs.
        clock: seconds since 1970; tests put their own in.
    """

    workspace: Workspace
    settings: Settings = field(default_factory=Settings)
    clock: Callable[[], float] = time.time
    _plan: tuple[float, Plan] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def writer(self) -> Writer:
        """The one writer of this process."""
        return Writer(self.workspace.database)

    @cached_property
    def take_checks(self) -> Callable[[Connection, list[Check]], list[tuple[int, str]]]:
        """What writes checks, many at once."""
        from ingather.studio.judging import Judging

        return Judging(self).take

    @cached_property
    def gates(self) -> Executor:
        """Where recordings are measured, beside the requests."""
        count = self.settings.gate_workers
        if not count:
            return ThreadPoolExecutor(1)
        context = get_context("spawn")
        return ProcessPoolExecutor(count, mp_context=context, initializer=end_with, initargs=(os.getpid(),))

    @property
    def uploads(self) -> Path:
        """Where bytes lie until a stage has carried them into samples."""
        folder = self.workspace.folder / "uploads"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def plan(self) -> Plan:
        """The plan as it is now; counted anew where it changed."""
        at = self.workspace.plan_path.stat().st_mtime
        with self._lock:
            if self._plan is None or self._plan[0] != at:
                plan = read_plan(self.workspace.plan_path)
                self._count(plan)
                self._plan = at, plan
            return self._plan[1]

    def read(self, reading: Callable[[Connection], Answer]) -> Answer:
        """Reads in this thread."""
        with self.workspace.database.connect() as connection:
            return reading(connection)

    async def reading(self, reading: Callable[[Connection], Answer]) -> Answer:
        """Reads beside the requests."""
        return await asyncio.to_thread(self.read, reading)

    def erase(self) -> str:
        """Erases what was asked to be taken back: ``erased``, or ``hidden`` while a stage runs."""
        from ingather.studio.withdrawing import finish_withdrawals

        try:
            finish_withdrawals(self.workspace)
        except WorkspaceBusy:
            return "hidden"
        return "erased"

    def close(self) -> None:
        """Writes what is waiting and ends the workers."""
        if "writer" in self.__dict__:
            self.writer.close()
        if "gates" in self.__dict__:
            self.gates.shutdown(cancel_futures=True)
        self.workspace.database.dispose()

    def _count(self, plan: Plan) -> None:
        counted = select(func.count()).select_from(quota_counts).where(quota_counts.c.revision == plan.hash)
        if not self.read(lambda connection: connection.execute(counted).scalar()):
            recount(self.workspace, plan)
