"""Shards: WebDataset's tars and TensorFlow's records, with their check sums, cut and bent."""

from __future__ import annotations

import io
import pickle
import struct
import tarfile
from pathlib import Path

import pytest
from format_specimens import SPECIMENS, clip, example, record

from ingather.formats.crc32c import crc32c
from ingather.formats.layouts import tfrecord, webdataset
from ingather.formats.tar_members import Flaw, Member, end_bytes, member_bytes, read_members
from ingather.sample import Item, Loss


def sorted_out(found: list[Item | Loss]) -> tuple[list[Item], list[Loss]]:
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def tar(members: list[tuple[str, bytes]], **how: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **how) as file:  # type: ignore[call-overload]
        for name, content in members:
            told = tarfile.TarInfo(name)
            told.size = len(content)
            file.addfile(told, io.BytesIO(content))
    return out.getvalue()


LONG = "folder/" * 40 + "größer.txt"


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_form_of_tar(form: int) -> None:
    members = [("a.txt", b"x" * 513), ("b/" * 60 + "c.bin", bytes(512)), ("d.txt", b"")]
    if form != tarfile.USTAR_FORMAT:
        members.append((LONG, b"long"))
    found = list(read_members(io.BytesIO(tar(members, format=form))))
    assert found == [Member(name, content) for name, content in members]


def test_what_is_written_others_read() -> None:
    members = [("a.txt", b"x" * 513), (LONG, b"long"), ("empty.txt", b"")]
    content = b"".join(member_bytes(name, inner) for name, inner in members) + end_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as file:
        told = [(one.name, file.extractfile(one).read()) for one in file.getmembers()]  # type: ignore[union-attr]
    assert told == members


def test_a_broken_header_costs_one_member() -> None:
    content = bytearray(tar([(f"{n}.txt", b"x" * 600) for n in range(4)]))
    content[3 * 512 + 10] ^= 0xFF
    found = list(read_members(io.BytesIO(bytes(content))))
    assert [one.name for one in found if isinstance(one, Member)] == ["0.txt", "2.txt", "3.txt"]
    assert [one.place for one in found if isinstance(one, Flaw)] == [3 * 512]


def test_links_sizes_and_ends() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    (flaw,) = read_members(io.BytesIO(out.getvalue()))
    assert isinstance(flaw, Flaw)
    assert "link" in flaw.reason
    whole = tar([("a.txt", b"x" * 2000)])
    for end in (100, 700, 1024, 2000):
        found = list(read_members(io.BytesIO(whole[:end])))
        assert [type(one) for one in found] == [Flaw]


def test_samples_of_foreign_shards(tmp_path: Path) -> None:
    members = [
        ("a/0001.jpg", b"\xff\xd8\xff" + bytes(20)), ("a/0001.cls", b"3"), ("a/0001.txt", b"a cat"),
        ("a/0002.wav", clip(100)), ("a/0002.txt", b"hello "),
        ("a/0003.txt", b"only words"), ("a/0003.json", b'{"stars": 2}'),
        ("a/0004.pyd", pickle.dumps(print)), ("a/0004.seg.png", b"\x89PNG\r\n\x1a\n" + bytes(20)),
    ]  # fmt: skip
    (tmp_path / "val-000.tar").write_bytes(tar(members))
    items, losses = sorted_out(list(webdataset.read(tmp_path, webdataset.Config())))
    picture, sound, words, last = items
    assert (picture.key, picture.modality, picture.label) == ("a/0001", "image", "3")
    assert [(part.role, part.text) for part in picture.parts] == [("caption", "a cat")]
    assert (sound.modality, sound.label) == ("audio", "hello")
    assert (words.modality, words.text, words.data) == ("text", "only words", {"stars": 2})
    assert last.modality == "image"
    assert {item.split for item in items} == {"validation"}
    assert [loss.where for loss in losses] == ["val-000.tar: a/0004.pyd"]
    assert "never opened" in losses[0].reason


def test_shards_are_bounded_and_keys_come_back(tmp_path: Path) -> None:
    items = [
        Item(f"x.y/{n}.wav", "audio", content=clip(100_000), media_type="audio/wav", split="train")
        for n in range(12)
    ]
    items.append(Item("x_y/0.wav", "audio", content=clip(9), media_type="audio/wav", split="train"))
    assert webdataset.write(iter(items), tmp_path, webdataset.Config(megabytes=1)) == []
    assert [file.name for file in sorted(tmp_path.iterdir())] == [f"train-00000{n}.tar" for n in range(3)]
    found, losses = sorted_out(list(webdataset.read(tmp_path, webdataset.Config())))
    assert losses == []
    assert [(one.key, one.content) for one in found] == [(one.key, one.content) for one in items]


def test_a_packed_shard(tmp_path: Path) -> None:
    import gzip

    SPECIMENS["webdataset"](tmp_path / "set")
    (shard,) = (tmp_path / "set").iterdir()
    packed = tmp_path / "train.tar.gz"
    packed.write_bytes(gzip.compress(shard.read_bytes()))
    assert len(list(webdataset.read(packed, webdataset.Config()))) == 3
    packed.write_bytes(packed.read_bytes()[:-40])
    items, losses = sorted_out(list(webdataset.read(packed, webdataset.Config())))
    assert losses
    assert all(isinstance(item, Item) for item in items)


def test_check_sums_of_the_standard() -> None:
    # RFC 3720, appendix B.4
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
    assert crc32c(b"") == 0
    assert crc32c(bytes(10_000)) == crc32c_slowly(bytes(10_000))


def crc32c_slowly(content: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_examples_of_every_kind(tmp_path: Path) -> None:
    boxes = {
        "image__encoded": [b"\x89PNG\r\n\x1a\n" + bytes(20)], "image__width": [200], "image__height": [100],
        "image__object__bbox__xmin": [0.5], "image__object__bbox__xmax": [0.75],
        "image__object__bbox__ymin": [0.25], "image__object__bbox__ymax": [0.5],
        "image__object__class__text": [b"cat"],
    }  # fmt: skip
    rows = [example(text=[b"hello"], label=[-7], weights=[0.5, 1.5]), example(**boxes)]  # type: ignore[arg-type]
    file = tmp_path / "x.tfrecord"
    file.write_bytes(b"".join(map(record, rows)))
    words, picture = sorted_out(list(tfrecord.read(file, tfrecord.Config())))[0]
    assert (words.modality, words.text, words.label) == ("text", "hello", -7)
    assert words.data == {"text": "hello", "label": -7, "weights": [0.5, 1.5]}
    assert picture.modality == "image"
    value = picture.label[0]["value"]  # type: ignore[index,call-overload]
    assert (value["x"], value["y"], value["width"], value["height"]) == (50, 25, 25, 25)
    assert value["rectanglelabels"] == ["cat"]


def test_records_with_wrong_sums(tmp_path: Path) -> None:
    rows = [record(example(text=[b"%d" % n])) for n in range(4)]
    bent = bytearray(rows[1])
    bent[20] ^= 1
    file = tmp_path / "x.tfrecord"
    file.write_bytes(rows[0] + bytes(bent) + rows[2] + rows[3])
    items, losses = sorted_out(list(tfrecord.read(file, tfrecord.Config())))
    assert [item.text for item in items] == ["0", "2", "3"]
    assert [(loss.where, loss.count) for loss in losses] == [("x.tfrecord#2", 1)]
    head = bytearray(rows[1])
    head[0] ^= 1
    file.write_bytes(rows[0] + bytes(head) + rows[2])
    items, losses = sorted_out(list(tfrecord.read(file, tfrecord.Config())))
    assert len(items) == 1
    assert "all behind it are lost" in losses[0].reason


@pytest.mark.parametrize("junk", [b"\xff" * 30, b"\x0a\xff\xff\xff\xff\x0f", struct.pack("<Q", 3), b"\x0b"])
def test_records_that_are_no_example(tmp_path: Path, junk: bytes) -> None:
    file = tmp_path / "x.tfrecord"
    file.write_bytes(record(example(text=[b"a"])) + record(junk) + record(example(text=[b"b"])))
    items, losses = sorted_out(list(tfrecord.read(file, tfrecord.Config())))
    assert len(items) + len(losses) == 3
    assert [item.text for item in items if item.text] == ["a", "b"]
