"""What a crawl knows, on disk: addresses found, answers kept, sites read; one writes, another may read."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WAITING, FETCHED, TAKEN, LEFT = 0, 1, 2, 3
"""States of an address: to be asked; its answer lies in an archive; its sample is stored; nothing to take."""

_TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, origin INTEGER NOT NULL, depth INTEGER NOT NULL,
    state INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, status INTEGER, reason TEXT, at TEXT,
    archive INTEGER, place INTEGER, length INTEGER, digest TEXT, etag TEXT, modified TEXT,
    hops INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS waiting ON pages (origin, depth, id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS fetched ON pages (at) WHERE state = 1;
CREATE INDEX IF NOT EXISTS digests ON pages (digest) WHERE digest IS NOT NULL;
CREATE TABLE IF NOT EXISTS sites (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, read_at TEXT, robots INTEGER);
CREATE TABLE IF NOT EXISTS site_files (
    origin INTEGER NOT NULL, path TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (origin, path));
CREATE TABLE IF NOT EXISTS archives (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, amount INTEGER NOT NULL);
"""


@dataclass(slots=True)
class PageRow:
    """An address and what is known of it; fields as in the table."""

    id: int
    url: str
    origin: int
    depth: int
    hops: int = 0
    tries: int = 0
    state: int = WAITING
    status: int | None = None
    reason: str | None = None
    at: str | None = None
    archive: int | None = None
    place: int | None = None
    length: int | None = None
    digest: str | None = None
    etag: str | None = None
    modified: str | None = None


_FIELDS = (
    "id, url, origin, depth, hops, tries, state, status, reason, at, archive, place, length, digest, etag,"
    " modified"
)


def id_of(url: str) -> int:
    """The number of an address in one form, or of an origin: 63 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(url.encode()).digest()[:8], "big") >> 1


class CrawlJournal:
    """The file of one source's crawl."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.execute("PRAGMA secure_delete=ON")
        self._file.executescript(_TABLES)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def seen(self) -> set[int]:
        """The numbers of all addresses."""
        return {row[0] for row in self._file.execute("SELECT id FROM pages")}

    def commit(
        self,
        found: Sequence[PageRow],
        done: Sequence[PageRow],
        sizes: Mapping[int, tuple[str, int]],
        counts: Mapping[str, int],
    ) -> None:
        """Writes, in one transaction, addresses that were found and what became of others.

        Args:
            found: new addresses; what is known stays as it is.
            done: addresses with all that is now known of them.
            sizes: by archive, its name and the size that was synced.
            counts: to be added.
        """
        write = self._file
        write.execute("BEGIN IMMEDIATE")
        try:
            write.executemany(
                "INSERT OR IGNORE INTO pages (id, url, origin, depth, hops, state) VALUES (?, ?, ?, ?, ?, 0)",
                [(one.id, one.url, one.origin, one.depth, one.hops) for one in found],
            )
            write.executemany(
                "UPDATE pages SET state=?, tries=?, status=?, reason=?, at=?, archive=?, place=?, length=?,"
                " digest=?, etag=?, modified=? WHERE id=?",
                [
                    (
                        one.state, one.tries, one.status, one.reason, one.at, one.archive, one.place,
                        one.length, one.digest, one.etag, one.modified, one.id,
                    )
                    for one in done
                ],
            )  # fmt: skip
            write.executemany(
                "INSERT INTO archives VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET size = excluded.size",
                [(number, name, size) for number, (name, size) in sizes.items()],
            )
            write.executemany(
                "INSERT INTO counts VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET amount = amount + excluded.amount",
                list(counts.items()),
            )
        except BaseException:
            write.execute("ROLLBACK")
            raise
        write.execute("COMMIT")

    def waiting(self, origin: int, most: int, without: Iterable[int] = ()) -> list[PageRow]:
        """Addresses of an origin that are to be asked, the least deep first."""
        left_out = set(without)
        rows = self._rows(
            "state = 0 AND origin = ? ORDER BY depth, id LIMIT ?", (origin, most + len(left_out))
        )
        return [row for row in rows if row.id not in left_out][:most]

    def waiting_origins(self) -> list[tuple[int, str, int]]:
        """Number, name and amount of addresses to be asked, by origin."""
        return list(
            self._file.execute(
                "SELECT pages.origin, sites.origin, count(*) FROM pages JOIN sites ON sites.id = pages.origin"
                " WHERE state = 0 GROUP BY pages.origin ORDER BY pages.origin"
            )
        )

    def fetched(self, most: int) -> list[PageRow]:
        """Answers of which no sample is stored, the oldest first."""
        return self._rows("state = 1 ORDER BY at LIMIT ?", (most,))

    def settle(self, ids: Iterable[int], state: int, reason: str | None = None) -> None:
        """Says what became of answers: a sample is stored, or there is nothing to take."""
        self._file.executemany(
            "UPDATE pages SET state = ?, reason = ? WHERE id = ? AND state = 1",
            [(state, reason, one) for one in ids],
        )

    def page(self, url: str) -> PageRow | None:
        """What is known of an address in one form."""
        rows = self._rows("id = ?", (id_of(url),))
        return rows[0] if rows else None

    def same_content(self, digest: str) -> PageRow | None:
        """An answer with the same content that lies in an archive."""
        rows = self._rows("digest = ? AND place IS NOT NULL ORDER BY at LIMIT 1", (digest,))
        return rows[0] if rows else None

    def ask_again(self, before: str) -> int:
        """Puts addresses whose answers were kept before a time (ISO, UTC) among those to be asked."""
        done = self._file.execute(
            "UPDATE pages SET state = 0, tries = 0 WHERE state = 2 AND at < ? AND place IS NOT NULL",
            (before,),
        )
        return done.rowcount

    def site(self, origin: str) -> tuple[str | None, int | None, dict[str, bytes]]:
        """When a site's files were read (ISO), with what status robots.txt was answered, and their bytes."""
        own = id_of(origin)
        row = self._file.execute("SELECT read_at, robots FROM sites WHERE id = ?", (own,)).fetchone()
        files = dict(self._file.execute("SELECT path, content FROM site_files WHERE origin = ?", (own,)))
        return (row[0], row[1], files) if row else (None, None, {})

    def add_site(self, origin: str) -> None:
        """Makes an origin known."""
        self._file.execute("INSERT OR IGNORE INTO sites (id, origin) VALUES (?, ?)", (id_of(origin), origin))

    def keep_site(self, origin: str, read_at: str, robots: int, files: Mapping[str, bytes]) -> None:
        """Keeps what a site's files said, instead of what they said before."""
        own = id_of(origin)
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute("UPDATE sites SET read_at = ?, robots = ? WHERE id = ?", (read_at, robots, own))
        self._file.execute("DELETE FROM site_files WHERE origin = ?", (own,))
        self._file.executemany(
            "INSERT INTO site_files VALUES (?, ?, ?)", [(own, path, body) for path, body in files.items()]
        )
        self._file.execute("COMMIT")

    def archives(self) -> dict[int, tuple[str, int]]:
        """By number, name and size of each archive as it was synced last."""
        return {row[0]: (row[1], row[2]) for row in self._file.execute("SELECT * FROM archives")}

    def kept_by_origin(self) -> dict[int, int]:
        """Answers that lie in archives, by number of the origin."""
        told = self._file.execute(
            "SELECT origin, count(*) FROM pages WHERE place IS NOT NULL GROUP BY origin"
        )
        return dict(told)

    def counts(self) -> dict[str, int]:
        """What was counted over all runs."""
        return dict(self._file.execute("SELECT name, amount FROM counts ORDER BY name"))

    def reasons(self) -> dict[str, int]:
        """Addresses of which nothing was taken, by reason."""
        told = self._file.execute(
            "SELECT coalesce(reason, ''), count(*) FROM pages WHERE state = 3 GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return dict(told)

    def states(self) -> dict[int, int]:
        """Addresses by state."""
        return dict(self._file.execute("SELECT state, count(*) FROM pages GROUP BY state"))

    def _rows(self, where: str, values: tuple[object, ...]) -> list[PageRow]:
        return [
            PageRow(*row) for row in self._file.execute(f"SELECT {_FIELDS} FROM pages WHERE {where}", values)
        ]
