"""Archives that are written here, read by three readers, and by their index."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingather.formats.warc.http_message import parse_response
from ingather.formats.warc.index import captures, surt, write_index
from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord, digest_matches
from ingather.formats.warc.write import WarcWriter, warc_date

AT = datetime(2026, 3, 1, 12, 30, 45, 120_000, UTC)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
BODY = gzip.compress(b"<html><body><p>words</p></body></html>", mtime=0)
PAGE = "http://www.example.org:8080/a/?c=2&b=1"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """One record of each kind."""
    path = tmp_path / "one.warc.gz"
    with WarcWriter(path) as writer:
        writer.info(AT, {"software": "ingather", "robots": "classic\r\nX-Injected: yes"})
        stored = writer.response(PAGE, AT, HEAD, BODY, address="127.0.0.1")
        writer.request(PAGE, AT, b"GET /a/?c=2&b=1 HTTP/1.1\r\nHost: www.example.org:8080\r\n\r\n", stored.id)
        writer.metadata(PAGE, AT, {"robots": "allow: /a, line 3"}, stored.id)
        first = (PAGE, warc_date(AT))
        writer.revisit(PAGE, AT, HEAD, stored.payload, first)
        writer.revisit(PAGE, AT, b"HTTP/1.1 304 Not Modified\r\n\r\n", stored.payload, first, modified=False)
    return path


def test_what_is_written_is_read_back(archive: Path) -> None:
    read = [one for one in read_records(archive) if isinstance(one, WarcRecord)]
    assert [one.kind for one in read] == ["warcinfo", "response", "request", "metadata", "revisit", "revisit"]
    assert all(digest_matches(one.headers["warc-block-digest"], one.block) for one in read)
    assert read[1].block == HEAD + BODY
    assert read[1].at == AT
    assert digest_matches(read[1].headers["warc-payload-digest"], BODY)
    assert parse_response(read[1].block).body == b"<html><body><p>words</p></body></html>"
    assert read[0].block.count(b"\r\n") == 2, "a value cannot begin a line of its own"


def test_warcio_accepts_it(archive: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.checker import Checker

    with archive.open("rb") as stream:
        found = [(one.rec_type, one.rec_headers["WARC-Target-URI"]) for one in ArchiveIterator(stream)]
    assert [kind for kind, _ in found] == [
        "warcinfo",
        "response",
        "request",
        "metadata",
        "revisit",
        "revisit",
    ]
    assert {uri for _, uri in found[1:]} == {PAGE}
    checker = Checker(type("Words", (), {"inputs": [str(archive)], "verbose": False})())
    checker.process_all()
    assert checker.exit_value == 0


def test_fastwarc_accepts_it(archive: Path) -> None:
    from fastwarc.warc import ArchiveIterator

    with archive.open("rb") as stream:
        kept = [one.verify_block_digest() for one in ArchiveIterator(stream, parse_http=False)]
    assert kept == [True] * 6


def test_what_was_not_synced_is_cut_off(archive: Path) -> None:
    before = archive.read_bytes()
    archive.write_bytes(before + b"half a mem")
    with WarcWriter(archive, at=len(before)) as writer:
        assert writer.size == len(before)
        writer.response(PAGE, AT, HEAD, b"x")
    assert archive.read_bytes().startswith(before)
    found = list(read_records(archive))
    assert len(found) == 7
    assert all(isinstance(one, WarcRecord) for one in found)


def test_the_index_leads_to_each_capture(archive: Path) -> None:
    index = archive.with_name("index.cdxj")
    assert write_index([archive], index) == []
    found = list(captures(index))
    assert [(place, at) for place, at, _ in found] == [("org,example:8080)/a?b=1&c=2", "20260301123045")] * 3
    assert sorted((told["mime"], told["status"]) for _, _, told in found) == [
        ("text/html", "200"),
        ("warc/revisit", "200"),
        ("warc/revisit", "304"),
    ]
    for _, _, told in found:
        alone = archive.with_name("alone.warc.gz")
        start = int(told["offset"])
        alone.write_bytes(archive.read_bytes()[start : start + int(told["length"])])
        (record,) = read_records(alone)
        assert isinstance(record, WarcRecord)
        assert record.uri == told["url"]


@pytest.mark.parametrize(
    ("uri", "sorted_by"),
    [
        ("http://www.archive.org/goo/?a=2&b&a=1", "org,archive)/goo?a=1&a=2&b"),
        ("https://EXAMPLE.com:443", "com,example)/"),
        ("http://127.0.0.1:8000/A", "127.0.0.1:8000)/a"),
        ("http://a.b:x/", "http://a.b:x/"),
        ("urn:x", "urn:x"),
    ],
)
def test_addresses_as_they_are_sorted(uri: str, sorted_by: str) -> None:
    assert surt(uri) == sorted_by
