"""Writes recordings with words as NeMo's manifests."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import orjson

from ingather.formats.audio_cuts import seconds_of
from ingather.formats.left_out import LeftOut
from ingather.formats.media_files import MediaFolder
from ingather.sample import Item, Json, Loss

_SPLITS = ("train", "validation", "test")
_CARRIED = frozenset({"key", "content", "label", "contributor", "split", "session", "data"})


def write_manifests(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes ``SPLIT_manifest.json``, and ``manifest.json`` for items without a split."""
    path.mkdir(parents=True, exist_ok=True)
    out = LeftOut("NeMo's manifest", _CARRIED)
    media = MediaFolder(path, "audio")
    files: dict[str, BinaryIO] = {}
    with ExitStack() as stack:
        for item in items:
            if item.modality != "audio" or item.content is None:
                out.refuse(item, "it is no recording")
                continue
            if item.label is not None and not isinstance(item.label, str):
                out.refuse(item, "its label is no words")
                continue
            length = seconds_of(item.content)
            if length is None:
                out.refuse(item, "its length cannot be measured, and a manifest tells it")
                continue
            out.see(item)
            if item.split and item.split not in _SPLITS:
                out.count(f"the split {item.split}")
            stem = f"{item.split}_manifest" if item.split in _SPLITS else "manifest"
            if stem not in files:
                files[stem] = stack.enter_context((path / f"{stem}.json").open("wb"))
            place = media.put(item.key, item.content, item.media_type)
            files[stem].write(orjson.dumps(_row(item, place, length)) + b"\n")
    return out.told(path.name)


def _row(item: Item, place: str, length: float) -> dict[str, Json]:
    row: dict[str, Json] = {"audio_filepath": place, "duration": round(length, 6), "id": item.key}
    told: dict[str, Json] = {"text": item.label, "speaker": item.contributor, "session_id": item.session}
    row.update({name: value for name, value in told.items() if value is not None})
    row.update({name: value for name, value in (item.data or {}).items() if name not in row})
    return row
