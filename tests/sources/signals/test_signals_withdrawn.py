"""What is withdrawn by address, domain, author or content: erased everywhere, and kept out."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from command_line import ingather
from ingather.errors import InputError
from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord
from ingather.formats.warc.write import WarcWriter
from ingather.sources.signals.blocklist import BlockList, keep_blocked, named, read_blocklist
from ingather.sources.signals.domains import registrable_domain

PAGES = {
    "https://a.example.org/one": "The first page has words enough to be a sample of its own, surely.",
    "https://a.example.org/two": "The second page has other words, which are its own as well, all of them.",
    "https://b.example.com/three": "The third page lies elsewhere and speaks of harbours, boats and weather.",
    "https://c.example.net/four": "The fourth page is about mountains, snow and the long way down again.",
}
AT = datetime(2025, 11, 1, tzinfo=UTC)
PLAN = """
version: 1
name: archived
objective: Pages of an archive.
modality: text
languages: [en]
task: {type: none}
targets: {total: 4}
rights: {licences: [CC0-1.0]}
sources:
  - {name: web, kind: dataset, path: pages.warc.gz, format: warc, licence: CC0-1.0}
clean: []
"""


def archive(path: Path) -> list[tuple[int, int]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    places = []
    with WarcWriter(path) as writer:
        writer.info(AT, {"software": "test"})
        for url, words in PAGES.items():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            stored = writer.response(url, AT, head, words.encode())
            writer.request(url, AT, f"GET {url} HTTP/1.1\r\n\r\n".encode(), stored.id)
            places.append((stored.offset, stored.length))
        writer.sync()
    return places


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN)
    archive(tmp_path / "pages.warc.gz")
    ingather("-C", tmp_path, "collect")
    archive(tmp_path / ".ingather" / "crawl" / "web" / "1.warc.gz")
    with sqlite3.connect(tmp_path / ".ingather" / "crawl" / "web" / "journal.sqlite") as journal:
        journal.execute(
            "CREATE TABLE pages (id INTEGER PRIMARY KEY, url TEXT NOT NULL, state INTEGER, reason TEXT,"
            " archive INTEGER, place INTEGER, length INTEGER, digest TEXT, etag TEXT, modified TEXT)"
        )
        journal.executemany("INSERT INTO pages (url, state) VALUES (?, 1)", [(url,) for url in PAGES])
    return tmp_path


def keys(workspace: Path) -> list[str]:
    told = ingather("-C", workspace, "samples", "--json").document
    return [one["id"] for one in told["samples"]]


def archived(workspace: Path) -> list[str]:
    records = list(read_records(workspace / ".ingather" / "crawl" / "web" / "1.warc.gz"))
    assert all(isinstance(one, WarcRecord) for one in records), records
    assert len(records) == 1 + 2 * len(PAGES)
    return [one.uri for one in records if isinstance(one, WarcRecord) and one.kind == "response"]


def test_an_address_goes_everywhere_and_does_not_come_back(workspace: Path) -> None:
    assert len(keys(workspace)) == 4
    told = ingather("-C", workspace, "withdraw", "--url", "https://A.example.org/one#top", "--json").document
    assert (told["samples"], told["records"]) == (1, 2)
    assert archived(workspace) == list(PAGES)[1:]
    stored = (workspace / ".ingather" / "crawl" / "web" / "1.warc.gz").read_bytes()
    assert b"a.example.org/one" not in stored
    with sqlite3.connect(workspace / ".ingather" / "crawl" / "web" / "journal.sqlite") as journal:
        assert [row[0] for row in journal.execute("SELECT url FROM pages WHERE state != 3")] == list(PAGES)[
            1:
        ]
    again = ingather("-C", workspace, "collect", "--json").document
    assert len(keys(workspace)) == 3
    assert again["stages"][0]["new"] == 0
    (workspace / "pages.warc.gz").touch()
    ingather("-C", workspace, "collect")
    assert len(keys(workspace)) == 3


def test_a_domain_goes_with_all_below_it(workspace: Path) -> None:
    told = ingather("-C", workspace, "withdraw", "--domain", "example.org", "--json").document
    assert (told["samples"], told["records"]) == (2, 4)
    assert archived(workspace) == list(PAGES)[2:]


def test_a_content_goes_by_its_hash(workspace: Path) -> None:
    digest = hashlib.sha256(PAGES["https://c.example.net/four"].encode()).hexdigest()
    told = ingather("-C", workspace, "withdraw", "--hash", digest, "--json").document
    assert told["samples"] == 1
    assert "https://c.example.net/four" not in archived(workspace)


def test_the_list_outlives_a_restored_backup_and_tells_no_address(workspace: Path) -> None:
    ingather("-C", workspace, "withdraw", "--url", "https://a.example.org/one", "--author", "Anna M.")
    lines = [
        json.loads(line) for line in (workspace / ".ingather" / "blocklist.jsonl").read_text().splitlines()
    ]
    assert {one["what"] for one in lines} == {"url", "author"}
    assert "example.org" not in json.dumps(lines)
    assert "Anna" not in json.dumps(lines)
    outside = workspace.parent / f"{workspace.name}.withdrawals.jsonl"
    assert {json.loads(line)["what"] for line in outside.read_text().splitlines()} == {"url", "author"}


def test_what_is_no_domain_and_no_hash_is_told(workspace: Path) -> None:
    assert "is no domain" in ingather("-C", workspace, "withdraw", "--domain", "nonsense", code=2).err
    assert "is no SHA-256" in ingather("-C", workspace, "withdraw", "--hash", "abc", code=2).err
    with pytest.raises(InputError):
        named("hash", "g" * 64)


def test_the_list_itself(tmp_path: Path) -> None:
    keep_blocked(tmp_path, [("domain", "example.org"), ("hash", hashlib.sha256(b"x").hexdigest())])
    keep_blocked(
        tmp_path, [("domain", "example.org"), ("url", named("url", "https://x.test/a?utm_source=b"))]
    )
    assert len((tmp_path / "blocklist.jsonl").read_text().splitlines()) == 3
    known = read_blocklist(tmp_path)
    assert known.forbids_url("https://deep.below.example.org/a")
    assert known.forbids_url("https://x.test/a")
    assert not known.forbids_url("https://notexample.org/a")
    assert known.forbids_content("x")
    assert not BlockList()


@pytest.mark.parametrize(
    ("url", "domain"),
    [("https://www.bbc.co.uk/news", "bbc.co.uk"), ("blog.example.org:8080", "example.org"),
     ("127.0.0.1", "127.0.0.1"),
     ("http://[::1]/", "::1"), ("https://localhost/", "localhost"), ("http://[", "")],
)  # fmt: skip
def test_registrable_domains(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain
