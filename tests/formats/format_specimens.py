"""A small sound data set in every layout, made of what the layout itself writes or of files written here."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from signal_specimens import SIGNALS

from ingather.formats.crc32c import masked_crc32c
from ingather.formats.tracks import Seen, as_tracks
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Json, Part


def clip(count: int, rate: int = 8000) -> bytes:
    """A recording of so many frames."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(n % 251 for n in range(2 * count)))
    return out.getvalue()


def sentences() -> list[Item]:
    """Words with tags; one has no tags, two are of one document."""
    rows: list[tuple[str, list[str], str | None, str | None]] = [
        ("Anna lives in São Paulo", ["B-PER", "O", "O", "B-LOC", "I-LOC"], "train", "doc 1"),
        ("# is a sign", ["O"] * 4, "train", "doc 1"),
        ("大きい 家 .", ["O", "B-LOC", "O"], "validation", None),
        ("One", ["O"], "test", None),
    ]
    return [
        Item(f"s-{n}", "text", text=text, data={"tokens": list(text.split())}, label=list(tags), split=split,
             session=session)
        for n, (text, tags, split, session) in enumerate(rows)
    ]  # fmt: skip


def sequences() -> list[Item]:
    """A sequence of three frames through which two things are followed."""
    from PIL import Image

    seen = [
        Seen("3", frame, "pedestrian", 4.0 * frame, 5.5, 2, 4.25, {"counted": True, "visibility": 0.5})
        for frame in (1, 2, 3)
    ]
    seen.append(Seen("8", 2, "car", 1, 2, 3, 4, {"counted": False}))
    parts = []
    for number in range(3):
        out = io.BytesIO()
        Image.new("RGB", (32, 24), (number, 10, 200)).save(out, "PNG")
        times = number / 25, (number + 1) / 25
        parts.append(Part("frame", number, None, out.getvalue(), "image/png", *times))
    told: dict[str, Json] = {"frame_rate": 25.0, "frames": 3, "width": 32, "height": 24}
    label = as_tracks(seen, 32, 24, 3)
    return [
        Item("train/S-1", "video", parts=tuple(parts), label=label, data=told, split="train", session="S-1")
    ]


def turns(*told: tuple[str, str]) -> list[Json]:
    """Turns of a dialogue."""
    return [{"speaker": speaker, "text": text} for speaker, text in told]


def dialogues() -> list[Item]:
    """Two dialogues, with a tool's answer in the second."""
    first = turns(("system", "Be brief."), ("user", "Where?"), ("assistant", "Here: größer\nthere."))
    second = turns(("user", "Weather?"), ("tool", '{"sun": 1}'), ("assistant", "Sunny."))
    items = [
        Item("d-1", "text", data={"turns": first, "source": "mail"}, session="d-1", split="train"),
        Item("d-2", "text", data={"turns": second, "source": "web"}, session="d-2"),
    ]
    for item in items:
        assert item.data is not None
        told = item.data["turns"]
        item.text = "\n".join(f"{t['speaker']}: {t['text']}" for t in told)  # type: ignore[union-attr,index,call-overload]
    return items


def preferences() -> list[Item]:
    """A prompt in words and one in turns, each with a better and a worse answer."""
    asked = turns(("user", "2 + 2?"))
    return [
        Item("p-1", "text", text="user: 2 + 2?", data={"turns": asked}, session="p-1", split="train",
             parts=(Part("chosen", text="4"), Part("rejected", text="5"))),
        Item("p-2", "text", text="user: 3 + 3?", data={"turns": turns(("user", "3 + 3?"))}, session="p-2",
             split="train", parts=(Part("chosen", text="6"), Part("rejected", text="it is\n7"))),
    ]  # fmt: skip


def questions() -> list[Item]:
    """Questions on one passage: answered by two places, and not answered."""
    passage = "The Norse lived in Normandy, in France."
    value: dict[str, Json] = {"start": 19, "end": 27, "text": "Normandy", "labels": ["answer"]}
    found: dict[str, Json] = {"id": "span-1", "from_name": "label", "to_name": "text", "type": "labels",
                              "value": value}  # fmt: skip
    return [
        Item("q-1", "text", text=passage, parts=(Part("question", text="Where?"),), label=[found],
             session="Normans", split="train", data={"is_impossible": False}),
        Item("q-2", "text", text=passage, parts=(Part("question", text="When?"),), label=[],
             session="Normans", split="train", data={"is_impossible": True}),
    ]  # fmt: skip


def spoken(key: str) -> Callable[[], list[Item]]:
    """Recordings with words and speakers; keys are ``key`` with a number in it."""

    def make() -> list[Item]:
        rows = [("one größer", "ann", "train"), ("two", "ann", "validation"), ("three", "bob", "train")]
        return [
            Item(key.format(n), "audio", content=clip(400 + n), media_type="audio/wav", label=words,
                 contributor=speaker, split=split)
            for n, (words, speaker, split) in enumerate(rows)
        ]  # fmt: skip

    return make


Files = dict[str, str | bytes]


def _put(folder: Path, files: Files) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def _written(name: str, make: Callable[[], list[Item]]) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        module = load(FORMATS, name)
        module.write(iter(make()), folder, module.Config())

    return build


def _loose(files: Callable[[], Files]) -> Callable[[Path], None]:
    return lambda folder: _put(folder, files())


def _schema_guided() -> Files:
    state = {"active_intent": "Book", "slot_values": {"time": ["11"]}, "requested_slots": []}
    frame = {"service": "R_1", "slots": [{"slot": "time", "start": 3, "exclusive_end": 5}], "actions": []}
    turn = [{"speaker": "USER", "utterance": "at 11", "frames": [{**frame, "state": state}]},
            {"speaker": "SYSTEM", "utterance": "Done.", "frames": []}]  # fmt: skip
    one = [{"dialogue_id": f"1_{n}", "services": ["R_1"], "turns": turn} for n in range(3)]
    return {"dev/dialogues_001.json": json.dumps(one, indent=1)}


def _librispeech() -> Files:
    files: Files = {
        "SPEAKERS.TXT": "; id | sex | subset | minutes | name\n84 | F | dev-clean | 8.02 | Christie Nowak\n",
        "dev-clean/84/121123/84-121123.trans.txt": "84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT\n",
    }
    return files | {f"dev-clean/84/121123/84-121123-000{n}.wav": clip(300) for n in range(2)}


def _audiofolder() -> Files:
    rows = "file_name,transcription,age\na.wav,good morning,31\nb.wav,good night,\n"
    return {"train/metadata.csv": rows} | {f"train/{name}.wav": clip(300) for name in "ab"}


def _imagefolder() -> Files:
    from PIL import Image

    files: Files = {}
    for n, place in enumerate(("train/cat/0", "train/dog/0", "test/cat/0", "test/dog/0")):
        out = io.BytesIO()
        Image.new("RGB", (8 + n, 4)).save(out, "PNG")
        files[f"{place}.png"] = out.getvalue()
    return files


def _ljspeech() -> Files:
    rows = 'LJ001-0001|Printing, in 1455|Printing, in fourteen fifty-five\nLJ001-0002|"in being|"in being\n'
    return {"metadata.csv": rows} | {f"wavs/LJ001-000{n}.wav": clip(300) for n in (1, 2)}


def _vctk() -> Files:
    files: Files = {
        "speaker-info.txt": "ID  AGE  GENDER  ACCENTS  REGION\np225  23  F    English    Southern  England\n",
        "txt/p225/p225_001.txt": "Please call Stella.\n",
    }
    return files | {f"wav48_silence_trimmed/p225/p225_001_mic{n}.wav": clip(300) for n in (1, 2)}


def _kaldi() -> Files:
    return {
        "train/wav.scp": "rec1 wav/rec1.wav\n",
        "train/segments": "ann-1 rec1 0.01 0.05\nbob-2 rec1 0.05 0.1\n",
        "train/text": "ann-1 hello there\nbob-2 größer\n",
        "train/utt2spk": "ann-1 ann\nbob-2 bob\n",
        "train/spk2gender": "ann f\nbob m\n",
        "train/wav/rec1.wav": clip(1600),
    }


def _nemo() -> Files:
    rows: list[Json] = [
        {"audio_filepath": "a.wav", "duration": 0.2, "text": "hello", "speaker": "ann", "lang": "en"},
        {"audio_filepath": "b.wav", "duration": 0.1, "offset": 0.05, "text": "there"},
    ]
    told = "".join(json.dumps(row) + "\n" for row in rows)
    return {"dev_manifest.json": told, "a.wav": clip(1600), "b.wav": clip(1600)}


def _rttm() -> Files:
    lines = (
        "SPEAKER a 1 0.010 0.100 <NA> <NA> ann <NA> <NA>\nSPEAKER a 1 0.050 0.100 <NA> <NA> bob <NA> <NA>\n"
    )
    return {"turns.rttm": lines, "a.wav": clip(1600)}


def _webdataset() -> Files:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for n in range(3):
            for ending, content in (("wav", clip(300)), ("txt", b"hello"), ("json", b'{"lang": "en"}')):
                told = tarfile.TarInfo(f"clips/{n:04d}.{ending}")
                told.size = len(content)
                tar.addfile(told, io.BytesIO(content))
    return {"train-000000.tar": out.getvalue()}


def wire(field: int, content: bytes) -> bytes:
    """A field of bytes in Protocol Buffers' wire form."""
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def example(**features: list[bytes] | list[int] | list[float]) -> bytes:
    """A tf.train.Example."""
    entries = b""
    for name, values in features.items():
        if isinstance(values[0], bytes):
            told = wire(1, b"".join(wire(1, value) for value in values))  # type: ignore[arg-type]
        elif isinstance(values[0], int):
            told = wire(3, wire(1, b"".join(_varint(value & (1 << 64) - 1) for value in values)))  # type: ignore[operator]
        else:
            told = wire(2, wire(1, struct.pack(f"<{len(values)}f", *values)))
        entries += wire(1, wire(1, name.replace("__", "/").encode()) + wire(2, told))
    return wire(1, entries)


def record(content: bytes) -> bytes:
    """A record of a TFRecord file with its check sums."""
    length = struct.pack("<Q", len(content))
    sums = [struct.pack("<I", masked_crc32c(part)) for part in (length, content)]
    return length + sums[0] + content + sums[1]


def _tfrecord() -> Files:
    rows = [
        example(text=[b"hello"], label=[1, -2], weight=[0.5]),
        example(audio__encoded=[clip(300)], label=[b"yes"]),
    ]
    return {"train.tfrecord-00000-of-00001": b"".join(map(record, rows))}


ARFF = """% made for tests
@RELATION weather
@ATTRIBUTE outlook {sunny, 'very rainy'}
@attribute 'the temperature' REAL
@attribute note string
@attribute class {yes, no}
@DATA
sunny, 85, 'hot, it''s', no
'very rainy', 7.5, "it\'s cold", yes
?, ?, ?, no
"""


def _arff() -> Files:
    return {"weather.arff": ARFF.replace("it''s", "is")}


def _movielens() -> Files:
    return {
        "ratings.dat": "1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n",
        "movies.dat": "1193::One Flew Over (1975)::Drama\n661::James (1996)::Animation|Children's\n",
        "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
    }


def _sql(folder: Path) -> None:
    import sqlite3

    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / "shop.sqlite")
    connection.execute("CREATE TABLE reviews (id INTEGER PRIMARY KEY, text TEXT, label TEXT, stars REAL)")
    connection.execute('CREATE TABLE "odd ""name" (a, b)')
    rows = [(1, "größer", "good", 4.5), (2, "bad: 100%", "bad", None)]
    connection.executemany("INSERT INTO reviews VALUES (?, ?, ?, ?)", rows)
    connection.execute('INSERT INTO "odd ""name" VALUES (1, x\'00ff\')')
    connection.commit()
    connection.close()


def croissant_document(sets: list[Json], files: list[Json], version: str = "1.0", **more: Json) -> str:
    """A Croissant document with these record sets and files."""
    plain = ("column", "extract", "field", "fileObject", "fileProperty", "fileSet", "format", "includes",
             "jsonPath", "key", "recordSet", "references", "regex", "repeated", "replace", "separator",
             "source", "subField", "transform")  # fmt: skip
    context: dict[str, Json] = {
        "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/", "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo", "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, **{name: f"cr:{name}" for name in plain},
    }  # fmt: skip
    if version == "1.1":
        context["containedIn"] = "cr:containedIn"
    told: dict[str, Json] = {
        "@context": context, "@type": "sc:Dataset", "name": "pets", "description": "Pets.",
        "conformsTo": f"http://mlcommons.org/croissant/{version}",
        "license": "https://creativecommons.org/licenses/by/4.0/", "url": "https://example.org",
        "distribution": files, "recordSet": sets, **more,
    }  # fmt: skip
    return json.dumps(told)


def _croissant() -> Files:
    return pets("1.0")


def pets(version: str) -> Files:
    """Pictures in an archive, joined with a table by their numbers."""
    from PIL import Image

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for n in range(3):
            picture_file = io.BytesIO()
            Image.new("RGB", (8 + n, 4)).save(picture_file, "PNG")
            packed.writestr(f"images/pet_a{n}.png", picture_file.getvalue())
        packed.writestr("images/notes.txt", "none of the set")
    table = "number,name,kind,weight,split\na0,Rex,dog,7.5,train\na1,Tom,cat,,test\na2,Lea,cat,3,train\n"
    of_csv: dict[str, Json] = {"fileObject": {"@id": "table.csv"}}
    of_zip: dict[str, Json] = {"fileSet": {"@id": "pictures"}}
    files: list[Json] = [
        {"@type": "cr:FileObject", "@id": "table.csv", "name": "table.csv", "contentUrl": "table.csv",
         "encodingFormat": "text/csv", "sha256": hashlib.sha256(table.encode()).hexdigest()},
        {"@type": "cr:FileObject", "@id": "pets.zip", "name": "pets.zip", "contentUrl": "pets.zip",
         "encodingFormat": "application/zip", "sha256": hashlib.sha256(out.getvalue()).hexdigest()},
        {"@type": "cr:FileSet", "@id": "pictures", "name": "pictures", "containedIn": {"@id": "pets.zip"},
         "encodingFormat": "image/png", "includes": "images/*.png"},
    ]  # fmt: skip

    def column(name: str, kind: str) -> Json:
        return {"@type": "cr:Field", "@id": f"pets/{name}", "name": name, "dataType": kind,
                "source": {**of_csv, "extract": {"column": name}}}  # fmt: skip

    pattern: Json = {"regex": r"pet_(a\d+)\.png"}
    number: Json = {
        "@type": "cr:Field", "@id": "pets/number", "name": "number", "dataType": "sc:Text",
        "source": {**of_zip, "extract": {"fileProperty": "filename"}, "transform": pattern},
        "references": {**of_csv, "extract": {"column": "number"}},
    }  # fmt: skip
    picture: Json = {
        "@type": "cr:Field", "@id": "pets/picture", "name": "picture", "dataType": "sc:ImageObject",
        "source": {**of_zip, "extract": {"fileProperty": "content"}},
    }  # fmt: skip
    fields = [number, picture, column("name", "sc:Text"), column("kind", "cr:Label"),
              column("weight", "sc:Float"), column("split", "cr:Split")]  # fmt: skip
    sets: list[Json] = [
        {
            "@type": "cr:RecordSet",
            "@id": "pets",
            "name": "pets",
            "key": {"@id": "pets/number"},
            "field": fields,
        }
    ]
    document = croissant_document(sets, files, version)
    return {"croissant.json": document, "table.csv": table, "pets.zip": out.getvalue()}


SPECIMENS: dict[str, Callable[[Path], None]] = {
    "conll": _written("conll", sentences),
    "conllu": _written("conllu", sentences),
    "trl": _written("trl", lambda: dialogues() + preferences()),
    "openai-chat": _written("openai-chat", preferences),
    "squad": _written("squad", questions),
    "schema-guided": _loose(_schema_guided),
    "audiofolder": _loose(_audiofolder),
    "imagefolder": _loose(_imagefolder),
    "librispeech": _loose(_librispeech),
    "ljspeech": _loose(_ljspeech),
    "vctk": _loose(_vctk),
    "kaldi": _loose(_kaldi),
    "nemo": _loose(_nemo),
    "rttm": _loose(_rttm),
    "webdataset": _loose(_webdataset),
    "tfrecord": _loose(_tfrecord),
    "arff": _loose(_arff),
    "croissant": _loose(_croissant),
    "sql": _sql,
    "movielens": _loose(_movielens),
    "common-voice": _written("common-voice", spoken("clips/c-{}.wav")),
    **SIGNALS,
}
"""Builds a folder in each layout."""


def files_of(folder: Path) -> Iterator[Path]:
    """The files of a folder, in order."""
    return (file for file in sorted(folder.rglob("*")) if file.is_file())
