"""Damaged files of every kind end in rows and told losses, or in words: never in anything else."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ingather.errors import IngatherError
from ingather.plan.model import Plan
from ingather.sources.contract import Request
from ingather.sources.kinds import dataset, files
from ingather.sources.look import look

CSV = b"text,label,n\n" + b"".join(f'"w ""q"" {n}",ham,{n}\n'.encode() for n in range(50))


def sound() -> dict[str, bytes]:
    import openpyxl
    import pyarrow as pa
    import pyarrow.parquet as pq
    from backports import zstd

    rows = [{"text": f"w {n}", "label": "ham", "n": n} for n in range(50)]
    parquet, xlsx, packed, tar = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    book = openpyxl.Workbook()
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(row)
    book.save(xlsx)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", CSV)
        archive.writestr("a/u.csv", CSV)
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        info = tarfile.TarInfo("t.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV))
    return {
        "t.csv": CSV,
        "t.tsv": CSV.replace(b",", b"\t"),
        "t.jsonl": b"".join(b'{"text": "a", "n": %d}\n' % n for n in range(50)),
        "t.parquet": parquet.getvalue(),
        "t.xlsx": xlsx.getvalue(),
        "t.csv.gz": gzip.compress(CSV),
        "t.csv.zst": zstd.compress(CSV),
        "z.zip": packed.getvalue(),
        "x.tar.gz": tar.getvalue(),
    }


def damaged(content: bytes, lots: random.Random) -> bytes:
    made = bytearray(content)
    kind = lots.randrange(4)
    if kind == 0:
        return bytes(made[: lots.randrange(len(made))])
    if kind == 1:
        place = lots.randrange(len(made))
        made[place:place] = lots.randbytes(20)
        return bytes(made)
    if kind == 2:
        return lots.randbytes(lots.randrange(300))
    for _ in range(lots.choice([1, 3, 30])):
        made[lots.randrange(len(made))] = lots.randrange(256)
    return bytes(made)


def request_of(folder: Path, modality: str, kind: str) -> Request:
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "test",
            "objective": "A test.",
            "modality": modality,
            "task": {"type": "none"},
            "sources": [{"name": "s", "kind": kind}],
        }
    )
    return Request("s", plan, folder, folder / "cache")


def collected(folder: Path, name: str) -> list[Any]:
    return list(files.collect(files.Config(path=name), request_of(folder, "record", "files")))


def as_text(folder: Path, name: str) -> list[Any]:
    return list(files.collect(files.Config(path=name), request_of(folder, "text", "files")))


def as_dataset(folder: Path, name: str) -> list[Any]:
    return list(dataset.collect(dataset.Config(path=name), request_of(folder, "record", "dataset")))


def looked_at(folder: Path, name: str) -> list[Any]:
    return [look(folder / name)]


@pytest.mark.parametrize("name", list(sound()))
def test_damage_is_told(name: str, tmp_path: Path) -> None:
    lots = random.Random(name)
    content = sound()[name]
    whole = 0
    for trial in range(15):
        (tmp_path / name).write_bytes(content if trial == 0 else damaged(content, lots))
        for attempt in (collected, as_text, as_dataset, looked_at):
            try:
                whole += bool(attempt(tmp_path, name))
            except IngatherError as error:
                told = (error.message, error.why, error.fix)
                assert all(told), told
    assert whole >= 3
