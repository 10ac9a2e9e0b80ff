"""Exact copies, of texts that people really sent twice."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pyarrow as pa

from ingather.cleaning.any import duplicates
from ingather.media.bytes import BytesBatch

CONFIG = duplicates.Config()


def messages(data: Path) -> list[str]:
    with (data / "sms-spam" / "SMSSpamCollection").open(encoding="utf-8", newline="") as file:
        return [row[-1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def batch(texts: list[str | None]) -> BytesBatch:
    digests = [None if text is None else hashlib.sha256(text.encode()).hexdigest() for text in texts]
    return BytesBatch([str(row) for row in range(len(texts))], digests)


def test_every_repeat_is_found_beside_its_first(data: Path) -> None:
    texts: list[str | None] = list(messages(data))
    pairs = duplicates.pairs(duplicates.sign(batch(texts), CONFIG), 0, CONFIG)
    first: dict[str | None, int] = {}
    expected = {(first[text], row) for row, text in enumerate(texts) if first.setdefault(text, row) != row}
    assert {tuple(pair) for pair in pairs.tolist()} == expected
    assert len(pairs) == len(expected) > 400


def test_only_newcomers_are_paired_and_nothing_is_no_copy_of_nothing() -> None:
    signatures = duplicates.sign(batch(["a", None, "b", "a", "a", None]), CONFIG)
    assert signatures.null_count == 2
    assert duplicates.pairs(signatures, 0, CONFIG).tolist() == [[0, 3], [0, 4]]
    assert duplicates.pairs(signatures, 4, CONFIG).tolist() == [[0, 4]]
    assert duplicates.pairs(signatures[:0], 0, CONFIG).shape == (0, 2)


def test_it_reads_what_the_store_gives_back() -> None:
    signatures = duplicates.sign(batch(["a", "b", "a"]), CONFIG).cast(pa.large_binary())
    chunks = pa.chunked_array([signatures[:1], signatures[1:]])
    assert duplicates.pairs(chunks, 0, CONFIG).tolist() == [[0, 2]]


def given(texts: list[str], givers: list[tuple[str, str] | None]) -> BytesBatch:
    told = batch(list(texts))
    return BytesBatch(told.ids, told.digests, givers)


def test_records_of_different_people_of_one_source_are_no_copies_of_each_other() -> None:
    ann, ben, again = ("survey", "ann"), ("survey", "ben"), ("export", "ann2")
    rows = given(["yes"] * 6 + ["no"], [ann, ben, ben, ann, None, again, ben])
    found = duplicates.pairs(duplicates.sign(rows, CONFIG), 0, CONFIG)
    # Ben's second and Ann's second answer, one of nobody, and one that another source brings as well
    assert found.tolist() == [[1, 2], [0, 3], [0, 4], [0, 5]]
    assert duplicates.pairs(duplicates.sign(rows, CONFIG), 3, CONFIG).tolist() == [[0, 3], [0, 4], [0, 5]]
    assert duplicates.sign(rows.take([1, 4]), CONFIG) == duplicates.sign(rows, CONFIG).take(pa.array([1, 4]))
