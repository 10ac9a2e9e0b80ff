"""Croissant beside mlcroissant: the same metadata over the same files gives the same records, by version."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest
from format_specimens import Files, croissant_document

from ingather.formats.croissant_model import parse_document
from ingather.formats.croissant_read import Reader, Record
from ingather.sample import Json, Loss

VERSIONS = ("0.8", "1.0", "1.1")
LATER = ("1.0", "1.1")
_KINDS = {"csv": "text/csv", "jsonl": "application/jsonlines", "json": "application/json",
          "zip": "application/zip", "txt": "text/plain"}  # fmt: skip
_OLD: dict[str, Json] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "ml": "http://mlcommons.org/schema/", "data": {"@id": "ml:data", "@type": "@json"},
    "dataType": {"@id": "ml:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    **{name: f"ml:{name}" for name in (
        "column", "extract", "field", "fileProperty", "format", "includes",
        "jsonPath", "parentField", "recordSet", "references", "regex", "repeated", "replace", "separator",
        "source", "subField", "transform")},
}  # fmt: skip


def _reference(place: tuple[str, str], version: str, transform: Json = None) -> dict[str, Json]:
    """Where a value comes from: a file and its column, property or path (``$``), or a set and its field."""
    target, what = place
    how = "jsonPath" if what.startswith("$") else "column"
    if what in ("content", "filename", "lines", "lineNumbers"):
        how = "fileProperty"
    if version == "0.8":
        told: dict[str, Json] = {"distribution": target, "extract": {how: what}}
        return told | ({"transform": transform} if transform else {})
    kind = "fileSet" if target.startswith("set-") else "fileObject"
    told = {kind: {"@id": target}, "extract": {how: what}}
    return told | ({"transform": transform} if transform else {})


def field(
    name: str,
    place: tuple[str, str] | None,
    version: str,
    kind: str = "sc:Text",
    transform: Json = None,
    refers: tuple[str, str] | None = None,
    parts: list[Json] | None = None,
    repeated: bool = False,
) -> dict[str, Json]:
    """A field as this version writes it."""
    old = version == "0.8"
    told: dict[str, Json] = {"@type": "ml:Field" if old else "cr:Field", "name": name, "dataType": kind}
    if not old:
        told["@id"] = f"rows/{name}"
    if place:
        told["source"] = _reference(place, version, transform)
    if refers:
        told["references"] = _reference(refers, version)
    if parts:
        told["subField"] = parts
    return told | ({"repeated": True} if repeated else {})


def document(version: str, files: Files, fields: list[Json], more: list[Json] | None = None) -> Files:
    """A data set of these files, with one record set ``rows`` and further distributions."""
    old = version == "0.8"
    held: list[Json] = []
    for name, content in files.items():
        content = content.encode() if isinstance(content, str) else content
        one: dict[str, Json] = {
            "@type": "sc:FileObject" if old else "cr:FileObject", "name": name, "contentUrl": name,
            "encodingFormat": _KINDS[name.rpartition(".")[2]], "sha256": hashlib.sha256(content).hexdigest(),
        }  # fmt: skip
        held.append(one if old else {**one, "@id": name})
    held += more or []
    kind = "ml:RecordSet" if old else "cr:RecordSet"
    told: dict[str, Json] = {"@type": kind, "name": "rows", "field": fields}
    if not old:
        return {**files, "croissant.json": croissant_document([{**told, "@id": "rows"}], held, version)}
    whole: dict[str, Json] = {
        "@context": _OLD, "@type": "sc:Dataset", "name": "old", "description": "Old.",
        "license": "CC0-1.0", "url": "https://example.org", "distribution": held, "recordSet": [told],
    }  # fmt: skip
    return {**files, "croissant.json": json.dumps(whole)}


def even(value: Any) -> Any:
    """A value as both sides can say it: bytes of words as words, pictures as their pixels, NaN as none."""
    from PIL import Image

    if isinstance(value, Image.Image):
        return (value.size, value.convert("RGB").tobytes())
    if isinstance(value, bytes):
        if value.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            return even(Image.open(io.BytesIO(value)))
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, dict):
        return {str(name).rpartition("/")[2]: even(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [even(one) for one in value]
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value


def theirs(folder: Path, name: str) -> list[dict[str, Any]]:
    """Records as mlcroissant reads them."""
    import mlcroissant

    return [even(dict(row)) for row in mlcroissant.Dataset(str(folder / "croissant.json")).records(name)]


def ours(folder: Path, name: str) -> list[dict[str, Any]]:
    """Records as Ingather reads them; nothing may be lost."""
    parsed = parse_document(json.loads((folder / "croissant.json").read_bytes()))
    assert not isinstance(parsed, str)
    read, losses = parsed
    found = list(Reader(read, folder).records(read.sets[name]))
    told = [thing for thing in found if isinstance(thing, Loss)] + losses
    assert sum(loss.count for loss in told) == 0
    rows = [thing for thing in found if isinstance(thing, Record)]
    return [
        even({key: row.paths[key].read_bytes() if key in row.paths else value
              for key, value in row.values.items()})
        for row in rows
    ]  # fmt: skip


def put(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """mlcroissant unpacks by the archive's name into one folder for all: each test has its own."""
    place = tmp_path_factory.mktemp("unpacked")
    from etils import epath

    monkeypatch.setattr("mlcroissant._src.operation_graph.operations.extract.EXTRACT_PATH", epath.Path(place))


PEOPLE = 'id,name,age,height\n1,"Ann, größer",31,1.5\n2,Bob,7,2.25\n3,"two\nlines",44,\n'


def table(version: str) -> Files:
    columns = (("id", "sc:Integer"), ("name", "sc:Text"), ("age", "sc:Integer"), ("height", "sc:Float"))
    return document(
        version, {"people.csv": PEOPLE}, [field(n, ("people.csv", n), version, kind) for n, kind in columns]
    )


def joined(version: str) -> Files:
    """Cities of people: one has two, one has none, and a city belongs to nobody."""
    cities = "person,city\nBob,Lima\nAnn,Oslo\nBob,Rome\nEve,Bonn\n"
    fields: list[Json] = [
        field("who", ("people.csv", "who"), version, refers=("cities.csv", "person")),
        field("year", ("people.csv", "born"), version, "sc:Integer", {"regex": "([0-9]{4})-.*"}),
        field("city", ("cities.csv", "city"), version),
    ]
    people = "who,born\nAnn,1990-01-02\nBob,1980-05-06\nCid,1970-07-08\n"
    return document(version, {"people.csv": people, "cities.csv": cities}, fields)


def archive(version: str) -> Files:
    """Pictures in an archive, told by a set of files; their numbers are in their names."""
    from PIL import Image

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for n in (2, 0, 1):
            picture_file = io.BytesIO()
            Image.new("RGB", (8 + n, 4), (n, 9, 30)).save(picture_file, "PNG")
            packed.writestr(f"images/pet_a{n}.png", picture_file.getvalue())
            packed.writestr(f"masks/pet_a{n}.png", b"no picture")
        packed.writestr("images/notes.txt", "none of the set")
    old = version == "0.8"
    told: dict[str, Json] = {
        "@type": "sc:FileSet" if old else "cr:FileSet", "name": "set-pictures",
        "containedIn": "pets.zip" if old else {"@id": "pets.zip"},
        "encodingFormat": "image/png", "includes": "images/*.png",
    }  # fmt: skip
    fields: list[Json] = [
        field("number", ("set-pictures", "filename"), version, "sc:Integer", {"regex": r"pet_a(\d+)\.png"}),
        field("file", ("set-pictures", "filename"), version, "sc:Text", {"regex": r"a\d"}),
        field("picture", ("set-pictures", "content"), version, "sc:ImageObject"),
    ]
    return document(
        version, {"pets.zip": out.getvalue()}, fields, [told if old else {**told, "@id": "set-pictures"}]
    )


def lines(version: str) -> Files:
    """JSON lines: columns, and what is inside of them by paths."""
    rows = [{"id": n, "words": {"en": f"w{n}", "tags": [{"t": "a"}, {"t": f"b{n}"}]}, "of": {"size": n / 4}}
            for n in range(3)]  # fmt: skip
    fields: list[Json] = [
        field("id", ("rows.jsonl", "id"), version, "sc:Integer"),
        field("english", ("rows.jsonl", "words"), version, "sc:Text", {"jsonPath": "$.en"}),
        field("size", ("rows.jsonl", "of"), version, "sc:Float", {"jsonPath": "size"}),
        field("tag", ("rows.jsonl", "words"), version, "sc:Text", {"jsonPath": "$.tags[1].t"}),
    ]
    return document(version, {"rows.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}, fields)


def nested(version: str) -> Files:
    """One JSON document: paths side by side (mlcroissant takes no path for a field inside a field)."""
    rows: list[Json] = [
        {"id": n, "at": {"x": n / 2, "y": 1}, "boxes": [{"name": f"n{k}", "w": k} for k in range(n + 1)]}
        for n in range(3)
    ]

    paths = (
        ("id", "$[*].id", "sc:Integer"),
        ("x", "$[*].at.x", "sc:Float"),
        ("y", "$[*].at.y", "sc:Integer"),
    )
    fields: list[Json] = [field(name, ("rows.json", path), version, kind) for name, path, kind in paths]
    return document(version, {"rows.json": json.dumps(rows)}, fields)


def split_words(version: str) -> Files:
    """A cell of several values, and as the parts of several boxes."""
    parts: list[Json] = [
        {**field(n, ("t.csv", n), version, transform={"separator": "|"}), "@id": f"rows/boxes/{n}"}
        for n in ("kind", "place")
    ]
    fields: list[Json] = [
        field("tags", ("t.csv", "tags"), version, transform={"separator": "|"}, repeated=True),
        field("boxes", None, version, parts=parts, repeated=True),
    ]
    return document(version, {"t.csv": "tags,kind,place\na|b,x|y,1l|2r\nc,z,3l\n"}, fields)


def numbered(version: str) -> Files:
    """Lines of a text and their numbers."""
    told: Json = {"@type": "cr:FileSet", "@id": "set-lines", "name": "set-lines", "includes": "*.txt",
                  "containedIn": {"@id": "l.zip"}, "encodingFormat": "text/plain"}  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "one\ntwo\n")
        packed.writestr("b.txt", "three\n")
    fields: list[Json] = [
        field("line", ("set-lines", "lines"), version),
        field("number", ("set-lines", "lineNumbers"), version, "sc:Integer"),
        field("file", ("set-lines", "filename"), version),
    ]
    return document(version, {"l.zip": out.getvalue()}, fields, [told])


CASES = [(make, v) for make in (table, joined, archive, lines, nested) for v in VERSIONS]
CASES += [(make, v) for make in (split_words, numbered) for v in LATER]


@pytest.mark.parametrize(("make", "version"), CASES, ids=[f"{m.__name__}-{v}" for m, v in CASES])
def test_same_records_as_mlcroissant(make: Any, version: str, tmp_path: Path) -> None:
    folder = put(tmp_path, make(version))
    wanted = theirs(folder, "rows")
    assert len(wanted) >= 2
    assert ours(folder, "rows") == wanted
