"""Folders, archives and buckets of media as sources, on real recordings and on files made to deceive."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import stat
import tarfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bucket_server import bucket_of

from ingather.errors import InputError, OutsideError
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.archive import archive_entries
from ingather.sources.archive_limits import ArchiveLimits, unsafe_name
from ingather.sources.contract import Request
from ingather.sources.kinds import files
from ingather.sources.listing import file_entry, folder_entries, natural
from ingather.sources.losses import Tally

DIGITS = {
    "pattern": "{label}_{speaker}_{n}.wav",
    "contributor": "speaker",
    "sidecar": {"path": "speakers.csv", "on": "speaker"},
}


SPEAKERS = dict.fromkeys(("jackson", "nicolas", "theo", "yweweler", "george", "lucas"), 100)


def plan_of(modality: str = "audio", **more: Any) -> Plan:
    return Plan.model_validate(
        {
            "version": 1,
            "name": "test",
            "objective": "A test.",
            "modality": modality,
            "task": {"type": "classification"},
            "sources": [{"name": "s", "kind": "files"}],
            **more,
        }
    )


ACCENTS = plan_of(attributes={"accent": {"of": "contributor"}, "gender": {"of": "contributor"}})


def bring(
    folder: Path, plan: Plan, known: set[tuple[str, str]] | None = None, **options: Any
) -> tuple[list[Item], list[Loss]]:
    asked = known or set()
    request = Request(
        "s", plan, folder, folder / "cache", known=lambda pairs: [pair in asked for pair in pairs]
    )
    found = list(files.collect(files.Config.model_validate(options), request))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def bytes_of(item: Item) -> bytes:
    assert item.content is not None
    return item.content if isinstance(item.content, bytes) else item.content.read_bytes()


@pytest.fixture
def digits(data: Path, tmp_path: Path) -> Path:
    shutil.copytree(data / "fsdd", tmp_path / "fsdd")
    return tmp_path / "fsdd"


def test_digits_by_name_and_sidecar(data: Path) -> None:
    items, losses = bring(data / "fsdd", ACCENTS, path="recordings/", **DIGITS)
    assert len(items) == 600
    assert Counter(item.label for item in items) == {str(digit): 60 for digit in range(10)}
    assert Counter(item.contributor for item in items) == SPEAKERS
    assert Counter(item.attributes["accent"] for item in items) == {
        "USA/neutral": 200, "DEU/German": 200, "BEL/French": 100, "GRC/Greek": 100,
    }  # fmt: skip
    assert {item.attributes["gender"] for item in items} == {"male"}
    assert {item.media_type for item in items} == {"audio/wav"}
    assert not any(item.fault for item in items)
    assert losses == []
    assert items[0].key == "0_george_0.wav"
    assert items[0].content == (data / "fsdd" / "recordings" / "0_george_0.wav").read_bytes()


def test_the_order_does_not_change_and_is_natural(data: Path) -> None:
    first, _ = bring(data / "fsdd", ACCENTS, path="recordings", **DIGITS)
    again, _ = bring(data / "fsdd", ACCENTS, path="recordings", **DIGITS)
    assert [item.key for item in first] == [item.key for item in again]
    assert sorted(["a10", "a2", "b", "a", "2", "10"], key=natural) == ["2", "10", "a", "a2", "a10", "b"]


def test_losses_of_the_join_are_told_both_ways(digits: Path) -> None:
    table = (digits / "speakers.csv").read_text().replace("theo,", "theodora,")
    (digits / "speakers.csv").write_text(table)
    items, losses = bring(digits, ACCENTS, path="recordings", **DIGITS)
    assert len(items) == 600
    assert sum(item.attributes["accent"] is None for item in items) == 100
    told = {loss.where.split(",")[0]: loss for loss in losses}
    assert told["speakers.csv: theodora"].count == 1
    assert "no row in speakers.csv" in told["0_theo_0.wav"].reason
    assert "95 more" in told["0_theo_0.wav"].where


def test_a_change_of_file_or_of_row_is_a_new_stamp(digits: Path) -> None:
    items, _ = bring(digits, ACCENTS, path="recordings", **DIGITS)
    known = {(item.key, item.stamp) for item in items}
    assert bring(digits, ACCENTS, known, path="recordings", **DIGITS)[0] == []
    touched = digits / "recordings" / "3_theo_1.wav"
    touched.write_bytes(touched.read_bytes() + b"\0\0")
    table = (digits / "speakers.csv").read_text().replace("lucas,male,DEU", "lucas,male,AUT")
    (digits / "speakers.csv").write_text(table)
    changed, _ = bring(digits, ACCENTS, known, path="recordings", **DIGITS)
    assert {item.key for item in changed} == {"3_theo_1.wav"} | {
        item.key for item in items if item.contributor == "lucas"
    }


def test_files_that_are_not_what_they_seem(digits: Path) -> None:
    folder = digits / "recordings"
    (folder / "1_eve_0.wav").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    (folder / "1_eve_1.wav").write_bytes(b"")
    (folder / "1_eve_2.wav").write_text("no sound")
    (folder / "1_eve_anna_3.wav").write_bytes((folder / "1_theo_1.wav").read_bytes())
    (folder / "notes.wav").write_bytes((folder / "1_theo_1.wav").read_bytes())
    (folder / "README.md").write_text("About.")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    os.symlink("nowhere", folder / "broken.wav")
    items, losses = bring(digits, ACCENTS, path="recordings", **DIGITS)
    faults = {item.key: item.fault for item in items if item.fault}
    assert faults["1_eve_0.wav"] == "the name ends in .wav, but the bytes are image/png"
    assert faults["1_eve_1.wav"] == "the file is empty"
    assert "not audio/wav" in (faults["1_eve_2.wav"] or "")
    assert "two ways" in (faults["1_eve_anna_3.wav"] or "")
    assert len(faults) == 4
    told = {loss.where: loss.reason for loss in losses}
    assert "does not fit the pattern" in told["notes.wav"]
    assert "passed over" in told["README.md"]
    assert "passed over" in told["picture.png"]
    assert "broken link" in told["broken.wav"]


def test_the_folder_is_the_label_if_asked(data: Path) -> None:
    items, _ = bring(data / "voice-prompts", plan_of(), path="wav", label="folder")
    assert Counter(item.label for item in items) == dict.fromkeys(("en", "es", "fr", "it", "ru"), 60)


def test_a_table_that_names_the_media(data: Path) -> None:
    plan = plan_of(attributes={"lang": {}, "voice_sex": {"of": "contributor", "values": ["f", "m"]}})
    items, losses = bring(
        data / "voice-prompts", plan, path="manifest.csv", content="file", label="english_text",
        contributor="speaker", licence_from="licence", values={"licence": {"IT": "CC BY 3.0"}},
    )  # fmt: skip
    assert len(items) == 300
    assert losses == []
    assert Counter(item.licence for item in items) == {"CC-BY-SA-3.0": 180, "CC-BY-3.0": 120}
    assert len({item.contributor for item in items}) == 4
    assert items[0].key == "wav/en/conf-errormenu.wav"


def test_rows_may_not_lead_out_of_their_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.wav").write_bytes(b"RIFF0000WAVE")
    (tmp_path / "in" / "t.csv").write_text("file,label\n../secret.wav,a\n/etc/passwd,a\nnone.wav,a\n")
    items, losses = bring(tmp_path, plan_of(), path="in/t.csv", content="file")
    assert items == []
    assert [("outside" in loss.reason, loss.count) for loss in losses] == [(True, 1), (True, 1), (False, 1)]


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "zst"])
def test_archives_hold_the_same_as_their_folder(data: Path, tmp_path: Path, kind: str) -> None:
    if kind == "zst":
        from backports.zstd import ZstdFile

        tar = Path(shutil.make_archive(str(tmp_path / "fsdd"), "tar", data / "fsdd"))
        with ZstdFile(tmp_path / "fsdd.tar.zst", "w") as packed:
            packed.write(tar.read_bytes())
        archive = tmp_path / "fsdd.tar.zst"
    else:
        archive = Path(shutil.make_archive(str(tmp_path / "fsdd"), kind, data / "fsdd"))
    loose, _ = bring(data / "fsdd", ACCENTS, path="recordings", **DIGITS)
    packed_items, _ = bring(tmp_path, ACCENTS, path=archive.name, **DIGITS)
    assert len(packed_items) == 600
    by_name = {item.key: item for item in loose}
    for item in packed_items:
        other = by_name[item.key.removeprefix("recordings/")]
        assert bytes_of(item) == bytes_of(other)
        assert (item.label, item.contributor, item.attributes) == (
            other.label, other.contributor, other.attributes,
        )  # fmt: skip
    assert not list(tmp_path.glob("cache/*"))


def test_a_packed_table(data: Path, tmp_path: Path) -> None:
    content = (data / "sms-spam" / "SMSSpamCollection").read_bytes()
    (tmp_path / "sms.tsv.gz").write_bytes(gzip.compress(content))
    items, _ = bring(tmp_path, plan_of("text"), path="sms.tsv.gz", text="SMS", label="Label")
    assert len(items) == 5574
    (tmp_path / "cut.tsv.gz").write_bytes(gzip.compress(content)[:-5000])
    items, losses = bring(tmp_path, plan_of("text"), path="cut.tsv.gz", text="SMS", label="Label")
    assert 4000 < len(items) < 5574
    assert [loss.count for loss in losses] == [1]
    assert "damaged or cut short" in losses[0].reason


def _zip(path: Path, entries: dict[str, bytes], **attributes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes.get("mode", stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def test_paths_that_climb_out_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"../out.wav": b"x", "/abs.wav": b"x", "C:\\x.wav": b"x", "ok.wav": b"x"})
    tally = Tally()
    assert [entry.name for entry in archive_entries(file_entry(path), tally)] == ["ok.wav"]
    reasons = {loss.where: loss.reason for loss in tally.losses()}
    assert reasons["../out.wav"] == "its path climbs out of the archive: refused"
    assert sum(loss.count for loss in tally.losses()) == 3
    assert unsafe_name("a/../../b") is not None
    assert unsafe_name("a/b..c/d") is None


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("dev", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    tally = Tally()
    assert list(archive_entries(file_entry(tmp_path / "a.tar"), tally)) == []
    reasons = {place: loss.reason for loss in tally.losses() for place in loss.where.split(", ")}
    assert reasons == {
        "link": "it is a link: refused",
        "hard": "it is a link: refused",
        "dev": "it is a device: refused",
    }
    path = _zip(tmp_path / "l.zip", {"link.wav": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777)
    tally = Tally()
    assert list(archive_entries(file_entry(path), tally)) == []
    assert [loss.reason for loss in tally.losses()] == ["it is a link: refused"]


LIMITS = ArchiveLimits(ratio=50, free=1 << 16, entries=100, depth=2, inner=1 << 20)


def _zip_bomb(folder: Path) -> Path:
    return _zip(folder / "bomb.zip", {"zeros.wav": bytes(40 << 20)})


def _gz_bomb(folder: Path) -> Path:
    (folder / "bomb.tsv.gz").write_bytes(gzip.compress(bytes(40 << 20)))
    return folder / "bomb.tsv.gz"


def _tar_bomb(folder: Path) -> Path:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        info = tarfile.TarInfo("zeros.wav")
        info.size = 40 << 20
        archive.addfile(info, io.BytesIO(bytes(40 << 20)))
    (folder / "bomb.tar.gz").write_bytes(content.getvalue())
    return folder / "bomb.tar.gz"


def _crowd(folder: Path) -> Path:
    return _zip(folder / "crowd.zip", {f"{n}.wav": b"" for n in range(101)})


@pytest.mark.parametrize("make", [_zip_bomb, _gz_bomb, _tar_bomb, _crowd])
def test_bombs_are_refused_early(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    started = time.process_time()

    def read_all() -> None:
        for entry in archive_entries(file_entry(path), Tally(), LIMITS):
            with entry.open() as stream:
                while stream.read(1 << 16):
                    pass

    with pytest.raises(InputError) as told:
        read_all()
    assert "is refused" in told.value.message
    assert time.process_time() - started < 0.5


def test_archives_in_archives_to_a_depth(tmp_path: Path) -> None:
    inner = _zip(tmp_path / "inner.zip", {"a.wav": b"RIFF0000WAVE"}).read_bytes()
    middle = _zip(tmp_path / "middle.zip", {"inner.zip": inner, "b.wav": b"RIFF0000WAVE"}).read_bytes()
    path = _zip(tmp_path / "outer.zip", {"middle.zip": middle})
    assert [entry.name for entry in archive_entries(file_entry(path), Tally())] == [
        "middle.zip/b.wav",
        "middle.zip/inner.zip/a.wav",
    ]
    tally = Tally()
    assert [entry.name for entry in archive_entries(file_entry(path), tally, LIMITS)] == ["middle.zip/b.wav"]
    assert [loss.reason for loss in tally.losses()] == ["archives lie more than 2 deep: not opened"]


def test_damaged_archives_are_told(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"1_a_1.wav": b"RIFF0000WAVE" * 100, "2_a_1.wav": b"RIFF0000WAVE"})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    items, losses = bring(tmp_path, plan_of(), path="a.zip", pattern="{label}_{x}_{n}.wav")
    assert [item.key for item in items] == ["2_a_1.wav"]
    assert losses[0].where == "1_a_1.wav"
    assert losses[0].count == 1
    path.write_bytes(content[:50])
    with pytest.raises(InputError):
        bring(tmp_path, plan_of(), path="a.zip")


def test_globs(data: Path) -> None:
    items, _ = bring(data / "fsdd", plan_of(), path="recordings/[0-3]_theo_*.wav", pattern="{label}_*")
    assert len(items) == 40
    everywhere, _ = bring(data, plan_of(), path="voice-prompts/**/*.wav")
    assert len(everywhere) == 300
    with pytest.raises(InputError):
        bring(data / "fsdd", plan_of(), path="recordings/*.flac")


def test_text_files_are_texts(tmp_path: Path) -> None:
    for label in ("pos", "neg"):
        (tmp_path / "t" / label).mkdir(parents=True)
        for n in range(3):
            (tmp_path / "t" / label / f"{n}.txt").write_text(f"{label} {n}", "utf-8")
    (tmp_path / "t" / "pos" / "empty.txt").write_text(" \n")
    items, _ = bring(tmp_path, plan_of("text"), path="t", pattern="{label}/{n}.txt")
    assert Counter(item.label for item in items) == {"neg": 3, "pos": 4}
    assert items[0].text == "neg 0"
    assert [item.key for item in items if item.fault] == ["pos/empty.txt"]


def test_listing_many_files_is_quick(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    count = 5000
    for n in range(count):
        (folder / f"{n % 10}_anna_{n}.wav").write_bytes(b"RIFF0000WAVE")
    request = Request("s", plan_of(), tmp_path, tmp_path / "cache")
    config = files.Config(path="many", pattern="{label}_{speaker}_{n}.wav", contributor="speaker")
    started = time.process_time()
    assert sum(isinstance(x, Item) for x in files.collect(config, request)) == count
    assert (time.process_time() - started) / count < 300e-6  # 35 us on an idle core, 124 on a busy one
    started = time.process_time()
    assert sum(1 for _ in folder_entries(folder, Tally())) == count
    assert (time.process_time() - started) / count < 40e-6


def test_a_bucket(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(data / "voice-prompts" / "wav" / "en", tmp_path / "prefix" / "en")
    (tmp_path / "elsewhere.wav").write_bytes(b"RIFF0000WAVE")
    with bucket_of(tmp_path, "voices") as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        items, _ = bring(tmp_path, plan_of(), path="s3://voices/prefix", label="folder")
        known = {(item.key, item.stamp) for item in items}
        again, _ = bring(tmp_path, plan_of(), known, path="s3://voices/prefix", label="folder")
    assert len(items) == 60
    assert again == []
    name = items[0].key
    assert bytes_of(items[0]) == (tmp_path / "prefix" / name).read_bytes()
    assert items[0].uri == f"s3://voices/prefix/{name}"
    assert items[0].label == "en"


def test_a_bucket_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_RETRIES", "0")
    with pytest.raises(OutsideError):
        bring(tmp_path, plan_of(), path="s3://voices/prefix")
