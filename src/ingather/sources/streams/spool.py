"""What a stream delivered and no sample holds yet: on disk before it is acknowledged, gone once stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came.

    Attributes:
        number: its place in the spool; grows for ever and is never used twice.
        at: nanoseconds since the epoch at which it came here.
        topic: where it was published.
        payload: its bytes.
    """

    number: int
    at: int
    topic: str
    payload: bytes


class Spool:
    """A file of messages; one writes while another reads, each with a spool of its own on the same file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=FULL")
        self._file.executescript(
            "CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER"
            " NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL);"
            "CREATE TABLE IF NOT EXISTS pending (packet INTEGER PRIMARY KEY, topic TEXT NOT NULL,"
            " payload BLOB NOT NULL);"
            "CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, amount REAL NOT NULL);"
        )

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def append(self, arrived: Iterable[tuple[int, int, str, bytes, bool]]) -> None:
        """Writes messages (packet, at, topic, payload, repeated) and syncs; what it holds is left out.

        A packet that was kept but not acknowledged before a crash is delivered once more, marked as repeated,
        under the same number: then it is the same message.
        """
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            for packet, at, topic, payload, repeated in arrived:
                before = self._file.execute(
                    "SELECT topic, payload FROM pending WHERE packet = ?", (packet,)
                ).fetchone()
                if packet and repeated and before == (topic, payload):
                    continue
                self._file.execute(
                    "INSERT INTO messages (at, topic, payload) VALUES (?, ?, ?)", (at, topic, payload)
                )
                if packet:
                    self._file.execute(
                        "INSERT OR REPLACE INTO pending VALUES (?, ?, ?)", (packet, topic, payload)
                    )

    def acknowledged(self, packets: Iterable[int]) -> None:
        """Notes that the broker has been told of these packets."""
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("DELETE FROM pending WHERE packet = ?", [(one,) for one in packets])

    def after(self, number: int, most: int = 5_000) -> list[Message]:
        """Messages behind a number, in their order."""
        found = self._file.execute(
            "SELECT number, at, topic, payload FROM messages WHERE number > ? ORDER BY number LIMIT ?",
            (number, most),
        )
        return [Message(*row) for row in found]

    def settle(self, numbers: Sequence[int], amounts: dict[str, float]) -> None:
        """Forgets messages whose samples are stored, or that were not taken, and adds to the totals."""
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("DELETE FROM messages WHERE number = ?", [(one,) for one in numbers])
            self._file.executemany(
                "INSERT INTO totals VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET amount = amount + excluded.amount",
                list(amounts.items()),
            )

    def totals(self) -> dict[str, float]:
        """What was added up in ``settle`` over all runs."""
        return dict(self._file.execute("SELECT name, amount FROM totals").fetchall())
