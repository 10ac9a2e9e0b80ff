"""A plan that names what its files do not have learns which, what they have, and what to write."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request
from ingather.sources.kinds import dataset, files


def request_in(folder: Path, modality: str) -> Request:
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "test",
            "objective": "A test.",
            "modality": modality,
            "task": {"type": "classification"},
            "sources": [{"name": "s", "kind": "files"}],
        }
    )
    return Request("s", plan, folder, folder / "cache", known=lambda pairs: [False] * len(pairs))


def bring(folder: Path, modality: str = "audio", **options: Any) -> Iterator[Item | Loss]:
    return files.collect(files.Config.model_validate(options), request_in(folder, modality))


def test_a_pattern_that_fits_no_file_is_a_mistake_and_not_an_empty_source(data: Path, tmp_path: Path) -> None:
    where = str(data / "fsdd" / "recordings")
    with pytest.raises(InputError) as told:
        list(bring(tmp_path, path=where, pattern="{speaker}-{label}.wav"))
    assert "No file in" in told.value.message
    assert "of 600" in told.value.message
    assert "0_george_0.wav" in told.value.why


def test_a_name_that_the_pattern_does_not_give(data: Path, tmp_path: Path) -> None:
    where = str(data / "fsdd" / "recordings")
    with pytest.raises(InputError) as told:
        list(bring(tmp_path, path=where, pattern="{label}_{x}_{n}.wav", contributor="speaker"))
    assert "'contributor: speaker' names what it does not have" in told.value.message
    assert "header_rows" not in told.value.fix
    assert "pattern:" in told.value.fix


def test_a_column_of_files_that_is_not_there(data: Path, tmp_path: Path) -> None:
    where = str(data / "voice-prompts" / "manifest.csv")
    with pytest.raises(InputError) as told:
        list(bring(tmp_path, path=where, content="files"))
    assert "'content: files' names what it does not have" in told.value.message
    assert told.value.fix == "Write 'file' instead of 'files'."


def test_columns_are_told_by_the_plans_names(data: Path, tmp_path: Path) -> None:
    where = str(data / "voice-prompts" / "manifest.csv")
    with pytest.raises(InputError, match="'licence_from: lic' names what it does not have"):
        list(bring(tmp_path, path=where, content="file", licence_from="lic"))


def test_an_unknown_licence_says_how_to_tell_it(data: Path, tmp_path: Path) -> None:
    where = str(data / "voice-prompts" / "manifest.csv")
    told = [one for one in bring(tmp_path, path=where, content="file") if isinstance(one, Loss)]
    assert [one.count for one in told if "'values: {licence: {IT: CC-BY-4.0}}' says what" in one.reason] == [
        0
    ]
    meant = bring(tmp_path, path=where, content="file", values={"licence": {"IT": "CC-BY-3.0"}})
    items = [one for one in meant if isinstance(one, Item)]
    assert sum(item.licence == "CC-BY-3.0" for item in items) == 120


def test_an_archive_of_which_all_is_refused_says_why(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.wav", b"RIFF....WAVE")
    content = bytearray(held.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + offset
        content[at : at + 2] = struct.pack("<H", 1)
    (tmp_path / "locked.zip").write_bytes(content)
    with pytest.raises(InputError) as told:
        list(bring(tmp_path, path="locked.zip"))
    assert "a.wav: it is locked with a password" in told.value.why


def test_a_data_set_in_another_layout_says_which(data: Path, tmp_path: Path) -> None:
    options = {"path": str(data / "tiny-coco"), "format": "voc"}
    with pytest.raises(InputError) as told:
        list(dataset.collect(dataset.Config.model_validate(options), request_in(tmp_path, "image")))
    assert "no folder Annotations" in told.value.why
    assert "write 'format: coco'" in told.value.fix
