"""What a stream delivered and no sample holds yet: on disk before it is acknowledged, gone once stored."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

RECENT = 2_000
"""Messages among which a repeated one is looked for: more than a broker sends before it waits for answers."""


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
        self._file.execute("PRAGMA secure_delete=ON")
        self._file.executescript(
            "CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER"
            " NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL);"
            "CREATE TABLE IF NOT EXISTS packets (packet INTEGER PRIMARY KEY, number INTEGER NOT NULL,"
            " content BLOB NOT NULL);"
            "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, amount REAL NOT NULL);"
        )

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def append(self, arrived: Iterable[tuple[int, int, str, bytes, bool]]) -> None:
        """Writes messages (packet, at, topic, payload, repeated) and syncs; what it holds is left out.

        A broker that has not heard of an acknowledgement delivers once more, marked as repeated, under the
        same packet number: where that number was among the last ``RECENT`` messages with the same content, it
        is the same message. Older numbers are those of other messages: brokers use them in turn.
        """
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            for packet, at, topic, payload, repeated in arrived:
                content = hashlib.sha256(topic.encode() + b"\0" + payload).digest() if packet else b""
                if packet and repeated and self._is_kept(packet, content):
                    continue
                number = self._file.execute(
                    "INSERT INTO messages (at, topic, payload) VALUES (?, ?, ?)", (at, topic, payload)
                ).lastrowid
                if packet:
                    self._file.execute(
                        "INSERT OR REPLACE INTO packets VALUES (?, ?, ?)", (packet, number, content)
                    )

    def _is_kept(self, packet: int, content: bytes) -> bool:
        found = self._file.execute(
            "SELECT content = ? AND number > (SELECT seq FROM sqlite_sequence WHERE name = 'messages') - ?"
            " FROM packets WHERE packet = ?",
            (content, RECENT, packet),
        ).fetchone()
        return bool(found and found[0])

    def size(self) -> int:
        """Bytes of the file that are in use."""
        pages, free, size = (
            self._file.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def waiting(self) -> int:
        """Messages that it holds."""
        return int(self._file.execute("SELECT COUNT(*) FROM messages").fetchone()[0])

    def client(self) -> str:
        """A name for the session at the broker: made once, then always the same."""
        return self.fact("client", f"ingather-{secrets.token_hex(8)}")

    def fact(self, name: str, default: str) -> str:
        """A value by name; where there is none, the default, which is kept."""
        self._file.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, default))
        return str(self._file.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])

    def set_fact(self, name: str, value: str) -> None:
        """Keeps a value by name."""
        self._file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

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
