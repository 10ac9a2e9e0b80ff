"""The one writer of a process: it groups the small writes of many requests into one durable commit.

A transaction a request costs one sync of the disk each. Here requests hand in jobs; one thread takes all
that wait, runs them in one transaction and answers them when the commit is on the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

Answer = TypeVar("Answer")
Asked = TypeVar("Asked")
Job = Callable[[Connection], Any]
Forms = Callable[[Connection, list[Any]], list[Any]]
"""Writes many of the same at once, and answers each; it must be the same object for all of a kind."""

MOST_JOBS = 512
"""Jobs of one commit at the most: what the last one waits for."""
_TRIES = 5


@dataclass(slots=True)
class _Waiting:
    job: Job | None
    answer: Future[Any] | asyncio.Future[Any]
    forms: Forms | None = None
    form: Any = None


class Writer:
    """Takes jobs from any thread; ``close`` ends it after what was handed in is written.

    A job gets a connection inside a transaction and returns its answer. It must do nothing but write, for
    it may be run again: where one job of a group raises, the group is undone and each is run on its own, so
    that only that one fails.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._jobs: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ingather-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Connection], Answer]) -> Future[Answer]:
        """Hands in a job; the future is answered once what it wrote is durable."""
        answer: Future[Answer] = Future()
        if self._closed:
            raise RuntimeError("the writer is closed")
        self._jobs.put(_Waiting(job, answer))
        return answer

    async def write(self, job: Callable[[Connection], Answer]) -> Answer:
        """The same for a coroutine: the job's answer, once it is durable."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Waiting(job, answer))
        return await answer

    async def write_form(
        self, forms: Callable[[Connection, list[Asked]], list[Answer]], form: Asked
    ) -> Answer:
        """Hands in one of many forms of a kind: all that wait are written by one call of ``forms``."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Waiting(None, answer, forms, form))
        return await answer

    def write_now(self, job: Callable[[Connection], Answer]) -> Answer:
        """The same for a thread that waits."""
        return self.submit(job).result()

    def close(self) -> None:
        """Writes what was handed in, then ends."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            group, last = self._gather(first)
            self._write(group)
            if last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group = [first]
        while len(group) < MOST_JOBS:
            try:
                one = self._jobs.get_nowait()
            except queue.Empty:
                break
            if one is None:
                return group, True
            group.append(one)
        return group, False

    def _write(self, group: list[_Waiting]) -> None:
        try:
            answers = self._commit(group)
        except Exception as error:
            if len(group) == 1:
                _tell([(group[0], None, error)])
                return
            for waiting in group:
                self._write([waiting])
            return
        _tell([(waiting, answer, None) for waiting, answer in zip(group, answers, strict=True)])

    def _commit(self, group: list[_Waiting]) -> list[Any]:
        for left in reversed(range(_TRIES)):
            try:
                with self.engine.connect() as connection:
                    begin(connection)
                    answers = _run(connection, group)
                    connection.commit()
                    return answers
            except OperationalError:  # a deadlock, a server that restarts: nothing was written
                if not left:
                    raise
        raise AssertionError


def _run(connection: Connection, group: list[_Waiting]) -> list[Any]:
    """The answers of a group: forms of a kind together, the rest one by one."""
    answers: list[Any] = [None] * len(group)
    kinds: dict[Forms, list[int]] = {}
    for place, waiting in enumerate(group):
        if waiting.forms is not None:
            kinds.setdefault(waiting.forms, []).append(place)
    for forms, places in kinds.items():
        told = forms(connection, [group[place].form for place in places])
        for place, answer in zip(places, told, strict=True):
            answers[place] = answer
    for place, waiting in enumerate(group):
        if waiting.job is not None:
            answers[place] = waiting.job(connection)
    return answers


_Told = tuple[_Waiting, Any, Exception | None]


def _tell(told: list[_Told]) -> None:
    """Answers a group: threads at once, each event loop by one call for all that wait in it."""
    loops: dict[asyncio.AbstractEventLoop, list[_Told]] = {}
    for one in told:
        answer = one[0].answer
        if isinstance(answer, asyncio.Future):
            loops.setdefault(answer.get_loop(), []).append(one)
        else:
            _settle([one])
    for loop, waiting in loops.items():
        with contextlib.suppress(RuntimeError):  # a loop that ended waits for nothing
            loop.call_soon_threadsafe(_settle, waiting)


def _settle(told: list[_Told]) -> None:
    for waiting, answer, error in told:
        if waiting.answer.done():
            continue  # who asked is gone
        if error is not None:
            waiting.answer.set_exception(error)
        else:
            waiting.answer.set_result(answer)


def begin(connection: Connection) -> None:
    """Begins a transaction that writes; SQLite is locked now: what is read stays true to its end."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
