"""Web archives: those that other programs wrote, whole and damaged; codings of bodies."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.formats.layouts import warc
from ingather.formats.warc.http_message import decode, parse_response, unchunk
from ingather.formats.warc.read import read_records
from ingather.formats.warc.record import WarcRecord, digest_matches
from ingather.sample import Item, Loss

COUNTS = {
    "example.warc": 6,
    "example.warc.gz": 6,
    "post-test.warc.gz": 6,
    "example-wget-bad-target-uri.warc.gz": 6,
    "example-digest.warc": 4,
    "example-iana.org-chunked.warc": 3,
    "example-resource.warc.gz": 3,
    "example-space-in-target-uri.warc.gz": 2,
    "example-wrong-chunks.warc.gz": 2,
    "example.arc": 2,
    "example.arc.gz": 2,
}
"""Records of each whole archive."""


@pytest.fixture(scope="module")
def archives(data: Path) -> Path:
    return data / "warc-samples" / "test" / "data"


def records(path: Path) -> tuple[list[WarcRecord], list[Loss]]:
    found = list(read_records(path))
    return [one for one in found if isinstance(one, WarcRecord)], [
        one for one in found if isinstance(one, Loss)
    ]


@pytest.mark.parametrize("name", COUNTS)
def test_whole_archives_have_all_their_records(archives: Path, name: str) -> None:
    read, losses = records(archives / name)
    assert len(read) == COUNTS[name]
    assert [loss for loss in losses if loss.count] == []


def test_the_kinds_of_a_known_archive(archives: Path) -> None:
    kinds = [one.kind for one in records(archives / "example.warc.gz")[0]]
    assert sorted(kinds) == ["request", "request", "response", "revisit", "warcinfo", "warcinfo"]


@pytest.mark.parametrize("name", ["example.warc", "example.warc.gz", "post-test.warc.gz", "example.arc.gz"])
def test_each_record_can_be_read_alone_at_its_offset(archives: Path, tmp_path: Path, name: str) -> None:
    content = (archives / name).read_bytes()
    read, _ = records(archives / name)
    assert sum(one.length or 0 for one in read) == len(content)
    for one in read:
        if one.version == "ARC":
            continue
        assert one.offset is not None
        assert one.length is not None
        alone = tmp_path / "alone"
        alone.write_bytes(content[one.offset : one.offset + one.length])
        assert [again.block for again in records(alone)[0]] == [one.block]


def test_broken_archives_are_told_with_their_place(archives: Path) -> None:
    told = {
        name: [f"{loss.where}: {loss.reason}" for loss in records(archives / name)[1]]
        for name in (
            "bad.arc",
            "example-trunc.warc",
            "example-space-in-url.arc",
            "example-bad-non-chunked.warc.gz",
        )
    }
    assert told["bad.arc"] == [
        "bad.arc, byte 0: a record's first line ends with '-1', not with its number of bytes",
        "bad.arc, byte 134: a record's first line ends with '-1', not with its number of bytes",
        "bad.arc, byte 262: a record's first line ends with 'abc', not with its number of bytes",
    ]
    assert told["example-trunc.warc"] == [
        "example-trunc.warc, byte 2,560: here a record should begin, but it says b'\\x00\\x00\\r\\n'"
    ]
    assert told["example-space-in-url.arc"] == [
        "example-space-in-url.arc, byte 151: the file ends after 1,579 of the record's 1,591 bytes"
    ]
    whole = "is compressed as a whole, not record by record: none can be read alone"
    assert told["example-bad-non-chunked.warc.gz"] == [f"example-bad-non-chunked.warc.gz: {whole}"]


def test_a_file_that_is_no_archive_and_an_empty_one(tmp_path: Path) -> None:
    for content, word in ((b"%PDF-1.7", "is no web archive"), (b"", "is empty"), (b"\x1f\x8bxx", "damaged")):
        file = tmp_path / "a.warc.gz"
        file.write_bytes(content)
        read, losses = records(file)
        assert read == []
        assert word in losses[0].reason


def test_zstd_archives_with_a_dictionary_of_their_own(archives: Path, tmp_path: Path) -> None:
    whole, _ = records(archives / "example.warc")
    plain = (archives / "example.warc").read_bytes()
    pieces = [plain[one.offset or 0 : (one.offset or 0) + (one.length or 0)] for one in whole]
    trained = zstandard.ZstdCompressionDict(b"WARC/1.0\r\nWARC-Type: response\r\n" * 8)
    packer = zstandard.ZstdCompressor(dict_data=trained)
    content = trained.as_bytes()
    head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    file = tmp_path / "example.warc.zst"
    file.write_bytes(head + b"".join(packer.compress(piece) for piece in pieces))
    read, losses = records(file)
    assert losses == []
    assert [one.block for one in read] == [one.block for one in whole]
    assert all(one.offset is not None and one.length is not None for one in read)


def test_a_record_above_the_limit_is_passed_over_and_the_rest_is_read(archives: Path) -> None:
    found = list(read_records(archives / "example.warc", most=480))
    assert [one.kind for one in found if isinstance(one, WarcRecord)] == ["warcinfo", "warcinfo", "revisit"]
    assert [one.reason for one in found if isinstance(one, Loss)] == [
        f"a record of {size} bytes; at most 480 are read" for size in (975, 493, 493)
    ]


def test_digests_in_both_forms(archives: Path) -> None:
    response = next(
        one for one in records(archives / "example-wget-bad-target-uri.warc.gz")[0] if one.kind == "response"
    )
    assert digest_matches(response.headers["warc-block-digest"], response.block) is True
    assert digest_matches(response.headers["warc-block-digest"], response.block + b"x") is False
    assert digest_matches(
        "sha1:2FD4E1C67A2D28FCED849EE1BB76E7391B93EB12", b"The quick brown fox jumps over the lazy dog"
    )
    assert digest_matches("crc32:0", b"") is None


def test_pages_become_items_with_words_time_and_evidence(archives: Path) -> None:
    found = list(warc.read(archives / "example-iana.org-chunked.warc", warc.Config()))
    (page,) = [one for one in found if isinstance(one, Item)]
    assert page.uri == "http://www.iana.org/"
    assert page.fault is None
    assert page.licence is None
    assert "Internet Assigned Numbers Authority" in (page.text or "")
    assert page.key == f"example-iana.org-chunked.warc/{page.evidence['record']}"
    assert page.at is not None
    assert page.at.isoformat().startswith("2017-03-06T16:54")


def test_the_folder_of_archives(archives: Path) -> None:
    assert warc.sniff(archives) is not None
    found = list(warc.read(archives, warc.Config()))
    pages = [one for one in found if isinstance(one, Item)]
    assert len({one.key for one in pages}) == len(pages)
    assert any("revisit" in one.reason for one in found if isinstance(one, Loss))
    stripped = {
        one.uri: one.fault for one in pages if one.evidence["archive"] == "example-wrong-chunks.warc.gz"
    }
    assert stripped == {"http://example.com/": None}, (
        "chunks were taken off when it was stored: the payload's digest holds"
    )


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"words" * 999)),
        ("gzip", gzip.compress(b"words" * 500) + gzip.compress(b"words" * 499)),
        ("deflate", zlib.compress(b"words" * 999)),
        ("deflate", zlib.compress(b"words" * 999)[2:-4]),
        ("zstd", zstandard.compress(b"words" * 999)),
    ],
)
def test_content_codings(coding: str, packed: bytes) -> None:
    assert decode(packed, coding) == (b"words" * 999, None)
    assert decode(packed, coding, most=10) == (
        b"wordswords",
        "is longer than 10 bytes, of which the rest is left off",
    )
    cut, fault = decode(packed[: len(packed) // 2], coding)
    assert fault or cut != b"words" * 999


def test_brotli() -> None:
    brotli = pytest.importorskip("brotli", reason="brotli is not installed: pip install 'ingather[web]'")
    packed = brotli.compress(b"words" * 999)
    assert decode(packed, "br") == (b"words" * 999, None)
    assert decode(packed, "br", most=10)[0] == b"wordswords"
    assert decode(packed[:9], "br")[1] == "its compressed data is cut off"


def test_chunks() -> None:
    assert unchunk(b"4\r\nword\r\n2;x=1\r\ns!\r\n0\r\n\r\n") == (b"words!", None)
    assert unchunk(b"4\r\nword\r\n6\r\ns!") == (b"words!", "ends in the middle of a chunk")
    assert unchunk(b"4\nword\n") == (b"word", "its last chunk is not there")
    assert unchunk(b"<html>") == (b"<html>", "says that it is sent in chunks, and is not")


def test_heads_with_folded_and_repeated_lines() -> None:
    message = parse_response(
        b"HTTP/1.1 200 OK\nX-A: one\n  two\nX-A: three\nContent-Type: Text/HTML; charset=x\n\nbody"
    )
    assert message.status == 200
    assert message.header("x-a") == "one two"
    assert message.media_type == "text/html"
    assert message.body == b"body"
    assert parse_response(b"\x00\xff").fault == "the message begins with '\\x00ÿ', not with HTTP"


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=64),
    st.floats(0, 1),
    st.sampled_from(["example.warc", "example.warc.gz", "example.arc"]),
)
def test_damage_never_raises(
    archives: Path, tmp_path_factory: pytest.TempPathFactory, more: bytes, at: float, name: str
) -> None:
    content = (archives / name).read_bytes()
    place = int(at * len(content))
    file = tmp_path_factory.mktemp("damaged") / name
    file.write_bytes(content[:place] + more + content[place + len(more) // 2 :])
    for one in warc.read(file, warc.Config()):
        assert isinstance(one, Item | Loss)
