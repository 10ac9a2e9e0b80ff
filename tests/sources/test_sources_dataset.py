"""Data sets as sources: recognised, fetched and checked, with splits and licences of every item."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from file_server import Served, serve
from pydantic import ValidationError

from ingather.errors import InputError, OutsideError
from ingather.plan.licences import allowed
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request
from ingather.sources.download import download
from ingather.sources.kinds import dataset
from ingather.sources.recognise import recognise


def plan_of(modality: str = "image", task: str = "boxes", **more: Any) -> Plan:
    return Plan.model_validate(
        {
            "version": 1,
            "name": "test",
            "objective": "A test.",
            "modality": modality,
            "task": {"type": task},
            "sources": [{"name": "s", "kind": "dataset"}],
            **more,
        }
    )


def bring(
    folder: Path,
    plan: Plan,
    known: set[tuple[str, str]] | None = None,
    cache: Path | None = None,
    **options: Any,
) -> tuple[list[Item], list[Loss]]:
    asked = known or set()
    request = Request(
        "s", plan, folder, cache or folder / "cache", known=lambda pairs: [pair in asked for pair in pairs]
    )
    found = list(dataset.collect(dataset.Config.model_validate(options), request))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_thirteen_of_the_pictures_may_be_used(data: Path, tmp_path: Path) -> None:
    plan = plan_of(rights={"licences": ["CC-BY-2.0", "CC-BY-SA-2.0"]})
    items, _ = bring(data, plan, cache=tmp_path, path="tiny-coco")
    assert len(items) == 38
    assert Counter(item.split for item in items) == {"train": 32, "validation": 6}
    assert sum(allowed(item.licence, plan.rights) for item in items) == 13
    assert all(item.uri for item in items)


def test_a_folder_with_a_licence_file(data: Path, tmp_path: Path) -> None:
    items, losses = bring(data, plan_of(), cache=tmp_path, path="bccd-blood-cells")
    assert len(items) == 292
    assert {item.licence for item in items} == {"MIT"}
    assert Counter(item.split for item in items) == {"train": 205, "validation": 87}
    assert any("no area" in loss.reason for loss in losses)


def test_options_that_the_layout_has_not_are_told(data: Path) -> None:
    plan = plan_of(task="classification")
    with pytest.raises(InputError) as told:
        bring(data, plan, path="tiny-coco", format="coco", options={"splt": "crops"})
    assert "splt" in told.value.message


def test_only_some_splits(data: Path, tmp_path: Path) -> None:
    items, losses = bring(data, plan_of(), cache=tmp_path, path="tiny-coco", splits=["validation"])
    assert len(items) == 6
    assert [loss.count for loss in losses if "split" in loss.where] == [32]


def test_what_is_known_is_not_brought_again(data: Path, tmp_path: Path) -> None:
    items, _ = bring(data, plan_of(), cache=tmp_path, path="tiny-coco")
    known = {(item.key, item.stamp) for item in items}
    assert bring(data, plan_of(), known, cache=tmp_path, path="tiny-coco")[0] == []


def test_an_unknown_layout_is_told_with_the_nearest(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        bring(data, plan_of("audio"), cache=tmp_path, path="fsdd")
    assert "audiofolder" in told.value.why
    assert "kind: files" in told.value.fix


def test_doubt_between_two_layouts_is_told(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "tiny-coco", tmp_path / "both")
    shutil.copytree(data / "bccd-blood-cells" / "BCCD", tmp_path / "both", dirs_exist_ok=True)
    found, doubt = recognise(tmp_path / "both")
    assert {found.format} < {"coco", "voc"}
    assert "it may as well be" in doubt


@pytest.fixture
def packed(data: Path, tmp_path: Path) -> bytes:
    return Path(shutil.make_archive(str(tmp_path / "made"), "zip", data, "tiny-coco")).read_bytes()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_from_an_address_through_a_break(packed: bytes, tmp_path: Path) -> None:
    served = Served(packed, breaks=[1_000_000, 2_000_000])
    with serve(served) as address:
        options = {"address": f"{address}/tiny-coco.zip", "sha256": digest(packed)}
        items, _ = bring(tmp_path, plan_of(), **options)
        assert served.asked == [None, "bytes=1000000-", "bytes=3000000-"]
        again, _ = bring(tmp_path, plan_of(), {(i.key, i.stamp) for i in items}, **options)
        assert len(served.asked) == 3
    assert len(items) == 38
    assert again == []
    assert items[0].evidence["sha256"] == digest(packed)
    assert all(isinstance(item.content, Path) and item.content.is_file() for item in items)
    assert not list((tmp_path / "cache").rglob("*.part*"))


def no_wait(seconds: float) -> None:
    pass


def test_what_was_fetched_before_a_stop_is_not_fetched_again(packed: bytes, tmp_path: Path) -> None:
    served = Served(packed, breaks=[10_000] * 5)
    with serve(served) as address:
        with pytest.raises(OutsideError):
            download(f"{address}/d.zip", digest(packed), tmp_path, no_wait)
        path = download(f"{address}/d.zip", digest(packed), tmp_path, no_wait)
    assert path.read_bytes() == packed
    assert served.asked[-1] == "bytes=50000-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(packed: bytes, tmp_path: Path) -> None:
    served = Served(b"older" * 10_000, tag='"old"', breaks=[5_000] * 5)
    with serve(served) as address:
        with pytest.raises(OutsideError):
            download(f"{address}/d.zip", digest(packed), tmp_path, no_wait)
        served.content, served.tag = packed, '"new"'
        assert download(f"{address}/d.zip", digest(packed), tmp_path, no_wait).read_bytes() == packed


def test_a_server_without_range(packed: bytes, tmp_path: Path) -> None:
    served = Served(packed, breaks=[300_000], ranges=False, status=[503])
    with serve(served) as address:
        assert download(f"{address}/d.zip", digest(packed), tmp_path, no_wait).read_bytes() == packed


def test_another_checksum_is_refused_and_nothing_kept(packed: bytes, tmp_path: Path) -> None:
    with serve(Served(packed)) as address, pytest.raises(InputError) as told:
        download(f"{address}/d.zip", "0" * 64, tmp_path, no_wait)
    assert digest(packed) in told.value.why
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name.startswith("d.zip")] == []


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    served = Served(b"", status=[404])
    with serve(served) as address, pytest.raises(OutsideError) as told:
        download(f"{address}/d.zip", "0" * 64, tmp_path, no_wait)
    assert "404" in told.value.message
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "path"),
        ({"path": "a", "address": "http://b"}, "either"),
        ({"address": "http://b"}, "sha256"),
        ({"address": "http://b", "sha256": "12"}, "64 hex"),
        ({"address": "ftp://b", "sha256": "0" * 64}, "http://"),
    ],
)
def test_the_place_is_named_once_and_surely(options: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError) as told:
        dataset.Config.model_validate(options)
    assert words in str(told.value)


def hugging_face(folder: Path, **card: str) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from PIL import Image

    def picture(n: int) -> dict[str, Any]:
        out = io.BytesIO()
        Image.new("RGB", (8, 8), (n * 20, 0, 0)).save(out, "PNG")
        return {"bytes": out.getvalue(), "path": f"{n}.png"}

    (folder / "data").mkdir(parents=True)
    for split, count in (("train", 6), ("test", 2)):
        rows = [{"image": picture(n), "label": n % 2, "age": 30 + n} for n in range(count)]
        pq.write_table(pa.Table.from_pylist(rows), folder / "data" / f"{split}-00000-of-00001.parquet")
    head = "".join(f"{name}: {value}\n" for name, value in card.items())
    info = (
        "dataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: label\n    dtype:\n"
        "      class_label:\n        names:\n          '0': cat\n          '1': dog\n"
    )
    (folder / "README.md").write_text(f"---\n{head}{info}---\n# Pets\n")
    return folder


def test_hugging_face_with_classes_splits_and_licence(tmp_path: Path) -> None:
    hugging_face(tmp_path / "pets", license="cc-by-4.0")
    plan = plan_of(task="classification", attributes={"age": {"bins": {"young": [0, 33], "old": [33, 99]}}})
    items, losses = bring(tmp_path, plan, path="pets")
    assert losses == []
    assert Counter((item.split, item.label) for item in items) == {
        ("train", "cat"): 3, ("train", "dog"): 3, ("test", "cat"): 1, ("test", "dog"): 1,
    }  # fmt: skip
    assert {item.licence for item in items} == {"CC-BY-4.0"}
    assert {item.media_type for item in items} == {"image/png"}
    assert sorted({item.attributes["age"] for item in items}) == [30.0, 31.0, 32.0, 33.0, 34.0, 35.0]
    assert all(isinstance(item.content, bytes) for item in items)


def test_without_a_licence_it_stays_unknown(tmp_path: Path) -> None:
    hugging_face(tmp_path / "pets")
    items, _ = bring(tmp_path, plan_of(task="classification"), path="pets")
    assert {item.licence for item in items} == {None}


def test_values_and_labels_by_the_plans_names(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "train.jsonl").write_text(
        '{"sms": "a", "kind": "H", "who": "ann"}\n{"sms": "b", "kind": "S", "who": "bob"}\n'
    )
    plan = Plan.model_validate(
        {**plan_of("text").model_dump(), "task": {"type": "classification", "labels": ["ham", "spam"]}}
    )
    items, _ = bring(
        tmp_path, plan, path="t", format="jsonl", text="sms", label="kind", contributor="who",
        values={"kind": {"H": "ham", "S": "spam"}},
    )  # fmt: skip
    assert [(i.text, i.label, i.contributor, i.split, i.data) for i in items] == [
        ("a", "ham", "ann", "train", None),
        ("b", "spam", "bob", "train", None),
    ]
