"""Croissant: joins, archives, transforms and enumerations, and what hostile documents ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from format_specimens import Files, croissant_document, pets

from ingather.formats.croissant_values import BadValue, json_path
from ingather.formats.layouts import croissant
from ingather.sample import Item, Json, Loss


def put(folder: Path, files: Files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(path: Path, **options: str) -> tuple[list[Item], list[Loss]]:
    found = list(croissant.read(path, croissant.Config(**options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_pictures_of_an_archive_joined_with_a_table(tmp_path: Path, version: str) -> None:
    path = put(tmp_path, pets(version))
    items, losses = read(path)
    assert losses == []
    assert [(item.key, item.label, item.split) for item in items] == [
        ("pets/a0", "dog", "train"),
        ("pets/a1", "cat", "test"),
        ("pets/a2", "cat", "train"),
    ]
    assert {item.modality for item in items} == {"image"}
    assert {item.licence for item in items} == {"CC-BY-4.0"}
    assert {item.content[:4] for item in items} == {b"\x89PNG"}  # type: ignore[index]
    assert items[1].data == {"number": "a1", "name": "Tom", "kind": "cat", "weight": None, "split": "test"}


def texts(version: str) -> Files:
    rows = [{"id": n, "tags": f"a|b{n}", "words": {"en": f"w{n}"}, "kind": n % 2} for n in range(3)]
    source: dict[str, Json] = {"fileObject": {"@id": "rows.json"}}

    def field(name: str, path: str, kind: str = "sc:Text", **more: Json) -> dict[str, Json]:
        told: dict[str, Json] = {**source, "extract": {"jsonPath": path}, **more}
        return {"@type": "cr:Field", "@id": f"texts/{name}", "name": name, "dataType": kind, "source": told}

    fields: list[Json] = [
        field("id", "$[*].id", "sc:Integer"),
        {**field("tags", "$[*].tags", transform={"separator": "|"}), "repeated": True},
        field("words", "$[*].words.en", transform={"replace": "w/word "}),
        {**field("kind", "$[*].kind", "cr:Label"), "references": {"field": {"@id": "kinds/id"}}},
    ]
    kinds: list[Json] = [{"kinds/id": 0, "kinds/name": "even"}, {"kinds/id": 1, "kinds/name": "odd"}]
    listed: list[Json] = [
        {"@type": "cr:Field", "@id": f"kinds/{name}", "name": name, "dataType": kind}
        for name, kind in (("id", "sc:Integer"), ("name", "sc:Text"))
    ]
    sets: list[Json] = [
        {"@type": "cr:RecordSet", "@id": "kinds", "name": "kinds", "dataType": "cr:Enumeration",
         "key": {"@id": "kinds/id"}, "field": listed, "data": kinds},
        {"@type": "cr:RecordSet", "@id": "texts", "name": "texts", "field": fields},
    ]  # fmt: skip
    file: Json = {
        "@type": "cr:FileObject", "@id": "rows.json", "name": "rows.json", "contentUrl": "rows.json",
        "encodingFormat": "application/json", "sha256": "0" * 64,
    }  # fmt: skip
    return {"croissant.json": croissant_document(sets, [file], version), "rows.json": json.dumps(rows)}


def test_paths_lists_and_enumerations(tmp_path: Path) -> None:
    items, losses = read(put(tmp_path, texts("1.0")))
    assert [(loss.count, "checksum" in loss.reason) for loss in losses] == [(0, True)]
    assert [item.label for item in items] == ["even", "odd", "even"]
    assert items[2].data == {"id": 2, "tags": ["a", "b2"], "words": "word 2", "kind": 0}


OLD = {
    "@context": {"@language": "en", "@vocab": "https://schema.org/", "ml": "http://mlcommons.org/schema/",
                 "sc": "https://schema.org/"},
    "@type": "sc:Dataset", "name": "old", "license": "CC0-1.0",
    "distribution": [{"@type": "sc:FileObject", "name": "table", "contentUrl": "https://x.org/files/table.csv",
                      "encodingFormat": "text/csv"},
                     {"@type": "sc:FileObject", "name": "ages", "contentUrl": "ages.csv",
                      "encodingFormat": "text/csv"}],
    "recordSet": [{
        "@type": "ml:RecordSet", "name": "people", "key": "#{name}",
        "ml:field": [
            {"@type": "ml:Field", "name": "name", "ml:dataType": "sc:Text", "ml:source": "#{table/who}",
             "references": {"distribution": "ages", "extract": {"csvColumn": "who"}}},
            {"@type": "ml:Field", "name": "year", "ml:dataType": "sc:Integer",
             "ml:source": {"distribution": "table", "ml:extract": {"csvColumn": "born"},
                           "applyTransform": {"regex": "([0-9]+)-.*"}}},
            {"@type": "ml:Field", "name": "age", "ml:dataType": "sc:Integer", "ml:source": "#{ages/age}"},
        ],
    }],
}  # fmt: skip


def test_the_older_form(tmp_path: Path) -> None:
    files: Files = {
        "metadata.json": json.dumps(OLD),
        "table.csv": "who,born\nAnn,1990-01-02\nBob,1980-05-06\nCid,never\nDan,1970-07-08\n",
        "ages.csv": "who,age\nBob,44\nAnn,34\n",
    }
    items, losses = read(put(tmp_path, files))
    assert losses == []
    assert [item.data for item in items[:2]] == [
        {"name": "Ann", "year": 1990, "age": 34},
        {"name": "Bob", "year": 1980, "age": 44},
    ]
    assert items[2].fault == "its field 'year': 'never' is no number"
    assert items[3].fault == "nothing joins its field 'age'"
    assert {item.licence for item in items} == {"CC0-1.0"}
    (tmp_path / "table.csv").unlink()
    items, losses = read(tmp_path)
    assert items == []
    assert "put table.csv beside the document" in losses[-1].reason


def test_our_own_releases_are_read(tmp_path: Path) -> None:
    """What a release writes as croissant.json names columns of Parquet files in a set."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a", "b"], "text": ["x", "y"]}), tmp_path / "train-00000.parquet")
    fields: list[Json] = [
        {"@type": "cr:Field", "@id": f"default/{name}", "dataType": "sc:Text",
         "source": {"fileSet": {"@id": "shards"}, "extract": {"column": name}}}
        for name in ("id", "text")
    ]  # fmt: skip
    sets: list[Json] = [
        {"@type": "cr:RecordSet", "@id": "default", "key": {"@id": "default/id"}, "field": fields}
    ]
    shards: Json = {"@type": "cr:FileSet", "@id": "shards", "includes": "*.parquet",
                    "encodingFormat": "application/x-parquet"}  # fmt: skip
    items, losses = read(put(tmp_path, {"croissant.json": croissant_document(sets, [shards])}))
    assert losses == []
    assert [(item.key, item.text) for item in items] == [("default/a", "x"), ("default/b", "y")]


def test_hostile_documents(tmp_path: Path) -> None:
    for url in ("../secret.csv", "/etc/passwd", "https://x.org/../../etc/passwd"):
        files = pets("1.0")
        files["croissant.json"] = str(files["croissant.json"]).replace('"contentUrl": "table.csv"',
                                                                      f'"contentUrl": "{url}"')  # fmt: skip
        items, losses = read(put(tmp_path / "a", files))
        assert losses
        assert all(item.label is None for item in items)
    slow = str(pets("1.0")["croissant.json"]).replace(r"pet_(a\\d+)\\.png", "(x+x+)+y")
    items, _ = read(put(tmp_path / "b", {**pets("1.0"), "croissant.json": slow}))
    assert len(items) == 3
    cycle = str(pets("1.0")["croissant.json"]).replace('"containedIn": {"@id": "pets.zip"}',
                                                      '"containedIn": {"@id": "pictures"}')  # fmt: skip
    _, losses = read(put(tmp_path / "c", {**pets("1.0"), "croissant.json": cycle}))
    assert any("without end" in loss.reason for loss in losses)


def test_paths() -> None:
    document: Json = {"a": [{"b": 1}, {"b": 2, "c d": [3]}]}
    assert json_path(document, "$.a[*].b") == [1, 2]
    assert json_path(document, "$['a'][1]['c d'][0]") == [3]
    assert json_path(document, "$.x.y") == []
    with pytest.raises(BadValue):
        json_path(document, "$..b")
