"""What lies in a place that has no layout that is known, in words, and what known thing is nearest to it."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from ingather.formats.media_types import is_plain_text, media_type_of
from ingather.formats.tables import table_format
from ingather.sources.archive import is_archive
from ingather.sources.listing import Entry, file_entry, folder_entries
from ingather.sources.losses import Tally
from ingather.sources.media_items import tells_of_data

_HEAD = 1 << 14
_MOST_FILES = 500
_SHOWN = 5
_LARGEST_DOCUMENT = 4 << 20

_NEAREST = {
    "web archive": "warc, where the files' names end in .warc, .warc.gz, .warc.zst, .arc or .arc.gz",
    "archive": "an archive is read by itself: name one of them",
    "JSON document": "jsonl, where every line is an object; coco, squad, croissant and schema-guided are "
    "JSON with names of their own",
    "XML document": "voc, one XML with boxes beside each picture",
    "table": "csv, jsonl or parquet, one row a sample: name one of them",
    "text": "kind: files with 'format: text', one file a sample; conll, where tags stand beside words",
    "audio": "audiofolder, a folder a label; ljspeech or common-voice, a table of transcripts",
    "image": "imagefolder, a folder a label; coco, voc or yolo with boxes",
    "video": "kind: files, one file a sample",
    "binary file": "parquet, tfrecord, webdataset or numpy, if it is one of them under another name",
}
"""By what most files are, the layouts of such files."""


def what_it_is(entry: Entry) -> str:
    """What one file is, by its bytes where they tell it, else by its name."""
    head = entry.head(_HEAD)
    first = _unpacked(head) if head.startswith(b"\x1f\x8b") else head
    if first.startswith((b"WARC/", b"filedesc://")):
        return "web archive"
    if is_archive(entry.name):
        return "archive"
    real = media_type_of(head)
    if real is not None:
        return real[0]
    if not is_plain_text(head):
        return "table" if table_format(entry.name, head) else "binary file"
    if entry.suffix == ".json" or head.lstrip()[:1] == b"[":
        return "JSON document"
    if entry.suffix == ".xml" or head.lstrip().startswith(b"<?xml"):
        return "XML document"
    return "table" if table_format(entry.name) else "text"


def describe(path: Path) -> tuple[str, str]:
    """What is at a path, in one sentence, and what known layout is nearest, in another."""
    entries = list(_files(path))
    if not entries:
        return "It holds no files", "none: it is empty"
    kinds: dict[str, list[Entry]] = {}
    for entry in entries:
        if len(entries) == 1 or not tells_of_data(entry.name):
            kinds.setdefault(what_it_is(entry), []).append(entry)
    if not kinds:
        return "It holds nothing but what tells of data (README, LICENSE)", "none"
    told = sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0]))
    # what lies beside archives and media describes them
    main = next((name for name, _ in told if name in ("web archive", "archive")), told[0][0])
    counted = ", ".join(_counted(name, found) for name, found in told)
    least = "at least " if len(entries) >= _MOST_FILES else ""
    return f"It holds {least}{counted}", _NEAREST[main]


def _files(path: Path) -> Iterable[Entry]:
    if path.is_file():
        return (file_entry(path),)
    return (entry for entry, _ in zip(folder_entries(path, Tally()), range(_MOST_FILES), strict=False))


def _counted(name: str, found: Sequence[Entry]) -> str:
    words = f"{len(found)} {name}{'s' if len(found) > 1 and name not in ('audio',) else ''}"
    more = ", ..." if len(found) > _SHOWN else ""
    shown = ", ".join(entry.name for entry in found[:_SHOWN])
    keys = _keys(found) if name == "JSON document" else ""
    return f"{words} ({shown}{more}{keys})"


def _keys(found: Sequence[Entry]) -> str:
    """What the names at the top of JSON documents are, the most frequent first."""
    names: Counter[str] = Counter()
    for entry in found[:_SHOWN]:
        if entry.size > _LARGEST_DOCUMENT:
            continue
        try:
            with entry.open() as stream:
                document = orjson.loads(stream.read())
        except (OSError, ValueError):
            continue
        if isinstance(document, dict):
            names.update(list(document)[:20])
    return f": objects with {', '.join(name for name, _ in names.most_common(6))}" if names else ""


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(head, 64)
    except zlib.error:
        return b""
